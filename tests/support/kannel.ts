import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SmsSettings } from '../../src/shared/model/desk-settings'
import { smsPresets } from '../../src/shared/sms-presets'
import { accepts, freePort } from './ports'
import { findProgram, startServer } from './process'
import type { ServerProcess } from './process'

/** One text message as it reached the SMS centre. A long one arrives in several parts. */
interface SmscMessage {
  readonly sender: string
  readonly number: string
  readonly text: string
  /** How it went over the air: the GSM 7-bit alphabet or UCS-2. */
  readonly alphabet: 'gsm-7' | 'ucs-2'
  /** One part of a message that was cut into several. */
  readonly part: boolean
}

/** A real Kannel with its fake SMS centre. */
export interface TestSms {
  /** The `sms` section's values for this gateway. */
  readonly config: SmsSettings
  /** By the names of {@link SecretReader}. */
  readonly secrets: Readonly<Record<string, string>>
  /** Everything that arrived so far, oldest first. */
  messages(): SmscMessage[]
  /** The latest message to this number beyond the first `after` ones; waits up to 10 s for it. */
  waitForMessage(number: string, after?: number): Promise<SmscMessage>
  /** Takes the gateway off the network and brings it back at the same address. */
  stopHttp(): Promise<void>
  startHttp(): Promise<void>
  stop(): Promise<void>
}

const user = { username: 'sspr desk', password: 'Sms&Pass=word+1%{to}' }
const sender = '0312345678'

interface Ports {
  readonly admin: number
  readonly link: number
  readonly centre: number
  readonly http: number
}

function configuration(folder: string, ports: Ports): string {
  return `group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = admin-of-the-test
smsbox-port = ${ports.link}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-level = 1
store-type = spool
store-location = ${folder}/spool
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
port = ${ports.centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${ports.link}
sendsms-interface = 127.0.0.1
sendsms-port = ${ports.http}
log-level = 1

group = sendsms-user
username = "${user.username}"
password = "${user.password}"
user-allow-ip = 127.0.0.1
max-messages = 5
concatenation = true
`
}

/** Starts bearerbox, smsbox and fakesmsc on random ports in a temporary folder; throws when they are not installed. */
export async function startKannel(): Promise<TestSms> {
  const bearerbox = findProgram(['bearerbox'], 'kannel')
  const smsbox = findProgram(['smsbox'], 'kannel')
  const fakesmsc = findProgram(['../lib/kannel/test/fakesmsc', 'fakesmsc'], 'kannel-extras')
  const folder = mkdtempSync(join(tmpdir(), 'desk-kannel-'))
  const configFile = join(folder, 'kannel.conf')
  const received = join(folder, 'fakesmsc.log')
  mkdirSync(join(folder, 'spool'))
  const ports = {
    admin: await freePort(),
    link: await freePort(),
    centre: await freePort(),
    http: await freePort(),
  }
  writeFileSync(configFile, configuration(folder, ports), { mode: 0o600 })

  const running: ServerProcess[] = []
  let http: ServerProcess | null = null

  async function startHttp(): Promise<void> {
    http ??= await startServer(smsbox, [configFile], {
      logFile: join(folder, 'smsbox.log'),
      ready: () => accepts('127.0.0.1', ports.http),
    })
  }

  async function stopHttp(): Promise<void> {
    await http?.stop()
    http = null
  }

  async function stop(): Promise<void> {
    await stopHttp()
    for (const server of running.reverse()) await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    running.push(
      await startServer(bearerbox, [configFile], {
        logFile: join(folder, 'bearerbox.log'),
        // The centre's port is looked at from outside: who connects to it is taken for the one SMS centre.
        ready: async () => listens(ports.centre) && accepts('127.0.0.1', ports.link),
      }),
    )
    running.push(
      // A message of its own and a limit of none: it then only receives, and shows what it received at once.
      await startServer(
        fakesmsc,
        ['-H', '127.0.0.1', '-r', String(ports.centre), '-m', '0', 'nobody nobody text nothing'],
        {
          logFile: received,
          ready: async () => readFileSync(received, 'utf8').includes('Connecting to'),
        },
      ),
    )
    await startHttp()
  } catch (error) {
    await stop()
    throw error
  }

  const messages = (): SmscMessage[] => parse(readFileSync(received, 'utf8'))

  return {
    config: {
      ...smsPresets.kannel.settings,
      sender,
      url: smsPresets.kannel.settings.url.replace('127.0.0.1:13013', `127.0.0.1:${ports.http}`),
      allowedHosts: [`127.0.0.1:${ports.http}`],
    },
    secrets: { 'sms.username': user.username, 'sms.password': user.password },
    messages,
    async waitForMessage(number, after = 0) {
      const deadline = performance.now() + 10_000
      for (;;) {
        const found = messages()
          .slice(after)
          .findLast((message) => message.number === number)
        if (found !== undefined) return found
        if (performance.now() > deadline) throw new Error(`no message to ${number} reached the SMS centre`)
        await sleep(20)
      }
    },
    stopHttp,
    startHttp,
    stop,
  }
}

/** Whether somebody listens there, without connecting (proc(5)). */
function listens(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/u))
    .some(([, local = '', , state]) => local.endsWith(wanted) && state === '0A')
}

/** Lines such as `Got message 1: <0312345678 +819012345678 ucs-2 0U0O>`; a part of a long message says `udh %05… data …`. */
function parse(log: string): SmscMessage[] {
  const found: SmscMessage[] = []
  const pattern =
    /Got message \d+: <(?<sender>\S+) (?<number>\S+) (?<kind>text|ucs-2|udh \S+ (?:text|data|ucs-2)) (?<data>[\s\S]*?)>\n/gu
  for (const { groups } of log.matchAll(pattern)) {
    const { sender: from = '', number = '', kind = '', data = '' } = groups ?? {}
    const unicode = kind === 'ucs-2' || kind.endsWith('ucs-2') || kind.endsWith('data')
    const text = unicode ? new TextDecoder('utf-16be').decode(bytesOf(data)) : data
    found.push({ sender: from, number, text, alphabet: unicode ? 'ucs-2' : 'gsm-7', part: kind.startsWith('udh') })
  }
  return found
}

/** `application/x-www-form-urlencoded` back into bytes. */
function bytesOf(data: string): Uint8Array {
  return Uint8Array.from(data.match(/%[0-9A-Fa-f]{2}|[^%]/gu) ?? [], (item) =>
    item === '+' ? 0x20 : item.startsWith('%') ? Number.parseInt(item.slice(1), 16) : item.charCodeAt(0),
  )
}
