import { AppError } from '../../shared/errors'
import type { Attestation, CallBackEvidence, VerificationStatus } from '../../shared/model/verification'
import type { AuditDetails } from '../audit/audit'
import { attestationsAllowed, callBackNumbers } from '../domain/verification'
import type { StoredProof } from '../stores/stores'
import { keepProof } from './case'
import type { Case } from './case'
import type { Acting } from './session'
import type { CaseWork, CaseWorkParts } from './verification-case'

/** What the agent saw or heard themselves, and an approver's agreement to what was proven; each counts once an approver agrees. */
export class Attestations {
  readonly #parts: CaseWorkParts
  readonly #work: CaseWork

  constructor(parts: CaseWorkParts, work: CaseWork) {
    this.#parts = parts
    this.#work = work
  }

  /** Throws `attestation-not-allowed`, `approval-needed` while another one waits, and what the holder's rule refuses. */
  attest(acting: Acting, requestId: string, attestation: Attestation, note: string): Promise<VerificationStatus> {
    const event = { action: 'verification.attest', details: detailsOf(attestation) } as const
    return this.#work.inTurn(acting, requestId, event, async () => {
      const found = await this.#work.openCase(acting, requestId)
      const label = labelOf(found, attestation)
      if (!attestationsAllowed(found.gate).includes(attestation.kind) || label === null) {
        throw new AppError('attestation-not-allowed')
      }
      const proof = this.#work.proofOf(found, {
        kind: 'attested',
        methodId: null,
        label,
        attestation: attestation.kind,
        approval: 'waiting',
      })
      await keepAttested(this.#parts, acting, found, proof, note)
      return this.#work.again(found)
    })
  }
}

/** Keeps an attested proof with what the agent wrote to it. Throws `approval-needed` while another one waits. */
export async function keepAttested(
  parts: Pick<CaseWorkParts, 'stores' | 'clock' | 'emit'>,
  acting: Acting,
  found: Case,
  proof: StoredProof,
  note: string,
): Promise<void> {
  const { stores, emit } = parts
  if (found.proofs.some((each) => isWaiting(each, found.gate.now))) throw new AppError('approval-needed')
  await keepProof(parts, found.request, proof)
  if (note !== '') {
    const by = { id: acting.operator.id, name: acting.operator.name }
    // Of the same moment as the proof: the list of approvals finds it by that.
    await stores.requests.addEvent(found.request.id, { at: proof.provenAt, kind: 'note', by, text: note })
    emit('queue-changed', { requestId: found.request.id })
  }
  if (proof.approval === 'waiting') emit('approvals-changed', {})
}

export function isWaiting(proof: StoredProof, now: number): boolean {
  return proof.approval === 'waiting' && proof.spentAt === null && now < Date.parse(proof.expiresAt)
}

/** Facts for the audit: who answered, what was asked. */
export function evidenceDetails({ answeredBy, asked }: CallBackEvidence): { answeredBy: string; asked: string } {
  return { answeredBy, asked: asked.join(' ') }
}

/** Which document was seen, or which field was dialled: never a number of either. */
function detailsOf(attestation: Attestation): AuditDetails {
  const { kind } = attestation
  switch (attestation.kind) {
    case 'in-person':
      return { kind, evidence: attestation.document }
    case 'call-back':
      return { kind, evidence: attestation.field, ...evidenceDetails(attestation) }
    case 'second-person':
      return { kind }
  }
}

/** Document code or masked number; `null` for a number that must not be used. */
function labelOf(found: Case, attestation: Attestation): string | null {
  switch (attestation.kind) {
    case 'in-person':
      return attestation.document
    case 'call-back':
      return callBackNumbers(found.gate).find(({ field }) => field === attestation.field)?.masked ?? null
    case 'second-person':
      return ''
  }
}
