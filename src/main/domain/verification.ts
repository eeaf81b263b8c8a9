import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Role } from '../../shared/model/operator'
import type { DirectoryNumber } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { AttestationKind, ProofKind, RegisteredMethod, VerificationStatus } from '../../shared/model/verification'
import type { Policy } from './policy'

/** What the caller asks for. Unlocking is the lesser part of a reset and needs the same. */
export type GateAction = 'reset' | 'unlock' | 'access-code' | 'registration'

/** What the rules need of a registered method; the stores' rows fit. */
export interface MethodFacts {
  readonly id: string
  readonly personId: PersonId
  readonly kind: ProofKind
  readonly registeredAt: string
  readonly firstInPerson: boolean
}

/** What the rules need of a proof; the stores' rows fit. */
export interface ProofFacts {
  readonly id: string
  readonly requestId: string
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly kind: ProofKind
  readonly methodId: string | null
  readonly attestation: AttestationKind | null
  readonly provenAt: string
  readonly expiresAt: string
  readonly approval: 'waiting' | 'approved' | 'refused' | null
  readonly approverId: PersonId | null
  readonly spentAt: string | null
}

/** Which methods count for this request, and why not. */
export interface MethodContext {
  readonly action: GateAction
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly policy: Pick<Policy, 'methodsRequired' | 'coolDownSeconds'>
  readonly request: Pick<ResetRequest, 'id' | 'personId' | 'channel' | 'createdAt'>
  /** Re-read from the directory. */
  readonly privileged: boolean
  /** Everything that is registered for the person, and the directory's numbers that the policy lets count. */
  readonly methods: readonly MethodFacts[]
  /** A gateway is set up: without one a telephone number is no method that anybody can pass. */
  readonly sendsCodes: boolean
}

export interface GateContext extends MethodContext {
  readonly agentId: PersonId
  /** All proofs of the request; the gate picks those that count. */
  readonly proofs: readonly ProofFacts[]
}

export interface MethodUsability {
  readonly unusable: RegisteredMethod['unusable']
  /** End of the waiting time of a `cooling-down` method, UTC ISO. */
  readonly usableAt: string | null
}

/** What the gate says of a request now; the fields of {@link VerificationStatus} and the proofs to spend. */
export interface Gate extends Pick<
  VerificationStatus,
  'required' | 'requiredStrong' | 'approvalRequired' | 'satisfied' | 'satisfiedUntil' | 'blocked'
> {
  /** Ids of every proof that counts now, to be spent together by the one operation they allow; empty unless satisfied. */
  readonly spend: readonly string[]
}

/** Kinds that resist a relayed code or a stolen number (DESIGN.md §5.4). */
export function isStrong(kind: ProofKind): boolean {
  return kind === 'app' || kind === 'key'
}

/** Whether a registered method can be asked for at this request, and if not, why. */
export function methodUsability(method: MethodFacts, context: MethodContext): MethodUsability {
  const never = excluded(method, context)
  if (never !== null) return { unusable: never, usableAt: null }
  if (isAnchor(method, context, context.now)) return { unusable: null, usableAt: null }

  const besideOlder =
    requiredKinds(context) > 1 &&
    context.methods.some(
      (other) =>
        other.kind !== method.kind && excluded(other, context) === null && isAnchor(other, context, context.now),
    )
  if (besideOlder) return { unusable: null, usableAt: null }

  const registeredAt = Date.parse(method.registeredAt)
  const usableAt = Number.isNaN(registeredAt) ? null : iso(registeredAt + context.policy.coolDownSeconds * 1000)
  return { unusable: 'cooling-down', usableAt }
}

/**
 * What is still wanted before a write, whether it is there, and which proofs it would spend. A privileged person needs two
 * strong kinds and an in-person check that an approver agreed to; anybody else the policy's number of kinds, or, with too few
 * usable ones, one approved attestation (DESIGN.md §5.3–5.4).
 */
export function gate(context: GateContext): Gate {
  const tooFew = hasTooFewMethods(context)
  const counting = context.proofs.filter((proof) => refusalOf(proof, context) === null)
  const blocked = blockedBy(context)
  const until = blocked === null ? satisfiedUntil(counting, context) : null

  return {
    required: context.privileged ? requiredKinds(context) : tooFew ? 1 : requiredKinds(context),
    requiredStrong: context.privileged ? 2 : 0,
    approvalRequired: context.privileged || tooFew,
    satisfied: until !== null,
    satisfiedUntil: until,
    blocked,
    spend: until === null ? [] : counting.map((proof) => proof.id),
  }
}

/**
 * Answers the gate if the write may go ahead. Throws, in this order, `self-action`, `privileged-by-phone`,
 * `privileged-needs-strong`, `approval-needed`, `proof-spent`, `proof-expired`, `caller-not-verified {required}`.
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
 * with two strong kinds also gets the in-person check: it carries the approver's agreement.
 */
export function attestationsAllowed(context: AttestationContext): AttestationKind[] {
  if (context.action === 'registration') return []
  const inPerson = context.request.channel === 'walk-in'
  if (context.privileged) return inPerson && !hasTooFewMethods(context) ? ['in-person'] : []
  if (!hasTooFewMethods(context)) return []

  const allowed: AttestationKind[] = []
  if (inPerson) allowed.push('in-person')
  if (callBackNumbers(context).length > 0) allowed.push('call-back')
  return allowed
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

/** Why a proof does not count. `foreign`: of another request, person, agent, an unusable method or not allowed here. */
type ProofRefusal = 'foreign' | 'refused' | 'spent' | 'expired' | 'waiting'

function refusalOf(proof: ProofFacts, context: GateContext): ProofRefusal | null {
  const { request } = context
  const ours =
    proof.requestId === request.id && proof.personId === request.personId && proof.agentId === context.agentId
  if (!ours || !(Date.parse(proof.provenAt) <= context.now)) return 'foreign'
  if (proof.kind === 'attested' ? !isFitAttestation(proof, context) : !isFitMethodProof(proof, context))
    return 'foreign'
  if (proof.approval === 'refused') return 'refused'
  if (proof.spentAt !== null) return 'spent'
  if (!(context.now < Date.parse(proof.expiresAt))) return 'expired'
  if (proof.approval === 'waiting') return 'waiting'
  return null
}

function isFitAttestation(proof: ProofFacts, context: GateContext): boolean {
  if (context.action === 'registration' || proof.approval === null) return false
  if (proof.attestation !== 'in-person' && (proof.attestation !== 'call-back' || context.privileged)) return false
  if (proof.attestation === 'in-person' && context.request.channel !== 'walk-in') return false
  const approver = proof.approverId
  return (
    proof.approval !== 'approved' || (approver !== null && approver !== proof.agentId && approver !== proof.personId)
  )
}

function isFitMethodProof(proof: ProofFacts, context: GateContext): boolean {
  const method = methodOf(proof, context)
  return method !== null && proof.attestation === null && excluded(method, context) === null
}

function methodOf(proof: ProofFacts, context: MethodContext): MethodFacts | null {
  const method = context.methods.find(({ id, kind }) => id === proof.methodId && kind === proof.kind)
  return method ?? null
}

/** Whether these proofs, counted as valid, are what the policy wants. */
function isSatisfiedBy(proofs: readonly ProofFacts[], context: GateContext): boolean {
  const attested = proofs.some(({ kind }) => kind === 'attested')
  if (!context.privileged && hasTooFewMethods(context)) return attested
  if (context.privileged && !attested) return false

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
  if (!context.privileged) return null
  if (context.request.channel === 'phone') return 'privileged-by-phone'
  return hasTooFewMethods(context) ? 'privileged-needs-strong' : null
}

function hasTooFewMethods(context: MethodContext): boolean {
  const usable = context.methods.filter((method) => methodUsability(method, context).unusable === null)
  return new Set(usable.map(({ kind }) => kind)).size < requiredKinds(context)
}

/** How many kinds of methods a person needs: two for a privileged one, whatever the policy says. */
export function requiredKinds(context: Pick<MethodContext, 'policy' | 'privileged'>): number {
  return Math.max(context.privileged ? 2 : 1, context.policy.methodsRequired)
}

/** Why a method can never count for this request, however long one waits. */
function excluded(method: MethodFacts, context: MethodContext): Exclude<RegisteredMethod['unusable'], 'cooling-down'> {
  if (method.personId !== context.request.personId || method.kind === 'attested') return 'not-in-policy'
  if (!(Date.parse(method.registeredAt) <= Date.parse(context.request.createdAt))) return 'registered-after-request'
  if (method.kind === 'phone' && !context.sendsCodes) return 'not-in-policy'
  if (context.privileged && !isStrong(method.kind)) return 'not-for-privileged'
  const resetOnly = method.kind === 'mail' || method.kind === 'knowledge'
  return resetOnly && context.action !== 'reset' && context.action !== 'unlock' ? 'not-in-policy' : null
}

/** Old enough to count by itself, or the first one after proofing in person. */
function isAnchor(method: MethodFacts, context: MethodContext, at: number): boolean {
  return method.firstInPerson || at - Date.parse(method.registeredAt) >= context.policy.coolDownSeconds * 1000
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
