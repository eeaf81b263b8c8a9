import type { Operator } from '../../shared/model/operator'
import type { PersonCard } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { RegisteredMethod } from '../../shared/model/verification'
import type { Clock } from '../clock'
import { failureBounds } from '../domain/failures'
import type { Policy } from '../domain/policy'
import type { AttestationContext, GateAction, GateContext } from '../domain/verification'
import type { FailureState, StoredMethod, StoredProof, Stores } from '../stores/stores'
import type { Codes } from './codes'
import type { Acting } from './session'

/** A registered method, or a number of the directory that the policy lets count. */
export interface CaseMethod extends StoredMethod {
  readonly source: RegisteredMethod['source']
}

/** A request with everything that its rules look at, read at one moment. */
export interface Case {
  readonly request: ResetRequest
  /** The person by the directory's word of now. */
  readonly card: PersonCard
  readonly methods: readonly CaseMethod[]
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
    readonly codes: Pick<Codes, 'canSend' | 'directoryMethods'>
  },
  acting: Acting,
  operator: Operator,
  request: ResetRequest,
  action: GateAction,
): Promise<Case> {
  const { stores, clock, policy, codes } = parts
  const person = await acting.directory.card(request.personId)
  const { card } = person
  const registered = await stores.methods.ofPerson(request.personId)
  const fromDirectory = await codes.directoryMethods(person, registered)
  const methods = [...withSource('registered', registered), ...withSource('directory', fromDirectory)]
  const proofs = await stores.proofs.ofRequest(request.id)
  const now = clock.now()
  const { windowStart } = failureBounds(now, policy)
  const failures = await stores.failures.state(request.personId, windowStart, clock.iso())
  const { numbers } = card
  const { privileged } = card.privilege
  const gate = {
    action,
    now,
    policy,
    request,
    privileged,
    methods,
    proofs,
    numbers,
    sendsCodes: codes.canSend,
    agentId: operator.id,
  }
  return { request, card, methods, proofs, failures, gate }
}

export function withSource(source: CaseMethod['source'], methods: readonly StoredMethod[]): CaseMethod[] {
  return methods.map((method) => ({ ...method, source }))
}
