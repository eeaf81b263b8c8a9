import Database from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'
import type { Chain } from './chain'
import { signCheckpoint } from './checkpoint'
import { emptyAllRows } from './row'
import { sideFilePath } from './side-file'

const rowsAtOnce = 5000

/**
 * A copy for a verifier in one file: all rows, checkpoints and the public key, its very last row signed. What names the people
 * concerned is left out: an erasure could not reach it there. Made by SQLite's online backup under another name and renamed when
 * whole. Throws `audit-copy-failed` with `file` and `reason`.
 */
export async function copyChain(
  chain: Chain,
  source: { readonly file: string; readonly vault: SecretVault; readonly sound: boolean },
  target: string,
): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    assertElsewhere(source.file, target)
    // Made first, so that the copy is never readable by others, not even while it is written.
    closeSync(openSync(temporary, 'wx', 0o600))
    await chain.db.backup(temporary)
    await finish(temporary, chain, source)
    chmodSync(temporary, 0o600)
    sync(temporary)
    renameSync(temporary, target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('audit-copy-failed', { file: target, reason }, { cause: error })
  } finally {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(`${temporary}${rest}`, { force: true })
  }
}

/** One file without a log beside it, and a checkpoint on rows that came in while the backup ran. */
async function finish(
  file: string,
  chain: Chain,
  source: { readonly vault: SecretVault; readonly sound: boolean },
): Promise<void> {
  const copy = new Database(file)
  try {
    copy.pragma('journal_mode = DELETE')
    await withhold(copy, () => chain.breathe())
    // Only what this desk wrote itself is signed: a copy of a broken store must not bless it.
    if (!source.sound) return
    const { size, hash } = chain.head
    const last = copy.prepare<[number], unknown>('SELECT hash FROM rows WHERE seq = ?').pluck(true).get(size)
    const signed = copy.prepare<[number], number>('SELECT 1 FROM checkpoints WHERE size = ?').get(size)
    if (signed !== undefined || !Buffer.isBuffer(last) || !last.equals(hash)) return
    const note = signCheckpoint({ origin: chain.trust.origin, size, root: hash }, source.vault)
    copy.prepare<[number, string]>('INSERT INTO checkpoints (size, note) VALUES (?, ?)').run(size, note)
  } finally {
    copy.close()
  }
}

async function withhold(copy: Database.Database, pause: () => Promise<void>): Promise<void> {
  copy.pragma('secure_delete = ON')
  // Nobody needs the half of a copy.
  copy.pragma('synchronous = OFF')
  copy.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('personal', 'withheld'); DELETE FROM erased")
  const last = Number(copy.prepare<[], unknown>('SELECT max(seq) FROM rows').pluck(true).get() ?? 0)
  const empty = copy.prepare<[number, number]>(emptyAllRows)
  for (let from = 1; from <= last; from += rowsAtOnce) {
    empty.run(from, from + rowsAtOnce - 1)
    await pause()
  }
}

function assertElsewhere(source: string, target: string): void {
  const folder = realpathSync(dirname(target))
  const live = realpathSync(source)
  const own = [live, `${live}-wal`, `${live}-shm`, sideFilePath(live)]
  if (own.includes(join(folder, basename(target)))) throw new Error('the copy must not replace the store itself')
}

function sync(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
