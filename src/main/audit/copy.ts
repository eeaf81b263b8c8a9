import Database from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'
import type { Chain } from './chain'
import { signCheckpoint } from './checkpoint'
import { sideFilePath } from './side-file'

/**
 * A complete copy in one file: rows, checkpoints and public key, its very last row signed. Made by SQLite's online backup
 * under another name and renamed when whole. Throws `audit-copy-failed` with `file` and `reason`.
 */
export async function copyChain(
  chain: Chain,
  source: { readonly file: string; readonly vault: SecretVault },
  target: string,
): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    assertElsewhere(source.file, target)
    // Made first, so that the copy is never readable by others, not even while it is written.
    closeSync(openSync(temporary, 'wx', 0o600))
    await chain.db.backup(temporary)
    finish(temporary, chain, source.vault)
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
function finish(file: string, chain: Chain, vault: SecretVault): void {
  const copy = new Database(file)
  try {
    copy.pragma('journal_mode = DELETE')
    const head = copy
      .prepare<[], [number, Buffer]>('SELECT seq, hash FROM rows ORDER BY seq DESC LIMIT 1')
      .raw(true)
      .get()
    if (head === undefined) return
    const [size, root] = head
    const signed = copy.prepare<[number], number>('SELECT 1 FROM checkpoints WHERE size = ?').get(size)
    // Only what this desk wrote itself is signed: a copy must not bless a foreign row.
    if (signed !== undefined || !chain.contains({ size, hash: root }) || chain.head.size < size) return
    const note = signCheckpoint({ origin: chain.trust.origin, size, root }, vault)
    copy.prepare<[number, string]>('INSERT INTO checkpoints (size, note) VALUES (?, ?)').run(size, note)
  } finally {
    copy.close()
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
