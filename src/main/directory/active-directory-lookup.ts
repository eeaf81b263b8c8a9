import type { DirectoryEntry } from '../../shared/model/desk-settings'
import { choiceFilter, choiceOf, choicesInOrder } from './choices'
import type { Connection } from './connection'
import { dnsDomainOf, isWithin } from './dn'
import { exactFilter, exactLimit, holdsExactly, isExactly } from './exact-name'
import { all, either, equals, inChain, not } from './filters'
import type { UserIdPlace } from './user-ids'
import type { Attributes } from './values'
import { generalizedTimeToInstant, guidFromBytes, sidFromBytes } from './values'

type Reader = Pick<Connection, 'read' | 'search' | 'searchSome' | 'rootDse'>

const people = all(equals('objectCategory', 'person'), equals('objectClass', 'user'))
const nameAttributes = ['sAMAccountName', 'userPrincipalName', 'mail']

/**
 * People of this domain by user ID, UPN, `DOMAIN\user`, or one of their mail addresses (`proxyAddresses` holds `smtp:` and, for the
 * main one, `SMTP:`). The implicit UPN of a user ID counts as one too (DOMAIN.md B3). `name` comes from `exactName`.
 */
export async function findExactly(
  connection: Reader,
  bases: { readonly base: string; readonly peopleBase: string },
  name: string,
  attributes: readonly string[],
): Promise<Attributes[]> {
  const account = await accountOf(connection, bases.base, name)
  const proxy = `smtp:${name}`
  const filter = all(
    people,
    either(
      exactFilter(name, nameAttributes),
      equals('proxyAddresses', proxy),
      ...(account === null ? [] : [equals('sAMAccountName', account)]),
    ),
  )
  const request = { filter, attributes: [...attributes, 'proxyAddresses'] }
  const { entries } = await connection.searchSome(bases.peopleBase, request, exactLimit)
  return entries.filter(
    (entry) =>
      holdsExactly(entry, name, nameAttributes) ||
      holdsExactly(entry, proxy, ['proxyAddresses']) ||
      (account !== null && isExactly(account, entry.text('sAMAccountName'))),
  )
}

/** Where {@link findUserIds} looks in this domain. */
export function userIdPlace(bases: { readonly base: string; readonly peopleBase: string }): UserIdPlace {
  return {
    peopleBase: bases.peopleBase,
    people,
    attribute: 'sAMAccountName',
    attributes: ['objectGUID', 'cn', 'displayName', 'sAMAccountName'],
    personOf: (entry) => {
      const [guid] = entry.buffers('objectGUID')
      if (guid === undefined) return null
      const id = `${guidFromBytes(guid)}@${bases.base.toLowerCase()}`
      return { id, name: entry.first('displayName', 'cn'), userId: entry.first('sAMAccountName') }
    },
  }
}

/** The user ID in `LAB\user` or in `user@domain`, if that is this domain: another one has people of its own. */
async function accountOf(connection: Reader, base: string, name: string): Promise<string | null> {
  const domain = dnsDomainOf(base)
  const [, local = '', host = ''] = /^([^@\\]+)@([^@\\]+)$/u.exec(name) ?? []
  if (local !== '') return isExactly(host, domain) ? local : null
  const [, prefix = '', account = ''] = /^([^\\]+)\\([^\\]+)$/u.exec(name) ?? []
  if (account === '') return null
  return isExactly(prefix, domain) || isExactly(prefix, await netbiosNameOf(connection, base)) ? account : null
}

/** The short name of the domain (MS-ADTS 6.1.1.2.1.1.2); empty where it cannot be read. */
async function netbiosNameOf(connection: Reader, base: string): Promise<string> {
  const configuration = connection.rootDse.text('configurationNamingContext')
  if (configuration === '') return ''
  const filter = all(equals('objectClass', 'crossRef'), equals('nCName', base))
  const found = await connection.search(`CN=Partitions,${configuration}`, { filter, attributes: ['nETBIOSName'] })
  return found[0]?.text('nETBIOSName') ?? ''
}

/** What {@link belongingOf} needs of a person's entry. */
export const belongingAttributes = ['objectSid', 'primaryGroupID']

/** Those of the groups and containers that hold the person; distribution groups too, which no token names. */
export async function belongingOf(
  connection: Reader,
  person: Attributes,
  dns: readonly string[],
): Promise<DirectoryEntry[]> {
  const primary = await primaryGroupOf(connection, person)
  const holds = async (dn: string): Promise<DirectoryEntry | null> => {
    // The empty name is the rootDSE's, and everybody lies below it.
    const entry = dn.trim() === '' ? null : await connection.read(dn, ['objectClass', 'cn', 'name', 'description'])
    if (entry === null) return null
    const isGroup = entry.texts('objectClass').some((each) => each.toLowerCase() === 'group')
    const held = isGroup
      ? primary?.dn === entry.dn || (await isMember(connection, [person, primary], entry.dn))
      : isWithin(person.dn, entry.dn)
    return held ? choiceOf(entry, ['name', 'cn']) : null
  }
  return (await Promise.all(dns.map(holds))).filter((entry) => entry !== null)
}

/** No group names those as members whose primary group it is (MS-ADTS 3.1.1.4.5.18). */
async function primaryGroupOf(connection: Reader, person: Attributes): Promise<Attributes | null> {
  const [sid] = person.buffers('objectSid')
  const rid = person.number('primaryGroupID')
  if (sid === undefined || rid === null) return null
  return connection.read(`<SID=${sidFromBytes(sid).replace(/-\d+$/u, `-${rid}`)}>`, ['cn'])
}

async function isMember(connection: Reader, members: readonly (Attributes | null)[], group: string): Promise<boolean> {
  const held = await Promise.all(
    members.map(
      async (member) =>
        member !== null && (await connection.read(member.dn, ['cn'], inChain('memberOf', group))) !== null,
    ),
  )
  return held.includes(true)
}

/** Groups by the beginning of their name; `limit` of them. */
export async function groupChoices(
  connection: Reader,
  base: string,
  query: string,
  limit: number,
): Promise<DirectoryEntry[]> {
  const filter = choiceFilter(equals('objectCategory', 'group'), query, ['cn', 'sAMAccountName', 'displayName'])
  const { entries } = await connection.searchSome(base, { filter, attributes: ['cn', 'description'] }, limit)
  return choicesInOrder(entries.map((entry) => choiceOf(entry, ['cn'])))
}

/** The domain, its organizational units and containers that people see; not those of the system. */
export async function baseChoices(
  connection: Reader,
  base: string,
  query: string,
  limit: number,
): Promise<DirectoryEntry[]> {
  const kinds = ['organizationalUnit', 'container', 'domainDNS']
  const kind = all(
    either(...kinds.map((each) => equals('objectClass', each))),
    not(equals('showInAdvancedViewOnly', 'TRUE')),
  )
  const filter = choiceFilter(kind, query, ['name'])
  const { entries } = await connection.searchSome(base, { filter, attributes: ['name', 'description'] }, limit)
  // Not every container of the system says that it is one.
  const ofPeople = entries.filter(({ dn }) => !isWithin(dn, `CN=System,${base}`))
  return choicesInOrder(ofPeople.map((entry) => choiceOf(entry, ['name'])))
}

/** `currentTime` of the rootDSE (MS-ADTS 3.1.1.3.2.2), UTC ISO. */
export async function activeDirectoryTime(connection: Reader): Promise<string | null> {
  const root = await connection.read('', ['currentTime'])
  return generalizedTimeToInstant(root?.text('currentTime') ?? '')
}
