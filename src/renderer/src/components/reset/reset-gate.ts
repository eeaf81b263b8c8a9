import type { Operator } from '../../../../shared/model/operator'
import type { ResetRequest } from '../../../../shared/model/request'
import type { VerificationStatus } from '../../../../shared/model/verification'
import { holds } from '../requests/request-actions'

/** `recheck`: an earlier write has no answer yet; nothing is written. */
export type ResetAction = 'reset' | 'unlock' | 'recheck'

export interface GateFacts {
  readonly request: ResetRequest
  readonly operator: Operator | null
  /** `null` while it is read. */
  readonly status: VerificationStatus | null
  readonly deskClosed: boolean
  /** A write of this request is without an answer. */
  readonly outcomeUnknown: boolean
  /** Milliseconds by main's clock. */
  readonly now: number
}

/** Why nothing can be written yet, as a key of `reset.disabled`, or `null` when it can. Main decides again (DESIGN.md §5.1). */
export function whyNotYet(facts: GateFacts): string | null {
  const { request, operator, status, now } = facts
  if (facts.deskClosed) return 'deskClosed'
  if (facts.outcomeUnknown) return 'unknown'
  if (request.state === 'open') return 'claim'
  if (request.state !== 'claimed') return 'closed'
  if (!holds(request, operator)) return 'held'
  if (status === null) return 'loading'
  if (status.blocked !== null) return 'blocked'
  const stillFresh = status.satisfiedUntil === null || Date.parse(status.satisfiedUntil) > now
  if (status.satisfied && stillFresh) return null
  if (status.closedUntil !== null) return 'checksClosed'
  if (status.proofs.some((proof) => proof.state === 'waiting' && Date.parse(proof.expiresAt) > now)) return 'approval'
  return 'verify'
}
