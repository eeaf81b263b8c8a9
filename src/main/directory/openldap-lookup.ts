import type { DirectoryEntry } from '../../shared/model/desk-settings'
import { choiceFilter, choiceOf, choicesInOrder } from './choices'
import type { Connection } from './connection'
import { isWithin, normaliseDn } from './dn'
import { exactFilter, exactLimit, holdsExactly } from './exact-name'
import { all, either, equals } from './filters'
import { membershipOf } from './groups'
import { resultCodeOf } from './refusals'
import type { Attributes } from './values'
import { generalizedTimeToInstant } from './values'

type Reader = Pick<Connection, 'read' | 'scan' | 'searchSome'>

const people = equals('objectClass', 'person')
const nameAttributes = ['uid', 'mail']

/** People by user ID or mail address; `name` comes from `exactName`. */
export async function findExactly(
  connection: Reader,
  peopleBase: string,
  name: string,
  attributes: readonly string[],
): Promise<Attributes[]> {
  const request = { filter: all(people, exactFilter(name, nameAttributes)), attributes }
  const { entries } = await connection.searchSome(peopleBase, request, exactLimit)
  return entries.filter((entry) => holdsExactly(entry, name, nameAttributes))
}

/** Those of the groups and containers that hold the person. */
export async function belongingOf(
  connection: Reader,
  base: string,
  personDn: string,
  dns: readonly string[],
): Promise<DirectoryEntry[]> {
  // The empty name is the rootDSE's, and everybody lies below it.
  const asked = dns.filter((dn) => dn.trim() !== '')
  if (asked.length === 0) return []
  const [membership, entries] = await Promise.all([
    membershipOf(connection, base, personDn),
    Promise.all(asked.map((dn) => connection.read(dn, ['objectClass', 'cn', 'ou', 'o', 'description']))),
  ])
  return entries
    .filter((entry) => entry !== null)
    .filter((entry) => (isGroup(entry) ? membership.all.has(normaliseDn(entry.dn)) : isWithin(personDn, entry.dn)))
    .map((entry) => choiceOf(entry, ['cn', 'ou', 'o']))
}

function isGroup(entry: Attributes): boolean {
  return entry.texts('objectClass').some((name) => /^groupOf/iu.test(name))
}

/** Groups by the beginning of their name; `limit` of them. */
export async function groupChoices(
  connection: Reader,
  base: string,
  query: string,
  limit: number,
): Promise<DirectoryEntry[]> {
  const kinds = ['groupOfNames', 'groupOfMembers', 'groupOfUniqueNames']
  const filter = choiceFilter(either(...kinds.map((kind) => equals('objectClass', kind))), query, ['cn'])
  const { entries } = await connection.searchSome(base, { filter, attributes: ['cn', 'description'] }, limit)
  return choicesInOrder(entries.map((entry) => choiceOf(entry, ['cn'])))
}

/** The naming context and the units below it. */
export async function baseChoices(
  connection: Reader,
  base: string,
  query: string,
  limit: number,
): Promise<DirectoryEntry[]> {
  const kinds = ['organizationalUnit', 'organization', 'dcObject', 'domain', 'locality', 'country']
  const names = ['ou', 'o', 'dc', 'l', 'c']
  const filter = choiceFilter(either(...kinds.map((kind) => equals('objectClass', kind))), query, names)
  const { entries } = await connection.searchSome(base, { filter, attributes: [...names, 'description'] }, limit)
  return choicesInOrder(entries.map((entry) => choiceOf(entry, names)))
}

/** Answers of a server that keeps its monitor to itself: a sign of life all the same. */
const notTold: readonly (number | null)[] = [50, 53]

/** Current time of slapd-monitor(5), UTC ISO; `null` where the monitor is off or closed to this person. */
export async function openLdapTime(connection: Reader): Promise<string | null> {
  try {
    const entry = await connection.read('cn=Current,cn=Time,cn=Monitor', ['monitorTimestamp'])
    return generalizedTimeToInstant(entry?.text('monitorTimestamp') ?? '')
  } catch (error) {
    if (notTold.includes(resultCodeOf(error))) return null
    throw error
  }
}
