import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Language } from '../../src/shared/model/common'
import { writeDeskFiles } from '../../tests/support/config-file'
import { organisation } from '../../tests/support/organisation'
import type { TestDirectory } from '../../tests/support/organisation'
import { startSlapd } from '../../tests/support/slapd'
import { fillQueue } from './fill-queue'
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
  const directory = options.sample ? null : await startDirectory()
  const dataDir = path.join(folder, 'data')
  const files = directory === null ? null : writeDeskFiles(folder, directory, organisation.organisation)
  try {
    say('Filling the queue …')
    await fillQueue({ dataDir, files, directory })
    if (options.tour || !hasDisplay()) {
      const out = options.out ?? mkdtempSync(path.join(tmpdir(), 'sspr-desk-tour-'))
      await tour({ dataDir, files, directory, language: options.language, theme: options.theme, out, say })
      return 0
    }
    return await openApp(dataDir, files)
  } finally {
    await directory?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

async function startDirectory(): Promise<TestDirectory | null> {
  if (!hasSlapd()) {
    say('No OpenLDAP server here: the built-in sample organisation takes its place.')
    return null
  }
  say('Starting OpenLDAP with the sample organisation …')
  const directory = await startSlapd()
  say(`OpenLDAP answers on ${directory.host}:${directory.ldapsPort} (TLS, loopback only).`)
  return directory
}

function hasSlapd(): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/libexec']
  return folders.some((folder) => existsSync(path.join(folder, 'slapd')))
}

function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
}

async function openApp(dataDir: string, files: { config: string; vaultKeyFile: string } | null): Promise<number> {
  say('Sign in as sato.misaki (agent), takahashi.yumi (approver), tanaka.hiroshi (admin) or watanabe.aya (auditor).')
  say(`The password of everybody is ${organisation.password}. Close the window to end the demo.`)
  const named = files === null ? [] : [`--config=${files.config}`, `--vault-key-file=${files.vaultKeyFile}`]
  const app = spawn(process.execPath, ['tools/start/start.mjs', `--user-data-dir=${dataDir}`, ...named], {
    stdio: 'inherit',
  })
  const end = (): boolean => app.kill('SIGTERM')
  // Twice when the whole group is told: the second one must not end this process before it has tidied up.
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const [code] = (await once(app, 'exit')) as [number | null]
  return code ?? 0
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
