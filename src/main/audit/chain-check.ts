import type { KeyObject } from 'node:crypto'
import type { AuditVerdict } from '../../shared/model/audit'
import { checkpointInterval, isSigned, parseCheckpoint, type Checkpoint } from './checkpoint'
import { schemaVersionOf, type AuditDatabase } from './database'
import { Erasures } from './erasures'
import {
  commitmentOf,
  firstRowColumns,
  genesisHash,
  isEmptied,
  readRow,
  rowColumns,
  rowHash,
  type StoredRow,
} from './row'

export type Problem = AuditVerdict['problem']

/** Where the chain stands after a row; size 0 is before the first. */
export interface Head {
  readonly size: number
  readonly hash: Buffer
}

export interface Trust {
  readonly origin: string
  readonly publicKey: KeyObject
}

export interface Break {
  readonly problem: Problem
  readonly seq: number | null
}

/** What the check is told beyond the file itself. */
export interface CheckOptions {
  readonly trust: Trust
  /** Checkpoints that were kept outside this file. */
  readonly sideNotes: readonly string[]
  /** Stops after this row; `null`: at the end. A store in use grows while it is checked. */
  readonly until: number | null
  /** Operations that are under way: their missing result is no finding. */
  readonly running: ReadonlySet<string>
  /** Lets others run between two steps. */
  readonly pause: () => Promise<void>
  /** Personal parts were left out on purpose: a copy for a verifier. Else only an erasure explains one that is missing. */
  readonly withheld?: boolean
}

export interface Checked {
  readonly verdict: AuditVerdict
  /** The last row that a trusted checkpoint covers. */
  readonly signedUntil: number
  /** Rows whose personal part is not there. */
  readonly emptied: number
}

const rowsAtOnce = 500
/** How many rows in a row, taken out and closed up by renumbering, are still named as missing. */
const longestGap = 1000
/** Without a result these leave nothing in doubt; a copy always holds the intent of its own saving. */
const readingOnly: ReadonlySet<string> = new Set(['audit.verify', 'audit.save-copy'])
const lowestSeq = -Number.MAX_SAFE_INTEGER

/** Reads rows in the order of their numbers, a few at a time. */
export function rowReader(db: AuditDatabase): (afterSeq: number, limit: number) => unknown[][] {
  const columns = schemaVersionOf(db) === 1 ? firstRowColumns : rowColumns
  const select = db
    .prepare<[number, number], unknown[]>(`SELECT ${columns} FROM rows WHERE seq > ? ORDER BY seq LIMIT ?`)
    .raw(true)
  return (afterSeq, limit) => select.all(afterSeq, limit)
}

/**
 * Checks the whole chain and every checkpoint, a few hundred rows at a time. Answers the first thing that does not fit, in the
 * order of the rows.
 */
export async function checkChain(db: AuditDatabase, options: CheckOptions): Promise<Checked> {
  const { trust, pause, running } = options
  const signed = await checkpointsOf(tableNotes(db), options.sideNotes, trust, pause)
  const end = options.until ?? Number.MAX_SAFE_INTEGER
  const read = rowReader(db)
  let head: Head = { size: 0, hash: genesisHash(trust.origin) }
  let firstAt: string | null = null
  let lastAt: string | null = null
  const unfinished = new Set<string>()
  const erasures = new Erasures()

  const verdict = (found: Break | null): Checked => ({
    signedUntil: Math.min(signed.newest, head.size),
    emptied: erasures.emptied,
    verdict: {
      intact: found === null,
      rows: found?.problem === 'row-changed' ? (found.seq ?? 1) - 1 : head.size,
      firstAt,
      lastAt,
      headHash: head.hash.toString('hex'),
      checkpoints: signed.valid,
      brokenSeq: found?.seq ?? null,
      problem: found?.problem ?? 'none',
      unfinished: unfinished.size,
    },
  })

  while (head.size < end) {
    const limit = Math.min(rowsAtOnce, end - head.size)
    const raws = read(head.size === 0 ? lowestSeq : head.size, limit)
    for (const raw of raws) {
      const row = readRow(raw)
      const found = rowBreak(raw, row, head)
      if (found !== null || row === null) return verdict(found === 'bad' ? explain(db, head) : found)
      head = { size: row.seq, hash: row.hash }
      firstAt ??= row.at
      lastAt = row.at
      erasures.read(row)
      if (row.phase === 'result') unfinished.delete(row.operationId)
      else if (!running.has(row.operationId) && !readingOnly.has(row.action)) unfinished.add(row.operationId)

      const unfit = signed.at(head)
      if (unfit !== null) return verdict(unfit)
    }
    if (raws.length < limit) break
    await pause()
  }
  return verdict(signed.beyond(head.size) ?? (options.withheld === true ? null : erasures.unexplained()))
}

/** Whether one row follows `head`; for the tail that is checked at every open. */
export function follows(raw: readonly unknown[], head: Head): StoredRow | null {
  const row = readRow(raw)
  return row !== null && rowBreak(raw, row, head) === null ? row : null
}

/** The notes of the file's own table, oldest first. */
export function tableNotes(db: AuditDatabase): string[] {
  const notes = db.prepare<[], unknown>('SELECT note FROM checkpoints ORDER BY id').pluck(true).all()
  return notes.map((note) => (typeof note === 'string' ? note : ''))
}

function rowBreak(raw: readonly unknown[], row: StoredRow | null, head: Head): Break | 'bad' | null {
  const expected = head.size + 1
  const seq = raw[0]
  if (typeof seq === 'number' && seq > expected) return { problem: 'row-missing', seq: expected }
  if (typeof seq === 'number' && seq < expected) return { problem: 'row-order', seq }
  return row !== null && isSound(row, head.hash) ? null : 'bad'
}

function isSound(row: StoredRow, previousHash: Uint8Array): boolean {
  const committed = isEmptied(row) || (row.salt.length > 0 && commitmentOf(row, row.salt).equals(row.commitment))
  return committed && rowHash(row, previousHash).equals(row.hash)
}

/**
 * Names what happened to the row after `head`, judged by its neighbours:
 * the next row still follows its stored hash → it was changed where it stands;
 * the next row fits only under its own number or in this one's place → rows were taken out, or this one was put in;
 * a later row belongs here → the order was changed.
 */
function explain(db: AuditDatabase, head: Head): Break {
  const seq = head.size + 1
  const read = rowReader(db)
  const [hereRaw = [], nextRaw] = read(head.size === 0 ? lowestSeq : head.size, 2)
  const here = readRow(hereRaw)
  const next = nextRaw === undefined ? null : readRow(nextRaw)
  if (here === null || nextRaw === undefined) return { problem: 'row-changed', seq }

  if (next !== null) {
    if (isSound(next, here.hash)) return { problem: 'row-changed', seq }
    if (isSound({ ...here, seq: seq + 1 }, next.hash)) return { problem: 'row-order', seq }
    if (isSound({ ...next, seq }, head.hash)) return { problem: 'chain-broken', seq }
    for (let gap = 1; gap <= longestGap; gap += 1) {
      if (isSound({ ...next, seq: next.seq + gap }, here.hash)) return { problem: 'row-missing', seq }
    }
  }
  for (let after = seq; ;) {
    const raws = read(after, rowsAtOnce)
    for (const raw of raws) {
      const row = readRow(raw)
      if (row !== null && isSound({ ...row, seq }, head.hash)) return { problem: 'row-order', seq }
    }
    const last = raws.at(-1)?.[0]
    if (raws.length < rowsAtOnce || typeof last !== 'number') return { problem: 'row-changed', seq }
    after = last
  }
}

/** What signed checkpoints say about a chain, asked row by row. */
interface SignedHeads {
  readonly valid: number
  readonly newest: number
  at(head: Head): Break | null
  beyond(size: number): Break | null
}

async function checkpointsOf(
  own: readonly string[],
  side: readonly string[],
  trust: Trust,
  pause: () => Promise<void>,
): Promise<SignedHeads> {
  const roots = new Map<number, Buffer[]>()
  const unsigned = new Set<number>()
  const ownSizes = new Set<number>()
  let valid = 0
  let newest = 0

  const notes = [...new Set([...own, ...side])]
  for (const [index, note] of notes.entries()) {
    const checkpoint = parseCheckpoint(note)
    if (checkpoint === null || !isTrusted(checkpoint, trust)) {
      unsigned.add(checkpoint?.size ?? 0)
    } else {
      valid += 1
      newest = Math.max(newest, checkpoint.size)
      roots.set(checkpoint.size, [...(roots.get(checkpoint.size) ?? []), checkpoint.root])
    }
    if (index % 100 === 99) await pause()
  }
  for (const note of own) ownSizes.add(parseCheckpoint(note)?.size ?? 0)

  return {
    valid,
    newest,
    at({ size, hash }) {
      if (unsigned.has(size)) return { problem: 'checkpoint-signature', seq: size }
      if (roots.get(size)?.some((root) => !root.equals(hash))) return { problem: 'checkpoint-mismatch', seq: size }
      // Without this, taking the checkpoints out would free the way to rewrite what they cover.
      if (size % checkpointInterval === 0 && !ownSizes.has(size)) return { problem: 'checkpoint-mismatch', seq: size }
      return null
    },
    beyond(size) {
      if (newest > size) return { problem: 'tail-missing', seq: size + 1 }
      const [bad] = unsigned
      return bad === undefined ? null : { problem: 'checkpoint-signature', seq: bad === 0 ? null : bad }
    },
  }
}

function isTrusted(checkpoint: Checkpoint, trust: Trust): boolean {
  return checkpoint.origin === trust.origin && isSigned(checkpoint, trust.publicKey)
}
