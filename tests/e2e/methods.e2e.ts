import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { simpleParser } from 'mailparser'
import { expect, test } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch.ts'
import type { RunningDesk } from '../../tools/start/launch.ts'
import { Authenticator } from '../support/authenticator'
import { writeDeskFiles } from '../support/config-file'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { startExim } from '../support/exim'
import type { TestMailServer } from '../support/exim'
import { codeIn } from '../support/gateways'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSlapd } from '../support/slapd'
import { serveAuthenticator } from '../support/software-authenticator-socket'
import type { ServedAuthenticator } from '../support/software-authenticator-socket'
import { findTraces } from '../support/traces'
import { startVoiceSink } from '../support/voice-sink'
import type { VoiceSink } from '../support/voice-sink'
import { MethodScreens } from './support/method-screens'
import { methodSections } from './support/method-sections'
import { wordsIn } from './support/words'

const password = organisation.password
const agent = { userId: 'sato.misaki', password }
const otherAgent = { userId: 'suzuki.ken', password }
const approver = { userId: 'takahashi.yumi', password }
const admin = { userId: 'tanaka.hiroshi', password }
const auditor = { userId: 'watanabe.aya', password }

const hanako = '山田 花子'
const yuto = '小川 悠斗'
const mobile = '+819055501234'
const home = '+815012345678'
const address = 'desk@lab.test'
const pin = 'Sakura-2026'
const answer = (number: number): string => `さくら答え${number}番`

test.describe('all six methods on OpenLDAP', () => {
  test.describe.configure({ mode: 'serial' })

  const words = wordsIn('ja')
  let directory: TestDirectory
  let mailbox: TestMailbox
  let mailServer: TestMailServer
  let sms: TestSms
  let voice: VoiceSink
  let key: ServedAuthenticator
  let folder: string
  let desk: RunningDesk
  let screens: MethodScreens
  const apps = new Map<string, Authenticator>()
  let answers: ReadonlyMap<string, string> = new Map()
  /** What must be found in no artefact at the end. */
  const secrets: Record<string, string> = {
    'everyone’s password': password,
    'the mobile number': mobile.slice(-8),
    'the second number': home.slice(-8),
    'the mail address': address,
    'the PIN of the key': pin,
    'an answer': answer(1),
  }

  /** Another day for the desk; whoever worked there signs in anew. */
  async function anotherDay(clockOffset: string): Promise<void> {
    await desk.restart({ clockOffset })
    screens = new MethodScreens(desk.page, words)
  }

  async function workAs(operator: { readonly userId: string; readonly password: string }): Promise<void> {
    await screens.signIn(operator)
    await screens.signedIn()
  }

  const app = (name: string): Authenticator => {
    const found = apps.get(name)
    if (found === undefined) throw new Error(`${name} has no app`)
    return found
  }

  async function registerApp(name: string): Promise<void> {
    await screens.registerApp(approver, (typedKey) => {
      const authenticator = new Authenticator(typedKey)
      apps.set(name, authenticator)
      secrets[`seed of ${name}`] = authenticator.secret
      return authenticator.code()
    })
  }

  async function newestMailCode(after: number): Promise<string> {
    await expect.poll(async () => (await mailbox.messages()).length, { timeout: 20_000 }).toBeGreaterThan(after)
    const { text = '' } = await simpleParser((await mailbox.messages()).at(-1) ?? '')
    return codeIn(text)
  }

  test.beforeAll(async () => {
    test.setTimeout(180_000)
    folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-story-'))
    ;[directory, mailbox, sms, voice] = await Promise.all([
      startSlapd(),
      startDovecot(),
      startKannel(),
      startVoiceSink('asterisk'),
    ])
    mailServer = await startExim({ mailbox })
    const securityKeySocket = path.join(folder, 'key.sock')
    key = await serveAuthenticator(securityKeySocket, { pin })
    const files = writeDeskFiles(
      folder,
      directory,
      '桜製作所',
      methodSections(folder, { sms, voice, mailServer, directory }),
    )
    desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: 'ja', securityKeySocket })
    screens = new MethodScreens(desk.page, words)
    await screens.makeInstallationKey()
    await workAs(agent)
  })

  // eslint-disable-next-line no-empty-pattern -- Playwright wants a destructured first argument
  test.afterEach(async ({}, testInfo) => {
    if (testInfo.status === testInfo.expectedStatus || desk.page.isClosed()) return
    await desk.page.screenshot({ path: testInfo.outputPath('screen.png') })
  })

  test.afterAll(async () => {
    await desk.close()
    await Promise.all([directory.stop(), mailServer.stop(), sms.stop(), voice.stop(), key.stop()])
    await mailbox.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a person registers all six methods in one visit, each proven before it counts', async () => {
    test.setTimeout(180_000)
    await screens.openPerson('やまだ', hanako)
    await registerApp(hanako)
    await screens.registerPhone(approver, '090-5550-1234', async () => codeIn((await sms.waitForMessage(mobile)).text))
    await screens.registerByCall(approver, '050-1234-5678', async () => (await voice.waitForCall(home)).code)
    const mails = (await mailbox.messages()).length
    await screens.registerMail(approver, address, () => newestMailCode(mails))
    await screens.registerKey(approver, pin, () => key.touch())
    answers = await screens.registerQuestions(approver, answer)

    for (const type of ['app', 'mobile', 'alternative', 'mail', 'key', 'questions'] as const) {
      await expect(desk.page.getByText(words(`registration.type.${type}`), { exact: true }).first()).toBeVisible()
    }
  })

  test('a privileged person registers an app and a key', async () => {
    await screens.openPerson('おがわ', yuto)
    await registerApp(yuto)
    await screens.registerKey(approver, pin, () => key.touch())
  })

  test('another day she calls: the call passes, a text message to the same number is the same kind, the app passes', async () => {
    test.setTimeout(120_000)
    await anotherDay('8d')
    await workAs(agent)
    await screens.enterRequest({ query: '山田', name: hanako, channel: 'phone', reason: 'forgot' })
    await screens.use('Mobile')
    await screens.chooseWay('voice')
    await screens.send('voice')
    const { code } = await voice.waitForCall(mobile)
    await screens.checkCode(code)
    await expect(screens.passed('Mobile')).toBeVisible()

    await expect(screens.method('Mobile').getByText(words('verification.unusable.same-kind'))).toBeVisible()
    await expect(screens.method('Home').getByText(words('verification.unusable.same-kind'))).toBeVisible()
    const refused = await desk.page.evaluate(async () => {
      const listed = await window.api.requests.list({ filter: { states: ['claimed'], holder: 'me' } })
      const requestId = listed.ok ? (listed.value.requests[0]?.id ?? '') : ''
      const status = await window.api.verification.status({ requestId })
      const method = status.ok ? status.value.methods.find(({ label }) => label === 'Mobile') : undefined
      if (method === undefined) throw new Error('no such method')
      const sent = await window.api.verification.sendCode({
        requestId,
        methodId: method.id,
        channel: 'sms',
        language: 'ja',
      })
      return sent.ok ? 'sent' : `${sent.code} ${String(sent.params['reason'])}`
    })
    expect(refused).toBe('method-not-usable same-kind')

    await screens.use('Pixel 9')
    await screens.checkCode(await app(hanako).code(8 * 2880))
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    const temporary = await screens.reset(hanako)
    secrets['temporary password'] = temporary
    await screens.closeResult(hanako)
    expect(await directory.bindAs('yamada.hanako', password)).toBe('wrong')
    expect(await directory.bindAs('yamada.hanako', temporary)).toBe('must-change')
  })

  test('at the desk she uses her security key, with its PIN, and her own questions', async () => {
    test.setTimeout(120_000)
    await screens.enterRequest({ query: '山田', name: hanako, channel: 'walk-in', reason: 'forgot' })
    await screens.use('Blue key')
    await screens.startKey()
    await screens.typePin('0000-wrong')
    await expect(
      desk.page
        .getByRole('dialog')
        .getByText(words('securityKey.pin.wrongLeft', { count: 7 }))
        .first(),
    ).toBeVisible()
    await screens.typePin(pin)
    await key.touch()
    await expect(screens.passed('Blue key')).toBeVisible()

    await screens.use(words('verification.type.questions'))
    await screens.drawQuestions()
    await screens.answerQuestions(() => 'まちがい')
    await expect(desk.page.getByText(words('verification.questions.noMatch')).first()).toBeVisible()
    await screens.answerQuestions((question) => answers.get(question) ?? '')
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    const temporary = await screens.reset(hanako)
    secrets['second temporary password'] = temporary
    await screens.closeResult(hanako)
    expect(await directory.bindAs('yamada.hanako', temporary)).toBe('must-change')
  })

  test('the desk proves itself by a code that the caller compares', async () => {
    await screens.enterRequest({ query: '山田', name: hanako, channel: 'phone', reason: 'forgot' })
    const before = sms.messages().length
    const shown = await screens.reverseCheck()
    await expect.poll(() => sms.messages().length).toBeGreaterThan(before)
    expect(sms.messages().at(-1)?.text).toContain(shown)
    await screens.refuse('本人から取り下げ')
  })

  test('a privileged person is refused by phone, and served in person with both strong checks and an approver', async () => {
    test.setTimeout(120_000)
    await screens.enterRequest({ query: 'おがわ', name: yuto, channel: 'phone', reason: 'forgot' })
    await expect(desk.page.getByText(words('verification.blocked.privileged-by-phone')).first()).toBeVisible()
    await screens.refuse('来てもらう')

    await screens.enterRequest({ query: 'おがわ', name: yuto, channel: 'walk-in', reason: 'forgot' })
    await screens.use('Pixel 9')
    await screens.checkCode(await app(yuto).code(8 * 2880))
    await expect(screens.passed('Pixel 9')).toBeVisible()
    await screens.use('Blue key')
    await screens.startKey()
    await screens.typePin(pin)
    await key.touch()
    await expect(screens.passed('Blue key')).toBeVisible()
    await expect(screens.button('reset.section.reset')).toBeDisabled()
    await screens.attestInPerson()
    await screens.signOut('佐藤 美咲')

    // The approver at their own desk, under their own sign-in.
    await workAs(approver)
    await screens.goTo('approvals')
    await screens.approveWaiting(yuto)
    await screens.signOut('高橋 由美')

    await workAs(agent)
    await screens.goTo('queue')
    await screens.requestOf(yuto).click()
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    const temporary = await screens.reset(yuto)
    secrets['third temporary password'] = temporary
    await screens.closeResult(yuto)
    expect(await directory.bindAs('ogawa.yuto', temporary)).toBe('must-change')
  })

  test('five wrong checks by two agents close her checks, and a third one is warned', async () => {
    test.setTimeout(120_000)
    await screens.enterRequest({ query: '山田', name: hanako, channel: 'phone', reason: 'forgot' })
    // The wrong answers at her last visit count: the window is a day, whoever asked.
    await screens.use('Pixel 9')
    for (let wrong = 0; wrong < 2; wrong++) await screens.checkWrong(await app(hanako).wrongCode())
    await screens.release()
    await screens.signOut('佐藤 美咲')

    await workAs(otherAgent)
    await screens.goTo('queue')
    await screens.requestOf(hanako).click()
    await screens.action('claim').click()
    await screens.use('Pixel 9')
    await screens.checkWrong(await app(hanako).wrongCode())
    await screens.checkCode(await app(hanako).wrongCode())
    await expect(desk.page.getByText(words('verification.failures.closedTitle')).first()).toBeVisible()
    await screens.release()
    await screens.signOut('鈴木 健')

    await workAs(approver)
    await screens.goTo('queue')
    await screens.requestOf(hanako).click()
    await screens.action('claim').click()
    await expect(desk.page.getByText(words('verification.failures.closedTitle')).first()).toBeVisible()
    await screens.refuse('確認できない')
    await screens.signOut('高橋 由美')
  })

  test('heightened threat takes text messages away from everybody', async () => {
    await workAs(admin)
    await screens.switchThreat('on', '偽の社員からの電話が続いている')
    await screens.signOut('田中 宏')

    await workAs(agent)
    await expect(desk.page.getByText(words('threat.banner.title')).first()).toBeVisible()
    await screens.openPerson('いとう', '伊藤 健太')
    await screens.registerPhone(approver, '090-5550-9876', async () =>
      codeIn((await sms.waitForMessage('+819055509876')).text),
    )
    secrets['the number of another person'] = '55509876'
    await anotherDay('9d')
    await workAs(agent)
    await screens.enterRequest({ query: '伊藤', name: '伊藤 健太', channel: 'walk-in', reason: 'forgot' })
    await expect(screens.method('Mobile').getByText(words('verification.unusable.weak'))).toBeVisible()
    await screens.refuse('脅威の高まり')
    await screens.signOut('佐藤 美咲')
    await workAs(admin)
    await screens.switchThreat('off', '解除')
  })

  test('another day she is erased, and the chain still verifies without her', async () => {
    test.setTimeout(120_000)
    await anotherDay('10d')
    await workAs(admin)
    await screens.openPerson('やまだ', hanako)
    await screens.erasePerson({ name: hanako, userId: 'yamada.hanako', reason: '退職', approver })
    await screens.signOut('田中 宏')

    await workAs(auditor)
    await screens.verifyAudit()
    const copy = path.join(folder, 'audit-copy.db')
    await desk.saveTo(copy)
    await screens.button('audit.save.action').click()
    await expect(desk.page.getByText(words('audit.save.doneTitle'))).toBeVisible()
    expect(execFileSync('node', ['tools/audit/verify.mjs', copy], { encoding: 'utf8' })).toMatch(/intact/iu)

    copyFileSync(copy, path.join(folder, 'data', 'audit-copy.db'))
    await desk.close()
    expect(findTraces(path.join(folder, 'data'), { ...secrets, 'her name': hanako })).toEqual([])
  })
})
