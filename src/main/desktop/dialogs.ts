import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { BaseWindow, Dialog } from 'electron'
import { AppError } from '../../shared/errors'

const maxBytes = 1024 * 1024

/** Asks where to save; `null` when the person cancelled. */
export async function askSaveFile(
  dialog: Pick<Dialog, 'showSaveDialog'>,
  parent: BaseWindow | null,
  suggestion: { readonly name: string; readonly extension: string },
): Promise<string | null> {
  const options = {
    defaultPath: suggestion.name,
    filters: [{ name: suggestion.extension.toUpperCase(), extensions: [suggestion.extension] }],
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const],
  }
  const answer = parent === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(parent, options)
  return answer.canceled || answer.filePath === '' ? null : answer.filePath
}

/** Asks for a file; `null` when the person cancelled. */
export async function askOpenPath(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  parent: BaseWindow | null,
  kinds: { readonly extensions: readonly string[] },
): Promise<string | null> {
  const names = kinds.extensions.map((extension) => `*.${extension}`).join(', ')
  const options = {
    filters: [{ name: names, extensions: [...kinds.extensions] }],
    properties: ['openFile' as const],
  }
  const answer = parent === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(parent, options)
  return answer.canceled ? null : (answer.filePaths[0] ?? null)
}

/**
 * Asks for a file and reads it as text; `name` is its absolute path. A certificate in binary form (DER), as Windows exports it, comes
 * as PEM. `null` when the person cancelled. Throws `file-unreadable`.
 */
export async function askOpenFile(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  parent: BaseWindow | null,
  kinds: { readonly extensions: readonly string[] },
): Promise<{ name: string; text: string } | null> {
  const name = await askOpenPath(dialog, parent, kinds)
  return name === null ? null : { name, text: readText(name) }
}

function readText(file: string): string {
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    const entry = statSync(file)
    if (!entry.isFile() || entry.size > maxBytes) throw new Error('not a regular file, or larger than 1 MiB')
    const bytes = readFileSync(file)
    // Windows editors write a byte order mark.
    return pemOf(bytes) ?? bytes.toString('utf8').replace(/^\ufeff/u, '')
  } catch (error) {
    throw new AppError('file-unreadable', { file: basename(file) }, { cause: error })
  }
}

/** RFC 5280 §4.1: a certificate in DER is a SEQUENCE of more than 127 octets. */
function pemOf(bytes: Buffer): string | null {
  if (bytes[0] !== 0x30 || (bytes[1] ?? 0) < 0x80) return null
  try {
    return new X509Certificate(bytes).toString()
  } catch {
    return null
  }
}
