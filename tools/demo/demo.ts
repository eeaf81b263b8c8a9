import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Language } from '../../src/shared/model/common'
import { writeDeskFiles } from '../../tests/support/config-file'
import type { DeskFiles } from '../../tests/support/config-file'
import { contactMail, gatewaySections } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import { fillMailbox, fillQueue } from './fill-queue'
import { rpId, startServers } from './servers'
import type { DemoServers } from './servers'
import { introduction, tellArrivals } from './tell'
import type { DemoPlace } from './tell'
import { tour } from './tour'

export interface DemoOptions {
  /** Drives the app by itself even where there is a display. */
  readonly tour: boolean
  /** The built-in sample organisation even where an OpenLDAP server could run. */
  readonly sample: boolean
  readonly language: Language
  readonly theme: 'light' | 'dark'
  /** Where transcript and pictures go; a temporary folder unless told. */
  readonly out?: string
}

/** Runs the demo to its end; answers the exit code. Everything that it made is removed, but for transcript and pictures. */
export async function demo(options: DemoOptions): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-demo-'))
  let servers: DemoServers | null = null
  try {
    servers = options.sample ? null : await startServers(folder, say)
    const dataDir = path.join(folder, 'data')
    mkdirSync(dataDir)
    const files = servers === null ? null : writeFiles(folder, servers)
    say('Filling the queue …')
    const caller = await fillQueue({ dataDir, files, servers })
    const place: DemoPlace = { dataDir, files, servers, caller }
    if (options.tour || !hasDisplay()) {
      const out = options.out ?? mkdtempSync(path.join(tmpdir(), 'sspr-desk-tour-'))
      await tour({ ...place, language: options.language, theme: options.theme, out, say })
      return 0
    }
    return await openApp(place)
  } finally {
    await servers?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function writeFiles(folder: string, { directory, mailbox, sms, smtp, voice }: DemoServers): DeskFiles {
  return writeDeskFiles(folder, directory, organisation.organisation, {
    ...gatewaySections(folder, { mailbox, sms, smtp, voice, rpId, directory }),
    mailDomains: ['sakura.example'],
    // The approval that waits is still there when a newcomer has looked around.
    policy: { methodsRequired: 2, approvalMinutes: 60 },
  })
}

function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
}

/** How long the app has been open when another mail arrives, so that somebody sees one come in. */
const nextMailMs = 40_000
const pulledOutMs = 3000

/** The window on this screen; what happens beside it is told on the terminal. */
async function openApp(place: DemoPlace): Promise<number> {
  const { dataDir, files, servers, caller } = place
  if (servers?.mailbox !== undefined) await fillMailbox(servers.mailbox)
  for (const line of introduction(place)) say(line)
  const named = [
    ...(files === null ? [] : [`--config=${files.config}`, `--vault-key-file=${files.vaultKeyFile}`]),
    ...(servers === null ? [] : [`--security-key-socket=${servers.keySocket}`]),
  ]
  const app = spawn(process.execPath, ['tools/start/start.mjs', `--user-data-dir=${dataDir}`, ...named], {
    // The keyboard of this terminal stays with the demo.
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const end = (): boolean => app.kill('SIGTERM')
  // Twice when the whole group is told: the second one must not end this process before it has tidied up.
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const hear = (typed: Buffer): void => {
    if (servers !== null && typed.toString('utf8').trim() === 'k') void plugAgain(servers.key)
    else void caller.app.code().then((code) => say(`The authenticator app of 山田 花子 shows: ${code}`))
  }
  process.stdin.on('data', hear)
  const stopTelling = servers === null ? nothing : tellArrivals(servers, say)
  const nextMail = setTimeout(() => void servers?.mailbox?.deliver(contactMail('maeda.ryo')), nextMailMs)
  const [code] = (await once(app, 'exit')) as [number | null]
  stopTelling()
  clearTimeout(nextMail)
  process.stdin.off('data', hear)
  process.stdin.pause()
  return code ?? 0
}

async function plugAgain(key: DemoServers['key']): Promise<void> {
  await key.unplug()
  say('The key is pulled out …')
  await sleep(pulledOutMs)
  await key.plug()
  say('… and plugged in again.')
}

function nothing(): void {
  // No server, so nothing to stop.
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
