import type { DirectoryKind, Role } from '../../shared/model/operator'
import type { AccountState, PasswordPolicy, PersonCard, PersonSummary } from '../../shared/model/person'
import type { PersonId } from '../../shared/model/common'
import type { DirectoryEntry } from '../../shared/model/desk-settings'

/**
 * The directory as services know it. One spec (`tests/integration/directory.test.ts`) runs against every implementation on
 * real servers. All methods throw `AppError` for expected refusals: `directory-unreachable`, `directory-timeout`,
 * `directory-certificate`, `directory-refused-rights`, `directory-refused-policy`, `person-not-found`, ….
 */
export interface Directory {
  /**
   * Binds with the operator's own credentials over TLS on the first server that can be reached; a result code never tries
   * another server (DESIGN.md §5.2). Refuses an empty password before anything is sent (RFC 4513 §5.1.2).
   * Throws `password-empty`, `sign-in-wrong` and its kin, `directory-…`.
   */
  signIn(userId: string, password: string): Promise<DirectorySession>
}

/** Works as one signed-in identity; its rights in the directory bound what it can do. */
export interface DirectorySession {
  /** Recognised from the rootDSE at the first connection. */
  readonly kind: DirectoryKind
  /** Stable id of this directory: its naming context in lower case. Second half of every `PersonId`. */
  readonly directoryId: string
  readonly person: SignedInPerson
  /** `host:port` of the server that answers now. */
  readonly server: string

  /** Roles by nested membership, read from the directory now (never cached: re-read before every write). */
  roles(): Promise<Role[]>

  /**
   * People whose name, reading, user ID, mail or employee number begins with each word of the query (contains, from three
   * letters on). `more`: there are others beyond `limit`; a cut result is never passed off as whole.
   */
  search(query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }>

  /**
   * Enabled or not, everybody whose user ID, UPN or mail address is exactly this (case ignored), at most 10. The text comes from
   * outside and is only ever a value of the filter. Empty for nobody.
   */
  find(name: string): Promise<PersonSummary[]>

  /**
   * Who has each of these user IDs (case and width ignored), enabled or not, by the ID as it was asked: nobody, one, or several. For
   * thousands at once: an import. The texts come from outside.
   */
  findByUserIds(userIds: readonly string[]): Promise<Map<string, SignedInPerson[]>>

  /**
   * Which of these entries the person belongs to: a group by nested membership, a container by lying somewhere under it. In the
   * order given; entries that do not exist count as not belonging.
   */
  belongsTo(id: PersonId, dns: readonly string[]): Promise<DirectoryEntry[]>

  /** Groups, or containers for people, whose name begins with these words; for choosing in the settings. */
  findGroups(query: string, limit: number): Promise<DirectoryEntry[]>
  findBases(query: string, limit: number): Promise<DirectoryEntry[]>

  /** The server's clock, UTC ISO; `null` where it does not tell (OpenLDAP without cn=Monitor). A small question: also a sign of life. */
  serverTime(): Promise<string | null>

  /** One person with computed state, privilege and groups, in at most three round trips. Throws `person-not-found`. */
  card(id: PersonId): Promise<DirectoryPerson>

  /** State and privilege only, re-read for a decision or after a write. */
  state(id: PersonId): Promise<AccountState>

  /** The policy in force for this person: fine-grained or ppolicy where readable, else the domain's, said so. */
  passwordPolicy(id: PersonId): Promise<PasswordPolicy>

  /** Members of the agent role groups, nested, by name; for handing over. */
  agents(): Promise<{ id: PersonId; name: string }[]>

  /**
   * Sets a new password, unlocks, and requires a change at next sign-in. Services reach this only through the gate in
   * `services/reset.ts` (DESIGN.md §5.1). Never retried. The writer for unknown outcomes is told apart, not guessed:
   * `WriteAnswer.kind` is `unknown` when no answer came, and then nothing about the account may be assumed.
   */
  resetPassword(id: PersonId, password: string): Promise<WriteAnswer>

  /** Ends a lock without touching the password. Idempotent. */
  unlock(id: PersonId): Promise<WriteAnswer>

  /**
   * Account state as the server named by a write says it; "check again" after an unknown outcome reads the same server
   * (DESIGN.md §5.7). `passwordChangedAt` later than the write's start tells that the password was set.
   */
  stateOn(server: string, id: PersonId): Promise<AccountState>

  /** Ends connections and forgets the password. Idempotent, never throws. */
  close(): Promise<void>
}

/** The identity behind a session, as the directory names it. */
export interface SignedInPerson {
  readonly id: PersonId
  readonly name: string
  readonly userId: string
}

/** A card, and what main alone may know of the person. */
export interface DirectoryPerson {
  readonly card: PersonCard
  /** Full numbers by field, as in the directory; never leave main. */
  readonly numbers: ReadonlyMap<'mobile' | 'telephone', string>
}

/**
 * What came of a write. A definite refusal by the server throws instead (`directory-refused-rights`,
 * `directory-refused-policy`, `directory-refused`): then nothing of the operation took effect.
 */
export type WriteAnswer =
  | {
      readonly kind: 'done'
      readonly server: string
      /** Second writes that failed after the first succeeded (OpenLDAP: `pwdReset` follows the password). */
      readonly missed: readonly ('must-change' | 'unlock')[]
    }
  | { readonly kind: 'unknown'; readonly server: string; readonly cause: unknown }
