import type { ProofSummary, RegisteredMethod, Sending, VerificationStatus } from '../../shared/model/verification'
import { failureView } from '../domain/failures'
import type { Policy } from '../domain/policy'
import { attestationsAllowed, callBackNumbers, gate, methodUsability } from '../domain/verification'
import type { StoredProof } from '../stores/stores'
import type { Case, CaseMethod } from './case'

/** Codes in a row that must be off the same way before the agent is told that the clock is wrong. */
const driftChecks = 3

/** What is told of a telephone number besides its method: its last digits, and how sending stands. */
export interface NumberView {
  readonly masked: string
  readonly sending: Sending
}

/** The case as the checking panel shows it: nothing secret, nothing unmasked. `numbers` by method. */
export function describeCase(
  found: Case,
  policy: Policy,
  numbers: ReadonlyMap<string, NumberView>,
): VerificationStatus {
  const { spend: _spend, ...wanted } = gate(found.gate)
  const { now, privileged } = found.gate
  const { remaining: _remaining, ...failures } = failureView(found.failures, {
    now,
    requestId: found.request.id,
    policy,
  })
  const attestations = wanted.blocked === null ? attestationsAllowed(found.gate) : []
  return {
    requestId: found.request.id,
    methods: found.methods.map((method) => describeMethod(method, found, policy, numbers.get(method.id))),
    proofs: found.proofs.map((proof) => describeProof(proof, now)),
    ...wanted,
    privileged,
    ...failures,
    attestations,
    callBackNumbers: attestations.includes('call-back')
      ? callBackNumbers(found.gate).map(({ field, masked }) => ({ field, masked }))
      : [],
  }
}

function describeMethod(
  method: CaseMethod,
  found: Case,
  policy: Policy,
  number: NumberView | undefined,
): RegisteredMethod {
  const { id, kind, label, source, registeredAt, lastUsedAt } = method
  return {
    id,
    kind,
    label,
    masked: number?.masked ?? '',
    source,
    sending: number?.sending ?? null,
    registeredAt,
    lastUsedAt,
    ...methodUsability(method, found.gate),
    driftSeconds: steadyDrift(method.recentDrift) * policy.totpStepSeconds,
  }
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
  const { id, kind, attestation, label, provenAt, expiresAt, approverName } = proof
  const approvedBy = proof.approval === 'approved' ? approverName : null
  return { id, kind, attestation, label, provenAt, expiresAt, state: stateOf(proof, now), approvedBy }
}

function stateOf(proof: StoredProof, now: number): ProofSummary['state'] {
  if (proof.spentAt !== null) return 'spent'
  if (proof.approval === 'refused') return 'refused'
  if (now >= Date.parse(proof.expiresAt)) return 'expired'
  return proof.approval === 'waiting' ? 'waiting' : 'valid'
}
