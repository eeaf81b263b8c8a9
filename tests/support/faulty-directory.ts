import type { PersonId } from '../../src/shared/model/common'
import type { DirectoryEntry } from '../../src/shared/model/desk-settings'
import type { Role } from '../../src/shared/model/operator'
import type { AccountState, PersonSummary } from '../../src/shared/model/person'
import type {
  Directory,
  DirectoryPerson,
  DirectorySession,
  SignedInPerson,
  WriteAnswer,
} from '../../src/main/directory/directory'

/** What a test may change between the services and a real directory; nothing set: everything passes through. */
export interface Faults {
  /** In place of the password write; call `write` to let it through. */
  resetPassword?: (write: () => Promise<WriteAnswer>) => Promise<WriteAnswer>
  unlock?: (write: () => Promise<WriteAnswer>) => Promise<WriteAnswer>
  /** Who is bound in truth, whatever was typed. */
  signIn?: (userId: string) => string
  roles?: (person: SignedInPerson, read: () => Promise<Role[]>) => Promise<Role[]>
  stateOn?: (read: () => Promise<AccountState>) => Promise<AccountState>
  card?: (read: () => Promise<DirectoryPerson>) => Promise<DirectoryPerson>
  find?: (read: () => Promise<PersonSummary[]>) => Promise<PersonSummary[]>
  belongsTo?: (read: () => Promise<DirectoryEntry[]>) => Promise<DirectoryEntry[]>
  serverTime?: (read: () => Promise<string | null>) => Promise<string | null>
}

/** Writes that reached the directory, in order, with the password as the directory got it. */
export interface SeenWrite {
  readonly action: 'reset' | 'unlock'
  readonly personId: PersonId
  readonly password: string | null
}

/** A directory between the services and the real one: counts what passes, and fails as a test tells it to. */
export class FaultyDirectory implements Directory {
  readonly writes: SeenWrite[] = []
  /** User IDs in the order of their binds, and whether each session was closed again. */
  readonly sessions: { readonly userId: string; closed: boolean }[] = []
  faults: Faults = {}
  readonly #inner: Directory

  constructor(inner: Directory) {
    this.#inner = inner
  }

  async signIn(userId: string, password: string): Promise<DirectorySession> {
    const session = await this.#inner.signIn(this.faults.signIn?.(userId) ?? userId, password)
    const entry = { userId, closed: false }
    this.sessions.push(entry)
    return this.#around(session, entry)
  }

  #around(inner: DirectorySession, entry: { closed: boolean }): DirectorySession {
    const through = <T>(fault: ((go: () => Promise<T>) => Promise<T>) | undefined, go: () => Promise<T>): Promise<T> =>
      fault === undefined ? go() : fault(go)
    return {
      get kind() {
        return inner.kind
      },
      get directoryId() {
        return inner.directoryId
      },
      get person() {
        return inner.person
      },
      get server() {
        return inner.server
      },
      roles: () => {
        const read = () => inner.roles()
        return this.faults.roles === undefined ? read() : this.faults.roles(inner.person, read)
      },
      search: (query, limit) => inner.search(query, limit),
      find: (name) => through(this.faults.find, () => inner.find(name)),
      findByUserIds: (userIds) => inner.findByUserIds(userIds),
      belongsTo: (id, dns) => through(this.faults.belongsTo, () => inner.belongsTo(id, dns)),
      findGroups: (query, limit) => inner.findGroups(query, limit),
      findBases: (query, limit) => inner.findBases(query, limit),
      serverTime: () => through(this.faults.serverTime, () => inner.serverTime()),
      card: (id) => through(this.faults.card, () => inner.card(id)),
      state: (id) => inner.state(id),
      passwordPolicy: (id) => inner.passwordPolicy(id),
      agents: () => inner.agents(),
      resetPassword: (id, password) =>
        through(this.faults.resetPassword, () => {
          this.writes.push({ action: 'reset', personId: id, password })
          return inner.resetPassword(id, password)
        }),
      unlock: (id) =>
        through(this.faults.unlock, () => {
          this.writes.push({ action: 'unlock', personId: id, password: null })
          return inner.unlock(id)
        }),
      stateOn: (server, id) => through(this.faults.stateOn, () => inner.stateOn(server, id)),
      close: () => {
        entry.closed = true
        return inner.close()
      },
    }
  }
}
