import { AppError } from '../../shared/errors'
import type { WaitingApproval } from '../../shared/model/verification'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { assertApprover } from '../domain/verification'
import type { StoredProof, Stores } from '../stores/stores'
import { decideProof } from './approvals-decision'
import { actorOf, subjectOf } from './audit-subjects'
import type { Emit } from './events'
import type { Acting } from './session'

interface ApprovalListParts {
  readonly stores: Pick<Stores, 'requests' | 'methods' | 'proofs'>
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
  readonly emit: Emit
}

interface Decision {
  readonly proofId: string
  readonly approve: boolean
  readonly reason: string
}

/** More do not wait within ten minutes. */
const listed = 200

/** What waits for an approver at every desk on the same store, and the word of the one who is signed in here under their own bind. */
export class ApprovalList {
  readonly #parts: ApprovalListParts

  constructor(parts: ApprovalListParts) {
    this.#parts = parts
  }

  /** Oldest first. Throws `directory-…`: whether a person is privileged is asked each time. */
  async list(acting: Acting): Promise<WaitingApproval[]> {
    const { stores, clock } = this.#parts
    const waiting = await stores.proofs.waiting(clock.iso(), listed)
    const found = await Promise.all(waiting.map((proof) => this.#describe(acting, proof)))
    return found.filter((approval) => approval !== null)
  }

  /**
   * Throws `approval-over` when it was decided, has expired or ended; `reason-required` for a refusal without one; `role-required`,
   * `approver-is-agent`, `approver-is-target`.
   */
  async decide(acting: Acting, { proofId, approve, reason }: Decision): Promise<WaitingApproval[]> {
    const { stores, audit, clock, emit } = this.#parts
    const proof = await stores.proofs.get(proofId)
    if (proof === null) throw new AppError('approval-over')
    const request = await stores.requests.get(proof.requestId)
    const details = { approve, reason, kind: proof.attestation ?? '', agentId: proof.agentId }
    const event = { action: 'verification.approve', actor: actorOf(acting), ...subjectOf(request), details } as const
    try {
      await audit.record(event, async () => {
        const approver = await acting.current('approver')
        assertApprover({ agentId: proof.agentId, targetId: proof.personId, approver })
        if (!approve && reason.trim() === '') throw new AppError('reason-required')
        const isCase = request.state === 'claimed' && request.holder?.id === proof.agentId
        const isOver = proof.approval !== 'waiting' || proof.spentAt !== null || proof.expiresAt <= clock.iso()
        if (!isCase || isOver) throw new AppError('approval-over')
        if (!(await decideProof(this.#parts, { proof, approve, approver }))) throw new AppError('approval-over')
      })
    } finally {
      emit('approvals-changed', {})
      emit('verification-changed', { requestId: request.id })
    }
    return this.list(acting)
  }

  /** `null`: the person is gone from the directory, and nothing can be done for them. */
  async #describe(acting: Acting, proof: StoredProof): Promise<WaitingApproval | null> {
    const { stores } = this.#parts
    const request = await stores.requests.get(proof.requestId)
    const person = await acting.directory.card(proof.personId).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'person-not-found') return null
      throw error
    })
    if (person === null || proof.attestation === null) return null
    const note = (await stores.requests.events(request.id)).find(
      ({ at, kind, by }) => kind === 'note' && at === proof.provenAt && by?.id === proof.agentId,
    )
    return {
      proofId: proof.id,
      requestId: request.id,
      requestNumber: request.number,
      personId: proof.personId,
      personName: person.card.name,
      agentName: request.holder?.name ?? '',
      kind: proof.kind,
      attestation: proof.attestation,
      label: proof.label,
      note: note?.text ?? '',
      action: proof.action,
      privileged: person.card.privilege.privileged,
      askedAt: proof.provenAt,
      expiresAt: proof.expiresAt,
      refusal: refusalOf(proof, acting.operator.id),
    }
  }
}

function refusalOf({ agentId, personId }: StoredProof, approverId: string): WaitingApproval['refusal'] {
  if (agentId === approverId) return 'own-case'
  return personId === approverId ? 'own-account' : null
}
