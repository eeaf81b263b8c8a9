import type { Privilege } from '../../shared/model/person'

/** A group that a person is in, directly or through others. */
interface GroupFact {
  readonly name: string
  readonly dn: string
  /** `S-1-…`; `null` where the directory has none (OpenLDAP). */
  readonly sid: string | null
}

/** What the directory says of one person; an OpenLDAP directory leaves `sid` null and `sids` empty. */
export interface PrivilegeFacts {
  /** The person's own SID. */
  readonly sid: string | null
  /** SIDs of all groups, nested ones and the primary group too (`tokenGroups`), whether or not their names could be read. */
  readonly sids: readonly string[]
  /** Groups, nested ones too, as far as names could be read. */
  readonly groups: readonly GroupFact[]
  /** The site's own protected groups, each by DN or SID. */
  readonly configured: readonly string[]
  readonly adminCount: boolean
}

/**
 * Whether nobody may reset this person without the privileged rules (DESIGN.md §5.3). Membership decides, also in a group whose
 * name cannot be read; `adminCount` alone is a hint: it stays after the membership ended, and is missing until SDProp ran
 * (DOMAIN.md §0.10).
 */
export function privilegeOf(facts: PrivilegeFacts): Privilege {
  const configured = new Set(facts.configured.map(comparable))
  const names = new Map<string, string>()

  for (const sid of facts.sids) {
    const known = protectedGroup(sid) ?? (configured.has(comparable(sid)) ? sid : null)
    if (known !== null) names.set(comparable(sid), known)
  }
  for (const group of facts.groups) {
    const known = group.sid === null ? null : protectedGroup(group.sid)
    const isConfigured = [group.dn, group.sid].some((name) => name !== null && configured.has(comparable(name)))
    // By SID where there is one: the name as the directory has it replaces the English one.
    if (known !== null || isConfigured) names.set(comparable(group.sid ?? group.dn), group.name || (known ?? group.dn))
  }
  const account = facts.sid === null ? null : protectedAccount(facts.sid)
  if (account !== null) names.set(comparable(facts.sid ?? ''), account)

  return {
    privileged: names.size > 0,
    groups: [...new Set(names.values())],
    adminCountHint: facts.adminCount && names.size === 0,
  }
}

/** RIDs below S-1-5-21-domain of the groups that AdminSDHolder protects (AD DS best practices, appendix C) and Protected Users. */
const domainGroups: ReadonlyMap<string, string> = new Map([
  ['512', 'Domain Admins'],
  ['516', 'Domain Controllers'],
  ['518', 'Schema Admins'],
  ['519', 'Enterprise Admins'],
  ['521', 'Read-only Domain Controllers'],
  ['525', 'Protected Users'],
  ['526', 'Key Admins'],
  ['527', 'Enterprise Key Admins'],
])

/** The same below S-1-5-32. */
const builtinGroups: ReadonlyMap<string, string> = new Map([
  ['544', 'Administrators'],
  ['548', 'Account Operators'],
  ['549', 'Server Operators'],
  ['550', 'Print Operators'],
  ['551', 'Backup Operators'],
  ['552', 'Replicator'],
])

const domainAccounts: ReadonlyMap<string, string> = new Map([
  ['500', 'Administrator'],
  ['501', 'Guest'],
  ['502', 'krbtgt'],
])

function protectedGroup(sid: string): string | null {
  const builtin = /^S-1-5-32-(\d+)$/iu.exec(sid)?.[1]
  if (builtin !== undefined) return builtinGroups.get(builtin) ?? null
  return domainRid(sid, domainGroups)
}

function protectedAccount(sid: string): string | null {
  return domainRid(sid, domainAccounts)
}

function domainRid(sid: string, names: ReadonlyMap<string, string>): string | null {
  const rid = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/iu.exec(sid)?.[1]
  return rid === undefined ? null : (names.get(rid) ?? null)
}

/** DNs compare without regard to case and to spaces around separators (RFC 4514 §2.4, RFC 4518). */
function comparable(dnOrSid: string): string {
  return dnOrSid
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/\s*(?<!\\)([,=+])\s*/gu, '$1')
    .replace(/\s+/gu, ' ')
}
