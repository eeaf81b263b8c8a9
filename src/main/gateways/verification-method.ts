import type { ProofKind } from '../../shared/model/verification'

/**
 * One way to check a caller. Services know this interface only: a further kind is a further adapter. Adapters keep nothing and
 * read no clock; secrets come in opened by the vault and never leave in an error.
 */
export interface VerificationMethod {
  readonly kind: ProofKind
  /** Compares what the caller said with the registered secret. Never throws for what a person typed. */
  check(secret: Uint8Array, typed: string, context: CheckContext): Promise<CheckAnswer>
}

export interface CheckContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Highest time step accepted so far; `null` before the first. */
  readonly lastStep: number | null
  /** Steps that a code may be early or late. */
  readonly toleranceSteps: number
  readonly stepSeconds: number
}

/** Match or no match (DESIGN.md §5.5). A `replayed` or `malformed` answer is a failed try like any other. */
export type CheckAnswer =
  | {
      readonly matched: true
      /** Time step of the accepted code, to be accepted once. */
      readonly step: number
      /** Steps by which the caller's clock is ahead (positive) or behind. */
      readonly drift: number
    }
  | { readonly matched: false; readonly hint: 'replayed' | 'malformed' | null }

/** A method that a person registers at the desk: a secret is made, shown once, and confirmed by a first {@link CheckAnswer}. */
export interface EnrollableMethod<Start> extends VerificationMethod {
  startEnrolment(subject: { readonly issuer: string; readonly account: string }): Start
}
