import path from 'node:path'
import type { Locator } from 'playwright/test'
import { Authenticator } from '../support/authenticator'
import { aConfigFile, writeConfig } from '../support/config'
import { organisation } from '../support/organisation'
import { expect, test } from './support/desk-app'
import { enterPastRequests } from './support/past-requests'
import { Inspection } from './support/inspection'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

// SSPR_DESK_PICTURES=DIR also leaves a picture of every state there, in both themes and sizes.
const pictures = process.env['SSPR_DESK_PICTURES'] ?? null
const agent = { userId: 'sato.misaki', password: organisation.password }
const otherAgent = { userId: 'suzuki.ken', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }

for (const language of ['ja', 'en'] as const) {
  test.describe(`every screen in ${language}`, () => {
    const words = wordsIn(language)

    test('set-up, configuration and installation key', async ({ folder, launch }) => {
      const inspection = new Inspection({ label: `${language}-setup`, pictures })
      const passphrase = 'momiji kasa tsukue 47'
      const broken = writeConfig(folder, '{ "version": 1,\n  "organisation": 7 }', 'broken.json')
      const desk = await launch({ locale: language, config: broken, userDataDir: path.join(folder, 'data') })
      let screens = new Screens(desk.page, words)
      await expect(screens.button('setup.broken.check')).toBeVisible()
      await inspection.look(desk.page, 'config-broken')

      await desk.restart({ config: writeConfig(folder, aConfigFile({ organisation: '桜製作所' }), 'good.json') })
      screens = new Screens(desk.page, words)
      await expect(screens.button('setup.vault.create')).toBeVisible()
      await screens.button('setup.vault.create').click()
      await inspection.look(desk.page, 'vault-create-refused')
      await desk.page.getByLabel(words('setup.vault.passphraseLabel'), { exact: true }).fill(passphrase)
      await desk.page.getByLabel(words('setup.vault.passphraseAgain')).fill(passphrase)
      await screens.button('setup.vault.create').click()
      await expect(desk.page.getByLabel(words('setup.recovery.confirmLabel'))).toBeVisible()
      await desk.page.getByLabel(words('setup.recovery.confirmLabel')).fill('----')
      await screens.button('setup.recovery.confirm').click()
      await inspection.look(desk.page, 'recovery-key-not-yet-written')

      await desk.restart()
      screens = new Screens(desk.page, words)
      await expect(screens.button('setup.unlock.submit')).toBeVisible()
      await desk.page.getByLabel(words('setup.unlock.passphrase'), { exact: true }).fill('not this one')
      await screens.button('setup.unlock.submit').click()
      await expect(desk.page.getByText(words('errors.vault-passphrase-wrong.title'))).toBeVisible()
      await inspection.look(desk.page, 'vault-passphrase-wrong')
      await screens.button('setup.unlock.useRecovery').click()
      await inspection.look(desk.page, 'vault-recovery')
      await screens.button('setup.unlock.usePassphrase').click()
      await desk.page.getByLabel(words('setup.unlock.passphrase'), { exact: true }).fill(passphrase)
      await screens.button('setup.unlock.submit').click()
      await expect(screens.button('session.signIn.submit')).toBeVisible()
      await inspection.look(desk.page, 'sign-in')
      expect(inspection.faults).toEqual([])
    })

    test('the desk at work', async ({ folder, launch }) => {
      test.setTimeout(300_000)
      const inspection = new Inspection({ label: `${language}-work`, pictures })
      const desk = await launch({ locale: language, userDataDir: path.join(folder, 'data') })
      const screens = new Screens(desk.page, words)
      const { page } = desk
      const look = (name: string): Promise<void> => inspection.look(page, name)
      const text = (key: string, params: Record<string, string | number> = {}): Locator =>
        page.getByText(words(key, params)).filter({ visible: true }).first()
      const act = (action: string): Locator =>
        screens.button(`requests.action.${action}`, {}, page.getByRole('article'))
      const cancel = async (key = 'common.cancel'): Promise<void> => {
        await screens.button(key, {}, page.getByRole('dialog').last()).click()
        await expect(page.getByRole('dialog')).toHaveCount(0)
      }

      await expect(screens.button('setup.config.sample')).toBeVisible()
      await screens.button('setup.config.check').click()
      await expect(text('setup.config.notThere')).toBeVisible()
      await look('needs-config')
      await screens.button('setup.config.sample').click()
      await screens.signIn({ userId: 'yamada.hanako', password: 'not-hers' })
      await expect(page.getByRole('alert')).toBeVisible()
      await look('sign-in-refused')
      // Twice more, so that her account is really locked later on.
      for (let wrong = 2; wrong <= 3; wrong += 1) {
        await page.evaluate(() => window.api.session.signIn({ userId: 'yamada.hanako', password: 'not-hers' }))
      }

      await screens.signIn(otherAgent)
      await screens.signedIn()
      await look('queue-empty')
      await enterPastRequests(page)
      await screens.signOut('鈴木 健')

      await screens.signIn(agent)
      await screens.signedIn()
      await expect(page.getByRole('option').first()).toBeVisible()
      await look('queue-filled')
      await page.getByRole('searchbox').fill('zzz')
      await expect(text('requests.empty.filterTitle')).toBeVisible()
      await look('queue-filter-without-match')
      await page.getByRole('searchbox').fill('')
      await page.getByText('中村 大輝').first().click()
      await expect(text('requests.detail.heldElsewhere', { name: '鈴木 健' })).toBeVisible()
      await look('request-held-by-somebody-else')
      await screens.button('requests.filter.closed').click()
      for (const [name, state] of [
        ['加藤 翔', 'refused'],
        ['小林 凛', 'done'],
      ] as const) {
        await page.getByRole('option', { name }).click()
        await expect(
          page
            .getByRole('article')
            .getByText(words(`requests.state.${state}`))
            .first(),
        ).toBeVisible()
        await look(`request-${state}`)
      }
      await act('reopen').click()
      await screens.button('requests.reopen.confirm').click()
      await look('reopen-without-reason')
      await cancel()
      await screens.button('requests.filter.active').click()

      await screens.goTo('people')
      await look('people-start')
      await page.getByRole('combobox').fill('zzzz')
      await expect(text('people.search.noneTitle', { query: 'zzzz' })).toBeVisible()
      await look('people-nobody')
      await page.getByRole('combobox').fill('long')
      await page.getByRole('option').first().click()
      await expect(screens.button('people.card.registerApp')).toBeVisible()
      await look('person-with-long-name')
      await screens.openPerson('よしだ', '吉田 純')
      await expect(text('people.state.privileged')).toBeVisible()
      await look('person-privileged')
      await page.getByRole('combobox').fill('佐藤')
      await page.getByRole('option', { name: '佐藤 美咲' }).click()
      await expect(text('people.card.self')).toBeVisible()
      await look('person-self')

      await screens.openPerson('やまだ', '山田 花子')
      await screens.button('people.card.registerApp').click()
      const registration = screens.dialog(words('registration.title'))
      await screens.button('registration.identity.submit', {}, registration).click()
      await look('registration-identity-incomplete')
      await screens.fillIdentity(registration)
      await registration.getByLabel(words('registration.identity.label')).fill('Pixel 9')
      await screens.fillApprover(registration, { ...approver, password: 'not-hers' })
      await screens.button('registration.identity.submit', {}, registration).click()
      await expect(registration.getByRole('alert').first()).toBeVisible()
      await look('registration-approver-refused')
      await screens.fillApprover(registration, approver)
      await screens.button('registration.identity.submit', {}, registration).click()
      await expect(registration.getByRole('img', { name: words('registration.scan.qrLabel') })).toBeVisible()
      await look('registration-scan')
      const typedKey = await registration.getByText(/^[A-Z2-7]{4}(?: [A-Z2-7]{1,4})+$/u).innerText()
      const phone = new Authenticator(typedKey)
      await registration.getByLabel(words('registration.scan.code')).fill(await phone.wrongCode())
      await screens.button('registration.scan.confirm', {}, registration).click()
      await expect(text('registration.scan.codeWrong')).toBeVisible()
      await look('registration-code-wrong')
      await registration.getByLabel(words('registration.scan.code')).fill(await phone.code())
      await screens.button('registration.scan.confirm', {}, registration).click()
      await expect(registration.getByText(words('registration.done.title'))).toBeVisible()
      await look('registration-done')
      await screens.button('registration.close', {}, registration).first().click()
      await expect(registration).toBeHidden()
      await look('person-locked-with-app')

      await screens.goTo('queue')
      await screens.button('requests.action.new').first().click()
      const creating = screens.dialog(words('requests.create.title'))
      await look('new-request')
      await creating.getByRole('combobox').fill('やま')
      await expect(creating.getByRole('option').first()).toBeVisible()
      await look('new-request-results')
      await creating.getByRole('option', { name: '山田 花子' }).first().click()
      await look('new-request-chosen')
      await creating.getByRole('radio', { name: words('requests.reason.locked-out') }).check()
      await screens.button('requests.create.submitOnly', {}, creating).click()
      await expect(creating).toBeHidden()
      await expect(act('claim')).toBeVisible()
      await look('request-open')
      await act('claim').click()
      await expect(text('requests.detail.heldByYou')).toBeVisible()
      const panel = page.getByRole('region', { name: words('verification.title') })
      await expect(panel.getByRole('textbox')).toBeVisible()
      // What a hurried call needs is in sight: the field for the code, and the buttons that the check leads to.
      await page.setViewportSize({ width: 1280, height: 800 })
      await expect(panel.getByRole('textbox')).toBeInViewport({ ratio: 1 })
      await expect(screens.button('reset.section.reset')).toBeInViewport({ ratio: 1 })
      await look('request-claimed')

      for (const action of ['release', 'handOver', 'refuse', 'complete'] as const) {
        await act(action).click()
        if (action === 'handOver') {
          await expect(page.getByLabel(words('requests.handOver.operator')).getByRole('option')).not.toHaveCount(1)
        }
        await look(`dialog-${action}`)
        await cancel()
      }

      await screens.checkCode(await phone.wrongCode())
      await expect(text('verification.code.noMatch')).toBeVisible()
      await look('code-no-match')
      for (let wrong = 2; wrong <= 5; wrong += 1) {
        await screens.checkCode(await phone.wrongCode())
        if (wrong < 5) await expect(panel.getByRole('textbox')).toHaveValue('')
        if (wrong === 3) await look('code-no-match-again')
      }
      await expect(text('verification.failures.closedTitle')).toBeVisible()
      await look('checks-closed')
      await screens.button('verification.failures.reopen').click()
      const reopening = screens.dialog(words('verification.reopen.title'))
      await look('checks-reopen')
      await reopening.getByLabel(words('verification.reopen.reason')).fill('窓口にいる')
      await screens.fillApprover(reopening, approver)
      await screens.button('verification.reopen.submit', {}, reopening).click()
      await expect(reopening).toBeHidden()
      await screens.checkCode(await phone.code(1))
      await expect(text('verification.need.satisfied')).toBeVisible()
      await expect(screens.button('reset.section.reset')).toBeInViewport({ ratio: 1 })
      await look('request-verified')
      await screens.button('reset.section.unlock').click()
      await expect(screens.button('reset.dialog.confirmUnlock')).toBeEnabled()
      await look('unlock-preview')
      await cancel('reset.dialog.cancel')
      await screens.button('reset.section.reset').click()
      await expect(screens.button('reset.dialog.confirmReset')).toBeEnabled()
      await look('reset-preview')
      await screens.button('reset.dialog.confirmReset').click()
      await expect(text('reset.result.resetTitle')).toBeVisible()
      await look('reset-result')
      await screens.button('reset.result.copy').click()
      await expect(page.getByText(/30/u).filter({ visible: true }).first()).toBeVisible()
      await screens.button('reset.dialog.close').first().click()
      await expect(screens.button('reset.close.yes')).toBeVisible()
      await look('reset-close-question')
      await screens.button('reset.close.yes').click()
      await expect(page.getByRole('dialog')).toHaveCount(0)
      await look('request-reset-done')

      await page.getByRole('option', { name: '伊藤 健太' }).click()
      await act('claim').click()
      await expect(screens.button('verification.attest.start')).toBeVisible()
      await look('request-without-methods')
      await screens.button('verification.attest.start').click()
      const attesting = screens.dialog(words('verification.attest.title'))
      await screens.button('verification.attest.submit', {}, attesting).click()
      await look('attestation-incomplete')
      await attesting.getByLabel(words('verification.attest.document')).selectOption({ index: 1 })
      await attesting.getByLabel(words('verification.attest.photoMatches')).check()
      await attesting.getByLabel(words('verification.attest.nameMatches')).check()
      await screens.button('verification.attest.submit', {}, attesting).click()
      await expect(attesting).toBeHidden()
      await look('waits-for-approver')
      await screens.approve(agent)
      await expect(page.getByRole('dialog').getByRole('alert').first()).toBeVisible()
      await look('approver-refused')
      await cancel('verification.approver.cancel')

      await page.getByRole('option', { name: '藤田 陽菜' }).click()
      await act('claim').click()
      await screens.button('verification.attest.start').click()
      const kind = page.getByRole('radio', { name: words('verification.attest.kind.call-back') })
      if (await kind.isVisible()) await kind.check()
      await look('attestation-call-back')
      await cancel('verification.attest.cancel')
      await page.getByRole('option', { name: '吉田 純' }).click()
      await act('claim').click()
      await expect(text('verification.blocked.privileged-by-phone')).toBeVisible()
      await look('privileged-by-phone')

      await screens.goTo('settings')
      await expect(text('settings.storage.title')).toBeVisible()
      await look('settings')
      await page.keyboard.press('?')
      await expect(screens.dialog(words('shell.shortcuts.title'))).toBeVisible()
      await look('shortcuts-settings')
      await page.keyboard.press('Escape')
      await screens.goTo('queue')
      await page.keyboard.press('?')
      await expect(screens.dialog(words('shell.shortcuts.title'))).toBeVisible()
      await look('shortcuts-queue')
      await page.keyboard.press('Escape')
      await page.getByRole('banner').getByRole('button', { name: '佐藤 美咲' }).click()
      await expect(page.getByRole('menu')).toBeVisible()
      await look('operator-menu')
      await page.getByRole('menuitem', { name: words('shell.operator.lock') }).click()
      const cover = page.getByRole('dialog', { name: words('session.locked.title') })
      await expect(cover).toBeVisible()
      await look('locked')
      await page.getByLabel(words('session.locked.password', { name: '佐藤 美咲' }), { exact: true }).fill('not-hers')
      await cover.getByRole('button', { name: words('session.locked.unlock') }).click()
      await expect(page.getByRole('alert').filter({ visible: true })).toBeVisible()
      await screens.button('session.locked.signOut', {}, cover).click()
      await look('locked-refused-and-sign-out')
      await screens.button('session.locked.signOut', {}, cover).click()

      await screens.signIn(auditor)
      await screens.signedIn()
      await screens.verifyAudit()
      await look('audit-verified')
      await page.getByRole('row').nth(2).click()
      await expect(page.getByText(words('audit.detail.chain'), { exact: true })).toBeVisible()
      await look('audit-detail')
      await page.getByRole('searchbox').fill('zzz')
      await expect(text('audit.empty.title')).toBeVisible()
      await look('audit-without-match')

      await desk.restart({ clockOffset: '8d' })
      const later = new Screens(desk.page, words)
      await later.button('setup.config.sample').click()
      await later.signIn(agent)
      await later.signedIn()
      await later.button('requests.filter.closed').click()
      await desk.page.getByText(words('requests.state.expired')).first().click()
      await expect(later.button('requests.action.reopen')).toBeVisible()
      await inspection.look(desk.page, 'request-expired')

      expect(inspection.states).toBeGreaterThan(50)
      expect(inspection.faults).toEqual([])
    })
  })
}
