import path from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { Authenticator } from '../support/authenticator'
import { codeIn } from '../support/gateways'
import { organisation } from '../support/organisation'
import { expect, test } from './support/desk-app'
import { startServers } from './support/desk-with-servers'
import type { Servers } from './support/desk-with-servers'
import { Inspection } from './support/inspection'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const pictures = process.env['SSPR_DESK_PICTURES'] ?? null
const agent = { userId: 'sato.misaki', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const number = '+819055501234'

/** Enters a request by telephone, as the agent who is signed in at this page. */
async function enterRequest(page: Page, userId: string): Promise<void> {
  await page.evaluate(async (query) => {
    const found = await window.api.people.search({ query })
    const person = found.ok ? found.value.people[0] : undefined
    if (person === undefined) throw new Error(`${query} is not there`)
    const input = { personId: person.id, channel: 'phone', reason: 'forgot', note: '', claim: false } as const
    const made = await window.api.requests.create(input)
    if (!made.ok) throw new Error(made.code)
  }, userId)
}

for (const language of ['ja', 'en'] as const) {
  test.describe(`checks and calls looked at in ${language}`, () => {
    const words = wordsIn(language)
    let servers: Servers

    test.beforeAll(async () => {
      servers = await startServers()
    })

    test.afterAll(() => servers.stop())

    test('registration of a phone, checks by SMS, call mode, palette and health', async ({ folder, launch }) => {
      test.setTimeout(420_000)
      const { directory, mailbox, sms } = servers
      const inspection = new Inspection({ label: `${language}-call`, pictures })
      const policy = { temporaryPasswordLength: 40 }
      const files = servers.configure(folder, { policy })
      const desk = await launch({ ...files, userDataDir: path.join(folder, 'data'), locale: language })
      let screens = new Screens(desk.page, words)
      const look = (name: string): Promise<void> => inspection.look(desk.page, name)
      const text = (key: string, params: Record<string, string | number> = {}): Locator =>
        desk.page.getByText(words(key, params)).filter({ visible: true }).first()
      const press = (chord: string): Promise<void> => desk.page.keyboard.press(chord)
      const checks = (): Locator =>
        desk.page.getByRole('region', { name: words('verification.title') }).filter({ visible: true })
      const again = async (clockOffset: string, changes = {}): Promise<void> => {
        await desk.restart({ clockOffset, ...changes })
        screens = new Screens(desk.page, words)
        await screens.signIn(agent)
        await screens.signedIn()
      }
      const messageAfter = async (count: number): Promise<string> =>
        codeIn((await sms.waitForMessage(number, count)).text)

      await screens.makeInstallationKey()
      await screens.signIn(agent)
      await screens.signedIn()
      let authenticator: Authenticator | null = null
      await screens.openPerson('やまだ', '山田 花子')
      await screens.registerApp(approver, (typedKey) => {
        authenticator = new Authenticator(typedKey)
        return authenticator.code()
      })
      const appCode = async (steps: number): Promise<string> => {
        if (authenticator === null) throw new Error('No app was registered.')
        return authenticator.code(steps)
      }

      await screens.button('people.card.registerApp').click()
      const registration = screens.dialog(words('registration.title'))
      await registration.getByRole('radio', { name: words('registration.type.mobile'), exact: true }).check()
      await registration.getByRole('radio', { name: words('registration.offer.type') }).check()
      await screens.button('registration.submit.sms', {}, registration).click()
      await expect(text('registration.phone.numberMissing')).toBeVisible()
      await look('phone-incomplete')
      await registration.getByRole('textbox', { name: words('registration.phone.number') }).fill('03-1234-5678')
      await screens.fillIdentity(registration)
      await registration.getByLabel(words('registration.identity.label')).fill('会社の携帯')
      await screens.fillApprover(registration, approver)
      await screens.button('registration.submit.sms', {}, registration).click()
      await expect(registration.getByRole('alert').first()).toBeVisible()
      await look('phone-refused')
      await registration.getByRole('textbox', { name: words('registration.phone.number') }).fill('090-5550-1234')
      await screens.fillApprover(registration, approver)
      await screens.button('registration.submit.sms', {}, registration).click()
      const field = registration.getByLabel(words('registration.code.label.sms'))
      await expect(field).toBeVisible()
      await look('phone-sent')
      const sent = await messageAfter(0)
      await field.fill(sent === '000000' ? '000001' : '000000')
      await screens.button('registration.scan.confirm', {}, registration).click()
      await expect(text('registration.code.wrongLeft', { count: 2 })).toBeVisible()
      await look('phone-code-wrong')
      await field.fill(sent)
      await screens.button('registration.scan.confirm', {}, registration).click()
      await expect(registration.getByText(words('registration.done.title.mobile'))).toBeVisible()
      await look('phone-done')
      await screens.button('registration.close', {}, registration).first().click()
      await expect(registration).toBeHidden()
      await look('person-with-phone')

      await again('5m')
      await screens.goTo('queue')
      await enterRequest(desk.page, 'yamada.hanako')
      await screens.requestOf('山田 花子').click()
      await screens.action('claim').click()
      await screens.checkCode(await appCode(10))
      await expect(screens.button('verification.sms.send')).toBeVisible()
      await look('sms-before')
      await screens.button('verification.sms.send').click()
      await expect(checks().getByRole('textbox')).toBeVisible()
      const code = await messageAfter(1)
      await look('sms-sent')
      const wrong = code === '000000' ? '000001' : '000000'
      await screens.checkCode(wrong)
      await expect(checks().getByRole('alert').first()).toBeVisible()
      await look('sms-wrong')
      await screens.checkCode(wrong)
      await expect(checks().getByRole('textbox')).toHaveValue('')
      await screens.checkCode(wrong)
      await expect(text('verification.sms.state.used-up')).toBeVisible()
      await look('sms-used-up')
      await again('9m')
      await screens.requestOf('山田 花子').click()
      await screens.button('verification.sms.resend').click()
      await expect(checks().getByRole('textbox')).toBeVisible()
      await sms.waitForMessage(number, 2)
      await again('15m')
      await screens.requestOf('山田 花子').click()
      await expect(checks()).toBeVisible()
      await screens.button('verification.methods.use').first().click()
      await expect(text('verification.sms.state.expired')).toBeVisible()
      await look('sms-expired')
      await sms.stopHttp()
      await screens.button('verification.sms.resend').click()
      await expect(checks().getByRole('alert').first()).toBeVisible({ timeout: 20_000 })
      await look('sms-gateway-down')
      await sms.startHttp()

      await again('40m')
      await press('t')
      await expect(desk.page.getByRole('combobox', { name: words('call.find.label') })).toBeFocused()
      await look('call-find')
      await desk.page.keyboard.type('やま')
      await expect(desk.page.getByRole('option').first()).toBeVisible()
      await look('call-found')
      await desk.page.getByRole('option', { name: '山田 花子' }).click()
      await expect(checks().getByRole('textbox')).toBeFocused()
      await look('call-check-app')
      await desk.page.keyboard.type(await appCode(40 * 2 - 20))
      await press('Enter')
      await expect(checks().getByText(words('verification.code.noMatch')).first()).toBeVisible()
      await look('call-app-wrong')
      await desk.page.keyboard.type(await appCode(40 * 2))
      await press('Enter')
      await expect(screens.button('verification.sms.resend').or(screens.button('verification.sms.send'))).toBeVisible()
      await look('call-check-sms')
      const before = sms.messages().length
      await press('Control+s')
      await expect(checks().getByRole('textbox')).toBeFocused()
      const second = await messageAfter(before)
      await look('call-sms-sent')
      await press('Escape')
      await expect(desk.page.getByRole('combobox', { name: words('call.find.label') })).toBeVisible()
      await look('call-put-aside')
      await press('Control+Enter')
      await expect(checks().getByRole('textbox')).toBeFocused()
      await desk.page.keyboard.type(second)
      await press('Enter')
      await expect(text('call.say.verified')).toBeVisible()
      await look('call-choice')
      await press('Enter')
      await expect(screens.button('reset.dialog.confirmReset')).toBeEnabled()
      await look('call-preview')
      await press('Control+Enter')
      await expect(desk.page.getByRole('status', { name: words('reset.result.password') })).toBeVisible({
        timeout: 20_000,
      })
      await desk.page.keyboard.type('本人に読み上げた')
      await look('call-told')
      await press('Escape')
      await expect(text('call.note.held')).toBeVisible()
      await look('call-held')
      await press('Control+Enter')
      await expect(text('call.over.title')).toBeVisible()
      await look('call-over')
      await press('Enter')
      for (const [userId, name, reason] of [
        ['ogawa.yuto', '小川 悠斗', 'no-way'],
        ['yoshida.jun', '吉田 純', 'blocked'],
      ] as const) {
        await desk.page.getByRole('combobox', { name: words('call.find.label') }).fill(userId)
        await expect(desk.page.getByRole('option', { name })).toBeVisible()
        await press('Enter')
        await expect(text(`call.stuck.${reason}.next`)).toBeVisible()
        await look(`call-stuck-${reason}`)
        await press('Escape')
      }
      await screens.button('shell.shortcuts.open').click()
      await expect(screens.dialog(words('shell.shortcuts.title'))).toBeVisible()
      await look('shortcuts-call')
      await press('Escape')
      await screens.goTo('queue')

      await press('Control+k')
      const query = desk.page.getByRole('combobox', { name: words('palette.title') })
      await expect(query).toBeFocused()
      await look('palette')
      await query.fill(language === 'ja' ? 'せってい' : 'sett')
      await expect(desk.page.getByRole('option', { name: words('shell.nav.settings') })).toBeVisible()
      await look('palette-command')
      await query.fill('やまだ')
      await expect(desk.page.getByRole('option', { name: '山田 花子' }).first()).toBeVisible()
      await look('palette-people')
      await query.fill('#1')
      await expect(desk.page.getByRole('option').first()).toBeVisible()
      await look('palette-request')
      await query.fill('zzzz')
      await expect(text('palette.none')).toBeVisible()
      await look('palette-nothing')
      await press('Escape')
      await expect(desk.page.getByRole('dialog')).toHaveCount(0)

      const line = screens.button('health.title')
      await line.click()
      await expect(screens.button('health.check')).toBeVisible()
      await look('health-all-well')
      await Promise.all([mailbox.kill(), sms.stopHttp(), directory.stop()])
      await screens.button('health.check').click()
      for (const part of ['directory', 'mailbox'] as const) {
        await expect(text(`health.${part}.unreachable.title`)).toBeVisible({ timeout: 30_000 })
      }
      await look('health-down')
      await press('Escape')
      await look('health-line-down')

      expect(inspection.states).toBeGreaterThan(33)
      expect(inspection.faults).toEqual([])
    })
  })
}
