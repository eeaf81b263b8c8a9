import type { Log } from '../log'
import type { Connection } from './connection'
import { sidFromBytes } from './values'

/** Groups of every Windows domain that AdminSDHolder protects, by SID: names differ from language to language. */
const builtinSids = new Set([
  'S-1-5-32-544', // Administrators
  'S-1-5-32-548', // Account Operators
  'S-1-5-32-549', // Server Operators
  'S-1-5-32-550', // Print Operators
  'S-1-5-32-551', // Backup Operators
  'S-1-5-32-552', // Replicator
])

/** Last part of the SID of protected groups and accounts, and of Protected Users (MS-ADTS 3.1.1.6.1, Appendix C of AD DS). */
const protectedRids = new Set([
  '500', // Administrator
  '502', // krbtgt
  '512', // Domain Admins
  '516', // Domain Controllers
  '518', // Schema Admins
  '519', // Enterprise Admins
  '521', // Read-only Domain Controllers
  '525', // Protected Users
  '526', // Key Admins
  '527', // Enterprise Key Admins
])

/** Those of these SIDs that make their holder privileged. Any domain's: Enterprise Admins belong to the forest root. */
export function privilegedSids(sids: readonly string[], configured: ReadonlySet<string>): string[] {
  return sids.filter((sid) => {
    if (configured.has(sid) || builtinSids.has(sid)) return true
    const rid = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/u.exec(sid)?.[1]
    return rid !== undefined && protectedRids.has(rid)
  })
}

/** SIDs of the groups that the site protects besides. One that cannot be read protects nobody, and is logged. */
export async function protectedSidsOf(
  connection: Connection,
  groups: readonly string[],
  log: Log,
): Promise<ReadonlySet<string>> {
  const entries = await Promise.all(groups.map((group) => connection.read(group, ['objectSid'])))
  const sids = new Set<string>()
  entries.forEach((entry, index) => {
    const [sid] = entry?.buffers('objectSid') ?? []
    if (sid === undefined) log.warn({ group: groups[index] }, 'a protected group of the configuration cannot be read')
    else sids.add(sidFromBytes(sid))
  })
  return sids
}
