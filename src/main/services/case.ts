import type { Operator } from '../../shared/model/operator'
import type { PersonCard } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { Clock } from '../clock'
import { failureBounds } from '../domain/failures'
import type { Policy } from '../domain/policy'
import type { AttestationContext, GateAction, GateContext } from '../domain/verification'
import type { FailureState, StoredMethod, StoredProof, Stores } from '../stores/stores'
import type { Acting } from './session'

/** A request with everything that its rules look at, read at one moment. */
export interface Case {
  readonly request: ResetRequest
  /** The person by the directory's word of now. */
  readonly card: PersonCard
  readonly methods: readonly StoredMethod[]
  readonly proofs: readonly StoredProof[]
  readonly failures: FailureState
  readonly gate: GateContext & AttestationContext
}

/** Reads the person again from the directory, and methods, proofs and failures from the stores. */
export async function readCase(
  parts: {
    readonly stores: Pick<Stores, 'methods' | 'proofs' | 'failures'>
    readonly clock: Clock
    readonly policy: Policy
  },
  acting: Acting,
  operator: Operator,
  request: ResetRequest,
  action: GateAction,
): Promise<Case> {
  const { stores, clock, policy } = parts
  const { card } = await acting.directory.card(request.personId)
  const methods = await stores.methods.ofPerson(request.personId)
  const proofs = await stores.proofs.ofRequest(request.id)
  const now = clock.now()
  const { windowStart } = failureBounds(now, policy)
  const failures = await stores.failures.state(request.personId, windowStart, clock.iso())
  const { numbers } = card
  const { privileged } = card.privilege
  const gate = { action, now, policy, request, privileged, methods, proofs, numbers, agentId: operator.id }
  return { request, card, methods, proofs, failures, gate }
}
