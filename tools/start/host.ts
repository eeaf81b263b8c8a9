import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The project's folder, at or above the current one. Not from this file's own address: tests load it as CommonJS, where
 * there is no `import.meta`.
 */
export const projectDir = findProject(process.cwd())

/** The Chromium host's program, for `node`. */
export const hostProgram = join(projectDir, 'tools', 'chromium-host', 'host.ts')

/**
 * Electron's program when it is really there, else `null`. Never asks the `electron` package itself, which would start a
 * download. `SSPR_DESK_HOST=chromium` chooses the host even then.
 */
export function findElectron(): string | null {
  if (process.env['SSPR_DESK_HOST'] === 'chromium') return null
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(projectDir, 'node_modules', 'electron', 'dist')
  const pathFile = join(projectDir, 'node_modules', 'electron', 'path.txt')
  const program = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : usualProgram()
  const file = join(folder, program)
  return existsSync(file) ? file : null
}

/** Lets the `electron` package fetch its program, for `SSPR_DESK_HOST=electron`; throws when it cannot. */
export function fetchElectron(): string {
  const found = findElectron()
  if (found !== null) return found
  const program: unknown = createRequire(join(projectDir, 'package.json'))('electron')
  if (typeof program !== 'string') throw new Error('Electron was not fetched.')
  return program
}

/** What Electron needs beside the app: as root, as in containers, Chromium's own sandbox does not start. */
export function electronOptions(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

function usualProgram(): string {
  if (process.platform === 'win32') return 'electron.exe'
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return 'electron'
}

function findProject(folder: string): string {
  if (existsSync(join(folder, 'electron.vite.config.ts'))) return folder
  if (dirname(folder) === folder) throw new Error('Run this inside the project.')
  return findProject(dirname(folder))
}
