import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { AppError } from '../../shared/errors'

const keyLength = 32
const keyText = /^[A-Za-z0-9+/]{43}=\s*$/u

/** Makes a new key file (base64 of 32 random bytes, mode 0600) for unattended machines; never replaces one. */
export function writeKeyFile(file: string): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(handle, `${randomBytes(keyLength).toString('base64')}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Reads the key; throws `vault-key-file-wrong` with `file` and `problem` (missing, unreadable, mode, owner, content). */
export function readKeyFile(file: string): Buffer {
  const handle = openToRead(file)
  try {
    assertPrivate(file, handle)
    const text = readFileSync(handle, 'utf8')
    if (!keyText.test(text)) throw wrong(file, 'content')
    return Buffer.from(text.trim(), 'base64')
  } finally {
    closeSync(handle)
  }
}

function openToRead(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    throw wrong(file, isMissing(error) ? 'missing' : 'unreadable', error)
  }
}

/** POSIX only: Windows keeps rights in access lists, which Node does not read. */
function assertPrivate(file: string, handle: number): void {
  const stat = fstatSync(handle)
  if (!stat.isFile()) throw wrong(file, 'content')
  if (process.getuid === undefined) return
  if (stat.uid !== process.getuid()) throw wrong(file, 'owner')
  if ((stat.mode & 0o077) !== 0) throw wrong(file, 'mode')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function wrong(file: string, problem: string, cause?: unknown): AppError {
  return new AppError('vault-key-file-wrong', { file, problem }, { cause })
}
