/* eslint-disable @typescript-eslint/require-await -- nothing to wait for, but a refusal must be a rejection as it is with a server */
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { DirectoryEntry } from '../../shared/model/desk-settings'
import { roles as allRoles } from '../../shared/model/operator'
import type { Role } from '../../shared/model/operator'
import type { AccountState, PasswordPolicy, PersonSummary } from '../../shared/model/person'
import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import type { Directory, DirectoryPerson, DirectorySession, SignedInPerson, WriteAnswer } from './directory'
import { choicesInOrder, choiceWords } from './choices'
import { escapeDnValue, isWithin, normaliseDn } from './dn'
import { exactLimit, exactName, isExactly } from './exact-name'
import { groupLimit, splitPersonId } from './person'
import { SampleAccounts, sampleGuid } from './sample-accounts'
import { sampleOrganisation } from './sample-organisation'
import type { SampleOrganisation, SamplePerson } from './sample-organisation'
import { inOrder, parseQuery } from './search-query'
import type { QueryWord } from './search-query'
import { byUserId } from './user-ids'
import { maskNumber } from './values'

const base = 'dc=sakura,dc=example'
const server = 'sample:0'
/** Who may write, and whom they may not touch: as the test servers' access rules have it. */
const writers = 'helpdesk'
const untouchable = ['helpdesk', 'server-team']

interface SampleOptions {
  readonly config: DirectoryConfig
  readonly clock: Clock
}

/** The sample organisation: for a first look without a server, and for tests. Everything is forgotten at the end. */
export class SampleDirectory implements Directory {
  readonly #config: DirectoryConfig
  readonly #accounts: SampleAccounts

  constructor(options: SampleOptions, organisation: SampleOrganisation = sampleOrganisation()) {
    this.#config = options.config
    this.#accounts = new SampleAccounts(organisation, options.clock)
  }

  async signIn(userId: string, password: string): Promise<DirectorySession> {
    if (password === '') throw new AppError('password-empty')
    const person = this.#accounts.signIn(userId, password)
    return new SampleSession(this.#accounts, this.#config, person)
  }
}

class SampleSession implements DirectorySession {
  readonly kind = 'sample'
  readonly directoryId = base
  readonly server = server
  readonly person: SignedInPerson
  readonly #accounts: SampleAccounts
  readonly #config: DirectoryConfig
  readonly #userId: string
  #closed = false

  constructor(accounts: SampleAccounts, config: DirectoryConfig, person: SamplePerson) {
    this.#accounts = accounts
    this.#config = config
    this.#userId = person.userId
    this.person = { id: idOf(person), name: person.name, userId: person.userId }
  }

  async roles(): Promise<Role[]> {
    const groups = this.#groupsOf(this.#open(), this.#userId)
    return allRoles.filter((role) => this.#config.roles[role].some((dn) => groups.some((name) => isGroup(dn, name))))
  }

  async search(query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }> {
    const words = parseQuery(query)
    const found = this.#open().people.filter((person) => matchesAll(person, words))
    const people = inOrder(found.slice(0, limit).map((person) => this.#summary(person)))
    return { people, more: found.length > limit }
  }

  async find(name: string): Promise<PersonSummary[]> {
    const { people } = this.#open()
    const exact = exactName(name)
    if (exact === null) return []
    const found = people.filter(({ userId, mail }) => isExactly(exact, userId) || isExactly(exact, mail))
    return inOrder(found.slice(0, exactLimit).map((person) => this.#summary(person)))
  }

  async findByUserIds(userIds: readonly string[]): Promise<Map<string, SignedInPerson[]>> {
    const people = this.#open().people.map((person) => ({ id: idOf(person), name: person.name, userId: person.userId }))
    return byUserId(userIds, people)
  }

  async belongsTo(id: PersonId, dns: readonly string[]): Promise<DirectoryEntry[]> {
    const organisation = this.#open()
    const person = this.#find(id)
    const names = this.#groupsOf(organisation, person.userId)
    const groups = organisation.groups.filter(({ name }) => names.includes(name)).map(groupChoice)
    const held = [...groups, ...units.filter(({ dn }) => isWithin(dnOf(person), dn))]
    return dns.flatMap((dn) => held.filter((entry) => normaliseDn(entry.dn) === normaliseDn(dn)))
  }

  async findGroups(query: string, limit: number): Promise<DirectoryEntry[]> {
    return chosen(this.#open().groups.map(groupChoice), query, limit)
  }

  async findBases(query: string, limit: number): Promise<DirectoryEntry[]> {
    this.#open()
    return chosen(units, query, limit)
  }

  async serverTime(): Promise<string | null> {
    this.#open()
    return this.#accounts.clock.iso()
  }

  async card(id: PersonId): Promise<DirectoryPerson> {
    const organisation = this.#open()
    const person = this.#find(id)
    const groups = this.#groupsOf(organisation, person.userId)
    this.#assertProtectedGroups(organisation)
    const protectedGroups = groups.filter((name) => this.#config.protectedGroups.some((dn) => isGroup(dn, name)))
    const direct = organisation.groups.filter((group) => group.members.includes(person.userId))
    const manager = organisation.people.find((each) => each.userId === person.manager)
    const fields = (['mobile', 'telephone'] as const).filter((field) => person[field] !== '')
    const { userId, name, reading, mail, department, title, employeeNumber, office } = person
    return {
      numbers: new Map(fields.map((field) => [field, person[field]])),
      card: {
        ...{ id, name, reading, userId, signInName: userId, mail, department, title, employeeNumber, office },
        manager: manager?.name ?? '',
        dn: dnOf(person),
        state: this.#accounts.state(person),
        privilege: { privileged: protectedGroups.length > 0, groups: protectedGroups, adminCountHint: false },
        // Made-up numbers have not changed since the company was made up.
        numbers: fields.map((field) => ({
          field,
          masked: maskNumber(person[field]),
          changedAt: '2020-04-01T00:00:00.000Z',
        })),
        groups: direct.map((group) => group.name).slice(0, groupLimit),
        groupsTruncated: direct.length > groupLimit,
        mayUnlock: this.#mayWrite(person),
        mayRequireChange: this.#mayWrite(person),
      },
    }
  }

  async state(id: PersonId): Promise<AccountState> {
    return this.#accounts.state(this.#find(id))
  }

  async stateOn(_server: string, id: PersonId): Promise<AccountState> {
    return this.state(id)
  }

  async passwordPolicy(id: PersonId): Promise<PasswordPolicy> {
    const person = this.#find(id)
    return {
      source: 'policy',
      name: person.policy,
      ...this.#accounts.policyOf(person),
      historyOnReset: 'enforced',
    }
  }

  async agents(): Promise<{ id: PersonId; name: string }[]> {
    const organisation = this.#open()
    const isAgent = (person: SamplePerson): boolean =>
      this.#groupsOf(organisation, person.userId).some((name) =>
        this.#config.roles.agent.some((dn) => isGroup(dn, name)),
      )
    const agents = organisation.people.filter(isAgent).map((person) => ({ id: idOf(person), name: person.name }))
    return agents.toSorted((a, b) => a.name.localeCompare(b.name, 'ja'))
  }

  async resetPassword(id: PersonId, password: string): Promise<WriteAnswer> {
    this.#accounts.resetPassword(this.#writable(id), password, server)
    return { kind: 'done', server, missed: [] }
  }

  async unlock(id: PersonId): Promise<WriteAnswer> {
    this.#accounts.unlock(this.#writable(id))
    return { kind: 'done', server, missed: [] }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #open(): SampleOrganisation {
    if (this.#closed) throw new AppError('not-signed-in')
    return this.#accounts.organisation
  }

  #find(id: PersonId): SamplePerson {
    const { guid, directoryId } = splitPersonId(id)
    const person = this.#open().people.find((each) => sampleGuid(each.userId) === guid)
    if (person === undefined || directoryId !== base) throw new AppError('person-not-found')
    return person
  }

  #assertProtectedGroups(organisation: SampleOrganisation): void {
    const group = this.#config.protectedGroups.find((dn) => !organisation.groups.some(({ name }) => isGroup(dn, name)))
    if (group !== undefined) throw new AppError('protected-group-unreadable', { group })
  }

  #writable(id: PersonId): SamplePerson {
    const person = this.#find(id)
    if (!this.#mayWrite(person)) throw new AppError('directory-refused-rights', { server })
    return person
  }

  #mayWrite(target: SamplePerson): boolean {
    const organisation = this.#open()
    const mine = this.#groupsOf(organisation, this.#userId)
    const theirs = this.#groupsOf(organisation, target.userId)
    return mine.includes(writers) && !theirs.some((name) => untouchable.includes(name))
  }

  /** Names of every group that holds the person, directly or through others; cycles end it. */
  #groupsOf(organisation: SampleOrganisation, userId: string): string[] {
    const held = new Set(
      organisation.groups.filter((group) => group.members.includes(userId)).map((group) => group.name),
    )
    let size = -1
    while (size !== held.size) {
      size = held.size
      for (const group of organisation.groups) if (group.groups.some((name) => held.has(name))) held.add(group.name)
    }
    return [...held]
  }

  #summary(person: SamplePerson): PersonSummary {
    const { name, reading, userId, mail, department, employeeNumber } = person
    const state = this.#accounts.state(person)
    const lock = state.locked ? 'locked' : 'unlocked'
    return { id: idOf(person), name, reading, userId, mail, department, employeeNumber, lock, disabled: state.disabled }
  }
}

function idOf(person: SamplePerson): PersonId {
  return `${sampleGuid(person.userId)}@${base}`
}

function dnOf({ namedByCn, name, userId }: SamplePerson): string {
  return namedByCn ? `cn=${escapeDnValue(name)},ou=people,${base}` : `uid=${userId},ou=people,${base}`
}

const units: readonly DirectoryEntry[] = [
  { dn: base, name: 'sakura', description: '' },
  { dn: `ou=people,${base}`, name: 'people', description: '' },
  { dn: `ou=groups,${base}`, name: 'groups', description: '' },
]

function groupChoice({ name, description }: SampleOrganisation['groups'][number]): DirectoryEntry {
  return { dn: `cn=${escapeDnValue(name)},ou=groups,${base}`, name, description }
}

function isGroup(dn: string, name: string): boolean {
  return normaliseDn(dn) === normaliseDn(`cn=${escapeDnValue(name)},ou=groups,${base}`)
}

function chosen(entries: readonly DirectoryEntry[], query: string, limit: number): DirectoryEntry[] {
  const words = fold(choiceWords(query))
  return choicesInOrder(entries.filter(({ name }) => fold(name).startsWith(words))).slice(0, limit)
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Every word matches, or two words begin the two parts of the reading. */
function matchesAll(person: SamplePerson, words: readonly QueryWord[]): boolean {
  if (words.every((word) => matches(person, word))) return true
  const [one, two] = words
  if (one === undefined || two === undefined || words.length > 2) return false
  const reading = fold(person.reading)
  return [[one, two] as const, [two, one] as const].some(([family, given]) =>
    family.spellings.map(fold).some((begin) => {
      const rest = reading.slice(begin.length)
      return reading.startsWith(begin) && given.spellings.map(fold).some((text) => rest.includes(text))
    }),
  )
}

/** The same rule as the servers' filters: beginnings always, insides from three letters on, and names without a space. */
function matches(person: SamplePerson, word: QueryWord): boolean {
  const { name, family, given, userId, mail, employeeNumber, reading } = person
  const values = [name, family, given, userId, mail, employeeNumber, reading].map(fold)
  const found = word.spellings.map(fold).some((text) => {
    const inside = [...text].length >= 3
    return values.some((value) => (inside ? value.includes(text) : value.startsWith(text)))
  })
  const text = fold(word.text)
  return (
    found ||
    (word.cuts.length > 0 &&
      [name, reading].map((value) => fold(value).replaceAll(' ', '')).some((value) => value.startsWith(text)))
  )
}
