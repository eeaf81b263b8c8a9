import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch.ts'
import type { RunningDesk } from '../../tools/start/launch.ts'
import { Authenticator } from '../support/authenticator'
import { writeDeskFiles } from '../support/config-file'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { codeIn, contactMail, gatewaySections } from '../support/gateways'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { findTraces } from '../support/traces'
import { KeyCounter } from './support/keyboard'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const agent = { userId: 'sato.misaki', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }
const registeredNumber = '+819055501234'
/** How much later it is when the person calls, and the steps of 30 s of her app by then. */
const laterMinutes = 5
const laterSteps = laterMinutes * 2
const numberInTheMail = '+819099998888'

const directories = [
  { name: 'OpenLDAP', start: startSlapd, language: 'ja' },
  { name: 'Samba AD', start: startSamba, language: 'en' },
] as const

for (const { name, start, language } of directories) {
  test.describe(`main job on ${name}`, () => {
    test.describe.configure({ mode: 'serial' })

    let directory: TestDirectory
    let mailbox: TestMailbox
    let sms: TestSms
    let folder: string
    let desk: RunningDesk
    let screens: Screens
    let authenticator: Authenticator
    /** What must be found in no artefact at the end. */
    const secrets: Record<string, string> = {
      'everyone’s password': organisation.password,
      'the registered number': registeredNumber.slice(-8),
      'text of the mail': 'window.broken = true',
    }
    const words = wordsIn(language)

    test.beforeAll(async () => {
      test.setTimeout(180_000)
      folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-story-'))
      ;[directory, mailbox, sms] = await Promise.all([start(), startDovecot(), startKannel()])
      secrets['password of the mailbox'] = mailbox.password
      const sections = gatewaySections(folder, { mailbox, sms, directory })
      const files = writeDeskFiles(folder, directory, '桜製作所', sections)
      desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: language })
      screens = new Screens(desk.page, words)
      await screens.makeInstallationKey()
      await screens.signIn(agent)
      await screens.signedIn()
    })

    // eslint-disable-next-line no-empty-pattern -- Playwright wants a destructured first argument
    test.afterEach(async ({}, testInfo) => {
      if (testInfo.status === testInfo.expectedStatus || desk.page.isClosed()) return
      await desk.page.screenshot({ path: testInfo.outputPath('screen.png') })
    })

    test.afterAll(async () => {
      await desk.close()
      await Promise.all([directory.stop(), mailbox.stop(), sms.stop()])
      rmSync(folder, { recursive: true, force: true })
    })

    test('the person registers an app and a mobile number in one visit', async () => {
      test.setTimeout(120_000)
      await screens.openPerson('やまだ', '山田 花子')
      await screens.registerApp(approver, (typedKey) => {
        authenticator = new Authenticator(typedKey)
        secrets['seed of the authenticator app'] = authenticator.secret
        return authenticator.code()
      })
      await screens.registerPhone(approver, '090-5550-1234', async () => {
        const { text } = await sms.waitForMessage(registeredNumber)
        return codeIn(text)
      })
      await expect(desk.page.getByText('1234').first()).toBeVisible()

      // Another day for the desk: two codes to one number within two minutes are refused, and a used code never counts again.
      await desk.restart({ clockOffset: `${laterMinutes}m` })
      screens = new Screens(desk.page, words)
      await screens.signIn(agent)
      await screens.signedIn()
    })

    test('a mail of the mailbox becomes a request by itself, and says why self-service failed', async () => {
      await screens.goTo('queue')
      await expect(screens.requestOf('山田 花子')).toHaveCount(0)
      const extra = `<script>window.broken = true</script><img src=x onerror="window.broken = true"> Call me at ${numberInTheMail} *)(uid=*`
      await mailbox.deliver(contactMail('yamada.hanako', { extra }))

      await expect(screens.requestOf('山田 花子')).toBeVisible({ timeout: 20_000 })
      await expect(screens.requestOf('山田 花子')).toContainText(words('diagnosis.cause.not-enabled'))
      expect((await desk.notifications()).length).toBeGreaterThan(0)
      expect(JSON.stringify(await desk.notifications())).not.toContain('山田')
    })

    test('her second mail folds into it, and a mail of two people waits for a human', async () => {
      await mailbox.deliver(contactMail('yamada.hanako'))
      await expect(screens.requestOf('山田 花子')).toContainText(
        words('requests.repeats.short', { count: 2, ago: '' }).trim(),
        {
          timeout: 20_000,
        },
      )
      await expect(screens.requestOf('山田 花子')).toHaveCount(1)

      await mailbox.deliver(contactMail('ito.kenta', { extra: 'for their account: ogawa.yuto' }))
      await screens.openMails()
      const mail = desk.page.getByRole('option').filter({ hasText: words('intake.trouble.several-people') })
      await expect(mail).toHaveCount(1, { timeout: 20_000 })
      await mail.click()
      for (const person of ['伊藤 健太', '小川 悠斗']) await expect(desk.page.getByText(person).first()).toBeVisible()
      await screens.openRequests()
      for (const person of ['伊藤 健太', '小川 悠斗']) await expect(screens.requestOf(person)).toHaveCount(0)
    })

    test('script and markup of the mail are text, and its number is not one to call', async () => {
      await screens.requestOf('山田 花子').click()
      await screens.showMail(`Request to reset user's password`)
      await expect(desk.page.getByText('<script>window.broken = true</script>').first()).toBeVisible()
      expect(await desk.page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined()
      await expect(desk.page.locator('a[href^="tel:"], a[href^="mailto:"], img[src="x"]')).toHaveCount(0)
    })

    test('the hurried call: from her name to the new password in at most 14 keyboard actions', async () => {
      test.setTimeout(120_000)
      await directory.lock('yamada.hanako')
      const before = sms.messages().length
      await desk.page.locator('body').click({ position: { x: 2, y: 2 } })
      const keys = new KeyCounter(desk.page)

      await keys.press('t')
      await expect(desk.page.getByRole('combobox', { name: words('call.find.label') })).toBeFocused()
      await keys.type('yamada.hanako')
      await expect(desk.page.getByRole('option', { name: '山田 花子' })).toBeVisible()
      await keys.press('Enter')
      await expect(desk.page.getByText(words('diagnosis.cause.not-enabled')).first()).toBeVisible()
      await expect(desk.page.getByText('SSPR_0013').first()).toBeVisible()

      const code = desk.page.getByRole('region', { name: words('verification.title') }).getByRole('textbox')
      await expect(code).toBeFocused()
      await keys.type(await authenticator.code(laterSteps))
      await keys.press('Enter')
      await expect(screens.button('verification.sms.send')).toBeFocused()
      await keys.press('Control+s')
      const message = await sms.waitForMessage(registeredNumber, before)
      const sent = codeIn(message.text)
      expect(message.text.length).toBeLessThanOrEqual(message.alphabet === 'ucs-2' ? 70 : 160)
      expect(message.part).toBe(false)
      await expect(code).toBeFocused()
      await keys.type(sent)
      await keys.press('Enter')

      await expect(desk.page.getByText(words('call.say.verified')).first()).toBeVisible()
      await keys.press('Enter')
      await expect(screens.button('reset.dialog.confirmReset')).toBeEnabled()
      await keys.press('Control+Enter')
      const shown = desk.page.getByRole('status', { name: words('reset.result.password') })
      await expect(shown).toBeVisible({ timeout: 20_000 })
      const password = (await shown.innerText()).replaceAll(/\s/gu, '')
      secrets['temporary password'] = password
      await keys.type('読み上げ済み')
      await keys.press('Control+Enter')
      await expect(desk.page.getByText(words('call.over.title')).first()).toBeVisible()

      expect(keys.count).toBeLessThanOrEqual(14)
      expect(await directory.bindAs('yamada.hanako', organisation.password)).toBe('wrong')
      expect(await directory.bindAs('yamada.hanako', password)).toBe('must-change')
      expect(sms.messages().filter(({ number }) => number.endsWith(numberInTheMail.slice(-8)))).toEqual([])
    })

    test('her request is done, and a later mail is a new one', async () => {
      await screens.goTo('queue')
      await expect(screens.requestOf('山田 花子')).toHaveCount(0)
      await mailbox.deliver(contactMail('yamada.hanako'))
      await expect(screens.requestOf('山田 花子')).toBeVisible({ timeout: 20_000 })
    })

    test('the mailbox is as it was: nothing deleted, moved or marked as read', async () => {
      expect(await mailbox.flags()).toEqual(['', '', '', ''])
    })

    test('the audit shows every step and verifies, on screen and offline; no secret is left anywhere', async () => {
      await screens.signOut('佐藤 美咲')
      await screens.signIn(auditor)
      await screens.signedIn()
      await screens.verifyAudit()
      const copy = path.join(folder, 'audit-copy.db')
      await desk.saveTo(copy)
      await screens.button('audit.save.action').click()
      await expect(desk.page.getByText(words('audit.save.doneTitle'))).toBeVisible()
      const verdict = execFileSync('node', ['tools/audit/verify.mjs', copy], { encoding: 'utf8' })
      expect(verdict).toMatch(/intact/iu)

      copyFileSync(copy, path.join(folder, 'data', 'audit-copy.db'))
      await desk.close()
      expect(findTraces(path.join(folder, 'data'), secrets)).toEqual([])
    })
  })
}
