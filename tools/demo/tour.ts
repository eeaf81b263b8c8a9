import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'playwright/test'
import type { Language } from '../../src/shared/model/common'
import { Screens } from '../../tests/e2e/support/screens'
import { wordsIn } from '../../tests/e2e/support/words'
import { Authenticator } from '../../tests/support/authenticator'
import type { DeskFiles } from '../../tests/support/config-file'
import { organisation } from '../../tests/support/organisation'
import type { TestDirectory } from '../../tests/support/organisation'
import { launchDesk } from '../start/launch'

export interface TourOptions {
  readonly dataDir: string
  readonly files: DeskFiles | null
  readonly directory: TestDirectory | null
  readonly language: Language
  readonly theme: 'light' | 'dark'
  /** Folder for transcript and pictures. */
  readonly out: string
  readonly say: (line: string) => void
}

const agent = { userId: 'sato.misaki', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }

/**
 * The main job, driven through the screens: register an app, a locked-out caller by phone, two methods of proof, reset,
 * sign-in with the new password proven at the directory, audit verified on screen and offline.
 */
export async function tour(options: TourOptions): Promise<void> {
  const { directory, files, out } = options
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
  try {
    const words = wordsIn(options.language)
    const screens = new Screens(desk.page, words)
    tell(`The app is open (${desk.host}), with ${directory?.kind ?? 'the built-in sample'} as its directory.`)
    if (files === null) await screens.button('setup.config.sample').click()
    await picture('sign-in')

    await screens.signIn(agent)
    await screens.signedIn()
    tell('佐藤 美咲 (agent) signed in with the password of the directory.')
    await picture('queue')

    await screens.openPerson('やまだ', '山田 花子')
    await picture('person')
    let phone: Authenticator | null = null
    await screens.registerApp(approver, (typedKey) => {
      phone = new Authenticator(typedKey)
      return phone.code()
    })
    const app = phone as Authenticator | null
    if (app === null) throw new Error('No key was shown.')
    tell('山田 花子 registered an authenticator app in person; 高橋 由美 (approver) agreed under her own sign-in.')

    await screens.enterRequest({ query: 'やまだ', name: '山田 花子', channel: 'phone', reason: 'locked-out' })
    tell('山田 花子 calls: locked out. The request is entered and claimed.')
    await picture('request')
    await screens.checkCode(await app.wrongCode())
    await expect(desk.page.getByText(words('verification.code.noMatch')).first()).toBeVisible()
    tell('A wrong code: no match.')
    await screens.checkCode(await app.code(1))
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    tell('The code of her app matches: the caller is verified for 10 minutes.')
    await picture('verified')
    const password = await screens.reset('山田 花子')
    await picture('reset')
    await screens.closeResult('山田 花子')
    tell('Reset: a temporary password was shown once, read out, and forgotten by the app.')
    await proveSignIn(directory, 'yamada.hanako', password, tell)

    await screens.goTo('queue')
    await desk.page.getByText('伊藤 健太').first().click()
    await screens.action('claim').click()
    await screens.attestInPerson()
    await screens.approve(approver)
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    tell('伊藤 健太 stands at the desk without any method: the agent attests his employee card, 高橋 由美 agrees.')
    const second = await screens.reset('伊藤 健太')
    await screens.closeResult('伊藤 健太')
    await proveSignIn(directory, 'ito.kenta', second, tell)
    await screens.signOut('佐藤 美咲')

    await screens.signIn(auditor)
    await screens.signedIn()
    await screens.verifyAudit()
    await picture('audit')
    tell('渡辺 彩 (auditor) verified the audit chain on screen.')
    const copy = path.join(out, 'audit-copy.db')
    await desk.saveTo(copy)
    await screens.button('audit.save.action').click()
    await expect(desk.page.getByText(words('audit.save.doneTitle'))).toBeVisible()
    tell(`Offline: ${execFileSync('node', ['tools/audit/verify.mjs', copy], { encoding: 'utf8' }).trim()}`)
  } catch (error) {
    await picture('where-it-stopped').catch(() => undefined)
    throw error
  } finally {
    await desk.close()
    tell(`Transcript and ${pictures} pictures: ${out}`)
  }
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
