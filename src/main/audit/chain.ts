import { hash as digest } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { AuditVerdict } from '../../shared/model/audit'
import type { Log } from '../log'
import type { SecretVault } from '../vault'
import { checkChain, follows, rowReader, tableNotes, type Head, type Problem, type Trust } from './chain-check'
import {
  chainOrigin,
  checkpointInterval,
  isSigned,
  parseCheckpoint,
  publicKeyOf,
  signCheckpoint,
  type Checkpoint,
} from './checkpoint'
import { openDatabase, type AuditDatabase } from './database'
import { emptyRowsOfPerson, genesisHash, rowColumns, rowValues, sealRow, type RowDraft } from './row'
import { AuditSearch } from './search'
import { appendNotes, mendSideFile, readSideFile, sideFilePath } from './side-file'

const rowsAtOnce = 500
/** Rows that one step of an erasure looks through. */
const rowsToEmptyAtOnce = 20_000
/** How far back an unfinished action of an earlier run is looked for. */
const lookBack = 5_000

/** One open chain: its file, its head, its checkpoints. Knows nothing about operations; every failure is thrown. */
export class Chain {
  readonly db: AuditDatabase
  readonly trust: Trust
  readonly search: AuditSearch
  readonly #vault: SecretVault
  readonly #log: Log
  readonly #pause: () => Promise<void>
  readonly #sideFile: string
  readonly #append: (draft: RowDraft) => { head: Head; note: string | null }
  readonly #addCheckpoint: (note: string, size: number) => void
  /** Made by the installation: what no checkpoint covers yet is still known as its own. */
  readonly #rowKey: Buffer
  #head: Head
  /** Hash of a row whose commit was not acknowledged: it may be in the file all the same. */
  #attempted: Buffer | null = null
  #checkpointed: number
  #sideFileBehind: string[] = []

  constructor(options: { file: string; vault: SecretVault; log: Log }, pause: () => Promise<void>) {
    this.#vault = options.vault
    this.#log = options.log
    this.#pause = pause
    this.trust = {
      origin: chainOrigin(options.vault.installationId),
      publicKey: publicKeyOf(options.vault.signingPublicKey),
    }
    this.#sideFile = sideFilePath(options.file)
    this.#rowKey = Buffer.from(options.vault.mac('audit-row-key', this.trust.origin), 'hex')
    this.db = openDatabase(options.file)
    try {
      this.#rememberKey()
      this.search = new AuditSearch(this.db, pause)
      this.#head = this.#storedHead()
      this.#checkpointed = Math.max(0, ...tableNotes(this.db).map((note) => parseCheckpoint(note)?.size ?? 0))
      this.#addCheckpoint = this.#checkpointWriter()
      this.#append = this.#rowWriter()
      this.#catchUpSideFile()
    } catch (error) {
      this.db.close()
      throw error
    }
  }

  get head(): Head {
    return this.#head
  }

  /** Writes one row durably; when this returns, the row survives a power cut. */
  append(draft: RowDraft): void {
    const { head, note } = this.#append(draft)
    this.#head = head
    this.#attempted = null
    if (note !== null) this.#checkpointDone(note, head.size)
  }

  /** Signs the head, unless it is signed already. */
  checkpoint(): void {
    const { size, hash } = this.#head
    if (size === this.#checkpointed) return
    const note = this.#signed({ size, hash })
    this.#addCheckpoint(note, size)
    this.#checkpointDone(note, size)
  }

  /**
   * Empties the personal part of all rows about this person written so far, and sees that the file keeps no trace of it. Throws
   * when somebody reads the file at the moment; doing it again is no fault. Answers how many rows it emptied.
   */
  async erase(targetId: string, at: string): Promise<number> {
    const until = this.#head.size
    const empty = this.db.prepare<[number, number, string]>(emptyRowsOfPerson)
    let emptied = 0
    for (let from = 1; from <= until; from += rowsToEmptyAtOnce) {
      emptied += empty.run(from, Math.min(until, from + rowsToEmptyAtOnce - 1), targetId).changes
      await this.#pause()
    }
    this.search.forget()
    // Pages as they were before stand in the log until it is written back and cut off.
    const [written] = this.db.prepare<[], unknown>('PRAGMA wal_checkpoint(TRUNCATE)').raw(true).all()
    if (!Array.isArray(written) || written[0] !== 0) throw new Error('the log of the audit store is in use')
    this.db
      .prepare<[string, string]>(
        'INSERT INTO erased (target_id, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
      )
      .run(targetId, at)
    return emptied
  }

  /** Whether {@link erase} went to its end for this person at this instant or later. */
  hasErased(targetId: string, at: string): boolean {
    const known = this.db
      .prepare<[string], unknown>('SELECT at FROM erased WHERE target_id = ?')
      .pluck(true)
      .get(targetId)
    return typeof known === 'string' && known >= at
  }

  contains(head: Head): boolean {
    if (head.size === 0) return true
    const hash = this.db.prepare<[number], unknown>('SELECT hash FROM rows WHERE seq = ?').pluck(true).get(head.size)
    return Buffer.isBuffer(hash) && head.hash.equals(hash)
  }

  /** Whether this very entry was written after row `afterSeq`. */
  holds(draft: RowDraft, afterSeq: number): boolean {
    const found = this.db
      .prepare<[number, string, string], number>('SELECT 1 FROM rows WHERE seq > ? AND operation_id = ? AND phase = ?')
      .pluck(true)
      .get(afterSeq, draft.operationId, draft.phase)
    return found !== undefined
  }

  /**
   * Whether the newest checkpoint, here or beside the file, fits the rows, and every later row follows and carries the
   * installation's MAC. At most some hundred rows are read.
   */
  tailProblem(): Problem | null {
    const newest = this.#newestCheckpoint()
    if (newest === 'unsigned') return 'checkpoint-signature'
    if (newest !== null && newest.size > this.#head.size) return 'tail-missing'
    let head: Head = { size: newest?.size ?? 0, hash: newest?.root ?? genesisHash(this.trust.origin) }
    if (!this.contains(head)) return 'checkpoint-mismatch'

    const read = rowReader(this.db)
    const macs = this.db.prepare<[number], unknown>('SELECT mac FROM rows WHERE seq = ?').pluck(true)
    while (head.size < this.#head.size) {
      const raws = read(head.size, rowsAtOnce)
      for (const raw of raws) {
        const row = follows(raw, head)
        if (row === null || !this.#isOwn(row.hash, macs.get(row.seq))) return 'chain-broken'
        head = { size: row.seq, hash: row.hash }
      }
      if (raws.length === 0) return 'row-missing'
    }
    return null
  }

  /** Intents near the end without a result row: the app or the machine died in between. */
  unfinishedOperations(): string[] {
    return this.db
      .prepare<[number, number], string>(
        `SELECT operation_id FROM rows WHERE seq > ? GROUP BY operation_id
         HAVING sum(phase = 'intent') > 0 AND sum(phase = 'result') = 0
           AND max(seq) > coalesce((SELECT max(seq) FROM rows WHERE seq > ? AND action = 'desk.started'), 0)`,
      )
      .pluck(true)
      .all(this.#head.size - lookBack, this.#head.size - lookBack)
  }

  /** The rows written so far, in steps; `running`: operations that have no result yet because they are under way. */
  async verify(running: ReadonlySet<string>): Promise<AuditVerdict> {
    const known = this.#head
    const sideNotes = readSideFile(this.#sideFile)
    const { verdict } = await checkChain(this.db, {
      trust: this.trust,
      sideNotes,
      until: known.size,
      running,
      pause: this.#pause,
    })
    if (!verdict.intact) return verdict
    const broken = (problem: Problem, brokenSeq: number): AuditVerdict => ({
      ...verdict,
      intact: false,
      problem,
      brokenSeq,
    })
    if (verdict.rows < known.size) return broken('tail-missing', verdict.rows + 1)
    if (verdict.headHash !== known.hash.toString('hex')) return broken('chain-broken', known.size)
    if (!isSameHead(this.#storedHead(), this.#head)) return broken('chain-broken', known.size + 1)
    // Rows that no checkpoint covers fit together when all of them were rewritten; only the MAC tells.
    const tail = this.tailProblem()
    return tail === null ? verdict : broken(tail, Math.min(this.#checkpointed + 1, known.size))
  }

  /** Lets others run between two steps of long work. */
  breathe(): Promise<void> {
    return this.#pause()
  }

  close(): void {
    this.db.close()
  }

  #rowWriter(): (draft: RowDraft) => { head: Head; note: string | null } {
    const columns = `${rowColumns}, mac`
    const insert = this.db.prepare(`INSERT INTO rows (${columns}) VALUES (${columns.replace(/\w+/gu, '?')})`)
    const write = (draft: RowDraft): Head => {
      const row = sealRow(draft, this.#head.size + 1, this.#head.hash)
      this.#attempted = row.hash
      // The number is the primary key: where somebody else wrote, this fails instead of forking the chain.
      insert.run(...rowValues(row), this.#macOf(row.hash))
      return { size: row.seq, hash: row.hash }
    }
    const writeSigned = this.db.transaction((draft: RowDraft) => {
      const head = write(draft)
      const note = this.#signed(head)
      this.#addCheckpoint(note, head.size)
      return { head, note }
    })
    return (draft) => {
      this.#adoptAttempted()
      if ((this.#head.size + 1) % checkpointInterval === 0) return writeSigned.immediate(draft)
      // One statement is a transaction of its own and takes the write lock at once: BEGIN IMMEDIATE would add nothing.
      return { head: write(draft), note: null }
    }
  }

  /** After a commit that failed to say so: the row is in the file, and the next one has to follow it. */
  #adoptAttempted(): void {
    if (this.#attempted === null) return
    const stored = this.#storedHead()
    if (stored.size === this.#head.size + 1 && stored.hash.equals(this.#attempted)) this.#head = stored
    this.#attempted = null
  }

  #storedHead(): Head {
    const select = this.db.prepare<[], [unknown, unknown]>('SELECT seq, hash FROM rows ORDER BY seq DESC LIMIT 1')
    return this.#asHead(select.raw(true).get())
  }

  #asHead(stored: [unknown, unknown] | undefined): Head {
    if (stored === undefined) return { size: 0, hash: genesisHash(this.trust.origin) }
    const [size, hash] = stored
    return { size: Number(size), hash: Buffer.isBuffer(hash) ? hash : Buffer.alloc(0) }
  }

  #checkpointWriter(): (note: string, size: number) => void {
    const insert = this.db.prepare<[number, string]>('INSERT INTO checkpoints (size, note) VALUES (?, ?)')
    return (note, size) => void insert.run(size, note)
  }

  #checkpointDone(note: string, size: number): void {
    this.#checkpointed = size
    this.#sideFileBehind.push(note)
    this.#writeSideFile()
  }

  /** After a crash between the two writes, or when the file was lost: what the table has and the file lacks. */
  #catchUpSideFile(): void {
    const own = tableNotes(this.db)
    if (own.length > 0 && !existsSync(this.#sideFile)) {
      this.#log.warn({ file: this.#sideFile }, 'The audit checkpoint file was missing and is written again.')
    }
    this.#mendSideFile()
    const kept = new Set(readSideFile(this.#sideFile))
    this.#sideFileBehind = own.filter((note) => !kept.has(note))
    this.#writeSideFile()
  }

  #mendSideFile(): void {
    try {
      mendSideFile(this.#sideFile)
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'The audit checkpoint file could not be mended.')
    }
  }

  #writeSideFile(): void {
    try {
      appendNotes(this.#sideFile, this.#sideFileBehind)
      this.#sideFileBehind = []
    } catch (error) {
      // The notes are safe in the database; they are tried again with the next one.
      this.#log.warn({ error: String(error) }, 'The audit checkpoint could not be written beside the database.')
    }
  }

  #newestCheckpoint(): Checkpoint | 'unsigned' | null {
    const own = tableNotes(this.db).at(-1)
    const beside = readSideFile(this.#sideFile).at(-1)
    let newest: Checkpoint | null = null
    for (const note of [own, beside]) {
      if (note === undefined) continue
      const checkpoint = parseCheckpoint(note)
      if (
        checkpoint === null ||
        checkpoint.origin !== this.trust.origin ||
        !isSigned(checkpoint, this.trust.publicKey)
      ) {
        return 'unsigned'
      }
      if (newest === null || checkpoint.size > newest.size) newest = checkpoint
    }
    return newest
  }

  #rememberKey(): void {
    const insert = this.db.prepare<[string, string]>('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)')
    this.db
      .transaction(() => {
        insert.run('origin', this.trust.origin)
        insert.run('public-key', Buffer.from(this.#vault.signingPublicKey).toString('base64'))
      })
      .immediate()
  }

  #signed(head: Head): string {
    return signCheckpoint({ origin: this.trust.origin, size: head.size, root: head.hash }, this.#vault)
  }

  /** Keyed SHA-256 over exactly 64 bytes, key first: with one length only, there is nothing to extend. */
  #macOf(hash: Buffer): Buffer {
    return digest('sha256', Buffer.concat([this.#rowKey, hash]), 'buffer')
  }

  #isOwn(hash: Buffer, mac: unknown): boolean {
    return Buffer.isBuffer(mac) && this.#macOf(hash).equals(mac)
  }
}

function isSameHead(a: Head, b: Head): boolean {
  return a.size === b.size && a.hash.equals(b.hash)
}
