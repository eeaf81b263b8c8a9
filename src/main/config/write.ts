import { createHash, randomUUID } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors'
import type { SettingsSaved } from '../../shared/model/desk-settings'
import { installCommand } from './install-command'
import type { ConfigDraft } from './settings'

/** Where a configuration goes, and where a copy waits when this user may not write there. */
export interface ConfigTarget {
  readonly file: string
  readonly copyFolder: string
  readonly platform: NodeJS.Platform
}

/** SHA-256 of the file's bytes, hex; empty when there is none. Throws `config-unreadable`. */
export function fileHash(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw new AppError('config-unreadable', { file, reason: 'no-permission' }, { cause: error })
  }
}

/**
 * Whether this user may put another version into the file's place. Somebody else's file is left to them: replacing it would make
 * it ours. On Windows the access list decides only when it is tried, and a folder is never made: it would be open to everybody.
 */
export function mayWrite(file: string, platform: NodeJS.Platform): boolean {
  try {
    const real = existsSync(file) ? realpathSync(file) : null
    if (real !== null) {
      const user = process.geteuid?.() ?? 0
      if (user !== 0 && statSync(real).uid !== user) return false
      for (const each of [real, dirname(real)]) accessSync(each, constants.W_OK)
    }
    if (!existsSync(dirname(file)) && platform === 'win32') return false
    const nearest = nearestFolder(dirname(file))
    accessSync(nearest, constants.W_OK)
    // Where a file stands in the way, root may write it, and still make no folder of it.
    return statSync(nearest).isDirectory()
  } catch {
    return false
  }
}

/**
 * Puts a checked draft in place: certificates first, the file last and in one step, so that whatever fails in between leaves the
 * old configuration whole. Where this user may not, makes a copy and names the line to run. Throws `config-not-written`.
 */
export function place(draft: ConfigDraft, target: ConfigTarget): SettingsSaved {
  if (!mayWrite(target.file, target.platform)) return copy(draft, target)
  try {
    const folder = dirname(target.file)
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    for (const [name, pem] of draft.authorities) replaceFile(join(folder, name), pem)
    const file = existsSync(target.file) ? realpathSync(target.file) : target.file
    if (existsSync(file)) replaceFile(`${file}.bak`, readFileSync(file), modeOf(file))
    replaceFile(file, draft.text, existsSync(file) ? modeOf(file) : 0o644)
    return { written: true, file: target.file, copy: '', command: '' }
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(String(codeOf(error)))) return copy(draft, target)
    throw notWritten(target.file, error)
  }
}

function copy(draft: ConfigDraft, { file, copyFolder, platform }: ConfigTarget): SettingsSaved {
  try {
    rmSync(copyFolder, { recursive: true, force: true })
    mkdirSync(copyFolder, { recursive: true, mode: 0o700 })
    const files = [...draft.authorities, [basename(file), draft.text] as const].map(([name, content]) => {
      const path = join(copyFolder, name)
      replaceFile(path, content, 0o600)
      return path
    })
    return {
      written: false,
      file,
      copy: join(copyFolder, basename(file)),
      command: installCommand(files, dirname(file), platform),
    }
  } catch (error) {
    throw notWritten(copyFolder, error)
  }
}

/** Atomic: a temporary file beside it, fsync, rename, fsync of the folder. */
function replaceFile(file: string, content: string | Buffer, mode = 0o644): void {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    const handle = openSync(temporary, 'wx', mode)
    try {
      writeFileSync(handle, content)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    // The mode as meant, whatever the process' own mask takes away: other users of the machine must be able to read it.
    chmodSync(temporary, mode)
    renameSync(temporary, file)
  } finally {
    rmSync(temporary, { force: true })
  }
  syncFolder(dirname(file))
}

/** The mode that the file has, without the right of others to write, with which it would be refused. */
function modeOf(file: string): number {
  return statSync(file).mode & 0o755
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))
}

/** Windows cannot open a folder for this; its file system journals the rename. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function notWritten(file: string, error: unknown): AppError {
  const code = codeOf(error)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const reason = full ? 'disk-full' : code === 'EACCES' || code === 'EPERM' ? 'no-permission' : 'failed'
  return new AppError('config-not-written', { file, reason }, { cause: error })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}
