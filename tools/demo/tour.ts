import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'playwright/test'
import type { Language } from '../../src/shared/model/common'
import { Screens } from '../../tests/e2e/support/screens'
import { wordsIn } from '../../tests/e2e/support/words'
import { Authenticator } from '../../tests/support/authenticator'
import type { DeskFiles } from '../../tests/support/config-file'
import { codeIn, contactMail } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import type { TestDirectory } from '../../tests/support/organisation'
import { launchDesk } from '../start/launch'
import type { RunningDesk } from '../start/launch'
import { callerNumber, fillMailbox } from './fill-queue'
import type { DemoServers } from './servers'

export interface TourOptions {
  readonly dataDir: string
  readonly files: DeskFiles | null
  readonly servers: DemoServers | null
  /** The caller's, where she registered it before; `null`: she registers it now. */
  readonly app: Authenticator | null
  readonly language: Language
  readonly theme: 'light' | 'dark'
  /** Folder for transcript and pictures. */
  readonly out: string
  readonly say: (line: string) => void
}

/** The app on screen, and what the tour does with everything that it sees. */
interface Stage {
  readonly desk: RunningDesk
  readonly screens: Screens
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
 * the caller rings, and one method does.
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
    locale: options.language,
    colorScheme: options.theme,
  })
  let pictures = 0
  const picture = async (name: string): Promise<void> => {
    pictures += 1
    await desk.page.screenshot({ path: path.join(out, `${String(pictures).padStart(2, '0')}-${name}.png`) })
  }
  const words = wordsIn(options.language)
  const stage = { desk, screens: new Screens(desk.page, words), servers, tell, picture }
  try {
    const { screens } = stage
    tell(`The app is open (${desk.host}), with ${servers?.directory.kind ?? 'the built-in sample'} as its directory.`)
    if (files === null) await screens.button('setup.config.sample').click()
    await picture('sign-in')
    await screens.signIn(agent)
    await screens.signedIn()
    tell('佐藤 美咲 (agent) signed in with the password of the directory.')

    const gateways = servers?.gateways ?? null
    if (gateways === null || options.app === null) await callWithout(stage, await register(stage))
    else await callFromMail(stage, options.app, gateways)
    await attestedInPerson(stage)
    await verifyAudit(stage, out)
  } catch (error) {
    await picture('where-it-stopped').catch(() => undefined)
    throw error
  } finally {
    await desk.close()
    tell(`Transcript and ${pictures} pictures: ${out}`)
  }
}

/** The person stands at the desk. */
async function register({ screens, tell, picture }: Stage): Promise<Authenticator> {
  await screens.openPerson('やまだ', '山田 花子')
  let phone: Authenticator | null = null
  await screens.registerApp(approver, (typedKey) => {
    phone = new Authenticator(typedKey)
    return phone.code()
  })
  const app = phone as Authenticator | null
  if (app === null) throw new Error('No key was shown.')
  tell('山田 花子 registered an authenticator app in person; 高橋 由美 (approver) agreed under her own sign-in.')
  await picture('person')
  return app
}

async function callFromMail(
  { desk, screens, servers, tell, picture }: Stage,
  app: Authenticator,
  { mailbox, sms }: NonNullable<DemoServers['gateways']>,
): Promise<void> {
  const { page } = desk
  const { words } = screens
  await screens.openPerson('やまだ', '山田 花子')
  await picture('person')
  tell('The day before, 山田 花子 registered an authenticator app and her mobile number in person.')
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
  await page.keyboard.type(await app.code())
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

/** The built-in sample has no mailbox and no gateway: the caller rings, and one method does. */
async function callWithout({ desk, screens, servers, tell, picture }: Stage, app: Authenticator): Promise<void> {
  const { words } = screens
  await screens.enterRequest({ query: 'やまだ', name: '山田 花子', channel: 'phone', reason: 'locked-out' })
  tell('山田 花子 calls: locked out. The request is entered and claimed.')
  await screens.checkCode(await app.wrongCode())
  await expect(desk.page.getByText(words('verification.code.noMatch')).first()).toBeVisible()
  tell('A wrong code: no match.')
  await screens.checkCode(await app.code(1))
  await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
  tell('The code of her app matches: the caller is verified for 10 minutes.')
  const password = await screens.reset('山田 花子')
  await picture('reset')
  await screens.closeResult('山田 花子')
  await proveSignIn(servers?.directory ?? null, 'yamada.hanako', password, tell)
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
