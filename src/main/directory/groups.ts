import type { Connection } from './connection'
import { nameOfDn, normaliseDn } from './dn'
import { all, anyOf, either, equals } from './filters'
import { readable } from './values'
import type { Attributes } from './values'

/** Groups that a nest may hold: far above any real nest, far below what would hurt. */
const nestLimit = 5000
/** DNs per filter: servers refuse filters of many thousand clauses. */
const dnsPerFilter = 100
const readsAtOnce = 20

/** Kinds of groups and what they hold members by. The class stands first: it is indexed everywhere, `uniqueMember` is not. */
const groupKinds = [
  ['groupOfNames', 'member'],
  ['groupOfMembers', 'member'],
  ['groupOfUniqueNames', 'uniqueMember'],
] as const

/** Groups of somebody: by normalised DN, and which of them hold the person directly. */
export interface Membership {
  readonly direct: readonly string[]
  /** Normalised DN to DN, direct and through other groups. */
  readonly all: ReadonlyMap<string, string>
}

/**
 * Every group that holds this person, directly or through others, by walking up level by level; cycles end it. `memberOf`
 * of the groups found shortens the walk where an overlay keeps it, but is never relied on: a server that was loaded with
 * slapadd may lack it. Throws rather than answer a part: the group that protects the person may be in the rest.
 */
export async function membershipOf(
  connection: Pick<Connection, 'scan'>,
  base: string,
  personDn: string,
): Promise<Membership> {
  const all = new Map<string, string>()
  const asked = new Set<string>()
  let direct: string[] | null = null
  let next = [personDn]
  while (next.length > 0) {
    if (all.size >= nestLimit) throw new Error(`more than ${nestLimit} groups hold ${personDn}`)
    for (const dn of next) asked.add(normaliseDn(dn))
    const found = await parentsOf(connection, base, next)
    direct ??= found.map((group) => group.dn)
    const candidates = new Map<string, string>()
    for (const group of found) {
      all.set(normaliseDn(group.dn), group.dn)
      for (const dn of [group.dn, ...group.texts('memberOf')]) candidates.set(normaliseDn(dn), dn)
    }
    next = [...candidates].filter(([key]) => !asked.has(key)).map(([, dn]) => dn)
  }
  return { direct: direct ?? [], all }
}

async function parentsOf(
  connection: Pick<Connection, 'scan'>,
  base: string,
  members: readonly string[],
): Promise<Attributes[]> {
  const chunks: string[][] = []
  for (let from = 0; from < members.length; from += dnsPerFilter) chunks.push(members.slice(from, from + dnsPerFilter))
  const answers = await Promise.all(
    chunks.map(async (chunk) => {
      const filter = either(...groupKinds.map(([kind, held]) => all(equals('objectClass', kind), anyOf(held, chunk))))
      const found: Attributes[] = []
      for await (const page of connection.scan(base, { filter, attributes: ['memberOf'] }, 500)) found.push(...page)
      return found
    }),
  )
  return answers.flat()
}

/** All values of an attribute, following ranges (`member;range=1500-*`, MS-ADTS 3.1.1.3.1.3.3) to their end. */
export async function readAllValues(
  connection: Pick<Connection, 'read'>,
  dn: string,
  attribute: string,
): Promise<string[]> {
  const values: string[] = []
  let name = attribute
  for (;;) {
    const entry = await connection.read(dn, [attribute, name])
    values.push(...(entry?.texts(attribute) ?? []))
    const last = entry?.lastOfRange(attribute) ?? null
    if (last === null) return values
    name = `${attribute};range=${last + 1}-*`
  }
}

export interface MembersQuery {
  /** Where these groups hold their members. */
  readonly memberAttributes: readonly string[]
  /** What is read of each entry, besides its classes. */
  readonly attributes: readonly string[]
  readonly isGroup: (entry: Attributes) => boolean
}

/** Entries below these groups that are not groups themselves, walking down; each once, cycles end it. */
export async function membersOf(
  connection: Pick<Connection, 'read'>,
  groups: readonly string[],
  query: MembersQuery,
): Promise<Attributes[]> {
  const { memberAttributes, attributes, isGroup } = query
  const seen = new Set(groups.map(normaliseDn))
  const people: Attributes[] = []
  let next = [...groups]
  while (next.length > 0 && seen.size < nestLimit) {
    const held = next.flatMap((dn) => memberAttributes.map((attribute) => ({ dn, attribute })))
    const members = await inBatches(held, ({ dn, attribute }) => readAllValues(connection, dn, attribute))
    const fresh = members.flat().filter((dn) => {
      const key = normaliseDn(dn)
      return !seen.has(key) && seen.add(key)
    })
    const entries = await inBatches(fresh, (dn) => connection.read(dn, [...attributes, 'objectClass']))
    next = []
    for (const entry of entries) {
      if (entry === null) continue
      if (isGroup(entry)) next.push(entry.dn)
      else people.push(entry)
    }
  }
  return people
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += readsAtOnce)
    results.push(...(await Promise.all(items.slice(from, from + readsAtOnce).map(work))))
  return results
}

/** Names of these groups for people to read, sorted. */
export function namesOf(dns: readonly string[]): string[] {
  return dns.map((dn) => readable(nameOfDn(dn))).toSorted((a, b) => a.localeCompare(b, 'ja'))
}
