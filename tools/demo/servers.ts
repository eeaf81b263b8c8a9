import { existsSync } from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../../tests/support/dovecot'
import type { TestMailbox } from '../../tests/support/dovecot'
import { startExim } from '../../tests/support/exim'
import type { TestMailServer } from '../../tests/support/exim'
import { startKannel } from '../../tests/support/kannel'
import type { TestSms } from '../../tests/support/kannel'
import type { TestDirectory } from '../../tests/support/organisation'
import { startSlapd } from '../../tests/support/slapd'
import { serveAuthenticator } from '../../tests/support/software-authenticator-socket'
import type { ServedAuthenticator } from '../../tests/support/software-authenticator-socket'
import { startVoiceSink } from '../../tests/support/voice-sink'
import type { VoiceSink } from '../../tests/support/voice-sink'

/** What the demo runs on, as far as this machine has it; all on loopback. What is `undefined` is not here. */
export interface DemoServers {
  readonly directory: TestDirectory
  readonly mailbox: TestMailbox | undefined
  readonly sms: TestSms | undefined
  /** Takes mails with codes; needs the mailbox's server, where they arrive. */
  readonly smtp: TestMailServer | undefined
  /** A stand-in: it says what it would speak. */
  readonly voice: VoiceSink
  /** Of software, and plugged in. */
  readonly key: ServedAuthenticator
  readonly keySocket: string
  stop(): Promise<void>
}

/** PIN of the key, as its owner types it. */
export const keyPin = '2468'
/** The relying party that the key is registered for. */
export const rpId = 'desk.sakura.example'

/** Starts what is there, with sockets in `folder`; `null` where not even an OpenLDAP server can be had. */
export async function startServers(folder: string, say: (line: string) => void): Promise<DemoServers | null> {
  if (!isHere('slapd')) {
    say('No OpenLDAP server here: the built-in sample organisation takes its place.')
    return null
  }
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    // The mail server before the mailbox that it delivers to.
    for (const each of stops.toReversed()) await each()
  }
  const starting: Promise<unknown>[] = []
  const start = <T extends { stop(): Promise<void> }>(server: Promise<T>): Promise<T> => {
    const started = server.then((running) => {
      stops.push(() => running.stop())
      return running
    })
    starting.push(started)
    return started
  }
  const keySocket = path.join(folder, 'key.sock')
  const mails = wanted('an IMAP server (dovecot)', 'mails to the desk and codes by mail', 'dovecot')
  const texts = wanted('an SMS gateway (Kannel)', 'text messages', 'bearerbox')
  const codesByMail = mails && wanted('a mail server (exim)', 'codes by mail', 'exim4')

  function wanted(what: string, method: string, program: string): boolean {
    if (isHere(program)) return true
    say(`Without ${what}: the demo goes on without ${method}.`)
    return false
  }

  try {
    const parts = ['OpenLDAP with the sample organisation']
    if (mails) parts.push('a mailbox (dovecot)')
    if (codesByMail) parts.push('a mail server (exim)')
    if (texts) parts.push('an SMS gateway (Kannel with a fake SMS centre)')
    say(`Starting ${parts.join(', ')} …`)
    const [directory, mailbox, sms, voice, key] = await Promise.all([
      start(startSlapd()),
      mails ? start(startDovecot()) : undefined,
      texts ? start(startKannel()) : undefined,
      start(startVoiceSink()),
      start(serveAuthenticator(keySocket, { pin: keyPin, autoTouch: true })),
    ])
    const smtp = codesByMail && mailbox !== undefined ? await start(startExim({ mailbox })) : undefined
    say(`OpenLDAP answers on ${directory.host}:${directory.ldapsPort} (TLS, loopback only).`)
    return { directory, mailbox, sms, smtp, voice, key, keySocket, stop }
  } catch (error) {
    // One did not start: the others do first, and are then ended.
    await Promise.allSettled(starting)
    await stop()
    throw error
  }
}

function isHere(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/libexec']
  return folders.some((folder) => existsSync(path.join(folder, program)))
}
