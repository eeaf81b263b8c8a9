import { AppError } from '../../shared/errors'
import type { ErrorCode } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { DirectoryEntry } from '../../shared/model/desk-settings'
import type { DirectoryKind, Role } from '../../shared/model/operator'
import type { AccountState, PasswordPolicy, PersonSummary } from '../../shared/model/person'
import type { DirectoryPerson, DirectorySession, SignedInPerson, WriteAnswer } from '../directory/directory'

/** How the directory answered last: `null`, or the code of a failure of the directory itself. */
export type DirectoryHeard = (code: ErrorCode | null, server: string) => void

/**
 * The operator's connection, usable exactly as long as their session. After `close` every call is refused with
 * `session-locked`; a call on its way is let finish first, because cutting a write would make its outcome unknown.
 * A bind that the directory refuses in mid-session (the password changed, the account was locked) ends the session.
 */
export class LiveDirectory implements DirectorySession {
  readonly #inner: DirectorySession
  readonly #onRejected: () => void
  readonly #onHeard: DirectoryHeard
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  constructor(inner: DirectorySession, onRejected: () => void, onHeard: DirectoryHeard = () => undefined) {
    this.#inner = inner
    this.#onRejected = onRejected
    this.#onHeard = onHeard
  }

  get kind(): DirectoryKind {
    return this.#inner.kind
  }

  get directoryId(): string {
    return this.#inner.directoryId
  }

  get person(): SignedInPerson {
    return this.#inner.person
  }

  get server(): string {
    return this.#inner.server
  }

  roles(): Promise<Role[]> {
    return this.#call(() => this.#inner.roles())
  }

  search(query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }> {
    return this.#call(() => this.#inner.search(query, limit))
  }

  find(name: string): Promise<PersonSummary[]> {
    return this.#call(() => this.#inner.find(name))
  }

  findByUserIds(userIds: readonly string[]): Promise<Map<string, SignedInPerson[]>> {
    return this.#call(() => this.#inner.findByUserIds(userIds))
  }

  belongsTo(id: PersonId, dns: readonly string[]): Promise<DirectoryEntry[]> {
    return this.#call(() => this.#inner.belongsTo(id, dns))
  }

  findGroups(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#call(() => this.#inner.findGroups(query, limit))
  }

  findBases(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#call(() => this.#inner.findBases(query, limit))
  }

  serverTime(): Promise<string | null> {
    return this.#call(() => this.#inner.serverTime())
  }

  card(id: PersonId): Promise<DirectoryPerson> {
    return this.#call(() => this.#inner.card(id))
  }

  state(id: PersonId): Promise<AccountState> {
    return this.#call(() => this.#inner.state(id))
  }

  passwordPolicy(id: PersonId): Promise<PasswordPolicy> {
    return this.#call(() => this.#inner.passwordPolicy(id))
  }

  agents(): Promise<{ id: PersonId; name: string }[]> {
    return this.#call(() => this.#inner.agents())
  }

  resetPassword(id: PersonId, password: string): Promise<WriteAnswer> {
    return this.#call(() => this.#inner.resetPassword(id, password))
  }

  unlock(id: PersonId): Promise<WriteAnswer> {
    return this.#call(() => this.#inner.unlock(id))
  }

  stateOn(server: string, id: PersonId): Promise<AccountState> {
    return this.#call(() => this.#inner.stateOn(server, id))
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
    await this.#inner.close()
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new AppError('session-locked')

    const call = work()
    this.#running.add(call)
    try {
      const answer = await call
      this.#onHeard(null, this.#inner.server)
      return answer
    } catch (error) {
      if (error instanceof AppError) {
        this.#onHeard(silences.find((code) => code === error.code) ?? null, this.#inner.server)
        if (error.code.startsWith('sign-in-')) this.#onRejected()
      }
      throw error
    } finally {
      this.#running.delete(call)
    }
  }
}

/** Refusals that say that no server answered as it should; any other one is an answer, and so a sign of life. */
const silences = [
  'directory-unreachable',
  'directory-timeout',
  'directory-certificate',
  'directory-tls-required',
  'directory-no-server',
] as const satisfies readonly ErrorCode[]
