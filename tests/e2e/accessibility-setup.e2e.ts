import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Locator } from 'playwright/test'
import { writeDeskFiles } from '../support/config-file'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { contactMail, gatewaySections } from '../support/gateways'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSlapd } from '../support/slapd'
import { expect, test } from './support/desk-app'
import { Inspection } from './support/inspection'
import { Screens } from './support/screens'
import { Wizard } from './support/wizard'
import { wordsIn } from './support/words'

const pictures = process.env['SSPR_DESK_PICTURES'] ?? null
const admin = { userId: 'tanaka.hiroshi', password: organisation.password }
const agent = { userId: 'sato.misaki', password: organisation.password }

test.describe('set-up and settings, looked at', () => {
  let directory: TestDirectory
  let mailbox: TestMailbox
  let sms: TestSms

  test.beforeAll(async () => {
    ;[directory, mailbox, sms] = await Promise.all([startSlapd(), startDovecot(), startKannel()])
  })

  test.afterAll(() => Promise.all([directory.stop(), mailbox.stop(), sms.stop()]))

  for (const language of ['ja', 'en'] as const) {
    const words = wordsIn(language)

    test(`every step of the wizard in ${language}`, async ({ folder, launch }) => {
      test.setTimeout(300_000)
      const inspection = new Inspection({ label: `${language}-wizard`, pictures })
      const desk = await launch({
        config: path.join(folder, 'config', 'config.json'),
        vaultKeyFile: path.join(folder, 'vault.key'),
        userDataDir: path.join(folder, 'data'),
        locale: language,
      })
      const { page } = desk
      const wizard = new Wizard(page, words)
      const look = (name: string): Promise<void> => inspection.look(page, name)
      const text = (key: string): Locator => page.getByText(words(key)).filter({ visible: true }).first()

      await expect(page.getByRole('button', { name: words('setup.start.connect') })).toBeVisible()
      await look('start')
      await wizard.press('setup.start.connect')
      await wizard.shows('setup.directory.title')
      await wizard.press('setup.wizard.next')
      await expect(text('setup.directory.addressMissing')).toBeVisible()
      await look('directory-incomplete')
      await wizard.field('setup.directory.organisation').fill('桜製作所')
      await wizard.field('setup.directory.address').fill(`ldaps://127.0.0.1:1`)
      await wizard.press('setup.wizard.next')
      await expect(page.getByRole('alert')).toBeVisible({ timeout: 20_000 })
      await look('directory-not-there')
      await wizard.field('setup.directory.address').fill(`ldaps://${directory.host}:${directory.ldapsPort}`)
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.trust.title')
      await expect(page.getByRole('list', { name: words('connections.certificate.chain') })).toBeVisible()
      await look('trust-chain')
      const compared = page.getByRole('checkbox', { name: words('connections.trust.compared') })
      if (await compared.isVisible()) {
        await wizard.press('connections.trust.pin')
        await expect(text('connections.trust.incomplete')).toBeVisible()
        await look('trust-not-compared')
      }
      await desk.openFrom(directory.caFile)
      await wizard.press('connections.authority.choose')

      await wizard.shows('setup.account.title')
      await wizard.field('setup.account.userId').fill(admin.userId)
      await wizard.field('setup.account.password').fill('Not-The-Passw0rd')
      await wizard.press('setup.account.submit')
      await expect(page.getByRole('alert')).toContainText(words('errors.sign-in-wrong.title'))
      await look('account-refused')
      await wizard.field('setup.account.password').fill(admin.password)
      await wizard.field('connections.directory.bindDn').fill(directory.directoryConfig.bindDn ?? '')
      await wizard.press('setup.account.submit')

      await wizard.shows('setup.groups.title')
      await wizard.press('setup.wizard.next')
      await expect(text('setup.groups.nobody')).toBeVisible()
      await look('groups-nobody')
      const agents = page.getByRole('combobox', { name: words('common.role.agent'), exact: true })
      await agents.fill('desk')
      await expect(page.getByRole('option').first()).toBeVisible()
      await look('groups-picker-open')
      await agents.fill('zzzz')
      await expect(text('connections.picker.searching').or(page.getByText('zzzz').last())).toBeVisible()
      await agents.fill('')
      for (const role of ['agent', 'approver', 'admin', 'auditor'] as const) {
        const [group = ''] = organisation.roles[role]
        await wizard.pick(words(`common.role.${role}`), group)
      }
      await look('groups-chosen')
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.mailbox.title')
      await look('mailbox-later')
      await wizard.press('setup.mailbox.begin')
      await wizard.field('connections.mailbox.host').fill(mailbox.host)
      await page.getByRole('radio', { name: words('connections.mailbox.securities.starttls') }).check()
      await wizard.field('connections.mailbox.port').fill(String(mailbox.port))
      await wizard.field('connections.mailbox.userName').fill(mailbox.userName)
      await wizard.field('connections.mailbox.password').fill(mailbox.password)
      await wizard.press('connections.mailbox.test')
      await expect(text('errors.mailbox-certificate.title')).toBeVisible()
      await look('mailbox-test-failed')
      await page.getByText(words('connections.more'), { exact: true }).click()
      await desk.openFrom(mailbox.caFile)
      await wizard.press('connections.authority.choose')
      await look('mailbox-more')
      await wizard.press('connections.mailbox.test')
      await expect(text('connections.mailbox.works')).toBeVisible()
      await look('mailbox-works')
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.sms.title')
      await look('sms-later')
      await wizard.press('connections.sms.presets.kannel')
      await wizard.field('connections.gateway.url').fill(sms.config.url)
      await wizard.field('connections.gateway.sender').fill(sms.config.sender)
      await wizard.field('connections.sms.number').fill('090-5550-1234')
      await wizard.press('connections.sms.test')
      await expect(page.getByRole('alert').filter({ visible: true }).first()).toBeVisible()
      await look('sms-test-failed')
      for (const [secret, value] of Object.entries(sms.secrets)) {
        await wizard.field(`connections.gateway.secrets.${secret.replace('sms.', '')}`).fill(value)
      }
      await wizard.press('connections.sms.test')
      await expect(text('connections.sms.works')).toBeVisible()
      await look('sms-works')
      await page.getByText(words('connections.gateway.request'), { exact: true }).click()
      await look('sms-request')
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.ways.title')
      await look('ways-later')
      await wizard.press('connections.voice.presets.asterisk')
      await wizard.press('settings.mailOut.begin')
      await expect(wizard.field('connections.mailOut.host')).toBeFocused()
      await look('ways-begun')
      await wizard.press('setup.ways.voiceDrop')
      await wizard.press('setup.ways.mailOutDrop')
      await wizard.press('setup.ways.skip')

      await wizard.shows('setup.policy.title')
      await page.getByRole('radio', { name: words('connections.scope.selected') }).check()
      await look('policy')
      await wizard.press('setup.wizard.next')
      await wizard.shows('setup.summary.title')
      await look('summary')

      // Nobody, root included, can make a folder where a file stands.
      writeFileSync(path.join(folder, 'config'), '')
      await wizard.press('setup.summary.finish')
      await expect(text('connections.byHand.title')).toBeVisible()
      await look('write-by-hand')
      await wizard.press('setup.config.check')
      await expect(text('setup.config.notThere')).toBeVisible()
      await look('not-there-yet')
      expect(inspection.states).toBeGreaterThan(18)
      expect(inspection.faults).toEqual([])
    })

    test(`every section of the settings in ${language}`, async ({ folder, launch }) => {
      test.setTimeout(300_000)
      const inspection = new Inspection({ label: `${language}-settings`, pictures })
      const files = writeDeskFiles(folder, directory, '桜製作所', gatewaySections(folder, { mailbox, sms, directory }))
      const desk = await launch({ ...files, userDataDir: path.join(folder, 'data'), locale: language })
      const { page } = desk
      const screens = new Screens(page, words)
      const look = (name: string): Promise<void> => inspection.look(page, name)
      const text = (key: string): Locator => page.getByText(words(key)).filter({ visible: true }).first()
      const sections = page.getByRole('navigation', { name: words('settings.title') })
      const goTo = async (name: string): Promise<void> => {
        await screens.button(`settings.sections.${name}`, {}, sections).click()
        await expect(page.getByRole('heading', { level: 2, name: words(`settings.sections.${name}`) })).toBeVisible()
      }
      const field = (key: string): Locator => page.getByLabel(words(key), { exact: true }).filter({ visible: true })

      await screens.makeInstallationKey()
      await screens.signIn(admin)
      await screens.signedIn()
      await screens.goTo('settings')
      await look('mine')
      await goTo('directory')
      await expect(screens.button('connections.directory.test')).toBeVisible()
      await look('directory')
      await screens.button('connections.directory.test').click()
      const recognised = words('connections.directory.recognised', { kind: words('common.directoryKind.openldap') })
      await expect(page.getByText(recognised)).toBeVisible({ timeout: 20_000 })
      await look('directory-tested')
      const others = ['voice', 'mailOut', 'securityKey', 'questions', 'threat'] as const
      for (const name of ['roles', 'mailbox', 'sms', ...others, 'scope', 'policy', 'desk'] as const) {
        await goTo(name)
        await look(name)
      }
      await goTo('mailbox')
      await screens.button('connections.mailbox.test').click()
      await expect(text('connections.mailbox.works')).toBeVisible()
      await look('mailbox-works')

      await goTo('templates')
      await page
        .getByRole('list', { name: words('settings.sections.templates') })
        .getByRole('button', { expanded: false })
        .first()
        .click()
      await expect(field('settings.templates.marks')).toBeVisible()
      await look('template')
      await field('settings.templates.trial.mail').fill(contactMail('yamada.hanako'))
      await expect(text('settings.templates.trial.asRead')).toBeVisible()
      await text('settings.templates.trial.asRead').scrollIntoViewIfNeeded()
      await look('template-tried')
      await screens.button('settings.templates.add').click()
      await look('template-new')
      await screens.button('settings.save.discard').filter({ visible: true }).first().click()

      await goTo('policy')
      await field('connections.policy.fields.proofMinutes').fill('99')
      await field('connections.policy.fields.proofMinutes').blur()
      await look('policy-out-of-range')
      await field('connections.policy.fields.proofMinutes').fill('8')
      await goTo('desk')
      await field('settings.file.organisation').fill('桜製作所 情報システム部')
      await look('changed')
      await screens.button('settings.save.open').click()
      await expect(screens.dialog(words('settings.save.title'))).toBeVisible()
      await look('save')
      await screens.button('settings.save.confirm', {}, page.getByRole('dialog')).click()
      await expect(text('session.ended.settingsChanged.title')).toBeVisible({ timeout: 20_000 })
      await look('signed-out-by-new-settings')

      await screens.signIn(agent)
      await screens.signedIn()
      await screens.goTo('settings')
      for (const name of ['directory', 'roles', 'templates', 'policy', 'desk'] as const) {
        await goTo(name)
        await look(`agent-${name}`)
      }
      await screens.signOut('佐藤 美咲')
      await screens.signIn({ userId: 'watanabe.aya', password: organisation.password })
      await screens.signedIn()
      await screens.goTo('audit')
      await expect(page.getByRole('row').nth(2)).toBeVisible()
      await look('audit-of-settings')
      await page
        .getByRole('row')
        .filter({ hasText: words('audit.action.settings.save') })
        .first()
        .click()
      await expect(page.getByText(words('audit.detail.chain'), { exact: true })).toBeVisible()
      await look('audit-settings-saved')
      expect(inspection.states).toBeGreaterThan(20)
      expect(inspection.faults).toEqual([])
    })
  }
})
