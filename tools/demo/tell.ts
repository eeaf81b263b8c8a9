import { simpleParser } from 'mailparser'
import type { DeskFiles } from '../../tests/support/config-file'
import { organisation } from '../../tests/support/organisation'
import type { Caller } from './register'
import { keyPin } from './servers'
import type { DemoServers } from './servers'

/** A filled desk, before it is opened. */
export interface DemoPlace {
  readonly dataDir: string
  /** `null`: the built-in sample organisation. */
  readonly files: DeskFiles | null
  readonly servers: DemoServers | null
  readonly caller: Caller
}

const lookMs = 500

/** What a newcomer needs to know before the window opens. */
export function introduction({ servers, caller }: DemoPlace): string[] {
  const by = [
    'an authenticator app',
    ...(servers?.sms === undefined ? [] : ['text messages']),
    ...(servers === null ? [] : ['calls', 'a security key']),
    ...(servers?.smtp === undefined ? [] : ['mail']),
    'security questions',
  ]
  const lines = [
    '',
    'Sign in as sato.misaki (agent), takahashi.yumi (agent and approver), tanaka.hiroshi (admin) or watanabe.aya (auditor).',
    `The password of everybody is ${organisation.password}. Close the window to end the demo.`,
    'As an agent, press T and type yamada.hanako: she calls, and has to be checked before her password is reset.',
    '',
    `山田 花子 (yamada.hanako${servers === null ? '' : ', locked out'}) can be checked by ${listed(by)}:`,
    '  Authenticator app: press Enter here to see its code.',
  ]
  if (servers !== null) {
    lines.push(
      '  What reaches her telephones and her own mailbox is shown here.',
      `  Security key (only for somebody at the desk): it is plugged in and touched by itself; its PIN is ${keyPin}.`,
      '    After three wrong PINs it has to be plugged in again: type k here, then Enter.',
    )
  }
  lines.push('  Security questions, of which three are asked, and what she answers:')
  for (const { ja, en, answer } of caller.answers) lines.push(`    ${ja} / ${en} → ${answer}`)
  lines.push('')
  if (servers?.mailbox !== undefined) lines.push('Mails wait in the mailbox and enter the queue when you sign in.')
  lines.push('藤田 陽菜 stands at the desk: her case waits for takahashi.yumi under Approvals.')
  lines.push('池田 空 has a number that was imported: it does not count before he has proven it at the desk.', '')
  return lines
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** Tells what arrives at telephones and in private mailboxes from now on; the answer ends it. */
export function tellArrivals({ sms, voice, mailbox }: DemoServers, say: (line: string) => void): () => void {
  const texts = newOf(() => sms?.messages() ?? [])
  const calls = newOf(() => voice.calls())
  const mails = newOf(() => mailbox?.home.mails() ?? [])
  const look = (): void => {
    for (const { number, text } of texts()) say(`Text message to ${number}: ${text}`)
    for (const { number, extension, code } of calls()) {
      const dialled = extension === '' ? number : `${number}, extension ${extension}`
      say(code === '' ? `Call to ${dialled}` : `Call to ${dialled}: the code is ${code}`)
    }
    for (const raw of mails()) void tellMail(raw, say)
  }
  const looking = setInterval(look, lookMs)
  return () => clearInterval(looking)
}

async function tellMail(raw: string, say: (line: string) => void): Promise<void> {
  const { to, subject = '', text = '' } = await simpleParser(raw)
  const address = to === undefined || Array.isArray(to) ? '' : to.text
  const lines = text.trim().split('\n')
  say([`Mail to ${address}: ${subject}`, ...lines.map((line) => `  | ${line}`)].join('\n'))
}

/** Answers what has come since it was asked last; what is there already is not new. */
function newOf<T>(all: () => readonly T[]): () => readonly T[] {
  let told = all().length
  return () => {
    const now = all()
    const fresh = now.slice(told)
    told = now.length
    return fresh
  }
}
