import type { Generated } from 'kysely'
import type { RequestChannel, RequestEvent, RequestReason, RequestState } from '../../shared/model/request'
import type { Preferences } from '../../shared/model/settings'
import type { AttestationKind, ProofKind } from '../../shared/model/verification'

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
  created_by_id: string
  created_by_name: string
  created_at: string
  updated_at: string
  expires_at: string | null
  version: number
  /** Folded name, reading and user ID, for searching only; decides nothing. */
  search_text: string
  mac: string
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
  mac: string
}

interface PreferenceTable {
  id: number
  language: Preferences['language']
  theme: Preferences['theme']
}
