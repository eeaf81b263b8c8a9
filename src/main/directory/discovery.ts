import { promises as dns } from 'node:dns'
import { AppError } from '../../shared/errors'
import { serverName } from './endpoint'
import type { Endpoint } from './endpoint'

/** Servers in order of preference, and the one that lock state and writes belong to. */
export interface FoundServers {
  readonly endpoints: readonly Endpoint[]
  /** The PDC emulator; `null`: unknown, or the directory has none. */
  readonly authority: Endpoint | null
}

interface DiscoveryOptions {
  readonly domain: string
  readonly site: string | null
  /** `host:port`; empty: the system's. */
  readonly dnsServers: readonly string[]
}

interface SrvRecord {
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/**
 * Domain controllers by their SRV records (MS-ADTS 6.3.2.3): those of the site first, then all of the domain; where the
 * domain is no Active Directory, `_ldap._tcp`. Targets outside the domain are refused (DESIGN.md §5.13). Throws
 * `directory-no-server`.
 */
export async function discover(options: DiscoveryOptions): Promise<FoundServers> {
  const domain = options.domain.toLowerCase().replace(/\.$/u, '')
  const resolver = new dns.Resolver({ timeout: 3000, tries: 2 })
  if (options.dnsServers.length > 0) resolver.setServers([...options.dnsServers])
  const lookUp = (name: string): Promise<Endpoint[]> => srvEndpoints(resolver, name, domain)

  const [ofSite, ofDomain, ofPdc] = await Promise.all([
    options.site === null ? [] : lookUp(`_ldap._tcp.${options.site}._sites.dc._msdcs.${domain}`),
    lookUp(`_ldap._tcp.dc._msdcs.${domain}`),
    lookUp(`_ldap._tcp.pdc._msdcs.${domain}`),
  ])
  const controllers = distinct([...ofSite, ...ofDomain, ...ofPdc])
  const endpoints = controllers.length > 0 ? controllers : await lookUp(`_ldap._tcp.${domain}`)
  if (endpoints.length === 0) throw new AppError('directory-no-server', { domain })
  return { endpoints, authority: ofPdc[0] ?? null }
}

async function srvEndpoints(resolver: dns.Resolver, name: string, domain: string): Promise<Endpoint[]> {
  let records: SrvRecord[]
  try {
    records = await resolver.resolveSrv(name)
  } catch (error) {
    if (isDnsAnswer(error)) return []
    throw error
  }
  return inSrvOrder(records)
    .filter((record) => isInDomain(record.name, domain))
    .map(({ name: host, port }) => {
      const target = host.toLowerCase().replace(/\.$/u, '')
      // SRV names the LDAP port: on the usual one LDAPS is a port further up; elsewhere StartTLS keeps it safe.
      return port === 389
        ? { host: target, port: 636, tls: 'ldaps' as const }
        : { host: target, port, tls: 'starttls' as const }
    })
}

/** "No such record", "server cannot be asked": then there is nothing to choose from, and the caller says so. */
function isDnsAnswer(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return [
    'ENOTFOUND',
    'ENODATA',
    'ESERVFAIL',
    'ETIMEOUT',
    'ECONNREFUSED',
    'EREFUSED',
    'ENONAME',
    'EBADRESP',
    'EBADNAME',
  ].includes(code)
}

/** Ascending priority; within one priority at random by weight (RFC 2782). */
export function inSrvOrder(records: readonly SrvRecord[], random: () => number = Math.random): SrvRecord[] {
  const priorities = [...new Set(records.map((record) => record.priority))].toSorted((a, b) => a - b)
  return priorities.flatMap((priority) => {
    const left = records.filter((record) => record.priority === priority)
    const ordered: SrvRecord[] = []
    while (left.length > 0) {
      const total = left.reduce((sum, record) => sum + record.weight + 1, 0)
      let at = random() * total
      const chosen = left.findIndex((record) => (at -= record.weight + 1) < 0)
      ordered.push(...left.splice(Math.max(chosen, 0), 1))
    }
    return ordered
  })
}

/** Whether an SRV target lies in the domain that was asked about: anything else could be anybody's server. */
export function isInDomain(target: string, domain: string): boolean {
  const host = target.toLowerCase().replace(/\.$/u, '')
  return host === domain || host.endsWith(`.${domain}`)
}

function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [serverName(endpoint), endpoint])).values()]
}
