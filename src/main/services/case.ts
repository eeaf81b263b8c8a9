import { AppError } from '../../shared/errors'
import type { Operator } from '../../shared/model/operator'
import type { PersonCard } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { RegisteredMethod } from '../../shared/model/verification'
import type { Clock } from '../clock'
import type { DirectoryPerson } from '../directory/directory'
import { failureBounds } from '../domain/failures'
import type { Policy } from '../domain/policy'
import type { AttestationContext, GateContext } from '../domain/verification'
import type { GateAction } from '../domain/verification-methods'
import type { FailureState, StoredProof, Stores } from '../stores/stores'
import type { Codes } from './codes'
import type { Destinations, ReachedMethod } from './codes-destinations'
import type { SecurityKeyService } from './security-keys'
import type { Acting } from './session'

/** A registered method, or a number of the directory that the policy lets count. */
export interface CaseMethod extends ReachedMethod {
  readonly source: RegisteredMethod['source']
}

/** A request with everything that its rules look at, read at one moment. */
export interface Case {
  readonly request: ResetRequest
  /** The person by the directory's word of now. */
  readonly person: DirectoryPerson
  readonly card: PersonCard
  readonly methods: readonly CaseMethod[]
  readonly proofs: readonly StoredProof[]
  readonly failures: FailureState
  readonly gate: GateContext & AttestationContext
}

/** What a case is read from. */
export interface CaseParts {
  readonly stores: Pick<Stores, 'methods' | 'proofs' | 'failures' | 'threat'>
  readonly clock: Clock
  readonly policy: Policy
  readonly codes: Pick<Codes, 'channels'>
  readonly destinations: Pick<Destinations, 'reach' | 'inDirectory'>
  readonly securityKeys: Pick<SecurityKeyService, 'canRead'>
}

/** Reads the person again from the directory, and methods, proofs and failures from the stores. */
export async function readCase(
  parts: CaseParts,
  acting: Acting,
  operator: Operator,
  request: ResetRequest,
  action: GateAction,
): Promise<Case> {
  const person = await acting.directory.card(request.personId)
  return readStored(parts, { request, person, agentId: operator.id, action })
}

/** The same with the person as just read: what the stores say now. */
export async function readStored(
  { stores, clock, policy, codes, destinations, securityKeys }: CaseParts,
  asked: {
    readonly request: ResetRequest
    readonly person: DirectoryPerson
    readonly agentId: string
    readonly action: GateAction
  },
): Promise<Case> {
  const { request, person, agentId, action } = asked
  const { card } = person
  const registered = await destinations.reach(request.personId, await stores.methods.ofPerson(request.personId))
  const fromDirectory = destinations.inDirectory(person, registered)
  const methods = [...withSource('registered', registered), ...withSource('directory', fromDirectory)]
  const proofs = await stores.proofs.ofRequest(request.id)
  const { heightened } = await stores.threat.get()
  const keyReader = methods.some(({ kind }) => kind === 'key') && (await securityKeys.canRead())
  const now = clock.now()
  const { windowStart } = failureBounds(now, policy)
  const failures = await stores.failures.state(request.personId, windowStart, clock.iso())
  const gate = {
    action,
    now,
    policy,
    request,
    privileged: card.privilege.privileged,
    heightened,
    methods,
    proofs,
    numbers: card.numbers,
    channels: codes.channels,
    keyReader,
    agentId,
  }
  return { request, person, card, methods, proofs, failures, gate }
}

function withSource(source: CaseMethod['source'], methods: readonly ReachedMethod[]): CaseMethod[] {
  return methods.map((method) => ({ ...method, source }))
}

/**
 * Keeps a proof of this case. Whoever takes the request on or away ends its proofs: one that was under way just then is ended as well.
 * Throws `request-changed`.
 */
export async function keepProof(
  parts: { readonly stores: Pick<Stores, 'requests' | 'proofs'>; readonly clock: Clock },
  request: ResetRequest,
  proof: StoredProof,
): Promise<void> {
  const { stores, clock } = parts
  await stores.proofs.add(proof)
  const { id, number, version } = await stores.requests.get(request.id)
  if (version === request.version) return
  await stores.proofs.revoke(id, clock.iso())
  throw new AppError('request-changed', { requestId: id, number })
}
