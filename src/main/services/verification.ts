import { AppError } from '../../shared/errors'
import type { Attestation, VerificationStatus } from '../../shared/model/verification'
import { reportBounds } from '../domain/failures'
import { stepRequest } from '../domain/requests'
import type { Approvals, ApproverCredentials } from './approvals'
import { decideProof } from './approvals-decision'
import type { Acting } from './session'
import { Attestations, isWaiting } from './verification-attest'
import { CallBacks } from './verification-call-back'
import type { CallBackParts } from './verification-call-back'
import { CaseWork } from './verification-case'
import { CodeChecks } from './verification-codes'
import type { CodeCheckParts } from './verification-codes'
import { KeyChecks } from './verification-key'
import type { KeyCheckParts } from './verification-key'
import { QuestionChecks } from './verification-questions'
import type { QuestionCheckParts } from './verification-questions'

type VerificationParts = CodeCheckParts &
  CallBackParts &
  KeyCheckParts &
  QuestionCheckParts & { readonly approvals: Approvals }

interface ByApprover {
  readonly requestId: string
  readonly reason: string
  readonly approver: ApproverCredentials
}

/**
 * Checking the caller: what the gate still wants, checks by registered methods, and attested proofs that an approver agrees to.
 * Agents learn match or no match (DESIGN.md §5.5).
 */
export class VerificationService {
  readonly #parts: VerificationParts
  readonly #work: CaseWork
  readonly #attestations: Attestations
  /** By app, message, call and mail. */
  readonly codes: CodeChecks
  readonly questions: QuestionChecks
  readonly keys: KeyChecks
  readonly callBacks: CallBacks

  constructor(parts: VerificationParts) {
    this.#parts = parts
    this.#work = new CaseWork(parts)
    this.#attestations = new Attestations(parts, this.#work)
    this.codes = new CodeChecks(parts, this.#work)
    this.questions = new QuestionChecks(parts, this.#work)
    this.keys = new KeyChecks(parts, this.#work)
    this.callBacks = new CallBacks(parts, this.#work)
  }

  status(acting: Acting, requestId: string): Promise<VerificationStatus> {
    return this.#work.status(acting, requestId)
  }

  /** Records what the agent saw or heard; it counts once an approver agrees. As {@link Attestations.attest}. */
  attest(acting: Acting, requestId: string, attestation: Attestation, note: string): Promise<VerificationStatus> {
    return this.#attestations.attest(acting, requestId, attestation, note)
  }

  /**
   * An approver speaks at this desk, under their own bind. Throws `attestation-not-found`, `proof-expired`, `reason-required` for a refusal
   * without one, and as {@link Approvals}.
   */
  decide(
    acting: Acting,
    input: ByApprover & { readonly proofId: string; readonly approve: boolean },
  ): Promise<VerificationStatus> {
    const { approvals, emit } = this.#parts
    const { requestId, proofId, approve, reason } = input
    const event = { action: 'verification.approve', details: { approve, reason } } as const
    return this.#work.record(acting, requestId, event, async (scope) => {
      const found = await this.#work.heldCase(acting, requestId)
      const proof = found.proofs.find(({ id, agentId }) => id === proofId && agentId === found.gate.agentId)
      if (proof?.approval !== 'waiting') throw new AppError('attestation-not-found')
      if (!isWaiting(proof, found.gate.now)) throw new AppError('proof-expired')
      if (!approve && reason === '') throw new AppError('reason-required')

      const parties = { agentId: found.gate.agentId, targetId: found.request.personId }
      const approver = await approvals.confirm(parties, input.approver, scope)
      if (!(await decideProof(this.#parts, { proof, approve, approver }))) throw new AppError('attestation-not-found')
      emit('approvals-changed', {})
      return this.#work.again(found)
    })
  }

  /** Throws `reason-required` and as {@link Approvals}. */
  reopenChecks(acting: Acting, { requestId, reason, approver }: ByApprover): Promise<VerificationStatus> {
    const { stores, approvals, clock } = this.#parts
    const event = { action: 'verification.reopen-checks', details: { reason } } as const
    return this.#work.record(acting, requestId, event, async (scope) => {
      const found = await this.#work.heldCase(acting, requestId)
      if (reason === '') throw new AppError('reason-required')
      const { personId } = found.request
      await approvals.confirm({ agentId: found.gate.agentId, targetId: personId }, approver, scope)
      await stores.failures.reopen(personId, clock.iso())
      return this.#work.again(found)
    })
  }

  /**
   * Somebody pretended to be this person: their checks close at once, at every desk, and the request is refused. Possible where nothing
   * else is, such as for a privileged person by phone. Throws `reason-required` and what the holder's rule refuses.
   */
  async report(acting: Acting, requestId: string, reason: string): Promise<VerificationStatus> {
    const { stores, clock, policy, emit } = this.#parts
    const event = { action: 'verification.report', details: { reason } } as const
    await this.#work.record(acting, requestId, event, async (scope) => {
      const { operator, request } = await this.#work.held(acting, requestId)
      if (reason.trim() === '') throw new AppError('reason-required')
      const at = clock.iso()
      // First what keeps the next call of the same stranger out, whatever becomes of the request.
      const bounds = reportBounds(clock.now(), policy)
      const { closedUntil } = await stores.failures.report({ personId: request.personId, at, ...bounds })
      scope.note({ closedUntil: closedUntil ?? '' })
      await stores.proofs.revoke(request.id, at)
      const standing = stepRequest(request, { kind: 'refuse', reason }, { actor: operator, now: clock.now(), policy })
      const by = { id: operator.id, name: operator.name }
      const change = { ...standing, event: { at, kind: 'refused', by, text: reason } } as const
      await stores.requests.change(request.id, request.version, change)
    })
    emit('queue-changed', { requestId })
    emit('approvals-changed', {})
    return this.status(acting, requestId)
  }
}
