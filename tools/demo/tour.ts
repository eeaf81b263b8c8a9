import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'playwright/test'
import type { Language } from '../../src/shared/model/common'
import { MethodScreens } from '../../tests/e2e/support/method-screens'
import { wordsIn } from '../../tests/e2e/support/words'
import type { TestMailbox } from '../../tests/support/dovecot'
import { codeIn, contactMail } from '../../tests/support/gateways'
import type { TestSms } from '../../tests/support/kannel'
import { organisation } from '../../tests/support/organisation'
import type { TestDirectory } from '../../tests/support/organisation'
import { launchDesk } from '../start/launch'
import type { RunningDesk } from '../start/launch'
import { fillMailbox } from './fill-queue'
import { callerNumber, homeNumber, labels, mailAfter } from './register'
import type { Caller } from './register'
import { keyPin } from './servers'
import type { DemoServers } from './servers'
import type { DemoPlace } from './tell'

export interface TourOptions extends DemoPlace {
  readonly language: Language
  readonly theme: 'light' | 'dark'
  /** Folder for transcript and pictures. */
  readonly out: string
  readonly say: (line: string) => void
}

/** The app on screen, and what the tour does with everything that it sees. */
interface Stage {
  readonly desk: RunningDesk
  readonly screens: MethodScreens
  readonly caller: Caller
  readonly servers: DemoServers | null
  readonly tell: (line: string) => void
  readonly picture: (name: string) => Promise<void>
}

const agent = { userId: 'sato.misaki', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }
/**
 * The main job, driven through the screens: a mail arrives, is claimed in call mode and diagnosed; authenticator app and text message
 * pass; reset; sign-in with the new password proven at the directory; audit verified on screen and offline. Without mailbox and gateway
 * the caller rings.
 */
export async function tour(options: TourOptions): Promise<void> {
  const { servers, files, out } = options
  mkdirSync(out, { recursive: true })
  const transcript = path.join(out, 'transcript.txt')
  writeFileSync(transcript, '')
  const tell = (line: string): void => {
    options.say(line)
    appendFileSync(transcript, `${line}\n`)
  }

  const desk = await launchDesk({
    config: files?.config ?? null,
    vaultKeyFile: files?.vaultKeyFile ?? null,
    userDataDir: options.dataDir,
    ...(servers !== null && { securityKeySocket: servers.keySocket }),
    locale: options.language,
    colorScheme: options.theme,
  })
  let pictures = 0
  const picture = async (name: string): Promise<void> => {
    pictures += 1
    await desk.page.screenshot({ path: path.join(out, `${String(pictures).padStart(2, '0')}-${name}.png`) })
  }
  const words = wordsIn(options.language)
  const stage = { desk, screens: new MethodScreens(desk.page, words), caller: options.caller, servers, tell, picture }
  try {
    const { screens } = stage
    tell(`The app is open (${desk.host}), with ${servers?.directory.kind ?? 'the built-in sample'} as its directory.`)
    if (files === null) await screens.button('setup.config.sample').click()
    await picture('sign-in')
    await screens.signIn(agent)
    await screens.signedIn()
    tell('佐藤 美咲 (agent) signed in with the password of the directory.')

    await showPerson(stage)
    const { mailbox, sms } = servers ?? {}
    if (mailbox === undefined || sms === undefined) await callWithout(stage)
    else await callFromMail(stage, mailbox, sms)
    await checkedByCallAndMail(stage)
    await checkedByKeyAndQuestions(stage)
    await attestedInPerson(stage)
    await approve(stage)
    await verifyAudit(stage, out)
  } catch (error) {
    await picture('where-it-stopped').catch(() => undefined)
    throw error
  } finally {
    await desk.close()
    tell(`Transcript and ${pictures} pictures: ${out}`)
  }
}

/** The card of somebody who has every method that there is here, and what else could be registered. */
async function showPerson({ desk, screens, tell, picture }: Stage): Promise<void> {
  await screens.openPerson('やまだ', '山田 花子')
  await expect(desk.page.getByText(screens.words('registration.type.questions'), { exact: true }).first()).toBeVisible()
  await picture('person')
  const methods = desk.page.getByRole('heading', { name: screens.words('registration.summary.title') })
  await methods.evaluate((heading) => heading.scrollIntoView({ block: 'start' }))
  await picture('methods')
  tell(
    'Ten days ago 山田 花子 registered her methods in person; 高橋 由美 (approver) agreed to each under her own sign-in.',
  )
  await screens.button('people.card.registerApp').click()
  await expect(screens.dialog(screens.words('registration.title'))).toBeVisible()
  await picture('registration')
  await desk.page.keyboard.press('Escape')
  await expect(screens.dialog(screens.words('registration.title'))).toBeHidden()
}

async function callFromMail(
  { desk, screens, caller, servers, tell, picture }: Stage,
  mailbox: TestMailbox,
  sms: TestSms,
): Promise<void> {
  const { page } = desk
  const { words } = screens
  await screens.goTo('queue')
  await mailbox.deliver(contactMail('yamada.hanako'))
  await fillMailbox(mailbox)
  await expect(screens.requestOf('山田 花子')).toContainText(words('diagnosis.cause.not-enabled'), { timeout: 20_000 })
  await expect(screens.requestOf('青木 芽衣')).toBeVisible({ timeout: 20_000 })
  tell('Mails arrive in the mailbox and enter the queue by themselves; each says why self-service failed.')
  await screens.requestOf('山田 花子').click()
  await picture('queue')
  await screens.openMails()
  await page
    .getByRole('option')
    .filter({ hasText: words('intake.trouble.several-people') })
    .click()
  await picture('mails-to-sort')
  tell('A mail that names two people waits for a human; so does one that nobody understands.')
  await screens.openRequests()

  const before = sms.messages().length
  await page.keyboard.press('t')
  await page.keyboard.type('yamada.hanako')
  await expect(page.getByRole('option', { name: '山田 花子' })).toBeVisible()
  await page.keyboard.press('Enter')
  const code = page.getByRole('region', { name: words('verification.title') }).getByRole('textbox')
  await expect(code).toBeFocused()
  await expect(page.getByText('SSPR_0013').first()).toBeVisible()
  tell(
    'She calls. Call mode: her request is claimed; diagnosis: not enabled, she is in no group that may use self-service.',
  )
  await picture('call')
  await page.keyboard.type(await caller.app.code())
  await page.keyboard.press('Enter')
  await expect(screens.button('verification.sms.send')).toBeFocused()
  await page.keyboard.press('Control+s')
  const { text } = await sms.waitForMessage(callerNumber.e164, before)
  tell(`Her telephone shows: ${text}`)
  await expect(code).toBeFocused()
  await page.keyboard.type(codeIn(text))
  await page.keyboard.press('Enter')
  await expect(page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  tell('The code of her app and the code of the SMS match: the caller is verified for 10 minutes.')
  await page.keyboard.press('Enter')
  await expect(screens.button('reset.dialog.confirmReset')).toBeEnabled()
  await page.keyboard.press('Control+Enter')
  const shown = page.getByRole('status', { name: words('reset.result.password') })
  await expect(shown).toBeVisible({ timeout: 20_000 })
  const password = (await shown.innerText()).replaceAll(/\s/gu, '')
  await picture('reset')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(words('call.over.title')).first()).toBeVisible()
  tell('Reset: a temporary password was shown once, read out, and forgotten by the app.')
  await proveSignIn(servers?.directory ?? null, 'yamada.hanako', password, tell)
}

/** Without mailbox and text messages the caller rings; beside her app a call does, and in the built-in sample the app alone. */
async function callWithout({ desk, screens, caller, servers, tell, picture }: Stage): Promise<void> {
  const { app } = caller
  const { words } = screens
  await screens.enterRequest({ query: 'やまだ', name: '山田 花子', channel: 'phone', reason: 'locked-out' })
  tell('山田 花子 calls: locked out. The request is entered and claimed.')
  await screens.checkCode(await app.wrongCode())
  await expect(desk.page.getByText(words('verification.code.noMatch')).first()).toBeVisible()
  tell('A wrong code: no match.')
  await screens.checkCode(await app.code())
  await expect(screens.passed(labels.app)).toBeVisible()
  if (servers !== null) await checkByCall(screens, servers)
  await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  tell(
    `The code of her app matches${servers === null ? '' : ', and that of a call'}: the caller is verified for 10 minutes.`,
  )
  const password = await screens.reset('山田 花子')
  await picture('reset')
  await screens.closeResult('山田 花子')
  await proveSignIn(servers?.directory ?? null, 'yamada.hanako', password, tell)
}

/** Another call, without her mobile at hand: the desk calls her home, and sends a code to her own address. */
async function checkedByCallAndMail({ desk, screens, servers, tell, picture }: Stage): Promise<void> {
  const { mailbox, smtp } = servers ?? {}
  if (servers === null || mailbox === undefined || smtp === undefined) return
  const { words } = screens
  await screens.enterRequest({ query: 'やまだ', name: '山田 花子', channel: 'phone', reason: 'forgot' })
  await checkByCall(screens, servers)
  const mails = mailbox.home.mails().length
  await screens.use(labels.mail)
  await screens.send('mail')
  await screens.checkCode(codeIn(await mailAfter(mails, mailbox.home.mails)))
  await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  await picture('call-and-mail')
  tell(
    'Without her mobile: a call to her home speaks one code, a mail to her own address brings the other; both match.',
  )
  await closeWithoutAction(screens)
}

async function checkByCall(screens: MethodScreens, { voice }: DemoServers): Promise<void> {
  const before = voice.calls().length
  await screens.use(labels.home)
  await screens.chooseWay('voice')
  await screens.send('voice')
  await screens.checkCode((await voice.waitForCall(homeNumber.e164, before)).code)
  await expect(screens.passed(labels.home)).toBeVisible()
}

async function checkedByKeyAndQuestions({ desk, screens, caller, servers, tell, picture }: Stage): Promise<void> {
  if (servers === null) return
  const { words } = screens
  await screens.enterRequest({ query: 'やまだ', name: '山田 花子', channel: 'walk-in', reason: 'forgot' })
  await screens.use(labels.key)
  await screens.startKey()
  await expect(desk.page.getByLabel(words('securityKey.pin.label'))).toBeVisible()
  await picture('security-key')
  await screens.typePin(keyPin)
  await expect(screens.passed(labels.key)).toBeVisible()
  await screens.use(words('verification.type.questions'))
  await screens.drawQuestions()
  await screens.answerQuestions(
    (question) => caller.answers.find(({ ja, en }) => [ja, en].includes(question))?.answer ?? '',
  )
  await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  await picture('key-and-questions')
  tell('At the desk she types the PIN of her security key and touches it, and answers three of her questions.')
  await closeWithoutAction(screens)
}

async function closeWithoutAction(screens: MethodScreens): Promise<void> {
  await screens.action('complete').click()
  const dialog = screens.page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('思い出したため')
  await screens.button('requests.complete.confirm', {}, dialog).click()
  await expect(dialog).toBeHidden()
}

async function attestedInPerson({ desk, screens, servers, tell }: Stage): Promise<void> {
  const { words } = screens
  await screens.goTo('queue')
  await screens.requestOf('伊藤 健太').click()
  await screens.action('claim').click()
  await screens.attestInPerson()
  await screens.approve(approver)
  await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  tell('伊藤 健太 stands at the desk without any method: the agent attests his employee card, 高橋 由美 agrees.')
  const password = await screens.reset('伊藤 健太')
  await screens.closeResult('伊藤 健太')
  await proveSignIn(servers?.directory ?? null, 'ito.kenta', password, tell)
  await screens.signOut('佐藤 美咲')
}

/** Another agent's case waits for a second person, who decides it at their own desk. */
async function approve({ screens, tell, picture }: Stage): Promise<void> {
  await screens.signIn(approver)
  await screens.signedIn()
  await screens.goTo('approvals')
  await expect(screens.page.getByText('藤田 陽菜').first()).toBeVisible()
  await picture('approvals')
  await screens.approveWaiting('藤田 陽菜')
  tell('高橋 由美 (approver) sees at her own desk that a case of 藤田 陽菜 waits, and agrees.')
  await screens.signOut('高橋 由美')
}

async function verifyAudit({ desk, screens, tell, picture }: Stage, out: string): Promise<void> {
  await screens.signIn(auditor)
  await screens.signedIn()
  await screens.verifyAudit()
  await picture('audit')
  tell('渡辺 彩 (auditor) verified the audit chain on screen.')
  const copy = path.join(out, 'audit-copy.db')
  await desk.saveTo(copy)
  await screens.button('audit.save.action').click()
  await expect(desk.page.getByText(screens.words('audit.save.doneTitle'))).toBeVisible()
  tell(`Offline: ${execFileSync('node', ['tools/audit/verify.mjs', copy], { encoding: 'utf8' }).trim()}`)
}

/** Binds as the person: the old password must fail, the new one must sign in and ask for a change. */
async function proveSignIn(
  directory: TestDirectory | null,
  userId: string,
  password: string,
  tell: (line: string) => void,
): Promise<void> {
  if (directory === null) {
    tell(`(${userId}: the built-in sample has no server to prove the sign-in on.)`)
    return
  }
  const before = await directory.bindAs(userId, organisation.password)
  const now = await directory.bindAs(userId, password)
  if (before !== 'wrong' || now !== 'must-change') {
    throw new Error(`${userId}: the old password answers "${before}", the new one "${now}"`)
  }
  tell(`Proven at the directory: the old password of ${userId} fails; the new one signs in and must be changed.`)
}
