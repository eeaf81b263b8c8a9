import type { PersonId } from '../../shared/model/common'
import type {
  Holder,
  RequestCause,
  RequestEvent,
  RequestReason,
  RequestChannel,
  RequestSort,
  RequestState,
  RequestView,
  ResetRequest,
} from '../../shared/model/request'
import type { IntakeMail, IntakeTemplate, MailTrouble } from '../../shared/model/intake'
import type { CustomQuestion } from '../../shared/model/questions'
import type { Threat } from '../../shared/model/threat'
import type {
  AttestationKind,
  CodeChannel,
  DeliveryState,
  MethodType,
  ProofKind,
} from '../../shared/model/verification'
import type { Preferences } from '../../shared/model/settings'

/**
 * The desk's own data behind SQL. One spec runs on every database (`tests/integration/stores/`). Everything that two
 * agents may race for is a compare-and-set that answers whether it won (DESIGN.md §5.1). Rows that decide something carry a
 * MAC of the vault; a row that does not fit throws `store-tampered`.
 */
export interface Stores {
  readonly requests: RequestStore
  readonly methods: MethodStore
  readonly proofs: ProofStore
  readonly failures: FailureStore
  readonly preferences: PreferenceStore
  readonly views: ViewStore
  readonly mails: MailStore
  readonly templates: TemplateStore
  readonly codes: CodeStore
  readonly secrets: SecretStore
  readonly personKeys: PersonKeyStore
  readonly draws: DrawStore
  readonly questions: QuestionStore
  readonly threat: ThreatStore
  readonly erasures: ErasureStore
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
  /** `null`: the desk itself, from a mail. */
  readonly createdBy: Holder | null
  readonly at: string
  readonly expiresAt: string
  readonly dueAt: string
  readonly note: string
}

export interface RequestQuery {
  /** Empty: every state. */
  readonly states: readonly RequestState[]
  /** `null`: anyone; `nobody` (no person's id looks like that): unclaimed ones. */
  readonly holderId: PersonId | null
  /** Empty: any; `unknown`: not diagnosed yet. */
  readonly causes: readonly (RequestCause | 'unknown')[]
  /** Empty: any. */
  readonly channels: readonly RequestChannel[]
  /** UTC ISO bounds, from included, until excluded; only open and claimed requests are due. */
  readonly due: { readonly from: string | null; readonly until: string | null }
  readonly created: { readonly from: string | null; readonly until: string | null }
  readonly sort: RequestSort
  /** Each word must occur in name, reading or user ID, or be the number (`12`, `#12`); case, width and kana folded. */
  readonly text: string
  readonly cursor: string | null
  readonly limit: number
}

export interface RequestChange {
  readonly state: RequestState
  readonly holder: Holder | null
  readonly expiresAt: string | null
  /** From now on; not given: as it was. A closed request has none, and comes back with one only if it is given. */
  readonly dueAt?: string
  readonly event: Omit<RequestEvent, 'id'>
}

export interface RequestStore {
  /** Throws `request-exists` with `requestId` and `number` when the person has an open or claimed request. */
  create(request: NewRequest): Promise<ResetRequest>
  /** Throws `request-not-found`. */
  get(id: string): Promise<ResetRequest>
  events(id: string): Promise<RequestEvent[]>
  /** All of one person, oldest first. */
  ofPerson(personId: PersonId): Promise<ResetRequest[]>
  /**
   * In the order of `sort`, by keyset; `cursor` is opaque and belongs to its sort. `total` is counted up to 1,000. Throws
   * `invalid-input` for a cursor that is not from here. A page costs the same with 100 requests and with 100,000.
   */
  list(
    query: RequestQuery,
  ): Promise<{ requests: ResetRequest[]; nextCursor: string | null; total: number; totalCapped: boolean }>
  /** Keeps what the diagnosis found. Changes neither version nor `updatedAt`: nobody's work is out of date by it. */
  setCause(id: string, cause: RequestCause): Promise<ResetRequest>
  /** Open and claimed requests that became due in (`after`, `until`]. */
  becameDue(after: string, until: string): Promise<ResetRequest[]>
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
  readonly type: MethodType
  readonly kind: ProofKind
  readonly label: string
  readonly registeredAt: string
  /** When the person last proved to have it; `null`: imported or taken over, it does not count yet. */
  readonly confirmedAt: string | null
  /** Offered first; one of a person's methods at most. */
  readonly isDefault: boolean
  readonly lastUsedAt: string | null
  /** It was the person's first, after proofing in person: exempt from the waiting time (DESIGN.md §5.4). */
  readonly firstInPerson: boolean
  /** Sealed by the vault; only the adapter opens it. */
  readonly secret: Uint8Array
  /** Highest TOTP time step accepted so far, each accepted once (RFC 6238 §5.2); of a key its signature counter (WebAuthn §6.1.1). */
  readonly lastStep: number | null
  /** Steps by which recent codes were off, newest last, at most 5. */
  readonly recentDrift: readonly number[]
}

export interface MethodStore {
  ofPerson(personId: PersonId): Promise<StoredMethod[]>
  get(id: string): Promise<StoredMethod>
  add(method: StoredMethod): Promise<void>
  /** All of them or none, in one transaction: an import. */
  addMany(methods: readonly StoredMethod[]): Promise<void>
  /** Ends a method for good; `false`: it was gone already. */
  remove(id: string): Promise<boolean>
  rename(id: string, label: string): Promise<boolean>
  /** Takes the mark from the person's other methods. */
  setDefault(personId: PersonId, id: string): Promise<boolean>
  /**
   * The person proved to have it; one that did not count until now counts as registered at `at`, and as their first where
   * `firstInPerson` says so.
   */
  confirm(id: string, at: string, firstInPerson?: boolean): Promise<boolean>
  /**
   * Puts another secret in place of this one (new answers), compare-and-set on the old one; `false`: somebody was first. What was
   * recorded of the old one ends with it: it counts as registered and confirmed at `at`, and not as the first in person.
   */
  replaceSecret(id: string, before: Uint8Array, after: Uint8Array, at: string): Promise<boolean>
  /**
   * Accepts a key's signature counter only if it is higher than every accepted one; 0 after 0 is a key that does not count
   * (WebAuthn §6.1.1). `false`: a copy of the key may exist.
   */
  acceptCounter(id: string, counter: number, at: string): Promise<boolean>
  /** Accepts a time step only if it is later than every accepted one; `false`: it was used before. */
  acceptStep(id: string, step: number, drift: number, at: string): Promise<boolean>
  /** A check by this method passed that has no time step; one that is gone meanwhile is no fault. */
  used(id: string, at: string): Promise<void>
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
  /** What it may be spent for; a reset includes an unlock. */
  readonly action: ProofAction
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

/** What a proof was given for (DESIGN.md §5.1). */
export type ProofAction = 'reset' | 'access-code'

export interface ProofStore {
  ofRequest(requestId: string): Promise<StoredProof[]>
  get(id: string): Promise<StoredProof | null>
  /** Proofs of all requests that wait for an approver and have not expired, oldest first. */
  waiting(now: string, limit: number): Promise<StoredProof[]>
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
  /** Somebody pretended to be this person: checks are closed at once, and everybody is told. */
  report(report: { personId: PersonId; at: string; windowStart: string; closedUntil: string }): Promise<FailureState>
}

export interface FailureState {
  readonly count: number
  readonly closedUntil: string | null
  /** Requests that the failures belong to. */
  readonly requestIds: readonly string[]
  /** When an agent last reported a false caller and nobody has reopened since. */
  readonly reportedAt: string | null
}

/** Filters that operators keep, by their own id. */
export interface ViewStore {
  of(ownerId: PersonId): Promise<RequestView[]>
  /** Adds or replaces; at most 50 each. */
  save(ownerId: PersonId, view: RequestView): Promise<void>
  /** `false`: it was not there. */
  remove(ownerId: PersonId, viewId: string): Promise<boolean>
}

/** Whose request a mail is, by the directory's word. */
export interface MatchedPerson {
  readonly id: PersonId
  readonly name: string
  readonly reading: string
  readonly userId: string
  readonly department: string
}

/** A mail as the intake read it; `person` is there when the directory could be asked and knew exactly one. */
export interface TakenMail {
  readonly id: string
  readonly uid: number
  /** SHA-256 of the raw mail, hex: the same mail under another UIDVALIDITY is known by it. */
  readonly digest: string
  readonly receivedAt: string
  readonly from: string
  readonly subject: string
  /** Sealed by the vault: people write passwords into mails. */
  readonly text: Uint8Array
  readonly cut: boolean
  readonly template: string | null
  readonly reason: RequestReason
  readonly named: readonly string[]
  readonly trouble: MailTrouble | null
  readonly person: MatchedPerson | null
}

/** What a new or folded request of a mail needs besides the person. */
export interface MailRequestTimes {
  readonly at: string
  readonly expiresAt: string
  readonly dueAt: string
  readonly foldSeconds: number
}

export interface MailCursor {
  /** RFC 9051 §2.3.1.1, as decimal text. */
  readonly uidValidity: string
  /** Every UID up to here was taken. */
  readonly lastUid: number
}

/** What became of a mail. `known`: it had been taken before. */
export type MailOutcome =
  | { readonly kind: 'known' | 'waiting' | 'unclear' }
  | { readonly kind: 'created' | 'folded'; readonly request: ResetRequest }

export interface StoredMail {
  readonly mail: IntakeMail
  readonly text: Uint8Array
  readonly reason: RequestReason
}

/**
 * The intake. Taking mails, moving the cursor and entering or folding their requests is one transaction: whenever the app dies, a
 * mail was taken once or will be.
 */
export interface MailStore {
  /** `null`: this mailbox was never read. */
  cursor(mailbox: string): Promise<MailCursor | null>
  /** In the order given; one outcome each. An empty list just moves the cursor. */
  take(
    mailbox: string,
    cursor: MailCursor,
    mails: readonly TakenMail[],
    times: MailRequestTimes,
  ): Promise<MailOutcome[]>
  /** Mails that wait for a directory to be asked, oldest first. */
  waiting(limit: number): Promise<StoredMail[]>
  /** Mails in which no template found a person, newest first: another template may. */
  notUnderstood(limit: number): Promise<StoredMail[]>
  /** Such a mail was read by another template and waits for the directory; `false`: somebody has sorted it meanwhile. */
  setRead(
    id: string,
    reading: { readonly template: string; readonly reason: RequestReason; readonly named: readonly string[] },
  ): Promise<boolean>
  /** A waiting mail that a person must look at after all; `false`: it is not waiting any more. */
  setUnclear(id: string, trouble: MailTrouble): Promise<boolean>
  /** Compare-and-set from waiting or unclear. Throws `mail-settled` when somebody was first, `mail-not-found`. */
  match(
    id: string,
    person: MatchedPerson,
    by: Holder | null,
    times: MailRequestTimes,
  ): Promise<{ readonly kind: 'created' | 'folded'; readonly request: ResetRequest }>
  /** The same for a mail that is no request. */
  dismiss(id: string, by: Holder, at: string, reason: string): Promise<IntakeMail>
  get(id: string): Promise<StoredMail>
  /** Newest first, by keyset. `toSort`: waiting and unclear mails, counted up to 1,000. */
  list(query: {
    readonly show: 'to-sort' | 'all'
    readonly cursor: string | null
    readonly limit: number
  }): Promise<{ mails: IntakeMail[]; nextCursor: string | null; toSort: number }>
  /** Newest first. */
  ofRequest(requestId: string, limit: number): Promise<StoredMail[]>
}

/** How mails are read, as the admins left it; `null`: never touched, the ready ones apply. */
export interface TemplateStore {
  all(): Promise<IntakeTemplate[] | null>
  save(templates: readonly IntakeTemplate[]): Promise<void>
}

/** A code that was sent. The code itself is kept as a MAC of the vault. */
export interface SentCodeRow {
  readonly id: string
  /** `null`: for an enrolment. */
  readonly requestId: string | null
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly methodId: string
  readonly channel: CodeChannel
  /** `reverse`: read out by the desk to prove itself; it proves nothing of the person. */
  readonly purpose: CodePurpose
  /** MAC of the number or address: limits count per destination, whoever it belongs to. */
  readonly destination: string
  readonly codeMac: string
  readonly sentAt: string
  readonly expiresAt: string
  readonly triesAllowed: number
  readonly triesUsed: number
  readonly delivery: DeliveryState
  /** The gateway's id of the message; `null` before it answered, or where it gives none. */
  readonly messageId: string | null
  readonly passedAt: string | null
}

export type CodePurpose = 'check' | 'enrol' | 'reverse'

export interface CodeStore {
  /**
   * Counts a send and keeps its code, before anything is sent: a crash in between must not give a send for free. An earlier code
   * of the same request, method and purpose ends, whatever channel it took. All sends of a day count together; the wait before
   * another one counts among `reverse` and among the others apart. Throws `code-too-soon {at}`, `code-too-many {at}`.
   */
  reserve(code: SentCodeRow, limits: { readonly resendSeconds: number; readonly sendsPerDay: number }): Promise<void>
  setDelivery(id: string, delivery: DeliveryState, messageId: string | null): Promise<void>
  /** The latest of each method and purpose of this request. */
  ofRequest(requestId: string): Promise<SentCodeRow[]>
  get(id: string): Promise<SentCodeRow | null>
  /**
   * Takes one try, before the code is compared, in one transaction: `null` when it has expired, passed, ended, or has no try left.
   */
  takeTry(id: string, now: string): Promise<SentCodeRow | null>
  /** The code matched; compare-and-set, so that it passes once. */
  pass(id: string, at: string): Promise<boolean>
  /** Sends to this number since then: how many, the first and the last. */
  sends(
    destination: string,
    since: string,
    purposes?: readonly CodePurpose[],
  ): Promise<{ readonly count: number; readonly firstAt: string | null; readonly lastAt: string | null }>
}

/** Sealed secrets of gateways by name. */
export interface SecretStore {
  get(name: string): Promise<Uint8Array | null>
  set(name: string, sealed: Uint8Array): Promise<void>
  /** Nothing happens where there is none. */
  remove(name: string): Promise<void>
  names(): Promise<string[]>
}

/** A person's own key, wrapped by the vault for installation and person. Whoever destroys it makes everything under it unreadable. */
export interface PersonKeyStore {
  get(personId: PersonId): Promise<Uint8Array | null>
  /** Keeps a new key, unless somebody was first: answers the one that is kept. Throws `person-erased` for a person who was erased. */
  keep(personId: PersonId, wrapped: Uint8Array): Promise<Uint8Array>
  /** For an import: the same for many, in one transaction, in their order. */
  keepMany(keys: readonly { readonly personId: PersonId; readonly wrapped: Uint8Array }[]): Promise<Uint8Array[]>
}

/** The questions that were drawn for one method of one request; whoever asks again gets the same ones until they were answered. */
export interface QuestionDraw {
  readonly id: string
  readonly requestId: string
  readonly methodId: string
  readonly questionIds: readonly string[]
  readonly drawnAt: string
  readonly expiresAt: string
}

export interface DrawStore {
  /** The draw that waits for answers; `null`: none, or it was answered or has expired. */
  current(requestId: string, methodId: string, now: string): Promise<QuestionDraw | null>
  /** What was drawn for this method last, at whatever request, if nobody has answered it yet; also when it has expired. */
  unanswered(methodId: string): Promise<QuestionDraw | null>
  /** Keeps a draw unless another one waits: answers the one that waits. */
  draw(draw: QuestionDraw): Promise<QuestionDraw>
  /** Before answers are compared; compare-and-set, so that each draw is answered once. */
  take(id: string, now: string): Promise<boolean>
}

/** The admins' own security questions; `null`: never touched. */
export interface QuestionStore {
  all(): Promise<CustomQuestion[] | null>
  save(questions: readonly CustomQuestion[]): Promise<void>
}

/** Whether the desk is under heightened threat; a row with a MAC. */
export interface ThreatStore {
  get(): Promise<Threat>
  /** Compare-and-set on `changedAt`; `false`: somebody was first. */
  set(before: Threat, after: Threat): Promise<boolean>
}

/** What an erasure took away, in numbers. */
export interface ErasureCounts {
  readonly methods: number
  readonly requests: number
  readonly mails: number
}

/**
 * Erasing a person from the desk: their key, methods, codes, draws and failures go; names, user IDs, notes and mail texts of their
 * requests are blanked, the requests themselves stay as numbers. One transaction.
 */
export interface ErasureStore {
  /** Throws `request-exists` with `requestId` and `number` while a case is open. A person with nothing here is erased all the same. */
  erase(personId: PersonId, at: string): Promise<ErasureCounts>
  has(personId: PersonId): Promise<boolean>
  /** People erased since then, for desks that share the store and have an audit of their own. */
  since(at: string): Promise<{ readonly personId: PersonId; readonly at: string }[]>
}

export interface PreferenceStore {
  get(): Promise<Preferences>
  set(preferences: Preferences): Promise<Preferences>
}
