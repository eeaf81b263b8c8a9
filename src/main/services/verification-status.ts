import type { MethodWay, ProofSummary, RegisteredMethod, VerificationStatus } from '../../shared/model/verification'
import { failureView } from '../domain/failures'
import type { Policy } from '../domain/policy'
import { maskAddress } from '../domain/registration-address'
import { maskNumber } from '../domain/sms-number'
import { attestationsAllowed, callBackNumbers, checkUsability, gate } from '../domain/verification'
import { isDueForConfirmation, methodWays } from '../domain/verification-methods'
import type { SentCodeRow, StoredProof } from '../stores/stores'
import type { Case, CaseMethod } from './case'
import type { Codes, SendLimits } from './codes'

/** Codes in a row that must be off the same way before the agent is told that the clock is wrong. */
const driftChecks = 3

interface Telling {
  readonly codes: Codes
  readonly policy: Policy
  /** The last codes of this agent, by method. */
  readonly sent: ReadonlyMap<string, SentCodeRow>
}

/** The case as the checking panel shows it: nothing secret, nothing unmasked. */
export async function describeCase(found: Case, telling: Telling): Promise<VerificationStatus> {
  const { policy } = telling
  const { spend: _spend, ...wanted } = gate(found.gate)
  const { now, privileged, heightened } = found.gate
  const { remaining: _remaining, ...failures } = failureView(found.failures, {
    now,
    requestId: found.request.id,
    policy,
  })
  const attestations = wanted.blocked === null ? attestationsAllowed(found.gate) : []
  return {
    requestId: found.request.id,
    methods: await Promise.all(found.methods.map((method) => describeMethod(method, found, telling))),
    proofs: found.proofs.map((proof) => describeProof(proof, now)),
    ...wanted,
    privileged,
    heightened,
    ...failures,
    attestations,
    callBackNumbers: attestations.includes('call-back')
      ? callBackNumbers(found.gate).map(({ field, masked }) => ({ field, masked }))
      : [],
  }
}

/** All that anybody sees of where a method leads to. */
export function maskOf({ kind, destination }: Pick<CaseMethod, 'kind' | 'destination'>): string {
  if (destination === null) return ''
  return kind === 'mail' ? maskAddress(destination.to) : maskNumber(destination.to)
}

async function describeMethod(method: CaseMethod, found: Case, telling: Telling): Promise<RegisteredMethod> {
  const { id, type, kind, label, isDefault, source, registeredAt, lastUsedAt, destination } = method
  const { codes, policy, sent } = telling
  const limits =
    destination === null
      ? null
      : await codes.limits({ to: destination.to, channel: kind === 'mail' ? 'mail' : 'sms', purpose: 'check' })
  return {
    id,
    type,
    kind,
    label,
    masked: maskOf(method),
    isDefault,
    source,
    ways: limits === null ? [] : waysNow(method, found, limits),
    sending: limits === null ? null : codes.sending(limits, sent.get(id) ?? null),
    registeredAt,
    lastUsedAt,
    ...checkUsability(method, found.gate),
    dueForConfirmation: isDueForConfirmation(method, found.gate.now, policy),
    driftSeconds: steadyDrift(method.recentDrift) * policy.totpStepSeconds,
  }
}

/** Those that set-up and policy leave open wait for the limits; a call that the agent makes has none. */
function waysNow(method: CaseMethod, { gate: context }: Case, limits: SendLimits): MethodWay[] {
  return methodWays(method, context).map(({ way, refusal }) =>
    refusal !== null || way === 'call-back'
      ? { way, refusal, possibleAt: null }
      : { way, refusal: limits.refusal, possibleAt: limits.possibleAt },
  )
}

/** Steps by which the last codes were all off to the same side; 0 when one of them was right. */
function steadyDrift(recent: readonly number[]): number {
  const last = recent.slice(-driftChecks)
  if (last.length < driftChecks) return 0
  if (last.every((drift) => drift > 0)) return Math.min(...last)
  if (last.every((drift) => drift < 0)) return Math.max(...last)
  return 0
}

function describeProof(proof: StoredProof, now: number): ProofSummary {
  const { id, kind, label, attestation, provenAt, expiresAt, approverName } = proof
  const approvedBy = proof.approval === 'approved' ? approverName : null
  return { id, kind, label, attestation, provenAt, expiresAt, state: stateOf(proof, now), approvedBy }
}

function stateOf(proof: StoredProof, now: number): ProofSummary['state'] {
  if (proof.spentAt !== null) return 'spent'
  if (proof.approval === 'refused') return 'refused'
  if (now >= Date.parse(proof.expiresAt)) return 'expired'
  return proof.approval === 'waiting' ? 'waiting' : 'valid'
}
