import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Operator } from '../../shared/model/operator'
import type { ResetRequest } from '../../shared/model/request'
import type { CheckResult, VerificationStatus } from '../../shared/model/verification'
import type { AuditEvent, AuditRecorder, AuditScope } from '../audit/audit'
import { assertChecksOpen, failureBounds } from '../domain/failures'
import { assertWorksOn } from '../domain/requests'
import { checkUsability, gate } from '../domain/verification'
import type { StoredMethod, StoredProof, Stores } from '../stores/stores'
import { actorOf, subjectOf } from './audit-subjects'
import { keepProof, readCase, readStored } from './case'
import type { Case, CaseMethod, CaseParts } from './case'
import type { Codes } from './codes'
import type { Emit } from './events'
import type { Acting } from './session'
import { Turns } from './turns'
import { describeCase } from './verification-status'

export interface CaseWorkParts extends CaseParts {
  readonly stores: Pick<Stores, 'requests' | 'methods' | 'proofs' | 'failures' | 'threat'>
  readonly codes: Codes
  readonly audit: AuditRecorder
  readonly emit: Emit
}

/** How a check went. `counted`: there was something to compare with, and a wrong answer is a failed try. */
export type Outcome =
  | { readonly matched: true }
  | { readonly matched: false; readonly hint: CheckResult['hint']; readonly counted: boolean }

/** What every check of a caller stands on: the case of now, one after the other, audited, with failures counted. */
export class CaseWork {
  readonly #parts: CaseWorkParts
  /** Checks of one person one after the other: tries sent at once must not all see the same count of failures. */
  readonly #turns = new Turns()

  constructor(parts: CaseWorkParts) {
    this.#parts = parts
  }

  async status(acting: Acting, requestId: string): Promise<VerificationStatus> {
    const request = await this.#parts.stores.requests.get(requestId)
    return this.describe(await this.#read(acting, acting.operator, request))
  }

  /** Inside the audit; tells the screens afterwards, whatever came of it. */
  async record<T>(
    acting: Acting,
    requestId: string,
    event: Pick<AuditEvent, 'action' | 'details'>,
    work: (scope: AuditScope) => Promise<T>,
  ): Promise<T> {
    const { stores, audit, emit } = this.#parts
    const request = await stores.requests.get(requestId)
    try {
      return await audit.record({ ...event, actor: actorOf(acting), ...subjectOf(request) }, work)
    } finally {
      emit('verification-changed', { requestId })
    }
  }

  /** {@link record} for checks of this person, one after the other. */
  async inTurn<T>(
    acting: Acting,
    requestId: string,
    event: Pick<AuditEvent, 'action' | 'details'>,
    work: (scope: AuditScope) => Promise<T>,
  ): Promise<T> {
    const { personId } = await this.#parts.stores.requests.get(requestId)
    return this.takeTurn(personId, () => this.record(acting, requestId, event, work))
  }

  takeTurn<T>(personId: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(personId, work)
  }

  /** The request, if this operator holds it, by the directory's word of now. */
  async held(acting: Acting, requestId: string): Promise<{ operator: Operator; request: ResetRequest }> {
    const operator = await acting.current('agent')
    const request = await this.#parts.stores.requests.get(requestId)
    assertWorksOn(request, operator)
    return { operator, request }
  }

  /** The case, if this operator holds its request and may act on the person at all. */
  async heldCase(acting: Acting, requestId: string): Promise<Case> {
    const { operator, request } = await this.held(acting, requestId)
    const found = await this.#read(acting, operator, request)
    const { blocked } = gate(found.gate)
    if (blocked !== null) throw new AppError(blocked === 'self' ? 'self-action' : blocked)
    return found
  }

  async openCase(acting: Acting, requestId: string): Promise<Case> {
    const found = await this.heldCase(acting, requestId)
    assertChecksOpen(found.failures, found.gate.now)
    return found
  }

  /** The case as the stores say it now, for an answer. */
  async again({ request, person, gate: { agentId, action } }: Case): Promise<VerificationStatus> {
    return this.describe(await readStored(this.#parts, { request, person, agentId, action }))
  }

  async describe(found: Case): Promise<VerificationStatus> {
    const { codes, policy } = this.#parts
    const sent = await codes.lastOf({ requestId: found.request.id, agentId: found.gate.agentId })
    return describeCase(found, { codes, policy, sent })
  }

  /** A proof of this case, fresh from now. */
  proofOf(
    found: Case,
    passed: Pick<StoredProof, 'kind' | 'methodId' | 'label'> & Partial<Pick<StoredProof, 'attestation' | 'approval'>>,
  ): StoredProof {
    const { clock, policy } = this.#parts
    const seconds = passed.approval === 'waiting' ? policy.approvalSeconds : policy.proofSeconds
    return {
      attestation: null,
      approval: null,
      ...passed,
      id: randomUUID(),
      requestId: found.request.id,
      personId: found.request.personId,
      agentId: found.gate.agentId,
      action: 'reset',
      provenAt: clock.iso(),
      expiresAt: new Date(clock.now() + seconds * 1000).toISOString(),
      approverId: null,
      approverName: null,
      spentBy: null,
      spentAt: null,
    }
  }

  /** Keeps the proof of a check that passed: the person has just shown that the method is theirs. */
  async passed(found: Case, { id, kind, label, source }: CaseMethod): Promise<CheckResult> {
    const { stores, clock } = this.#parts
    if (source === 'registered') await stores.methods.confirm(id, clock.iso())
    await keepProof(this.#parts, found.request, this.proofOf(found, { kind, methodId: id, label }))
    const remaining = this.#remaining(found.failures.count)
    return { matched: true, hint: null, remaining, status: await this.again(found) }
  }

  /** Answers a check that did not pass; one that had something to compare with counts. */
  async failed(
    found: Case,
    { hint, counted }: { readonly hint: CheckResult['hint']; readonly counted: boolean },
    scope: AuditScope,
  ): Promise<CheckResult> {
    if (!counted) {
      scope.outcome('no-code')
      scope.note({ hint: hint ?? '' })
    }
    const remaining = counted ? await this.countFailure(found, scope, hint) : this.#remaining(found.failures.count)
    return { matched: false, hint, remaining, status: await this.again(found) }
  }

  /** Answers how many tries are left. */
  async countFailure(found: Case, scope: AuditScope, hint: string | null): Promise<number> {
    const { stores, clock, policy } = this.#parts
    const state = await stores.failures.add({
      personId: found.request.personId,
      agentId: found.gate.agentId,
      requestId: found.request.id,
      at: clock.iso(),
      ...failureBounds(clock.now(), policy),
    })
    scope.outcome('no-match')
    scope.note({ failures: state.count, closed: state.closedUntil !== null, ...(hint === null ? {} : { hint }) })
    return state.closedUntil === null ? this.#remaining(state.count) : 0
  }

  #remaining(failures: number): number {
    return Math.max(0, this.#parts.policy.failureLimit - failures)
  }

  #read(acting: Acting, operator: Operator, request: ResetRequest): Promise<Case> {
    return readCase(this.#parts, acting, operator, request, 'reset')
  }
}

/** Throws `method-not-found`, `method-not-usable {reason}`. */
export function usableMethod(found: Case, methodId: string): CaseMethod {
  const method = found.methods.find(({ id }) => id === methodId)
  if (method === undefined) throw new AppError('method-not-found')
  const { unusable } = checkUsability(method, found.gate)
  if (unusable !== null) throw new AppError('method-not-usable', { reason: unusable })
  return method
}

/** A method of the wanted kind. Throws as {@link usableMethod}. */
export function methodOfKind(found: Case, methodId: string, kind: StoredMethod['kind']): CaseMethod {
  const method = usableMethod(found, methodId)
  if (method.kind !== kind) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
  return method
}
