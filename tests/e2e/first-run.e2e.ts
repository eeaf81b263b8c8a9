import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { contactMail } from '../support/gateways'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { findTraces } from '../support/traces'
import { expect, test } from './support/desk-app'
import { Screens } from './support/screens'
import { Wizard } from './support/wizard'
import { wordsIn } from './support/words'

const admin = { userId: 'tanaka.hiroshi', password: organisation.password }
const agent = { userId: 'sato.misaki', password: organisation.password }

const directories = [
  { name: 'OpenLDAP', start: startSlapd, language: 'ja' },
  { name: 'Samba AD', start: startSamba, language: 'en' },
] as const

for (const { name, start, language } of directories) {
  test.describe(`first run on ${name}`, () => {
    let directory: TestDirectory
    let mailbox: TestMailbox
    let sms: TestSms
    const words = wordsIn(language)

    test.beforeAll(async () => {
      ;[directory, mailbox, sms] = await Promise.all([start(), startDovecot(), startKannel()])
    })

    test.afterAll(() => Promise.all([directory.stop(), mailbox.stop(), sms.stop()]))

    test('a newcomer connects directory, mailbox and gateway, and a mail becomes a request', async ({
      folder,
      launch,
    }) => {
      const config = path.join(folder, 'config', 'config.json')
      const dataDir = path.join(folder, 'data')
      const desk = await launch({
        config,
        vaultKeyFile: path.join(folder, 'vault.key'),
        userDataDir: dataDir,
        locale: language,
      })
      const wizard = new Wizard(desk.page, words)
      const screens = new Screens(desk.page, words)

      await wizard.press('setup.start.connect')
      await wizard.shows('setup.directory.title')
      await wizard.field('setup.directory.organisation').fill('桜製作所')
      await wizard.field('setup.directory.address').fill(`ldaps://${directory.host}:${directory.ldapsPort}`)
      await wizard.press('setup.wizard.next')

      // Unknown to this computer: shown, compared, pinned; a server that keeps its authority to itself asks for the file.
      await wizard.shows('setup.trust.title')
      const compared = desk.page.getByRole('checkbox', { name: words('connections.trust.compared') })
      if (await compared.isVisible()) {
        await wizard.press('connections.trust.pin')
        await expect(desk.page.getByText(words('connections.trust.incomplete'))).toBeVisible()
        await compared.check()
        await wizard.press('connections.trust.pin')
      } else {
        await desk.openFrom(directory.caFile)
        await wizard.press('connections.authority.choose')
      }

      await wizard.shows('setup.account.title')
      await wizard.field('setup.account.userId').fill(admin.userId)
      await wizard.field('setup.account.password').fill('Not-The-Passw0rd')
      await wizard.press('setup.account.submit')
      await expect(desk.page.getByRole('alert')).toContainText(words('errors.sign-in-wrong.title'))
      await wizard.field('setup.account.password').fill(admin.password)
      if (name === 'OpenLDAP') {
        const template = directory.directoryConfig.bindDn ?? ''
        await wizard.field('connections.directory.bindDn').fill(template)
      }
      await wizard.press('setup.account.submit')

      await wizard.shows('setup.groups.title')
      await wizard.press('setup.wizard.next')
      await expect(desk.page.getByText(words('setup.groups.nobody')).first()).toBeVisible()
      for (const role of ['agent', 'approver', 'admin', 'auditor'] as const) {
        const [group = ''] = organisation.roles[role]
        await wizard.pick(words(`common.role.${role}`), group)
      }
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.mailbox.title')
      await wizard.press('setup.mailbox.begin')
      await wizard.field('connections.mailbox.host').fill(mailbox.host)
      await desk.page.getByRole('radio', { name: words('connections.mailbox.securities.starttls') }).check()
      await wizard.field('connections.mailbox.port').fill(String(mailbox.port))
      await wizard.field('connections.mailbox.userName').fill(mailbox.userName)
      await wizard.field('connections.mailbox.password').fill(mailbox.password)
      await wizard.press('connections.mailbox.test')
      await expect(desk.page.getByText(words('errors.mailbox-certificate.title')).first()).toBeVisible()
      await desk.page.getByText(words('connections.more'), { exact: true }).click()
      await desk.openFrom(mailbox.caFile)
      await wizard.press('connections.authority.choose')
      await wizard.press('connections.mailbox.test')
      await expect(desk.page.getByText(words('connections.mailbox.works'))).toBeVisible()
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.sms.title')
      await wizard.press('connections.sms.presets.kannel')
      await wizard.field('connections.gateway.url').fill(sms.config.url)
      await wizard.field('connections.gateway.sender').fill(sms.config.sender)
      for (const [secret, value] of Object.entries(sms.secrets)) {
        await wizard.field(`connections.gateway.secrets.${secret.replace('sms.', '')}`).fill(value)
      }
      await wizard.field('connections.sms.number').fill('090-5550-1234')
      await wizard.press('connections.sms.test')
      await expect(desk.page.getByText(words('connections.sms.works'))).toBeVisible()
      expect((await sms.waitForMessage('+819055501234')).text).toContain('SSPR Desk')
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.ways.title')
      await wizard.press('setup.ways.skip')

      await wizard.shows('setup.policy.title')
      await desk.page.getByRole('radio', { name: words('setup.policy.methods.1') }).check()
      await wizard.press('setup.wizard.next')

      await wizard.shows('setup.summary.title')
      expect(existsSync(config)).toBe(false)
      await wizard.press('setup.summary.finish')
      const recoveryKey = await screens.makeInstallationKey()
      expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ version: 1, organisation: '桜製作所' })

      await mailbox.deliver(contactMail('yamada.hanako'))
      await screens.signIn(agent)
      await screens.signedIn()
      await screens.goTo('queue')
      await expect(screens.requestOf('山田 花子')).toBeVisible({ timeout: 20_000 })
      await expect(screens.requestOf('山田 花子')).toContainText(words('diagnosis.cause.not-enabled'))

      await desk.close()
      const secrets = {
        'everyone’s password': organisation.password,
        'password of the mailbox': mailbox.password,
        'recovery key': recoveryKey,
        'password of the gateway': sms.secrets['sms.password'] ?? '',
      }
      expect(findTraces(dataDir, secrets)).toEqual([])
      expect(findTraces(path.dirname(config), secrets)).toEqual([])
    })
  })
}
