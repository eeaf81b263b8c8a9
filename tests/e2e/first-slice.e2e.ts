import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch.ts'
import type { RunningDesk } from '../../tools/start/launch.ts'
import { Authenticator } from '../support/authenticator'
import { writeDeskFiles } from '../support/config-file'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { findTraces } from '../support/traces'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const agent = { userId: 'sato.misaki', password: organisation.password }
const otherAgent = { userId: 'suzuki.ken', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }

const directories = [
  { name: 'OpenLDAP', start: startSlapd, language: 'ja' },
  { name: 'Samba AD', start: startSamba, language: 'en' },
] as const

for (const { name, start, language } of directories) {
  test.describe(`first slice on ${name}`, () => {
    test.describe.configure({ mode: 'serial' })

    let directory: TestDirectory
    let folder: string
    let desk: RunningDesk
    let screens: Screens
    /** What must be found in no artefact at the end. */
    const secrets: Record<string, string> = { 'everyone’s password': organisation.password }
    const words = wordsIn(language)

    test.beforeAll(async () => {
      test.setTimeout(180_000)
      folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-story-'))
      directory = await start()
      const files = writeDeskFiles(folder, directory, '桜製作所')
      desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: language })
      screens = new Screens(desk.page, words)
    })

    test.afterAll(async () => {
      await desk.close()
      await directory.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('the first start makes the installation key and shows its recovery key once', async () => {
      secrets['recovery key'] = await screens.makeInstallationKey()
      await expect(screens.button('session.signIn.submit')).toBeVisible()
      await expect(desk.page.getByText(secrets['recovery key'])).toBeHidden()
    })

    test('refuses a wrong password in its own words', async () => {
      await screens.signIn({ userId: agent.userId, password: 'Not-The-Passw0rd' })
      await expect(desk.page.getByRole('alert')).toContainText(words('errors.sign-in-wrong.title'))
      await screens.signIn(agent)
      await screens.signedIn()
    })

    test('a locked-out caller is verified by authenticator app and gets a new password', async () => {
      test.setTimeout(120_000)
      await screens.openPerson('やまだ', '山田 花子')
      let authenticator: Authenticator | null = null
      await screens.registerApp(approver, (typedKey) => {
        authenticator = new Authenticator(typedKey)
        secrets['seed of the authenticator app'] = authenticator.secret
        return authenticator.code()
      })
      const phone = authenticator as Authenticator | null
      if (phone === null) throw new Error('no key was shown')

      await directory.lock('yamada.hanako')
      expect(await directory.bindAs('yamada.hanako', organisation.password)).not.toBe('ok')

      await screens.enterRequest({
        query: '山田',
        name: '山田 花子',
        channel: 'phone',
        reason: 'locked-out',
        note: '会議の前に至急',
      })
      await expect(desk.page.getByText(words('people.state.locked'), { exact: true }).first()).toBeVisible()
      await expect(screens.button('reset.section.reset')).toBeDisabled()

      for (const left of [4, 3]) {
        await screens.checkCode(await phone.wrongCode())
        await expect(desk.page.getByText(words('verification.code.noMatch')).first()).toBeVisible()
        await expect(desk.page.getByText(String(left), { exact: false }).first()).toBeVisible()
      }
      // The enrolment has used the present time step up: the next one is a step later, which the tolerance allows.
      await screens.checkCode(await phone.code(1))
      await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()

      const password = await screens.reset('山田 花子')
      secrets['temporary password'] = password
      expect(password.length).toBeGreaterThanOrEqual(14)
      await expect(desk.page.getByText(words('reset.result.canSignIn')).first()).toBeVisible()
      await screens.closeResult('山田 花子')

      expect(await directory.bindAs('yamada.hanako', organisation.password)).toBe('wrong')
      expect(await directory.bindAs('yamada.hanako', password)).toBe('must-change')
      await expect(desk.page.getByText(words('requests.state.done')).first()).toBeVisible()
    })

    test('a person without methods is proofed in person and approved by somebody else', async () => {
      await screens.enterRequest({ query: '伊藤', name: '伊藤 健太', channel: 'walk-in', reason: 'forgot' })
      await screens.attestInPerson()

      // The agent's own sign-in does not count as a second person.
      await screens.approve(agent)
      await expect(desk.page.getByRole('alert').first()).toContainText(words('errors.approver-is-agent.title'))
      const dialog = screens.dialog(words('verification.approver.title'))
      await screens.fillApprover(dialog, approver)
      await screens.agree(dialog)
      await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()

      const password = await screens.reset('伊藤 健太')
      secrets['second temporary password'] = password
      await screens.closeResult('伊藤 健太')
      expect(await directory.bindAs('ito.kenta', organisation.password)).toBe('wrong')
      expect(await directory.bindAs('ito.kenta', password)).toBe('must-change')
    })

    test('a lost telephone is taken away in person, and counts no more', async () => {
      await screens.openPerson('yamada.hanako', '山田 花子')
      await screens.removeMethod('Pixel 9', approver)
      await expect(desk.page.getByText(words('registration.summary.none'))).toBeVisible()
    })

    test('an unlock ends the lock and leaves the password alone', async () => {
      await directory.lock('ogawa.yuto')
      await screens.enterRequest({ query: 'ogawa', name: '小川 悠斗', channel: 'walk-in', reason: 'locked-out' })
      await screens.attestInPerson()
      await screens.approve(approver)
      await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
      await screens.unlock('小川 悠斗')
      expect(await directory.bindAs('ogawa.yuto', organisation.password)).toBe('ok')
    })

    test('must not happen: a reset from the console, for oneself, or of a privileged person by phone', async () => {
      await screens.enterRequest({ query: 'よしだ', name: '吉田 純', channel: 'phone', reason: 'forgot' })
      await expect(desk.page.getByText(words('verification.blocked.privileged-by-phone')).first()).toBeVisible()

      const answers = await desk.page.evaluate(async () => {
        const listed = await window.api.requests.list({ filter: { states: ['claimed', 'done'] } })
        if (!listed.ok) throw new Error(listed.code)
        const tried = await Promise.all(
          listed.value.requests.flatMap(({ id }) => [
            window.api.reset.perform({ requestId: id }),
            window.api.reset.unlock({ requestId: id }),
          ]),
        )
        return tried.map((answer) => (answer.ok ? 'ok' : answer.code))
      })
      expect(answers.length).toBeGreaterThanOrEqual(6)
      expect(answers).not.toContain('ok')
      expect(await directory.bindAs('yoshida.jun', organisation.password)).toBe('ok')

      const own = await desk.page.evaluate(async () => {
        const found = await window.api.people.search({ query: 'sato.misaki' })
        const [self] = found.ok ? found.value.people : []
        if (self === undefined) throw new Error('not found')
        const made = await window.api.requests.create({
          personId: self.id,
          channel: 'walk-in',
          reason: 'forgot',
          note: '',
          claim: true,
        })
        return made.ok ? 'ok' : made.code
      })
      expect(own).toBe('self-action')
    })

    test('another agent cannot use the proof of the first', async () => {
      await screens.enterRequest({ query: '伊藤', name: '伊藤 健太', channel: 'walk-in', reason: 'forgot' })
      await screens.attestInPerson()
      await screens.approve(approver)
      await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
      await screens.action('handOver').click()
      const dialog = desk.page.getByRole('dialog')
      await dialog.getByLabel(words('requests.handOver.operator')).selectOption({ label: '鈴木 健' })
      await screens.button('requests.handOver.confirm', {}, dialog).click()
      await expect(dialog).toBeHidden()
      await screens.signOut('佐藤 美咲')

      await screens.signIn(otherAgent)
      await screens.signedIn()
      await screens.goTo('queue')
      await desk.page.getByText('伊藤 健太').first().click()
      await expect(screens.button('reset.section.reset')).toBeDisabled()
      const answer = await desk.page.evaluate(async () => {
        const listed = await window.api.requests.list({ filter: { states: ['claimed'], holder: 'me' } })
        const [mine] = listed.ok ? listed.value.requests : []
        if (mine === undefined) throw new Error('nothing is held')
        const tried = await window.api.reset.perform({ requestId: mine.id })
        return tried.ok ? 'ok' : tried.code
      })
      expect(answer).toBe('caller-not-verified')
      await screens.signOut('鈴木 健')
    })

    test('the audit shows every step and verifies, on screen and offline', async () => {
      await screens.signIn(auditor)
      await screens.signedIn()
      await screens.verifyAudit()
      for (const [group, action] of [
        ['reset', 'reset.password'],
        ['verification', 'verification.check'],
        ['verification', 'verification.approve'],
        ['request', 'request.claim'],
        ['registration', 'registration.confirm'],
        ['session', 'session.sign-in'],
      ] as const) {
        await desk.page
          .getByLabel(words('audit.filter.group'), { exact: true })
          .selectOption({ label: words(`audit.group.${group}`) })
        const row = desk.page.getByText(words(`audit.action.${action}`), { exact: true }).filter({ visible: true })
        await expect(row.first()).toBeVisible()
      }
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
