import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Language } from '../../shared/model/common'
import type { Operator } from '../../shared/model/operator'
import type { ResetRequest } from '../../shared/model/request'
import type { Attestation, CheckResult, ProofKind, VerificationStatus } from '../../shared/model/verification'
import type { AuditEvent, AuditRecorder, AuditScope } from '../audit/audit'
import type { Clock } from '../clock'
import { assertChecksOpen, failureBounds } from '../domain/failures'
import type { Policy } from '../domain/policy'
import { assertWorksOn } from '../domain/requests'
import { attestationsAllowed, callBackNumbers, gate, methodUsability } from '../domain/verification'
import { maskNumber } from '../domain/sms-number'
import type { VerificationMethod } from '../gateways/verification-method'
import type { SentCodeRow, StoredMethod, StoredProof, Stores } from '../stores/stores'
import type { SecretVault } from '../vault'
import type { Approvals, ApproverCredentials } from './approvals'
import { actorOf, subjectOf } from './audit-subjects'
import { readCase, withSource } from './case'
import type { Case, CaseMethod } from './case'
import type { Codes } from './codes'
import type { Emit } from './events'
import { withSeed } from './method-seeds'
import type { Acting } from './session'
import { Turns } from './turns'
import { describeCase } from './verification-status'
import type { NumberView } from './verification-status'

interface VerificationParts {
  readonly stores: Pick<Stores, 'requests' | 'methods' | 'proofs' | 'failures'>
  readonly codes: Codes
  readonly adapters: readonly VerificationMethod[]
  readonly approvals: Approvals
  readonly vault: SecretVault
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
  readonly emit: Emit
}

/** How a check went. `counted`: there was something to compare with, and a wrong answer is a failed try. */
type Outcome =
  | { readonly matched: true }
  | { readonly matched: false; readonly hint: CheckResult['hint']; readonly counted: boolean }

/**
 * Checking the caller: what the gate still wants, codes of registered methods, and attested proofs that an approver agrees to.
 * Agents learn match or no match (DESIGN.md §5.5).
 */
export class VerificationService {
  readonly #parts: VerificationParts
  /** Checks of one person one after the other: tries sent at once must not all see the same count of failures. */
  readonly #turns = new Turns()

  constructor(parts: VerificationParts) {
    this.#parts = parts
  }

  async status(acting: Acting, requestId: string): Promise<VerificationStatus> {
    const request = await this.#parts.stores.requests.get(requestId)
    return this.#describe(await this.#read(acting, acting.operator, request))
  }

  /**
   * Sends a code to the number of a registered method, or of the directory where policy lets it count; never to another one.
   * Throws `method-not-found`, `method-not-usable {reason}`, `checks-closed {until}`, `code-too-soon {at}`, `code-too-many {at}`,
   * `sms-…`, and what the holder's rule refuses.
   */
  async sendCode(
    acting: Acting,
    input: { readonly requestId: string; readonly methodId: string; readonly language: Language },
  ): Promise<VerificationStatus> {
    const { stores, codes } = this.#parts
    const request = await stores.requests.get(input.requestId)
    const details = { methodId: input.methodId, language: input.language }
    return this.#turns.take(request.personId, () =>
      this.#record(acting, request, { action: 'verification.send', details }, async (scope) => {
        const found = await this.#openCase(acting, request.id)
        const method = usableMethod(found, input.methodId)
        scope.note({ kind: method.kind, source: method.source })
        if (method.kind !== 'phone') throw new AppError('method-not-usable', { reason: 'not-in-policy' })

        const number = codes.readMobile(await codes.numberOf(method)).e164
        scope.note({ destination: maskNumber(number) })
        const { personId } = request
        const { agentId } = found.gate
        const target = { requestId: request.id, personId, agentId, methodId: method.id, number }
        const { delivery } = await codes.send(target, input.language)
        scope.note({ delivery })
        if (delivery === 'unknown') scope.indeterminate()
        return this.#again(found)
      }),
    )
  }

  /** Throws `method-not-found`, `method-not-usable {reason}`, `checks-closed {until}` and what the holder's rule refuses. */
  async checkCode(
    acting: Acting,
    input: { readonly requestId: string; readonly methodId: string; readonly code: string },
  ): Promise<CheckResult> {
    const request = await this.#parts.stores.requests.get(input.requestId)
    return this.#turns.take(request.personId, () =>
      this.#record(
        acting,
        request,
        { action: 'verification.check', details: { methodId: input.methodId } },
        async (scope) => {
          const found = await this.#openCase(acting, request.id)
          const method = usableMethod(found, input.methodId)
          scope.note({ kind: method.kind })

          const answer =
            method.kind === 'phone'
              ? await this.#compareSent(found, method, input.code)
              : await this.#compare(method, input.code)
          if (!answer.matched) {
            const { hint } = answer
            if (!answer.counted) scope.outcome('no-code')
            if (!answer.counted) scope.note({ hint: hint ?? '' })
            const remaining = answer.counted
              ? await this.#countFailure(found, scope, hint)
              : this.#remaining(found.failures.count)
            return { matched: false, hint, remaining, status: await this.#again(found) }
          }
          await this.#parts.stores.proofs.add(
            this.#proofOf(found, { kind: method.kind, methodId: method.id, label: method.label }),
          )
          const remaining = this.#remaining(found.failures.count)
          return { matched: true, hint: null, remaining, status: await this.#again(found) }
        },
      ),
    )
  }

  /** Records what the agent saw or heard; it counts once an approver agrees. Throws `attestation-not-allowed`. */
  async attest(acting: Acting, requestId: string, attestation: Attestation, note: string): Promise<VerificationStatus> {
    const { stores, clock } = this.#parts
    const request = await stores.requests.get(requestId)
    const details = { kind: attestation.kind, evidence: evidenceOf(attestation) }
    return this.#record(acting, request, { action: 'verification.attest', details }, async () => {
      const found = await this.#openCase(acting, request.id)
      const label = labelOf(found, attestation)
      if (!attestationsAllowed(found.gate).includes(attestation.kind) || label === null) {
        throw new AppError('attestation-not-allowed')
      }
      if (found.proofs.some((proof) => isWaiting(proof, found.gate.now))) throw new AppError('approval-needed')

      await stores.proofs.add({
        ...this.#proofOf(found, { kind: 'attested', methodId: null, label }),
        attestation: attestation.kind,
        approval: 'waiting',
      })
      if (note !== '') {
        const by = { id: acting.operator.id, name: acting.operator.name }
        await stores.requests.addEvent(request.id, { at: clock.iso(), kind: 'note', by, text: note })
      }
      return this.#again(found)
    })
  }

  /** Throws `attestation-not-found`, `proof-expired`, `reason-required` for a refusal without one, and as {@link Approvals}. */
  async decide(
    acting: Acting,
    input: {
      readonly requestId: string
      readonly proofId: string
      readonly approve: boolean
      readonly reason: string
      readonly approver: ApproverCredentials
    },
  ): Promise<VerificationStatus> {
    const { stores, approvals, clock, policy } = this.#parts
    const request = await stores.requests.get(input.requestId)
    const details = { approve: input.approve, reason: input.reason }
    return this.#record(acting, request, { action: 'verification.approve', details }, async (scope) => {
      const found = await this.#heldCase(acting, request.id)
      const proof = found.proofs.find(({ id, agentId }) => id === input.proofId && agentId === found.gate.agentId)
      if (proof?.approval !== 'waiting') throw new AppError('attestation-not-found')
      if (!isWaiting(proof, found.gate.now)) throw new AppError('proof-expired')
      if (!input.approve && input.reason === '') throw new AppError('reason-required')

      const parties = { agentId: found.gate.agentId, targetId: request.personId }
      const approver = await approvals.confirm(parties, input.approver, scope)
      const decided = await stores.proofs.decide(proof.id, {
        approval: input.approve ? 'approved' : 'refused',
        approverId: approver.id,
        approverName: approver.name,
        now: clock.iso(),
        expiresAt: after(clock, policy.proofSeconds),
      })
      if (!decided) throw new AppError('attestation-not-found')
      return this.#again(found)
    })
  }

  /** Throws `reason-required` and as {@link Approvals}. */
  async reopenChecks(
    acting: Acting,
    input: { readonly requestId: string; readonly reason: string; readonly approver: ApproverCredentials },
  ): Promise<VerificationStatus> {
    const { stores, approvals, clock } = this.#parts
    const request = await stores.requests.get(input.requestId)
    const details = { reason: input.reason }
    return this.#record(acting, request, { action: 'verification.reopen-checks', details }, async (scope) => {
      const found = await this.#heldCase(acting, request.id)
      if (input.reason === '') throw new AppError('reason-required')
      await approvals.confirm({ agentId: found.gate.agentId, targetId: request.personId }, input.approver, scope)
      await stores.failures.reopen(request.personId, clock.iso())
      return this.#again(found)
    })
  }

  /** Inside the audit; tells the screens afterwards, whatever came of it. */
  async #record<T>(
    acting: Acting,
    request: ResetRequest,
    event: Pick<AuditEvent, 'action' | 'details'>,
    work: (scope: AuditScope) => Promise<T>,
  ): Promise<T> {
    const { audit, emit } = this.#parts
    try {
      return await audit.record({ ...event, actor: actorOf(acting), ...subjectOf(request) }, work)
    } finally {
      emit('verification-changed', { requestId: request.id })
    }
  }

  #read(acting: Acting, operator: Operator, request: ResetRequest): Promise<Case> {
    return readCase(this.#parts, acting, operator, request, 'reset')
  }

  /** The case, if this operator holds its request and may act on the person at all. */
  async #heldCase(acting: Acting, requestId: string): Promise<Case> {
    const operator = await acting.current('agent')
    const request = await this.#parts.stores.requests.get(requestId)
    assertWorksOn(request, operator)
    const found = await this.#read(acting, operator, request)
    const { blocked } = gate(found.gate)
    if (blocked !== null) throw new AppError(blocked === 'self' ? 'self-action' : blocked)
    return found
  }

  async #openCase(acting: Acting, requestId: string): Promise<Case> {
    const found = await this.#heldCase(acting, requestId)
    assertChecksOpen(found.failures, found.gate.now)
    return found
  }

  async #compareSent(found: Case, method: CaseMethod, code: string): Promise<Outcome> {
    const answer = await this.#parts.codes.check(await this.#sentTo(found, method), code)
    switch (answer) {
      case 'matched':
        if (method.source === 'registered') await this.#parts.stores.methods.used(method.id, this.#parts.clock.iso())
        return { matched: true }
      case 'wrong':
        return { matched: false, hint: null, counted: true }
      case 'malformed':
        return { matched: false, hint: answer, counted: true }
      case 'not-sent':
      case 'expired':
      case 'used-up':
        return { matched: false, hint: answer, counted: false }
    }
  }

  #sentTo(found: Case, method: StoredMethod): Promise<SentCodeRow | null> {
    const { request, gate: rules } = found
    return this.#parts.codes.lastOf({ requestId: request.id, methodId: method.id, agentId: rules.agentId })
  }

  async #compare(method: StoredMethod, code: string): Promise<Outcome> {
    const { adapters, vault, stores, clock, policy } = this.#parts
    const adapter = adapters.find(({ kind }) => kind === method.kind)
    if (adapter === undefined) throw new AppError('method-not-usable', { reason: 'not-in-policy' })

    const answer = await withSeed(vault, method, (seed) =>
      adapter.check(seed, code, {
        now: clock.now(),
        lastStep: method.lastStep,
        toleranceSteps: policy.totpToleranceSteps,
        stepSeconds: policy.totpStepSeconds,
      }),
    )
    if (!answer.matched) return { ...answer, counted: true }
    // The store has the last word: of two desks that got the same code, one accepts it.
    const accepted = await stores.methods.acceptStep(method.id, answer.step, answer.drift, clock.iso())
    return accepted ? { matched: true } : { matched: false, hint: 'replayed', counted: true }
  }

  /** Answers how many tries are left. */
  async #countFailure(found: Case, scope: AuditScope, hint: string | null): Promise<number> {
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

  #proofOf(found: Case, passed: { kind: ProofKind; methodId: string | null; label: string }): StoredProof {
    const { clock, policy } = this.#parts
    return {
      ...passed,
      id: randomUUID(),
      requestId: found.request.id,
      personId: found.request.personId,
      agentId: found.gate.agentId,
      attestation: null,
      action: 'reset',
      provenAt: clock.iso(),
      expiresAt: after(clock, policy.proofSeconds),
      approval: null,
      approverId: null,
      approverName: null,
      spentBy: null,
      spentAt: null,
    }
  }

  /** The same person as just read from the directory, with what the stores say now. */
  async #again(found: Case): Promise<VerificationStatus> {
    const { stores, clock, policy } = this.#parts
    const { personId, id } = found.request
    const now = clock.now()
    const registered = withSource('registered', await stores.methods.ofPerson(personId))
    const methods = [...registered, ...found.methods.filter(({ source }) => source === 'directory')]
    const proofs = await stores.proofs.ofRequest(id)
    const failures = await stores.failures.state(personId, failureBounds(now, policy).windowStart, clock.iso())
    return this.#describe({ ...found, methods, proofs, failures, gate: { ...found.gate, now, methods, proofs } })
  }

  async #describe(found: Case): Promise<VerificationStatus> {
    const { codes, policy } = this.#parts
    const numbers = new Map<string, NumberView>()
    for (const method of found.methods.filter(({ kind }) => kind === 'phone')) {
      const number = await codes.numberOf(method)
      const sending = await codes.sending(number, await this.#sentTo(found, method))
      numbers.set(method.id, { masked: maskNumber(number), sending })
    }
    return describeCase(found, policy, numbers)
  }
}

function usableMethod(found: Case, methodId: string): CaseMethod {
  const method = found.methods.find(({ id }) => id === methodId)
  if (method === undefined) throw new AppError('method-not-found')
  const { unusable } = methodUsability(method, found.gate)
  if (unusable !== null) throw new AppError('method-not-usable', { reason: unusable })
  return method
}

function isWaiting(proof: StoredProof, now: number): boolean {
  return proof.approval === 'waiting' && proof.spentAt === null && now < Date.parse(proof.expiresAt)
}

/** Which document was seen, or which field was dialled: never a number of either. */
function evidenceOf(attestation: Attestation): string {
  return attestation.kind === 'in-person' ? attestation.document : attestation.field
}

/** Document code or masked number; `null` for a number that must not be used. */
function labelOf(found: Case, attestation: Attestation): string | null {
  if (attestation.kind === 'in-person') return attestation.document
  const number = callBackNumbers(found.gate).find(({ field }) => field === attestation.field)
  return number?.masked ?? null
}

function after(clock: Clock, seconds: number): string {
  return new Date(clock.now() + seconds * 1000).toISOString()
}
