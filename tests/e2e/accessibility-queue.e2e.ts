import path from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { contactMail } from '../support/gateways'
import { organisation } from '../support/organisation'
import { rawMail } from '../support/raw-mails'
import { startServers } from './support/desk-with-servers'
import type { Servers } from './support/desk-with-servers'
import { expect, test } from './support/desk-app'
import { Inspection } from './support/inspection'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const pictures = process.env['SSPR_DESK_PICTURES'] ?? null
const agent = { userId: 'sato.misaki', password: organisation.password }
const otherAgent = { userId: 'suzuki.ken', password: organisation.password }

/** One person for every verdict that this directory and this scope give; smart cards are known to others only. */
const diagnosed = [
  ['haken.taro', 'password-elsewhere'],
  ['ikeda.sora', 'no-write-back'],
  ['ogawa.yuto', 'no-method'],
  ['nakamura.daiki', 'not-in-scope'],
] as const

/** Enters a request of each of them, by telephone. */
async function enterDiagnosed(page: Page): Promise<void> {
  await page.evaluate(
    async (userIds) => {
      for (const userId of userIds) {
        const found = await window.api.people.search({ query: userId })
        const person = found.ok ? found.value.people[0] : undefined
        if (person === undefined) throw new Error(`${userId} is not there`)
        const made = await window.api.requests.create({
          personId: person.id,
          channel: 'phone',
          reason: 'forgot',
          note: '',
          claim: userId === 'nakamura.daiki',
        })
        if (!made.ok) throw new Error(made.code)
      }
    },
    diagnosed.map(([userId]) => userId),
  )
}

for (const language of ['ja', 'en'] as const) {
  test.describe(`the queue looked at in ${language}`, () => {
    const words = wordsIn(language)
    let servers: Servers

    test.beforeAll(async () => {
      servers = await startServers()
    })

    test.afterAll(() => servers.stop())

    test('queue, mails to sort and diagnosis', async ({ folder, launch }) => {
      test.setTimeout(420_000)
      const { directory, mailbox } = servers
      const dnOf = (group: string): string =>
        (directory.directoryConfig.roles.agent[0] ?? '').replace(/^cn=[^,]+/iu, `cn=${group}`)
      const sspr = {
        scope: 'selected',
        groups: [dnOf('sspr-users')],
        managedElsewhere: [dnOf('partner-accounts')],
        withoutWriteBack: [dnOf('server-team')],
      }
      await directory.setMember('server-team', 'ikeda.sora', true)
      const inspection = new Inspection({ label: `${language}-queue`, pictures })
      const files = servers.configure(folder, { sspr })
      const desk = await launch({ ...files, userDataDir: path.join(folder, 'data'), locale: language })
      let screens = new Screens(desk.page, words)
      const look = (name: string): Promise<void> => inspection.look(desk.page, name)
      const text = (key: string, params: Record<string, string | number> = {}): Locator =>
        desk.page.getByText(words(key, params)).filter({ visible: true }).first()
      const dialog = (): Locator => desk.page.getByRole('dialog').last()
      const cancel = async (key: string): Promise<void> => {
        await screens.button(key, {}, dialog()).click()
        await expect(desk.page.getByRole('dialog')).toHaveCount(0)
      }
      const openMail = (trouble: string): Promise<void> =>
        desk.page
          .getByRole('option')
          .filter({ hasText: words(`intake.trouble.${trouble}`) })
          .first()
          .click()

      await screens.makeInstallationKey()
      await screens.signIn(otherAgent)
      await screens.signedIn()
      await screens.openMails()
      await expect(text('intake.empty.title')).toBeVisible()
      await look('mails-none')
      await screens.openRequests()
      await enterDiagnosed(desk.page)
      await screens.signOut('鈴木 健')

      for (const mail of [
        contactMail('yamada.hanako', { extra: 'Please call +81 90 9999 8888 or visit http://reset.example/now' }),
        contactMail('yamada.hanako'),
        contactMail('ito.kenta', { extra: 'for their account: fujita.hina' }),
        contactMail('nobody.here'),
        rawMail({
          subject: 'Big sale',
          from: 'A very long sender name of a shop that sells everything <offers@a-very-long-domain-name.example>',
          body: `Only today ${'wide '.repeat(80)}\r\n`,
        }),
      ]) {
        await mailbox.deliver(mail)
      }
      await screens.signIn(agent)
      await screens.signedIn()
      await expect(screens.requestOf('山田 花子')).toContainText(
        words('requests.repeats.short', { count: 2, ago: '' }).trim(),
        { timeout: 20_000 },
      )
      await look('queue-with-mails')
      await screens.button('requests.filter.more').click()
      await expect(desk.page.getByRole('group', { name: words('requests.filter.cause') })).toBeVisible()
      await look('filters-open')
      await desk.page.getByRole('checkbox', { name: words('diagnosis.cause.managed-elsewhere') }).check()
      await look('filters-chosen')
      await desk.page.keyboard.press('Escape')
      await screens.button('requests.views.menu').click()
      await expect(desk.page.getByRole('menu')).toBeVisible()
      await look('views-none')
      await desk.page.getByRole('menuitem', { name: words('requests.views.save') }).click()
      await screens.button('requests.views.saveConfirm', {}, dialog()).click()
      await expect(text('requests.views.nameMissing')).toBeVisible()
      await look('view-name-missing')
      await dialog().getByLabel(words('requests.views.name')).fill('パスワードが別のシステムにある人')
      await screens.button('requests.views.saveConfirm', {}, dialog()).click()
      await expect(desk.page.getByRole('dialog')).toHaveCount(0)
      await desk.page.getByRole('button', { name: 'パスワードが別のシステムにある人' }).click()
      await expect(desk.page.getByRole('menu')).toBeVisible()
      await look('views-saved')
      await desk.page
        .getByRole('menuitem', { name: words('requests.views.remove', { name: 'パスワードが別のシステムにある人' }) })
        .click()
      await look('view-remove')
      await cancel('common.cancel')
      await desk.page.getByRole('button', { name: words('requests.filter.active'), exact: true }).click()

      for (const [userId, reason] of diagnosed) {
        await desk.page.getByRole('option').filter({ hasText: userId }).click()
        const params = { required: 2, registered: 0 }
        await expect(text(`diagnosis.reason.${reason}`, params)).toBeVisible()
        await look(`diagnosis-${reason}`)
      }
      await screens.requestOf('山田 花子').click()
      await screens.showMail(`Request to reset user's password`)
      await expect(text('intake.detail.untrustedTitle')).toBeVisible()
      await text('intake.detail.untrustedTitle').scrollIntoViewIfNeeded()
      await look('request-with-mails')
      await screens.action('claim').click()
      await expect(text('requests.detail.heldByYou')).toBeVisible()
      await screens.button('diagnosis.more').click()
      await look('diagnosis-unfolded')

      await desk.page.getByRole('listbox', { name: words('requests.list.label') }).focus()
      await desk.page.keyboard.press('Control+a')
      await expect(desk.page.getByRole('group', { name: words('requests.bulk.bar') })).toBeVisible()
      await look('bulk-bar')
      await screens.button('requests.bulk.refuse').click()
      await screens.button('requests.bulk.confirm', {}, dialog()).click()
      await expect(text('requests.reasonMissing')).toBeVisible()
      await look('bulk-refuse-without-reason')
      await dialog().getByRole('textbox').fill('訓練のための依頼')
      await screens.button('requests.bulk.confirm', {}, dialog()).click()
      await expect(screens.button('requests.bulk.close', {}, dialog()).first()).toBeVisible({ timeout: 20_000 })
      await look('bulk-refused')
      await screens.button('requests.bulk.close', {}, dialog()).last().click()

      await screens.openMails()
      await expect(desk.page.getByRole('option')).toHaveCount(3, { timeout: 20_000 })
      await look('mails')
      for (const trouble of ['unknown-person', 'not-understood', 'several-people'] as const) {
        await openMail(trouble)
        await expect(text(`intake.why.${trouble}`)).toBeVisible()
        await look(`mail-${trouble}`)
      }
      await screens.button('intake.match.search').click()
      await desk.page.getByRole('combobox', { name: words('intake.match.searchLabel') }).fill('いとう')
      await expect(desk.page.getByRole('option', { name: '伊藤 健太' })).toBeVisible()
      await look('mail-search')
      await screens.button('intake.match.pick', { name: '伊藤 健太' }).click()
      await expect(text('intake.match.confirmTitle', { name: '伊藤 健太' })).toBeVisible()
      await look('mail-match')
      await screens.button('intake.match.confirm', {}, dialog()).click()
      await expect(desk.page.getByRole('heading', { name: '伊藤 健太' })).toBeVisible()
      await expect(desk.page.getByRole('dialog')).toHaveCount(0)
      await look('mail-matched')
      await screens.openMails()
      await openMail('not-understood')
      await screens.button('intake.dismiss.action').click()
      await screens.button('intake.dismiss.confirm', {}, dialog()).click()
      await expect(text('intake.dismiss.reasonMissing')).toBeVisible()
      await look('mail-dismiss')
      await dialog().getByRole('textbox').fill('広告')
      await screens.button('intake.dismiss.confirm', {}, dialog()).click()
      await expect(text('intake.dismiss.done')).toBeVisible()
      await expect(desk.page.getByRole('dialog')).toHaveCount(0)
      await look('mail-dismissed')

      for (const [clockOffset, name] of [
        ['220m', 'due-soon'],
        ['6h', 'overdue'],
      ] as const) {
        await desk.restart({ clockOffset })
        screens = new Screens(desk.page, words)
        await screens.signIn(agent)
        await screens.signedIn()
        await expect(screens.requestOf('伊藤 健太')).toBeVisible()
        await look(name)
      }
      await desk.restart({ ...servers.configure(folder, { sspr: { scope: 'none' }, sms: false }) })
      screens = new Screens(desk.page, words)
      await screens.signIn(agent)
      await screens.signedIn()
      await screens.requestOf('伊藤 健太').click()
      await expect(text('diagnosis.reason.organisation-off')).toBeVisible()
      await look('diagnosis-organisation-off')

      expect(inspection.states).toBeGreaterThan(28)
      expect(inspection.faults).toEqual([])
    })
  })
}
