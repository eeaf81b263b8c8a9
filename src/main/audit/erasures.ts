import type { AuditAction } from '../../shared/model/audit'
import type { Break } from './chain-check'
import { isEmptied, type StoredRow } from './row'

const erasing: AuditAction = 'privacy.erase'
const done: ReadonlySet<string> = new Set(['succeeded', 'indeterminate'])

/**
 * Tells an erasure from a row that somebody emptied: behind every emptied row the chain must have an erasure of the same person
 * that was carried out, or of which no more than the intent could be written. Rows are read in their order.
 */
export class Erasures {
  /** By person: the first emptied row that no erasure has explained so far. */
  readonly #open = new Map<string, number>()
  /** By operation: what an erasure that has no result yet would explain. */
  readonly #begun = new Map<string, readonly [targetId: string, seq: number]>()
  #emptied = 0

  /** How many rows had no personal part. */
  get emptied(): number {
    return this.#emptied
  }

  read(row: StoredRow): void {
    if (isEmptied(row)) {
      this.#emptied += 1
      if (!this.#open.has(row.targetId)) this.#open.set(row.targetId, row.seq)
    }
    if (row.action !== erasing) return
    if (row.phase === 'intent') this.#begin(row)
    else this.#end(row)
  }

  /** The first emptied row that nothing explains. */
  unexplained(): Break | null {
    const seqs = [...this.#open.values()]
    return seqs.length === 0 ? null : { problem: 'row-changed', seq: Math.min(...seqs) }
  }

  #begin(row: StoredRow): void {
    const seq = this.#open.get(row.targetId)
    if (seq === undefined) return
    this.#open.delete(row.targetId)
    this.#begun.set(row.operationId, [row.targetId, seq])
  }

  #end(row: StoredRow): void {
    const begun = this.#begun.get(row.operationId)
    this.#begun.delete(row.operationId)
    if (done.has(row.outcome)) this.#open.delete(row.targetId)
    else if (begun !== undefined) this.#open.set(...begun)
  }
}
