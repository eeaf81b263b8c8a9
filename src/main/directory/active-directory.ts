import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { DirectoryEntry } from '../../shared/model/desk-settings'
import { roles as allRoles } from '../../shared/model/operator'
import type { Role } from '../../shared/model/operator'
import type { AccountState, PasswordPolicy, PersonSummary } from '../../shared/model/person'
import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import {
  activeDirectoryTime,
  baseChoices,
  belongingAttributes,
  belongingOf,
  findExactly,
  groupChoices,
  userIdPlace,
} from './active-directory-lookup'
import { privilegeAttributes, readPrivilege } from './active-directory-privilege'
import {
  activeDirectoryState,
  attributeChangedAt,
  domainPolicyAttributes,
  lockInList,
  psoAttributes,
  readDomainPolicy,
  readPso,
  stateAttributes,
} from './active-directory-state'
import type { AdPolicy } from './active-directory-state'
import { writePassword, writeUnlock } from './active-directory-write'
import type { Connection } from './connection'
import type { DirectoryPerson, DirectorySession, SignedInPerson, WriteAnswer } from './directory'
import { isWithin } from './dn'
import type { Endpoint } from './endpoint'
import { exactName } from './exact-name'
import { all, equals, inChain, searchFilter } from './filters'
import type { SearchAttributes } from './filters'
import { membersOf, namesOf } from './groups'
import type { Links } from './links'
import { groupLimit, numbersOf, splitPersonId } from './person'
import { policyHintsFor } from './policy-hints'
import { protectedGroupsOf } from './protected-groups'
import { inOrder, parseQuery } from './search-query'
import { findUserIds } from './user-ids'
import type { Attributes } from './values'
import { guidFromBytes, sidFromBytes } from './values'

const people = all(equals('objectCategory', 'person'), equals('objectClass', 'user'))
const numberAttributes = { mobile: 'mobile', telephone: 'telephoneNumber' } as const
const summaryAttributes = [
  'objectGUID',
  'displayName',
  'cn',
  'sAMAccountName',
  'userPrincipalName',
  'mail',
  'department',
  'employeeNumber',
  'employeeID',
  'userAccountControl',
  'lockoutTime',
]
const cardAttributes = [
  'title',
  'physicalDeliveryOfficeName',
  'manager',
  'mobile',
  'telephoneNumber',
  'memberOf',
  'whenChanged',
  'allowedAttributesEffective',
  'msDS-ReplAttributeMetaData',
]

export interface ActiveDirectorySessionOptions {
  readonly links: Links
  readonly config: DirectoryConfig
  readonly clock: Clock
  /** Naming context of the domain, and where people are. */
  readonly base: string
  readonly peopleBase: string
  readonly person: SignedInPerson
}

/** A session on Active Directory, Samba's included (DOMAIN.md B1–B3). */
export class ActiveDirectorySession implements DirectorySession {
  readonly kind = 'active-directory'
  readonly directoryId: string
  readonly person: SignedInPerson
  readonly #options: ActiveDirectorySessionOptions
  readonly #links: Links
  readonly #summaryAttributes: readonly string[]
  readonly #searchAttributes: SearchAttributes
  #domainPolicy: Promise<AdPolicy> | null = null
  #configuredSids: Promise<readonly string[]> | null = null

  constructor(options: ActiveDirectorySessionOptions) {
    this.#options = options
    this.#links = options.links
    this.directoryId = options.base.toLowerCase()
    this.person = options.person
    const readings = options.config.readingAttributes
    this.#summaryAttributes = [...summaryAttributes, ...readings]
    this.#searchAttributes = {
      names: ['displayName', 'cn', 'sn', 'givenName', 'sAMAccountName', 'userPrincipalName', 'mail'],
      family: 'sn',
      given: 'givenName',
      readings,
      // Neither is indexed by default: asked only for words that can be a number.
      numbers: ['employeeNumber', 'employeeID'],
      // Active Directory indexes beginnings; a match inside would read every person of the domain.
      containsFromBytes: null,
    }
  }

  get server(): string {
    return this.#links.server
  }

  /** One base read per role group, each answered from the person's own entry: cheap even in a large domain. */
  async roles(): Promise<Role[]> {
    const { config } = this.#options
    const { guid } = splitPersonId(this.person.id)
    return this.#links.read(async (connection) => {
      const isIn = async (group: string): Promise<boolean> => {
        return (await connection.read(`<GUID=${guid}>`, ['cn'], inChain('memberOf', group))) !== null
      }
      const held = await Promise.all(
        allRoles.map(async (role) => (await Promise.all(config.roles[role].map(isIn))).includes(true)),
      )
      return allRoles.filter((_, index) => held[index] === true)
    })
  }

  async search(query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }> {
    const filter = searchFilter(people, parseQuery(query), this.#searchAttributes)
    return this.#links.read(async (connection) => {
      const request = { filter, attributes: this.#summaryAttributes }
      const [found, policy] = await Promise.all([
        connection.searchSome(this.#options.peopleBase, request, limit),
        this.#lockPolicy(connection),
      ])
      return { people: inOrder(found.entries.map((entry) => this.#summary(entry, policy))), more: found.more }
    })
  }

  async find(name: string): Promise<PersonSummary[]> {
    const exact = exactName(name)
    if (exact === null) return []
    return this.#links.read(async (connection) => {
      const [found, policy] = await Promise.all([
        findExactly(connection, this.#options, exact, this.#summaryAttributes),
        this.#lockPolicy(connection),
      ])
      return inOrder(found.map((entry) => this.#summary(entry, policy)))
    })
  }

  findByUserIds(userIds: readonly string[]): Promise<Map<string, SignedInPerson[]>> {
    return this.#links.read((connection) => findUserIds(connection, userIds, userIdPlace(this.#options)))
  }

  belongsTo(id: PersonId, dns: readonly string[]): Promise<DirectoryEntry[]> {
    return this.#links.read(async (connection) =>
      belongingOf(connection, await this.#read(connection, id, belongingAttributes), dns),
    )
  }

  findGroups(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#links.read((connection) => groupChoices(connection, this.#options.base, query, limit))
  }

  findBases(query: string, limit: number): Promise<DirectoryEntry[]> {
    return this.#links.read((connection) => baseChoices(connection, this.#options.base, query, limit))
  }

  serverTime(): Promise<string | null> {
    return this.#links.read(activeDirectoryTime)
  }

  async card(id: PersonId): Promise<DirectoryPerson> {
    const { base } = this.#options
    return this.#links.readAuthority(async (connection) => {
      const attributes = [...this.#summaryAttributes, ...stateAttributes, ...cardAttributes, ...privilegeAttributes]
      const entry = await this.#read(connection, id, attributes)
      const [policy, privilege, manager] = await Promise.all([
        this.#policyOf(connection, entry),
        this.#protectedSids(connection).then((configured) => readPrivilege(connection, base, entry, configured)),
        entry.has('manager') ? connection.read(entry.text('manager'), ['cn', 'displayName']) : null,
      ])
      const summary = this.#summary(entry, policy)
      const memberOf = entry.texts('memberOf')
      const numbers = numbersOf(entry, numberAttributes, (attribute) => attributeChangedAt(entry, attribute))
      const mayWrite = entry.texts('allowedAttributesEffective').map((name) => name.toLowerCase())
      return {
        numbers: numbers.full,
        card: {
          id,
          name: summary.name,
          reading: summary.reading,
          userId: summary.userId,
          signInName: entry.first('userPrincipalName', 'sAMAccountName'),
          mail: summary.mail,
          department: summary.department,
          title: entry.first('title'),
          employeeNumber: summary.employeeNumber,
          office: entry.first('physicalDeliveryOfficeName'),
          manager: manager?.first('displayName', 'cn') ?? '',
          dn: entry.dn,
          state: activeDirectoryState(entry, policy, this.#options.clock),
          privilege,
          numbers: numbers.shown,
          groups: namesOf(memberOf).slice(0, groupLimit),
          groupsTruncated: memberOf.length > groupLimit || entry.lastOfRange('memberOf') !== null,
          mayUnlock: mayWrite.includes('lockouttime'),
          mayRequireChange: mayWrite.includes('pwdlastset'),
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
      const entry = await this.#read(connection, id, stateAttributes)
      const policy = await this.#policyOf(connection, entry)
      const historyOnReset = policyHintsFor(connection.rootDse) === null ? 'not-enforced' : 'enforced'
      return { ...policy, historyOnReset }
    })
  }

  async agents(): Promise<{ id: PersonId; name: string }[]> {
    const isGroup = (entry: Attributes): boolean => entry.texts('objectClass').includes('group')
    const groups = this.#options.config.roles.agent
    const members = await this.#links.read((connection) =>
      membersOf(connection, groups, { memberAttributes: ['member'], attributes: summaryAttributes, isGroup }),
    )
    return members
      .filter((entry) => entry.texts('objectClass').includes('user'))
      .map((entry) => ({ id: this.#idOf(entry), name: entry.first('displayName', 'cn') }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ja'))
  }

  resetPassword(id: PersonId, password: string): Promise<WriteAnswer> {
    return this.#write(id, (connection, entry) => writePassword(connection, entry, password))
  }

  unlock(id: PersonId): Promise<WriteAnswer> {
    return this.#write(id, writeUnlock)
  }

  close(): Promise<void> {
    return this.#links.close()
  }

  #write(
    id: PersonId,
    write: (connection: Connection, entry: Attributes) => Promise<WriteAnswer>,
  ): Promise<WriteAnswer> {
    return this.#links.write((connection) => this.#read(connection, id, stateAttributes), write)
  }

  async #state(connection: Connection, id: PersonId): Promise<AccountState> {
    const entry = await this.#read(connection, id, stateAttributes)
    return activeDirectoryState(entry, await this.#policyOf(connection, entry), this.#options.clock)
  }

  /** Constructed attributes come with a base read only, and `<GUID=…>` finds the person wherever they moved. */
  async #read(connection: Connection, id: PersonId, attributes: readonly string[]): Promise<Attributes> {
    const { guid, directoryId } = splitPersonId(id)
    const entry = directoryId === this.directoryId ? await connection.read(`<GUID=${guid}>`, attributes, people) : null
    // Whoever is never found by a search is not reached by an id that somebody learned elsewhere either.
    if (entry === null || !isWithin(entry.dn, this.#options.peopleBase)) throw new AppError('person-not-found')
    return entry
  }

  /** The fine-grained policy where there is one and it can be read, else the domain's. */
  async #policyOf(connection: Connection, entry: Attributes): Promise<AdPolicy> {
    const pso = entry.text('msDS-ResultantPSO')
    if (pso !== '') {
      const own = await connection.read(pso, psoAttributes)
      if (own?.has('msDS-MinimumPasswordLength') === true) return readPso(own)
    }
    const domain = await connection.read(this.#options.base, domainPolicyAttributes)
    return readDomainPolicy(domain, pso === '' ? 'policy' : 'default')
  }

  /** SIDs of the groups that the site protects besides; read once per session. Throws `protected-group-unreadable`. */
  #protectedSids(connection: Connection): Promise<readonly string[]> {
    const reading = (this.#configuredSids ??= protectedGroupsOf(
      connection,
      this.#options.config.protectedGroups,
      'objectSid',
    ).then((groups) => groups.flatMap((group) => group.buffers('objectSid').map(sidFromBytes))))
    reading.catch(() => {
      this.#configuredSids = null
    })
    return reading
  }

  #idOf(entry: Attributes): PersonId {
    const [guid] = entry.buffers('objectGUID')
    if (guid === undefined) throw new Error(`no objectGUID on ${entry.dn}`)
    return `${guidFromBytes(guid)}@${this.directoryId}`
  }

  /** The domain's policy as of the first search: good enough for the lock sign of a list; the card reads it anew. */
  #lockPolicy(connection: Connection): Promise<AdPolicy> {
    const reading = (this.#domainPolicy ??= connection
      .read(this.#options.base, domainPolicyAttributes)
      .then((domain) => readDomainPolicy(domain, 'default')))
    reading.catch(() => {
      this.#domainPolicy = null
    })
    return reading
  }

  #summary(entry: Attributes, policy: AdPolicy): PersonSummary {
    return {
      id: this.#idOf(entry),
      name: entry.first('displayName', 'cn'),
      reading: entry.first(...this.#options.config.readingAttributes),
      userId: entry.first('sAMAccountName'),
      mail: entry.first('mail'),
      department: entry.first('department'),
      employeeNumber: entry.first('employeeNumber', 'employeeID'),
      lock: lockInList(entry, policy, this.#options.clock),
      disabled: ((entry.number('userAccountControl') ?? 0) & 0x2) !== 0,
    }
  }
}

/** The configured server that holds the PDC emulator role; `null` when it is none of them. */
export async function authorityOf(
  connection: Connection,
  base: string,
  endpoints: readonly Endpoint[],
): Promise<Endpoint | null> {
  if (endpoints.length < 2) return null
  const domain = await connection.read(base, ['fSMORoleOwner'])
  // The role is held by "CN=NTDS Settings" below the server's entry, which knows its DNS name.
  const server = /^CN=NTDS Settings,(?<dn>.+)$/iu.exec(domain?.text('fSMORoleOwner') ?? '')?.groups?.['dn']
  const host = server === undefined ? '' : ((await connection.read(server, ['dNSHostName']))?.text('dNSHostName') ?? '')
  return endpoints.find((endpoint) => endpoint.host.toLowerCase() === host.toLowerCase()) ?? null
}
