import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Role } from '../../shared/model/operator'
import type { DirectoryNumber } from '../../shared/model/person'
import type { AttestationKind, ProofKind, VerificationStatus } from '../../shared/model/verification'
import type { Policy } from './policy'
import {
  excluded,
  hasTooFewMethods,
  isAnchor,
  methodUsability,
  methodWays,
  requiredKinds,
} from './verification-methods'
import type { GateAction, MethodContext, MethodFacts, MethodUsability } from './verification-methods'

/** What a proof was given for; one for a reset allows an unlock too, and nothing allows a change of methods. */
type ProvenAction = Exclude<GateAction, 'unlock' | 'registration'>

/** What the rules need of a proof; the stores' rows fit. */
export interface ProofFacts {
  readonly id: string
  readonly requestId: string
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly kind: ProofKind
  readonly methodId: string | null
  readonly attestation: AttestationKind | null
  readonly action: ProvenAction
  readonly provenAt: string
  readonly expiresAt: string
  readonly approval: 'waiting' | 'approved' | 'refused' | null
  readonly approverId: PersonId | null
  readonly spentAt: string | null
}

/** A request with its methods and proofs, as one agent works on it. */
export interface GateContext extends MethodContext {
  readonly policy: MethodContext['policy'] & Pick<Policy, 'callBackNeedsApproval'>
  readonly agentId: PersonId
  /** All proofs of the request; the gate picks those that count. */
  readonly proofs: readonly ProofFacts[]
}

/** What the gate says of a request now; the fields of {@link VerificationStatus} and the proofs to spend. */
export interface Gate extends Pick<
  VerificationStatus,
  'required' | 'requiredStrong' | 'approvalRequired' | 'satisfied' | 'satisfiedUntil' | 'blocked'
> {
  /** Ids of every proof that counts now, to be spent together by the one operation they allow; empty unless satisfied. */
  readonly spend: readonly string[]
}

/**
 * {@link methodUsability}, and `same-kind` where a check of this kind has passed: a second one of it proves nothing new (SMS and voice of
 * one number are one factor, DOMAIN.md C2).
 */
export function checkUsability(method: MethodFacts, context: GateContext): MethodUsability {
  const standing = methodUsability(method, context)
  const passed = context.proofs.some((proof) => proof.kind === method.kind && refusalOf(proof, context) === null)
  return standing.unusable === null && passed ? { unusable: 'same-kind', usableAt: null } : standing
}

/**
 * What is still wanted before a write, whether it is there, and which proofs it would spend. A privileged person needs two
 * strong kinds and an in-person check that an approver agreed to; under heightened threat everybody an approver's agreement, and two
 * strong kinds or the check in person; anybody else the policy's number of kinds, or, with too few usable ones, one approved
 * attestation (DESIGN.md §5.3–5.4).
 */
export function gate(context: GateContext): Gate {
  const tooFew = hasTooFewMethods(context)
  const counting = context.proofs.filter((proof) => refusalOf(proof, context) === null)
  const blocked = blockedBy(context)
  const until = blocked === null ? satisfiedUntil(counting, context) : null

  return {
    required: tooFew && !context.privileged ? 1 : requiredKinds(context),
    requiredStrong: context.privileged || (context.heightened && !tooFew) ? 2 : 0,
    approvalRequired: context.privileged || context.heightened || tooFew,
    satisfied: until !== null,
    satisfiedUntil: until,
    blocked,
    spend: until === null ? [] : counting.map((proof) => proof.id),
  }
}

/**
 * Answers the gate if the write may go ahead. Throws, in this order, `self-action`, `privileged-by-phone`,
 * `privileged-needs-strong`, `heightened-by-phone`, `approval-needed`, `proof-spent`, `proof-expired`, `caller-not-verified {required}`.
 */
export function assertGate(context: GateContext): Gate {
  const answer = gate(context)
  if (answer.blocked !== null) throw new AppError(answer.blocked === 'self' ? 'self-action' : answer.blocked)
  if (answer.satisfied) return answer

  const without = (...lacks: readonly ProofRefusal[]): boolean =>
    isSatisfiedBy(
      context.proofs.filter((proof) => {
        const refusal = refusalOf(proof, context)
        return refusal === null || lacks.includes(refusal)
      }),
      context,
    )
  if (without('waiting')) throw new AppError('approval-needed')
  if (without('spent')) throw new AppError('proof-spent')
  if (without('expired')) throw new AppError('proof-expired')
  if (without('spent', 'expired', 'waiting')) throw new AppError('proof-expired')
  throw new AppError('caller-not-verified', { required: answer.required })
}

export interface AttestationContext extends MethodContext {
  /** The person's numbers in the directory now. */
  readonly numbers: readonly DirectoryNumber[]
}

/** Directory numbers that a call-back may use: known to be unchanged for the waiting time (DESIGN.md §5.4). */
export function callBackNumbers(context: AttestationContext): DirectoryNumber[] {
  return context.numbers.filter(
    ({ changedAt }) =>
      changedAt !== null && context.now - Date.parse(changedAt) >= context.policy.coolDownSeconds * 1000,
  )
}

/**
 * Ways to proof a person here whose own methods do not suffice; none for a person with enough of them. A privileged person
 * with two strong kinds also gets the in-person check: it carries the approver's agreement. Under heightened threat everybody may be
 * proofed in person, and an approver may agree to what two strong kinds have proven.
 */
export function attestationsAllowed(context: AttestationContext): AttestationKind[] {
  if (context.action === 'registration') return []
  const tooFew = hasTooFewMethods(context)
  const inPerson: AttestationKind[] = context.request.channel === 'walk-in' ? ['in-person'] : []
  if (context.privileged) return tooFew ? [] : inPerson
  if (context.heightened) return tooFew ? inPerson : [...inPerson, 'second-person']
  if (!tooFew) return []
  const callable = context.policy.allowCallBack && callBackNumbers(context).length > 0
  return callable ? [...inPerson, 'call-back'] : inPerson
}

/**
 * Throws `approver-without-role`, `approver-is-agent` or `approver-is-target` unless this is a second person who may agree
 * (DESIGN.md §5.3).
 */
export function assertApprover(parties: {
  readonly agentId: PersonId
  readonly targetId: PersonId
  readonly approver: { readonly id: PersonId; readonly roles: readonly Role[] }
}): void {
  if (parties.approver.id === parties.agentId) throw new AppError('approver-is-agent')
  if (parties.approver.id === parties.targetId) throw new AppError('approver-is-target')
  if (!parties.approver.roles.includes('approver')) throw new AppError('approver-without-role')
}

/** Why a proof does not count. `foreign`: of another request, person, agent, an unusable method or not allowed here, or for something else. */
type ProofRefusal = 'foreign' | 'refused' | 'spent' | 'expired' | 'waiting'

function refusalOf(proof: ProofFacts, context: GateContext): ProofRefusal | null {
  const { request } = context
  const ours =
    proof.requestId === request.id && proof.personId === request.personId && proof.agentId === context.agentId
  if (!ours || !(Date.parse(proof.provenAt) <= context.now)) return 'foreign'
  if (proof.action !== (context.action === 'unlock' ? 'reset' : context.action)) return 'foreign'
  if (proof.kind === 'attested' ? !isFitAttestation(proof, context) : !isFitMethodProof(proof, context))
    return 'foreign'
  if (proof.approval === 'refused') return 'refused'
  if (proof.spentAt !== null) return 'spent'
  if (!(context.now < Date.parse(proof.expiresAt))) return 'expired'
  if (proof.approval === 'waiting') return 'waiting'
  return null
}

function isFitAttestation(proof: ProofFacts, context: GateContext): boolean {
  if (proof.approval === null || !isBySecondPerson(proof)) return false
  switch (proof.attestation) {
    case 'in-person':
      return context.request.channel === 'walk-in'
    case 'call-back':
      return !context.privileged && !context.heightened && context.policy.allowCallBack
    case 'second-person':
      return !context.privileged && context.heightened
    case null:
      return false
  }
}

function isFitMethodProof(proof: ProofFacts, context: GateContext): boolean {
  const method = methodOf(proof, context)
  // A key that was touched has proven itself, wherever the write is asked for.
  if (method === null || excluded(method, { ...context, keyReader: true }) !== null) return false
  if (proof.attestation === null) return proof.approval === null
  return proof.attestation === 'call-back' && mayBeCalledBack(method, context) && isAgreedCallBack(proof, context)
}

/** Whether the agent may call a registered number back in place of sending a code to it. */
export function mayBeCalledBack(method: MethodFacts, context: MethodContext): boolean {
  return methodWays(method, context).some(({ way, refusal }) => way === 'call-back' && refusal === null)
}

function isAgreedCallBack(proof: ProofFacts, { policy }: GateContext): boolean {
  return proof.approval === null ? !policy.callBackNeedsApproval : isBySecondPerson(proof)
}

/** Whoever agreed is neither the agent nor the person. */
function isBySecondPerson({ approval, approverId, agentId, personId }: ProofFacts): boolean {
  return approval !== 'approved' || (approverId !== null && approverId !== agentId && approverId !== personId)
}

function methodOf(proof: ProofFacts, context: MethodContext): MethodFacts | null {
  const method = context.methods.find(({ id, kind }) => id === proof.methodId && kind === proof.kind)
  return method ?? null
}

/** Whether these proofs, counted as valid, are what the policy wants. */
function isSatisfiedBy(proofs: readonly ProofFacts[], context: GateContext): boolean {
  const attested = (...kinds: readonly AttestationKind[]): boolean =>
    proofs.some(({ kind, attestation }) => kind === 'attested' && attestation !== null && kinds.includes(attestation))
  if (context.privileged) return attested('in-person') && isChecked(proofs, context)
  if (context.heightened) return attested('in-person') || (attested('second-person') && isChecked(proofs, context))
  if (hasTooFewMethods(context)) return attested('in-person', 'call-back')
  return isChecked(proofs, context)
}

/** Whether the person's own methods have proven as much as the policy wants. */
function isChecked(proofs: readonly ProofFacts[], context: GateContext): boolean {
  const checks = proofs.filter(({ kind }) => kind !== 'attested')
  // By the time of the check, not by now: a method that becomes old enough meanwhile does not make its proof count.
  const anchored = checks.some((proof) => {
    const method = methodOf(proof, context)
    return method !== null && isAnchor(method, context, Date.parse(proof.provenAt))
  })
  return anchored && new Set(checks.map(({ kind }) => kind)).size >= requiredKinds(context)
}

/** The last instant until which these proofs suffice; `null` when they do not now. */
function satisfiedUntil(proofs: readonly ProofFacts[], context: GateContext): string | null {
  const ends = proofs.map(({ expiresAt }) => Date.parse(expiresAt)).sort((one, other) => other - one)
  const end = ends.find((candidate) =>
    isSatisfiedBy(
      proofs.filter(({ expiresAt }) => Date.parse(expiresAt) >= candidate),
      context,
    ),
  )
  return end === undefined ? null : iso(end)
}

function blockedBy(context: GateContext): VerificationStatus['blocked'] {
  if (context.agentId === context.request.personId) return 'self'
  const isHere = context.request.channel === 'walk-in'
  if (context.privileged) {
    if (!isHere) return 'privileged-by-phone'
    return hasTooFewMethods(context) ? 'privileged-needs-strong' : null
  }
  // Nobody can be proofed in person from afar, and a key proves something here only.
  return context.heightened && !isHere && hasTooFewMethods(context) ? 'heightened-by-phone' : null
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
