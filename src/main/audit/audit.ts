import type { AuditAction, AuditFilter, AuditRow, AuditVerdict } from '../../shared/model/audit'

/** Who did what to whom: the part of an audit row that the doer knows. Facts only, never a secret. */
export interface AuditEvent {
  readonly action: AuditAction
  readonly actor: { readonly id: string; readonly name: string }
  readonly target?: { readonly id: string; readonly name: string }
  readonly request?: { readonly id: string; readonly number: number }
  readonly details?: AuditDetails
}

export type AuditDetails = Readonly<Record<string, string | number | boolean>>

/** What `work` may add to its result row, and how a known but unhappy end is told from success. */
export interface AuditScope {
  readonly operationId: string
  /** Adds facts to the result row. */
  note(details: AuditDetails): void
  /** Records the result as `indeterminate` rather than `succeeded`: the outcome is unknown. */
  indeterminate(): void
  /** Records another outcome word than `succeeded`, such as `no-match`, `partly`. */
  outcome(word: string): void
}

/**
 * The way every action goes (DESIGN.md §5.8). `record` writes an intent row, runs `work`, writes a result row. A failed
 * intent row stops the action with `audit-unavailable`; `work` does not run. Refusals are recorded with their code.
 * A failed result row closes the desk (`desk-closed` from then on) and is told through `onClosed`, never by throwing
 * away what `work` returned: a password that was set must still be shown.
 */
export interface AuditRecorder {
  record<T>(event: AuditEvent, work: (scope: AuditScope) => Promise<T>): Promise<T>
  /**
   * One row for something that already happened and has no two phases (start, idle lock, expiry). Never throws for a store
   * that cannot be written: the row is kept in memory until `reopen`, and the desk closes.
   */
  append(event: AuditEvent, outcome: string): void
  /** The store failed after a write, or is not sound; no further action until `reopen` has found it sound. */
  readonly closed: boolean
  /** Tries the store again (checks it and appends what was lost); throws `audit-unavailable` while it is not sound. */
  reopen(): void
}

/** Newest first; `cursor` is opaque. */
export interface AuditQuery {
  readonly filter: AuditFilter
  readonly cursor: string | null
  readonly limit: number
}

export interface AuditPage {
  readonly rows: AuditRow[]
  readonly nextCursor: string | null
  readonly total: number
}

/** The desk's own chain on its own disk: written through {@link AuditRecorder}, read, checked and copied here. */
export interface AuditStore extends AuditRecorder {
  /** Reads a page in short steps, so that a search over a million rows does not stop the desk. */
  list(query: AuditQuery): Promise<AuditPage>
  /** Reads every row and every checkpoint again, in short steps. */
  verify(): Promise<AuditVerdict>
  /** All rows about one person, oldest first; in short steps. */
  about(personId: string): Promise<AuditRow[]>
  /**
   * Takes what was written about one person (name, and the facts that name or describe them) out of every row for good; ids,
   * operators, actions and outcomes stay, and the chain still verifies. Belongs inside the `record` of a `privacy.erase` with this
   * person as target: no other row explains emptied ones to the verifier. `at`: when the person was erased from the desk.
   * Throws `audit-unavailable`; then it has to be done again.
   */
  erase(personId: string, at: string): Promise<number>
  /** Whether `erase` went to its end here for an erasure of this instant or later. */
  hasErased(personId: string, at: string): boolean
  /** Writes a copy that `audit:verify` checks offline; what names the people concerned is not in it. Throws `audit-copy-failed` with `file` and `reason`. */
  saveCopy(file: string): Promise<void>
  /** Intents of earlier runs without a result: the app or the machine died in between. */
  readonly unfinishedAtOpen: number
  /** Signs a last checkpoint and closes the file. */
  close(): void
}
