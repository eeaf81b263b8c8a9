import { Attribute, Change, PasswordPolicyControl } from 'ldapts'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { DirectoryEntry } from '../../shared/model/desk-settings'
import type { Role } from '../../shared/model/operator'
import { roles as allRoles } from '../../shared/model/operator'
import type { AccountState, PasswordPolicy, PersonSummary } from '../../shared/model/person'
import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import { privilegeOf } from '../domain/privilege'
import type { Connection, SearchRequest } from './connection'
import type { DirectoryPerson, DirectorySession, SignedInPerson, WriteAnswer } from './directory'
import { nameOfDn, normaliseDn } from './dn'
import { exactName } from './exact-name'
import { all, equals, searchFilter } from './filters'
import { membershipOf, membersOf, namesOf } from './groups'
import { attempt, tookEffect } from './links'
import type { Links } from './links'
import { baseChoices, belongingOf, findExactly, groupChoices, openLdapTime } from './openldap-lookup'
import { isPermanentLock, openLdapState, policyAttributes, readPolicy, stateAttributes } from './openldap-state'
import type { Ppolicy } from './openldap-state'
import { groupLimit, numbersOf, splitPersonId } from './person'
import { protectedGroupsOf } from './protected-groups'
import { ConnectionLost, passwordRefusal, resultCodeOf } from './refusals'
import { inOrder, parseQuery } from './search-query'
import type { Attributes } from './values'
import { findUserIds } from './user-ids'
import { generalizedTimeToInstant, readable } from './values'

const people = equals('objectClass', 'person')
const numberAttributes = { mobile: 'mobile', telephone: 'telephoneNumber' } as const
const summaryAttributes = ['entryUUID', 'cn', 'displayName', 'uid', 'mail', 'ou', 'departmentNumber', 'employeeNumber']
const cardAttributes = [
  'title',
  'l',
  'physicalDeliveryOfficeName',
  'manager',
  'modifyTimestamp',
  'mobile',
  'telephoneNumber',
]

const noSuchAttribute = 16
const unlocked = change('delete', 'pwdAccountLockedTime', [])

export interface OpenLdapSessionOptions {
  readonly links: Links
  readonly config: DirectoryConfig
  readonly clock: Clock
  /** Naming context, and where people are. */
  readonly base: string
  readonly peopleBase: string
  readonly person: SignedInPerson
  readonly personDn: string
}

/** A session on OpenLDAP with the ppolicy overlay (DOMAIN.md B4). */
export class OpenLdapSession implements DirectorySession {
  readonly kind = 'openldap'
  readonly directoryId: string
  readonly person: SignedInPerson
  readonly #options: OpenLdapSessionOptions
  readonly #links: Links
  readonly #summaryAttributes: readonly string[]
  #defaultPolicy: Promise<Attributes | null> | null = null
  #protectedDns: Promise<readonly string[]> | null = null

  constructor(options: OpenLdapSessionOptions) {
    this.#options = options
    this.#links = options.links
    this.directoryId = options.base.toLowerCase()
    this.person = options.person
    this.#summaryAttributes = [...summaryAttributes, ...options.config.readingAttributes, ...stateAttributes]
  }

  get server(): string {
    return this.#links.server
  }

  async roles(): Promise<Role[]> {
    const { config, base, personDn } = this.#options
    const membership = await this.#links.read((connection) => membershipOf(connection, base, personDn))
    return allRoles.filter((role) => config.roles[role].some((group) => membership.all.has(normaliseDn(group))))
  }

  async search(query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }> {
    const request = searchRequest(query, this.#options.config.readingAttributes)
    return this.#links.read(async (connection) => {
      const [found, policy] = await Promise.all([
        connection.searchSome(this.#options.peopleBase, request, limit),
        this.#policyByDefault(connection),
      ])
      const summaries = found.entries.map((entry) => this.#summary(entry, readPolicy(policy)))
      return { people: inOrder(summaries), more: found.more }
    })
  }

  async find(name: string): Promise<PersonSummary[]> {
    const exact = exactName(name)
    if (exact === null) return []
    return this.#links.read(async (connection) => {
      const [found, policy] = await Promise.all([
        findExactly(connection, this.#options.peopleBase, exact, this.#summaryAttributes),
        this.#policyByDefault(connection),
      ])
      return inOrder(found.map((entry) => this.#summary(entry, readPolicy(policy))))
    })
  }

  findByUserIds(userIds: readonly string[]): Promise<Map<string, SignedInPerson[]>> {
    return this.#links.read((connection) =>
      findUserIds(connection, userIds, {
        peopleBase: this.#options.peopleBase,
        people,
        attribute: 'uid',
        attributes: ['entryUUID', 'cn', 'displayName', 'uid'],
        personOf: (entry) => ({
          id: this.#idOf(entry),
          name: entry.first('displayName', 'cn'),
          userId: entry.first('uid'),
        }),
      }),
    )
  }

  belongsTo(id: PersonId, dns: readonly string[]): Promise<DirectoryEntry[]> {
    return this.#links.read(async (connection) => {
      const { dn } = await this.#find(connection, id, ['uid'])
      return belongingOf(connection, this.#options.base, dn, dns)
    })
  }

  findGroups(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#links.read((connection) => groupChoices(connection, this.#options.base, query, limit))
  }

  findBases(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#links.read((connection) => baseChoices(connection, this.#options.base, query, limit))
  }

  serverTime(): Promise<string | null> {
    return this.#links.read(openLdapTime)
  }

  async card(id: PersonId): Promise<DirectoryPerson> {
    const { base } = this.#options
    return this.#links.readAuthority(async (connection) => {
      const entry = await this.#find(connection, id, [...this.#summaryAttributes, ...cardAttributes])
      const [membership, configured, policy, manager] = await Promise.all([
        membershipOf(connection, base, entry.dn),
        this.#protectedGroups(connection),
        this.#policyOf(connection, entry),
        entry.has('manager') ? connection.read(entry.text('manager'), ['cn', 'displayName']) : null,
      ])
      const groups = [...membership.all].map(([key, dn]) => ({ name: readable(nameOfDn(dn)), dn: key, sid: null }))
      const privilege = privilegeOf({ sid: null, sids: [], groups, configured, adminCount: false })
      // OpenLDAP dates entries, not attributes: any later change counts as a change of the number.
      const changedAt = generalizedTimeToInstant(entry.text('modifyTimestamp'))
      const numbers = numbersOf(entry, numberAttributes, () => changedAt)
      const summary = this.#summary(entry, policy)
      return {
        numbers: numbers.full,
        card: {
          id,
          name: summary.name,
          reading: summary.reading,
          userId: summary.userId,
          signInName: summary.userId,
          mail: summary.mail,
          department: summary.department,
          title: entry.first('title'),
          employeeNumber: summary.employeeNumber,
          office: entry.first('physicalDeliveryOfficeName', 'l'),
          manager: manager?.first('displayName', 'cn') ?? '',
          dn: entry.dn,
          state: openLdapState(entry, policy, this.#options.clock),
          privilege,
          numbers: numbers.shown,
          groups: namesOf(membership.direct).slice(0, groupLimit),
          groupsTruncated: membership.direct.length > groupLimit,
          mayUnlock: null,
          mayRequireChange: null,
        },
      }
    })
  }

  state(id: PersonId): Promise<AccountState> {
    return this.#links.readAuthority((connection) => this.#state(connection, id))
  }

  stateOn(server: string, id: PersonId): Promise<AccountState> {
    return this.#links.readOn(server, (connection) => this.#state(connection, id))
  }

  async passwordPolicy(id: PersonId): Promise<PasswordPolicy> {
    return this.#links.readAuthority(async (connection) => {
      const entry = await this.#find(connection, id, stateAttributes)
      const policy = await this.#policyOf(connection, entry)
      return {
        source:
          policy === null
            ? 'none'
            : entry.has('pwdPolicySubentry') || entry.has('pwdChangedTime')
              ? 'policy'
              : 'default',
        name: policy?.name ?? '',
        minLength: policy?.minLength ?? 0,
        complexity: false,
        historyLength: policy?.historyLength ?? 0,
        historyOnReset: (policy?.historyLength ?? 0) > 0 ? 'enforced' : 'not-enforced',
        minAgeSeconds: policy?.minAgeSeconds ?? 0,
        maxAgeSeconds: policy?.maxAgeSeconds ?? 0,
        lockoutThreshold: policy?.lockoutThreshold ?? 0,
        lockoutSeconds: policy?.lockoutSeconds ?? 0,
      }
    })
  }

  async agents(): Promise<{ id: PersonId; name: string }[]> {
    const groups = this.#options.config.roles.agent
    const isGroup = (entry: Attributes): boolean => entry.texts('objectClass').some((name) => /^groupOf/iu.test(name))
    const members = await this.#links.read((connection) =>
      membersOf(connection, groups, {
        memberAttributes: ['member', 'uniqueMember'],
        attributes: summaryAttributes,
        isGroup,
      }),
    )
    return members
      .filter((entry) => entry.has('entryUUID'))
      .map((entry) => ({ id: this.#idOf(entry), name: entry.first('displayName', 'cn') }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ja'))
  }

  /**
   * Password Modify (RFC 3062) rather than a write of `userPassword`: the server hashes it whatever its configuration, and
   * ppolicy applies to an agent who has `=w` on it. "Must change" and the lock follow as a second write.
   */
  async resetPassword(id: PersonId, password: string): Promise<WriteAnswer> {
    return this.#write(id, async (connection, entry) => {
      const policy = new PasswordPolicyControl()
      const { server } = connection
      try {
        const set = await attempt(() => connection.passwordModify(entry.dn, password, policy))
        if (set.lost !== null) return { kind: 'unknown', server, cause: set.lost }
      } catch (error) {
        throw passwordRefusal(error, policy.value?.error, server)
      }
      const missed: ('must-change' | 'unlock')[] = []
      const mustChange = change('replace', 'pwdReset', ['TRUE'])
      if (!(await tookEffect(() => connection.modify(entry.dn, [mustChange])))) missed.push('must-change')
      // slapd itself lifts the lock with the password (slapo-ppolicy(5)); another server may not.
      if (entry.has('pwdAccountLockedTime') && !(await this.#isUnlocked(connection, entry.dn))) missed.push('unlock')
      return { kind: 'done', server, missed }
    })
  }

  /**
   * `delete`, although it is refused where nothing is locked: only then does slapd forget the failures too. After a
   * `replace` with no value they stand, and the next wrong password locks again (tried on slapd 2.5).
   */
  async unlock(id: PersonId): Promise<WriteAnswer> {
    return this.#write(id, async (connection, entry) => {
      const { server } = connection
      // The same attribute closes an account for good; lifting that is not an unlock.
      if (isPermanentLock(entry)) throw new AppError('directory-refused-policy', { server, reason: 'disabled' })
      try {
        const done = await attempt(() => connection.modify(entry.dn, [unlocked]))
        if (done.lost !== null) return { kind: 'unknown', server, cause: done.lost }
      } catch (error) {
        if (resultCodeOf(error) !== noSuchAttribute) throw error
      }
      return { kind: 'done', server, missed: [] }
    })
  }

  close(): Promise<void> {
    return this.#links.close()
  }

  #write(
    id: PersonId,
    write: (connection: Connection, entry: Attributes) => Promise<WriteAnswer>,
  ): Promise<WriteAnswer> {
    return this.#links.write((connection) => this.#find(connection, id, stateAttributes), write)
  }

  async #isUnlocked(connection: Connection, dn: string): Promise<boolean> {
    try {
      const after = await connection.read(dn, ['pwdAccountLockedTime'])
      return after?.has('pwdAccountLockedTime') === false || (await tookEffect(() => connection.modify(dn, [unlocked])))
    } catch (error) {
      if (error instanceof ConnectionLost || resultCodeOf(error) !== null) return false
      throw error
    }
  }

  async #state(connection: Connection, id: PersonId): Promise<AccountState> {
    const entry = await this.#find(connection, id, stateAttributes)
    return openLdapState(entry, await this.#policyOf(connection, entry), this.#options.clock)
  }

  async #find(connection: Connection, id: PersonId, attributes: readonly string[]): Promise<Attributes> {
    const { guid, directoryId } = splitPersonId(id)
    if (directoryId !== this.directoryId) throw new AppError('person-not-found')
    const filter = all(people, equals('entryUUID', guid))
    // Below the people only: whoever is never found by a search is not reached by an id that somebody learned elsewhere either.
    const [entry] = await connection.search(this.#options.peopleBase, { filter, attributes })
    if (entry === undefined) throw new AppError('person-not-found')
    return entry
  }

  async #policyOf(connection: Connection, entry: Attributes): Promise<Ppolicy | null> {
    const own = entry.text('pwdPolicySubentry')
    return readPolicy(
      own === '' ? await this.#policyByDefault(connection) : await connection.read(own, policyAttributes),
    )
  }

  /**
   * The policy of `ppolicy_default` stands in the server's configuration, which agents cannot read: it is the only policy
   * there is, or the one called "default". Read once per session.
   */
  #policyByDefault(connection: Connection): Promise<Attributes | null> {
    const reading = (this.#defaultPolicy ??= connection
      .search(this.#options.base, { filter: equals('objectClass', 'pwdPolicy'), attributes: policyAttributes })
      .then(
        (found) =>
          (found.length === 1 ? found[0] : found.find((each) => each.text('cn').toLowerCase() === 'default')) ?? null,
      ))
    reading.catch(() => {
      this.#defaultPolicy = null
    })
    return reading
  }

  /** DNs of the groups that the site protects, normalised; seen to be there once per session. Throws `protected-group-unreadable`. */
  #protectedGroups(connection: Connection): Promise<readonly string[]> {
    const { protectedGroups } = this.#options.config
    const reading = (this.#protectedDns ??= protectedGroupsOf(connection, protectedGroups, 'objectClass').then(
      (groups) => groups.map((group) => normaliseDn(group.dn)),
    ))
    reading.catch(() => {
      this.#protectedDns = null
    })
    return reading
  }

  #idOf(entry: Attributes): PersonId {
    return `${entry.text('entryUUID').toLowerCase()}@${this.directoryId}`
  }

  #summary(entry: Attributes, policy: Ppolicy | null): PersonSummary {
    const state = openLdapState(entry, policy, this.#options.clock)
    return {
      id: this.#idOf(entry),
      name: entry.first('displayName', 'cn'),
      reading: entry.first(...this.#options.config.readingAttributes),
      userId: entry.first('uid'),
      mail: entry.first('mail'),
      department: entry.first('ou', 'departmentNumber'),
      employeeNumber: entry.first('employeeNumber'),
      lock: state.locked ? 'locked' : entry.has('pwdChangedTime') ? 'unlocked' : 'unknown',
      disabled: state.disabled,
    }
  }
}

/** The search for what somebody typed: only attributes that a help desk's OpenLDAP has indexed. */
export function searchRequest(query: string, readings: readonly string[]): SearchRequest {
  const names = ['cn', 'displayName', 'sn', 'givenName', 'uid', 'mail', 'employeeNumber']
  const attributes = { names, family: 'sn', given: 'givenName', readings, numbers: [], containsFromBytes: 4 }
  return {
    filter: searchFilter(people, parseQuery(query), attributes),
    attributes: [...summaryAttributes, ...readings, ...stateAttributes],
  }
}

function change(operation: 'replace' | 'delete', type: string, values: string[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values }) })
}
