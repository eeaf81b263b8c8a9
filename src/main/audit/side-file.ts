import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Beside the database: a cut-off tail is seen while this file survives. */
export function sideFilePath(databaseFile: string): string {
  return join(dirname(databaseFile), 'audit-checkpoints.txt')
}

/**
 * The complete notes of a checkpoint file. A note is five lines; one that a crash cut off in the middle is left out, since it
 * was never acknowledged.
 */
export function readNotes(text: string): string[] {
  const notes: string[] = []
  let lines: string[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    if (lines.length === 0 && line === '') continue
    lines.push(line)
    if (line.startsWith('— ')) {
      notes.push(`${lines.join('\n')}\n`)
      lines = []
    }
  }
  return notes
}

/** The notes beside the database; no file, no notes. */
export function readSideFile(file: string): string[] {
  return existsSync(file) ? readNotes(readFileSync(file, 'utf8')) : []
}

/** Cuts off a half-written last note, so that the next one does not run into it. */
export function mendSideFile(file: string): void {
  if (!existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  const last = readNotes(text).at(-1)
  const end = last === undefined ? 0 : text.lastIndexOf(last) + last.length
  if (text.slice(end).trim() === '') return
  const handle = openSync(file, 'r+')
  try {
    ftruncateSync(handle, Buffer.byteLength(text.slice(0, end), 'utf8'))
  } finally {
    closeSync(handle)
  }
}

/** Appends durably; one empty line between notes. */
export function appendNotes(file: string, notes: readonly string[]): void {
  if (notes.length === 0) return
  const handle = openSync(file, 'a', 0o600)
  try {
    writeSync(handle, notes.map((note) => `${note}\n`).join(''))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
