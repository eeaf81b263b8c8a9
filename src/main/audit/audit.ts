import type { AuditAction } from '../../shared/model/audit'

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
 * A failed result row closes the desk (`desk-closed` from then on) and is told through `onResultLost`, never by throwing
 * away what `work` returned: a password that was set must still be shown.
 */
export interface AuditRecorder {
  record<T>(event: AuditEvent, work: (scope: AuditScope) => Promise<T>): Promise<T>
  /** One row for something that already happened and has no two phases (start, idle lock, expiry). */
  append(event: AuditEvent, outcome: string): void
  /** The store failed after a write; no further action until `reopen` has found it sound. */
  readonly closed: boolean
  /** Tries the store again (verifies and appends); throws `audit-unavailable` while it is not sound. */
  reopen(): void
}
