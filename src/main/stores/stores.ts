import type { PersonId } from '../../shared/model/common'
import type {
  Holder,
  RequestEvent,
  RequestReason,
  RequestChannel,
  RequestState,
  ResetRequest,
} from '../../shared/model/request'
import type { ProofKind, AttestationKind } from '../../shared/model/verification'
import type { Preferences } from '../../shared/model/settings'

/**
 * The desk's own data behind SQL. One spec runs on every database (`tests/integration/stores.test.ts`). Everything that two
 * agents may race for is a compare-and-set that answers whether it won (DESIGN.md §5.1). Rows that decide something carry a
 * MAC of the vault; a row that does not fit throws `store-tampered`.
 */
export interface Stores {
  readonly requests: RequestStore
  readonly methods: MethodStore
  readonly proofs: ProofStore
  readonly failures: FailureStore
  readonly preferences: PreferenceStore
  close(): Promise<void>
}

export interface NewRequest {
  readonly personId: PersonId
  readonly personName: string
  readonly personReading: string
  readonly personUserId: string
  readonly personDepartment: string
  readonly channel: RequestChannel
  readonly reason: RequestReason
  readonly createdBy: Holder
  readonly at: string
  readonly expiresAt: string
  readonly note: string
}

export interface RequestQuery {
  /** Empty: every state. */
  readonly states: readonly RequestState[]
  /** `null`: anyone; `nobody` (no person's id looks like that): unclaimed ones. */
  readonly holderId: PersonId | null
  /** Each word must occur in name, reading or user ID, or be the number (`12`, `#12`); case, width and kana folded. */
  readonly text: string
  readonly cursor: string | null
  readonly limit: number
}

export interface RequestChange {
  readonly state: RequestState
  readonly holder: Holder | null
  readonly expiresAt: string | null
  readonly event: Omit<RequestEvent, 'id'>
}

export interface RequestStore {
  /** Throws `request-exists` with `requestId` and `number` when the person has an open or claimed request. */
  create(request: NewRequest): Promise<ResetRequest>
  /** Throws `request-not-found`. */
  get(id: string): Promise<ResetRequest>
  events(id: string): Promise<RequestEvent[]>
  /** Newest first, by keyset; `cursor` is opaque. Throws `invalid-input` for a cursor that is not from here. */
  list(query: RequestQuery): Promise<{ requests: ResetRequest[]; nextCursor: string | null; total: number }>
  /**
   * Moves the request on if its version is still `version`, and writes the event, in one transaction.
   * Throws `request-changed` when somebody else was first, `request-exists` when a reopened one meets a newer open case.
   */
  change(id: string, version: number, change: RequestChange): Promise<ResetRequest>
  addEvent(id: string, event: Omit<RequestEvent, 'id'>): Promise<RequestEvent>
  /** Expires open, unclaimed requests whose time is over; answers what was expired. */
  expire(now: string): Promise<ResetRequest[]>
}

export interface StoredMethod {
  readonly id: string
  readonly personId: PersonId
  readonly kind: ProofKind
  readonly label: string
  readonly registeredAt: string
  readonly lastUsedAt: string | null
  /** It was the person's first, after proofing in person: exempt from the waiting time (DESIGN.md §5.4). */
  readonly firstInPerson: boolean
  /** Sealed by the vault; only the adapter opens it. */
  readonly secret: Uint8Array
  /** Highest TOTP time step accepted so far; each is accepted once (RFC 6238 §5.2). */
  readonly lastStep: number | null
  /** Steps by which recent codes were off, newest last, at most 5. */
  readonly recentDrift: readonly number[]
}

export interface MethodStore {
  ofPerson(personId: PersonId): Promise<StoredMethod[]>
  get(id: string): Promise<StoredMethod>
  add(method: StoredMethod): Promise<void>
  /** Ends a method for good; `false`: it was gone already. */
  remove(id: string): Promise<boolean>
  /** Accepts a time step only if it is later than every accepted one; `false`: it was used before. */
  acceptStep(id: string, step: number, drift: number, at: string): Promise<boolean>
}

/**
 * A passed check (DESIGN.md §5.1): bound to request, agent, target and single use. `attested` ones also wait for an
 * approver.
 */
export interface StoredProof {
  readonly id: string
  readonly requestId: string
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly kind: ProofKind
  readonly methodId: string | null
  readonly label: string
  readonly attestation: AttestationKind | null
  readonly provenAt: string
  readonly expiresAt: string
  /** `null`: none needed. */
  readonly approval: 'waiting' | 'approved' | 'refused' | null
  readonly approverId: PersonId | null
  readonly approverName: string | null
  /** Set once, by `spend`. */
  readonly spentBy: string | null
  readonly spentAt: string | null
}

export interface ProofStore {
  ofRequest(requestId: string): Promise<StoredProof[]>
  add(proof: StoredProof): Promise<void>
  /** Compare-and-set from `waiting`; `false` when it was decided before or has expired. */
  decide(
    id: string,
    decision: {
      approval: 'approved' | 'refused'
      approverId: PersonId
      approverName: string
      now: string
      expiresAt: string
    },
  ): Promise<boolean>
  /**
   * Spends all of these for one operation, or none, in one committed transaction: each must be unspent, unexpired at `now`,
   * not waiting, refused or revoked, and all of one request, agent and person. `false`: at least one was not, or none was named.
   */
  spend(ids: readonly string[], operationId: string, now: string): Promise<boolean>
  /** After a definite refusal by the server: gives the proofs of this operation back, with their old expiry; revoked ones stay so. */
  unspend(operationId: string): Promise<void>
  /** Ends all unspent proofs of a request (handed over, released, closed). */
  revoke(requestId: string, now: string): Promise<void>
}

export interface FailureStore {
  /**
   * Counts a failed check and closes checks when `limit` failures lie within the window, in one transaction.
   * A new code never resets the count (NIST SP 800-63B-4 §3.2.2).
   */
  add(failure: {
    personId: PersonId
    agentId: PersonId
    requestId: string
    at: string
    windowStart: string
    limit: number
    closedUntil: string
  }): Promise<FailureState>
  state(personId: PersonId, windowStart: string, now: string): Promise<FailureState>
  /** An approver reopened: failures so far no longer count. */
  reopen(personId: PersonId, at: string): Promise<void>
}

export interface FailureState {
  readonly count: number
  readonly closedUntil: string | null
  /** Requests that the failures belong to. */
  readonly requestIds: readonly string[]
}

export interface PreferenceStore {
  get(): Promise<Preferences>
  set(preferences: Preferences): Promise<Preferences>
}
