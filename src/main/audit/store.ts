import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { AuditRow, AuditVerdict } from '../../shared/model/audit'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { SecretVault } from '../vault'
import type { AuditDetails, AuditEvent, AuditPage, AuditQuery, AuditScope, AuditStore } from './audit'
import { Chain } from './chain'
import { copyChain } from './copy'
import { draftRow, withoutPerson } from './facts'
import type { RowDraft } from './row'

export interface AuditOptions {
  /** `audit.db` in the user-data folder: never on a network share. */
  readonly file: string
  readonly vault: SecretVault
  readonly clock: Clock
  readonly log: Log
  /** Told each time the desk closes because a row about something done could not be written. */
  readonly onClosed?: () => void
  /** A checkpoint is signed at the latest so long after a row; 5 minutes unless told. */
  readonly checkpointAfterMs?: number
}

const checkpointAfterMs = 5 * 60_000
/** Rows kept in memory while the store cannot be written. */
const keptRows = 10_000

/**
 * Opens the chain and checks its tail. Throws `audit-unavailable` with `file` and `reason` when the file cannot be used at all;
 * a chain that does not fit its checkpoints is opened for reading, with the desk closed.
 */
export function openAudit(options: AuditOptions): AuditStore {
  return new SqliteAudit(options)
}

class SqliteAudit implements AuditStore {
  readonly unfinishedAtOpen: number
  readonly #options: AuditOptions
  #chain: Chain
  #closed = false
  #ended = false
  /** Rows of things that happened and could not be written; `reopen` writes them. */
  readonly #lost: RowDraft[] = []
  /** Operations under way, and whom they are about. */
  readonly #running = new Map<string, string>()
  /** Those of them whose person was erased meanwhile. */
  readonly #nameless = new Set<string>()
  #checkpointTimer: NodeJS.Timeout | null = null

  constructor(options: AuditOptions) {
    this.#options = options
    this.#chain = this.#open()
    const unfit = this.#chain.tailProblem()
    if (unfit !== null) {
      this.#closed = true
      options.log.error(
        { problem: unfit },
        'The audit chain does not fit its checkpoints. The desk is closed for actions.',
      )
    }
    const unfinished = this.#chain.unfinishedOperations()
    this.unfinishedAtOpen = unfinished.length
    if (unfinished.length > 0)
      options.log.warn({ operations: unfinished }, 'Actions of an earlier run have no result row.')
  }

  get closed(): boolean {
    return this.#closed
  }

  async record<T>(event: AuditEvent, work: (scope: AuditScope) => Promise<T>): Promise<T> {
    if (this.#closed || this.#ended) throw new AppError('desk-closed')
    const scope = new Scope()
    this.#writeIntent(event, scope.operationId)
    this.#running.set(scope.operationId, event.target?.id ?? '')
    try {
      const value = await work(scope)
      this.#writeResult(event, scope, scope.word, {})
      return value
    } catch (error) {
      this.#writeResult(event, scope, scope.unknown ? 'indeterminate' : refusal(error), refusalFacts(scope, error))
      throw error
    } finally {
      this.#running.delete(scope.operationId)
      this.#nameless.delete(scope.operationId)
    }
  }

  append(event: AuditEvent, outcome: string): void {
    this.#writeAfter(this.#draft(event, randomUUID(), 'result', outcome, {}))
  }

  reopen(): void {
    if (this.#ended) throw new AppError('audit-unavailable', { file: this.#options.file, reason: 'ended' })
    const known = this.#chain.head
    this.#chain.close()
    this.#chain = this.#open()
    const unfit = this.#chain.tailProblem() ?? (this.#chain.contains(known) ? null : 'tail-missing')
    if (unfit !== null) throw new AppError('audit-unavailable', { file: this.#options.file, reason: unfit })
    try {
      for (let draft = this.#lost[0]; draft !== undefined; draft = this.#lost[0]) {
        // An unacknowledged commit may have landed after all.
        if (!this.#chain.holds(draft, known.size)) this.#chain.append(draft)
        this.#lost.shift()
      }
      this.#chain.checkpoint()
    } catch (error) {
      throw this.#unavailable(error)
    }
    this.#closed = false
  }

  list(query: AuditQuery): Promise<AuditPage> {
    return this.#chain.search.page(query, this.#chain.head.size)
  }

  about(personId: string): Promise<AuditRow[]> {
    return this.#chain.search.about(personId, this.#chain.head.size)
  }

  async erase(personId: string, at: string): Promise<number> {
    if (this.#closed || this.#ended) throw new AppError('desk-closed')
    for (const [operationId, targetId] of this.#running) if (targetId === personId) this.#nameless.add(operationId)
    try {
      return await this.#chain.erase(personId, at)
    } catch (error) {
      throw this.#unavailable(error)
    }
  }

  hasErased(personId: string, at: string): boolean {
    return this.#chain.hasErased(personId, at)
  }

  async verify(): Promise<AuditVerdict> {
    // A checkpoint first, so that the verdict covers the newest rows; a store that cannot be written is still read.
    this.#checkpointQuietly()
    return this.#chain.verify(new Set(this.#running.keys()))
  }

  async saveCopy(file: string): Promise<void> {
    this.#checkpointQuietly()
    await copyChain(this.#chain, { ...this.#options, sound: !this.#closed }, file)
  }

  close(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#lost.length > 0) {
      this.#options.log.error({ rows: this.#lost.length }, 'Audit rows could not be written before the end.')
    }
    this.#stopTimer()
    this.#checkpointQuietly()
    this.#chain.close()
  }

  #open(): Chain {
    try {
      return new Chain(this.#options, () => nextTurn())
    } catch (error) {
      throw this.#unavailable(error)
    }
  }

  #writeIntent(event: AuditEvent, operationId: string): void {
    try {
      this.#chain.append(this.#draft(event, operationId, 'intent', 'started', {}))
    } catch (error) {
      this.#options.log.error(
        { error: String(error) },
        'The audit intent could not be written; the action did not run.',
      )
      throw this.#unavailable(error)
    }
    this.#startTimer()
  }

  #writeResult(event: AuditEvent, scope: Scope, outcome: string, facts: AuditDetails): void {
    const draft = this.#draft(event, scope.operationId, 'result', outcome, { ...scope.notes, ...facts })
    this.#writeAfter(this.#nameless.has(scope.operationId) ? withoutPerson(draft) : draft)
  }

  /** The act is done: failing to write about it closes the desk, but never takes its result away. */
  #writeAfter(draft: RowDraft): void {
    if (!this.#closed && !this.#ended) {
      try {
        this.#chain.append(draft)
        this.#startTimer()
        return
      } catch (error) {
        this.#closed = true
        this.#options.log.error({ error: String(error) }, 'The audit result could not be written; the desk is closed.')
        const told = this.#options.onClosed
        if (told !== undefined) queueMicrotask(told)
      }
    }
    if (this.#lost.length < keptRows) this.#lost.push(draft)
    else this.#options.log.error({ operationId: draft.operationId }, 'An audit row was lost: too many are waiting.')
  }

  #draft(
    event: AuditEvent,
    operationId: string,
    phase: AuditRow['phase'],
    outcome: string,
    notes: AuditDetails,
  ): RowDraft {
    return draftRow(event, { at: this.#options.clock.iso(), operationId, phase, outcome, notes })
  }

  #unavailable(error: unknown): AppError {
    const reason = error instanceof Error ? error.message : String(error)
    return new AppError('audit-unavailable', { file: this.#options.file, reason }, { cause: error })
  }

  #startTimer(): void {
    if (this.#checkpointTimer !== null) return
    this.#checkpointTimer = setTimeout(() => {
      this.#checkpointTimer = null
      this.#checkpointQuietly()
    }, this.#options.checkpointAfterMs ?? checkpointAfterMs)
    this.#checkpointTimer.unref()
  }

  #stopTimer(): void {
    if (this.#checkpointTimer !== null) clearTimeout(this.#checkpointTimer)
    this.#checkpointTimer = null
  }

  /** A missing checkpoint weakens no row that was written; the next one covers the same rows. */
  #checkpointQuietly(): void {
    if (this.#closed) return
    try {
      this.#chain.checkpoint()
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'The audit checkpoint could not be written.')
    }
  }
}

class Scope implements AuditScope {
  readonly operationId = randomUUID()
  notes: AuditDetails = {}
  word = 'succeeded'

  get unknown(): boolean {
    return this.word === 'indeterminate'
  }

  note(details: AuditDetails): void {
    this.notes = { ...this.notes, ...details }
  }

  indeterminate(): void {
    this.word = 'indeterminate'
  }

  outcome(word: string): void {
    this.word = word
  }
}

function refusal(error: unknown): string {
  return error instanceof AppError ? error.code : 'internal'
}

/** An unknown outcome stays unknown when `work` then throws; why it threw is a fact of the row. */
function refusalFacts(scope: Scope, error: unknown): AuditDetails {
  return scope.unknown ? { refusal: refusal(error) } : {}
}
