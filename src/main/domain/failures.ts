import { AppError } from '../../shared/errors'
import type { VerificationStatus } from '../../shared/model/verification'
import type { Policy } from './policy'

type FailurePolicy = Pick<Policy, 'failureLimit' | 'failureWindowSeconds' | 'closureSeconds'>

/** Failed checks of one person, pooled over all agents and requests; the stores' answer fits. */
export interface FailureFacts {
  readonly count: number
  readonly closedUntil: string | null
  readonly requestIds: readonly string[]
  /** An agent reported a false caller, and nobody has reopened checks since. */
  readonly reportedAt: string | null
}

/** What the checking panel says of failures; `remaining`: the failure that closes checks, counted from now. */
export interface FailureView extends Pick<
  VerificationStatus,
  'failures' | 'failureLimit' | 'closedUntil' | 'warn' | 'reportedAt'
> {
  readonly remaining: number
}

/** Bounds of the window for the store: counted from `windowStart`; `closedUntil` if this failure is the last allowed one. */
export function failureBounds(
  now: number,
  policy: FailurePolicy,
): { windowStart: string; closedUntil: string; limit: number } {
  return {
    windowStart: new Date(now - policy.failureWindowSeconds * 1000).toISOString(),
    closedUntil: new Date(now + policy.closureSeconds * 1000).toISOString(),
    limit: policy.failureLimit,
  }
}

/** The same for a false caller that an agent reports now: checks close at once. */
export function reportBounds(
  now: number,
  policy: Pick<Policy, 'failureWindowSeconds' | 'reportClosureSeconds'>,
): { windowStart: string; closedUntil: string } {
  return {
    windowStart: new Date(now - policy.failureWindowSeconds * 1000).toISOString(),
    closedUntil: new Date(now + policy.reportClosureSeconds * 1000).toISOString(),
  }
}

/** How failures stand at this request: the next agent is warned of those at others, and of closed checks. */
export function failureView(
  facts: FailureFacts,
  context: { readonly now: number; readonly requestId: string; readonly policy: FailurePolicy },
): FailureView {
  const closedUntil = isClosed(facts, context.now) ? facts.closedUntil : null
  return {
    failures: facts.count,
    failureLimit: context.policy.failureLimit,
    closedUntil,
    reportedAt: facts.reportedAt,
    warn: closedUntil !== null || facts.reportedAt !== null || facts.requestIds.some((id) => id !== context.requestId),
    remaining: closedUntil === null ? Math.max(1, context.policy.failureLimit - facts.count) : 0,
  }
}

/** Throws `checks-closed {until}` while too many failures keep checks closed; an approver may reopen them. */
export function assertChecksOpen(facts: FailureFacts, now: number): void {
  if (isClosed(facts, now)) throw new AppError('checks-closed', { until: facts.closedUntil ?? '' })
}

function isClosed(facts: FailureFacts, now: number): boolean {
  // An unreadable time counts as closed: it must not open checks.
  return facts.closedUntil !== null && !(Date.parse(facts.closedUntil) <= now)
}
