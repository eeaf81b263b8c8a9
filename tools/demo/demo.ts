import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Language } from '../../src/shared/model/common'
import { writeDeskFiles } from '../../tests/support/config-file'
import type { Authenticator } from '../../tests/support/authenticator'
import type { DeskFiles } from '../../tests/support/config-file'
import { contactMail, gatewaySections } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import { fillMailbox, fillQueue } from './fill-queue'
import { startServers } from './servers'
import type { DemoServers } from './servers'
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
  const servers = options.sample ? null : await startServers(say)
  const dataDir = path.join(folder, 'data')
  const files = servers === null ? null : writeFiles(folder, servers)
  try {
    say('Filling the queue …')
    const app = await fillQueue({ dataDir, files, servers })
    if (options.tour || !hasDisplay()) {
      const out = options.out ?? mkdtempSync(path.join(tmpdir(), 'sspr-desk-tour-'))
      await tour({ dataDir, files, servers, app, language: options.language, theme: options.theme, out, say })
      return 0
    }
    return await openApp(dataDir, files, servers, app)
  } finally {
    await servers?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function writeFiles(folder: string, { directory, gateways }: DemoServers): DeskFiles {
  const sections = gateways === null ? {} : gatewaySections(folder, { ...gateways, directory })
  return writeDeskFiles(folder, directory, organisation.organisation, sections)
}

function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
}

/** How long the app has been open when another mail arrives, so that somebody sees one come in. */
const nextMailMs = 40_000
const lookMs = 500

/** The window on this screen; what a telephone would show is told on the terminal. */
async function openApp(
  dataDir: string,
  files: DeskFiles | null,
  servers: DemoServers | null,
  authenticator: Authenticator | null,
): Promise<number> {
  const gateways = servers?.gateways ?? null
  if (gateways !== null) {
    await fillMailbox(gateways.mailbox)
    say('Mails wait in the mailbox and enter the queue when you sign in. Codes sent by SMS are shown here.')
  }
  say('Sign in as sato.misaki (agent), takahashi.yumi (approver), tanaka.hiroshi (admin) or watanabe.aya (auditor).')
  say(`The password of everybody is ${organisation.password}. Close the window to end the demo.`)
  const named = files === null ? [] : [`--config=${files.config}`, `--vault-key-file=${files.vaultKeyFile}`]
  const app = spawn(process.execPath, ['tools/start/start.mjs', `--user-data-dir=${dataDir}`, ...named], {
    // The keyboard of this terminal stays with the demo.
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const end = (): boolean => app.kill('SIGTERM')
  // Twice when the whole group is told: the second one must not end this process before it has tidied up.
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const showCode = (): void => {
    void authenticator?.code().then((code) => say(`The authenticator app of 山田 花子 shows: ${code}`))
  }
  if (authenticator !== null) {
    say('山田 花子 (locked out) has an authenticator app: press Enter here to see its code.')
    process.stdin.on('data', showCode)
  }
  let told = gateways?.sms.messages().length ?? 0
  const telephones = setInterval(() => {
    const messages = gateways?.sms.messages() ?? []
    for (const { number, text } of messages.slice(told)) say(`SMS to ${number}: ${text}`)
    told = messages.length
  }, lookMs)
  const nextMail = setTimeout(() => void gateways?.mailbox.deliver(contactMail('maeda.ryo')), nextMailMs)
  const [code] = (await once(app, 'exit')) as [number | null]
  clearInterval(telephones)
  clearTimeout(nextMail)
  process.stdin.off('data', showCode)
  process.stdin.pause()
  return code ?? 0
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
