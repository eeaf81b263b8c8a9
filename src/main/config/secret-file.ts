import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import type { ConfigProblem } from './problems'

const maxBytes = 64 * 1024

/**
 * Reads a secret from its file, without the line break at its end. On POSIX nobody but its owner may read it; Windows keeps that
 * by the access list, which the installer sets. Answers what is wrong instead of throwing; the content is in no answer then.
 */
export function readSecretFile(file: string): { readonly secret: string } | { readonly problem: ConfigProblem } {
  let handle: number
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    if (!statSync(file).isFile()) return { problem: 'file-unreadable' }
    handle = openSync(file, 'r')
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    return { problem: code === 'ENOENT' || code === 'ENOTDIR' ? 'file-missing' : 'file-unreadable' }
  }
  try {
    const entry = fstatSync(handle)
    if (entry.size > maxBytes) return { problem: 'file-unreadable' }
    if (process.getuid !== undefined && (entry.mode & 0o077) !== 0) return { problem: 'secret-file-open' }
    const secret = readFileSync(handle, 'utf8').replace(/\r?\n$/u, '')
    return secret === '' ? { problem: 'file-unreadable' } : { secret }
  } catch {
    return { problem: 'file-unreadable' }
  } finally {
    closeSync(handle)
  }
}
