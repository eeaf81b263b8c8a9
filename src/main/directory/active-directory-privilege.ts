import type { Privilege } from '../../shared/model/person'
import { privilegeOf } from '../domain/privilege'
import type { PrivilegeFacts } from '../domain/privilege'
import type { Connection } from './connection'
import { all, anyOf, either, equals, inChain } from './filters'
import type { Attributes } from './values'
import { sidFromBytes } from './values'

/** What {@link readPrivilege} needs of a person's entry; `tokenGroups` is constructed and comes with a base read only. */
export const privilegeAttributes = ['objectSid', 'tokenGroups', 'primaryGroupID', 'adminCount']

type Reader = Pick<Connection, 'read' | 'scan' | 'search'>

/**
 * Why nobody may reset this person by the ordinary rules, by the SIDs that a sign-in would carry. `configured`: SIDs of the
 * groups that the site protects besides. Names are looked up for protected groups alone and decide nothing: a group of another
 * domain, or one that the agent may not see, has none here.
 */
export async function readPrivilege(
  connection: Reader,
  base: string,
  entry: Attributes,
  configured: readonly string[],
): Promise<Privilege> {
  const own = sidsOf(entry, 'objectSid')[0] ?? null
  const token = sidsOf(entry, 'tokenGroups')
  const sids = token.length > 0 ? token : await groupSids(connection, base, entry, own)
  const adminCount = (entry.number('adminCount') ?? 0) > 0
  const facts: PrivilegeFacts = { sid: own, sids, groups: [], configured, adminCount }
  const held = sids.filter((sid) => privilegeOf({ ...facts, sid: null, sids: [sid] }).privileged)
  if (held.length === 0) return privilegeOf(facts)

  const found = await connection.search(base, { filter: anyOf('objectSid', held), attributes: ['cn', 'objectSid'] })
  const groups = found.map((group) => ({
    name: group.first('cn'),
    dn: group.dn,
    sid: sidsOf(group, 'objectSid')[0] ?? null,
  }))
  return privilegeOf({ ...facts, groups })
}

/**
 * Where the agent may not read `tokenGroups`: the same by the groups that hold the person in a chain. No group names those as
 * members whose primary group it is.
 */
async function groupSids(connection: Reader, base: string, entry: Attributes, own: string | null): Promise<string[]> {
  const rid = entry.number('primaryGroupID')
  const primarySid = own === null || rid === null ? null : own.replace(/-\d+$/u, `-${rid}`)
  const primary = primarySid === null ? null : await connection.read(`<SID=${primarySid}>`, ['cn'])
  const members = [entry.dn, ...(primary === null ? [] : [primary.dn])]
  const held = either(...members.map((dn) => inChain('member', dn)))
  const filter = all(equals('objectCategory', 'group'), held)
  const sids = primarySid === null ? [] : [primarySid]
  for await (const page of connection.scan(base, { filter, attributes: ['objectSid'] }))
    sids.push(...page.flatMap((group) => sidsOf(group, 'objectSid')))
  return sids
}

function sidsOf(entry: Attributes, attribute: string): string[] {
  return entry.buffers(attribute).map(sidFromBytes)
}
