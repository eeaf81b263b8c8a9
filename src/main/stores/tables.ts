import type { Generated } from 'kysely'
import type { MailState, MailTrouble } from '../../shared/model/intake'
import type {
  RequestCause,
  RequestChannel,
  RequestEvent,
  RequestReason,
  RequestSort,
  RequestState,
} from '../../shared/model/request'
import type { Preferences } from '../../shared/model/settings'
import type {
  AttestationKind,
  CodeChannel,
  DeliveryState,
  MethodType,
  ProofKind,
} from '../../shared/model/verification'
import type { CodePurpose, ProofAction } from './stores'

/** Every table of the desk's database. Times are UTC ISO strings of one length, so they compare as text. */
export interface Tables {
  counters: CounterTable
  requests: RequestTable
  request_events: RequestEventTable
  methods: MethodTable
  proofs: ProofTable
  failures: FailureTable
  failure_heads: FailureHeadTable
  preferences: PreferenceTable
  views: ViewTable
  mails: MailTable
  mail_cursors: MailCursorTable
  templates: TemplateTable
  codes: CodeTable
  code_heads: CodeHeadTable
  secrets: SecretTable
  person_keys: PersonKeyTable
  draws: DrawTable
  questions: QuestionTable
  threat: ThreatTable
  erasures: ErasureTable
  installation: InstallationTable
}

interface CounterTable {
  name: string
  value: number
}

export interface RequestTable {
  id: string
  number: number
  person_id: string
  person_name: string
  person_reading: string
  person_user_id: string
  person_department: string
  channel: RequestChannel
  reason: RequestReason
  state: RequestState
  holder_id: string | null
  holder_name: string | null
  /** `null`: the desk itself, from a mail. */
  created_by_id: string | null
  created_by_name: string | null
  created_at: string
  updated_at: string
  expires_at: string | null
  version: number
  /** Folded name, reading and user ID, for searching only; decides nothing. */
  search_text: string
  mac: string
  repeats: number
  last_asked_at: string
  /** Kept when the request is closed: one that is reopened without a new time is due when it was. */
  due_at: string | null
  cause: RequestCause | null
  /** Places in the orders of the list (`order-key.ts`), for reading only; they decide nothing. */
  created_key: number
  updated_key: number
  /** `null` once the request is closed. */
  due_key: number | null
}

export interface RequestEventTable {
  id: Generated<number>
  request_id: string
  at: string
  kind: RequestEvent['kind']
  by_id: string | null
  by_name: string | null
  text: string
}

export interface MethodTable {
  id: string
  person_id: string
  kind: ProofKind
  label: string
  registered_at: string
  last_used_at: string | null
  /** 0 or 1. */
  first_in_person: number
  secret: Uint8Array
  last_step: number | null
  /** JSON array of numbers. */
  recent_drift: string
  type: MethodType
  confirmed_at: string | null
  /** 0 or 1; one of a person's methods at most. */
  is_default: number
  mac: string
}

export interface ProofTable {
  id: string
  request_id: string
  person_id: string
  agent_id: string
  kind: ProofKind
  method_id: string | null
  label: string
  attestation: AttestationKind | null
  proven_at: string
  expires_at: string
  approval: 'waiting' | 'approved' | 'refused' | null
  approver_id: string | null
  approver_name: string | null
  spent_by: string | null
  spent_at: string | null
  /** The request changed hands or was closed: not to be spent any more, not even after it was given back. */
  revoked_at: string | null
  action: ProofAction
  mac: string
}

export interface FailureTable {
  person_id: string
  /** Counted per person from 1 without gaps: a row that was taken away shows. */
  seq: number
  agent_id: string
  request_id: string
  at: string
  mac: string
}

export interface FailureHeadTable {
  person_id: string
  last_seq: number
  /** Failures up to this number no longer count: an approver reopened. */
  reopened_seq: number
  reopened_at: string | null
  closed_until: string | null
  /** Somebody pretended to be this person, and nobody has reopened since. */
  reported_at: string | null
  mac: string
}

interface PreferenceTable {
  id: number
  language: Preferences['language']
  theme: Preferences['theme']
  /** 0 or 1. */
  notifications: number
}

interface ViewTable {
  seq: Generated<number>
  owner_id: string
  id: string
  name: string
  /** JSON of a filter. */
  filter: string
  sort: RequestSort
}

export interface MailTable {
  /** In the order in which mails were taken. */
  seq: Generated<number>
  id: string
  mailbox: string
  uid_validity: string
  uid: number
  digest: string
  received_at: string
  sender: string
  subject: string
  /** Sealed by the caller. */
  text: Uint8Array
  /** 0 or 1. */
  cut: number
  template: string | null
  reason: RequestReason
  /** JSON array of user names. */
  named: string
  state: MailState
  trouble: MailTrouble | null
  request_id: string | null
  request_number: number | null
  /** Who matched or dismissed it; `null`: nobody yet, or the desk itself. */
  settled_by_id: string | null
  settled_by_name: string | null
  settled_at: string | null
  /** Why it was dismissed. */
  settled_reason: string
  mac: string
}

interface MailCursorTable {
  mailbox: string
  uid_validity: string
  last_uid: number
  mac: string
}

interface TemplateTable {
  id: number
  /** JSON array of templates. */
  list: string
  mac: string
}

export interface CodeTable {
  id: string
  destination: string
  /** Counted per destination from 1 without gaps: a send that was taken away shows. */
  seq: number
  request_id: string | null
  person_id: string
  agent_id: string
  method_id: string
  code_mac: string
  sent_at: string
  expires_at: string
  tries_allowed: number
  tries_used: number
  delivery: DeliveryState
  message_id: string | null
  passed_at: string | null
  /** A later code took its place. */
  ended_at: string | null
  channel: CodeChannel
  purpose: CodePurpose
  mac: string
}

export interface CodeHeadTable {
  destination: string
  last_seq: number
  mac: string
}

interface SecretTable {
  name: string
  sealed: Uint8Array
}

interface PersonKeyTable {
  person_id: string
  /** Wrapped by the vault for installation and person. */
  wrapped: Uint8Array
}

export interface DrawTable {
  id: string
  request_id: string
  method_id: string
  /** JSON array of question ids. */
  question_ids: string
  drawn_at: string
  expires_at: string
  /** Its answers were compared. */
  taken_at: string | null
  mac: string
}

interface QuestionTable {
  id: number
  /** JSON array of questions. */
  list: string
  mac: string
}

/** One row from the beginning on, so that one that was taken away shows. */
export interface ThreatTable {
  id: number
  /** 0 or 1. */
  heightened: number
  reason: string
  changed_at: string | null
  changed_by: string
  mac: string
}

/** One row: with which key everything here is signed. */
interface InstallationTable {
  id: number
  mac: string
}

export interface ErasureTable {
  person_id: string
  at: string
  mac: string
}
