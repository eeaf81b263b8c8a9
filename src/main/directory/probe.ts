import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { DetailedPeerCertificate } from 'node:tls'
import { AppError } from '../../shared/errors'
import type { Certificate, DirectoryProbe } from '../../shared/model/desk-settings'
import type { Log } from '../log'
import { clientOf, ConnectOnce, greet, greetingRefusal } from './connect-once'
import type { ConnectionSettings } from './connect-once'
import { discover } from './discovery'
import { parseEndpoint, serverName } from './endpoint'
import type { Endpoint } from './endpoint'
import { recognise } from './ldap-directory'
import { connectRefusal } from './refusals'
import type { Attributes } from './values'
import { readable } from './values'

export interface ProbeOptions {
  /** A DNS domain, a host, `host:port`, or `ldaps://host:port`; `ldap://` means StartTLS. */
  readonly address: string
  /** PEM of the authority to trust; `null`: the system's. */
  readonly ca: string | null
  /** Asked in place of the system's, `host:port`. */
  readonly dnsServers?: readonly string[]
  readonly log: Log
  readonly connectTimeoutMs?: number
}

/** Servers of a large domain that are tried before a person is told that none answers. */
const tried = 4
/** A chain is a handful of certificates; one that goes round is none. */
const longestChain = 10

/** What an untrusted server says must fit on a screen. */
const mostContexts = 20
const longestContext = 1000

/** What one server showed. */
interface Look {
  readonly endpoint: Endpoint
  readonly rootDse: Attributes
  readonly chain: Certificate[]
  /** Why its certificate cannot be trusted; `null`: it can. */
  readonly distrust: AppError | null
}

/**
 * A first look at a directory, for somebody who is about to set it up: which servers the address stands for, what the first one that
 * answers shows, and whether it can be trusted. Never binds and sends nothing but the question for the rootDSE; what an untrusted server
 * says is shown, not believed. Every failure is the answer's `problem`.
 */
export async function probeDirectory(options: ProbeOptions): Promise<DirectoryProbe> {
  const { ca, log } = options
  const nothing: DirectoryProbe = {
    servers: [],
    domain: null,
    reached: null,
    trust: 'untrusted',
    chain: [],
    kind: null,
    namingContexts: [],
    problem: null,
  }
  let servers: string[] = []
  let domain: string | null = null
  try {
    const found = await serversOf(options)
    servers = found.endpoints.map(urlOf)
    domain = found.domain
    const look = await lookAtFirst(found.endpoints, settingsOf(options), log)
    const { rootDse, chain, distrust } = look
    const server = serverName(look.endpoint)
    const kind = recognise(rootDse)
    const unknown = kind === null ? new AppError('directory-kind-unknown', { server }) : null
    return {
      ...nothing,
      // A host was meant, and this is how it can be spoken to.
      servers: domain === null ? [urlOf(look.endpoint)] : servers,
      domain,
      reached: urlOf(look.endpoint),
      trust: distrust !== null ? 'untrusted' : ca === null ? 'system' : 'pinned',
      chain,
      kind,
      namingContexts: contextsOf(rootDse),
      problem: problemOf(distrust ?? unknown),
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...nothing, servers, domain, problem: problemOf(error) }
  }
}

function settingsOf({ ca, dnsServers = [], connectTimeoutMs = 5000 }: ProbeOptions): ConnectionSettings {
  return { ca, dnsServers, connectTimeoutMs, operationTimeoutMs: connectTimeoutMs }
}

/** Servers that the address stands for. Throws `invalid-input {field}`. */
async function serversOf(
  options: ProbeOptions,
): Promise<{ readonly endpoints: readonly Endpoint[]; readonly domain: string | null }> {
  const address = options.address.trim()
  if (address.includes('://')) return { endpoints: [endpointOfUrl(address)], domain: null }

  const match = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}._-]+)(?::(\d{1,5}))?$/iu.exec(address)
  const [, bracketed = '', port] = match ?? []
  if (match === null || Number(port ?? 0) > 65_535) throw new AppError('invalid-input', { field: 'address' })
  const host = bracketed.replace(/^\[|\]$/gu, '').replace(/\.$/u, '')
  if (port !== undefined) return { endpoints: atPort(host, Number(port)), domain: null }

  // A name without a dot, or a number, is no domain that DNS could know servers of.
  if (isIP(host) === 0 && host.includes('.')) {
    const domain = host.toLowerCase()
    const found = await discover({ domain, site: null, dnsServers: options.dnsServers ?? [] }).catch(noServer)
    if (found !== null) return { endpoints: found.endpoints, domain }
  }
  return { endpoints: [...atPort(host, 636), ...atPort(host, 389)], domain: null }
}

function endpointOfUrl(url: string): Endpoint {
  try {
    return parseEndpoint(url)
  } catch (error) {
    throw new AppError('invalid-input', { field: 'address' }, { cause: error })
  }
}

/** The usual ports say what is spoken there; on another one LDAPS is tried first. */
function atPort(host: string, port: number): Endpoint[] {
  const ways =
    port === 636 ? (['ldaps'] as const) : port === 389 ? (['starttls'] as const) : (['ldaps', 'starttls'] as const)
  return ways.map((tls) => ({ host, port, tls }))
}

function noServer(error: unknown): null {
  if (error instanceof AppError && error.code === 'directory-no-server') return null
  throw error
}

/** The first server that answers. Throws why the first one did not; that a server refuses TLS is told before all. */
async function lookAtFirst(endpoints: readonly Endpoint[], settings: ConnectionSettings, log: Log): Promise<Look> {
  const failures: AppError[] = []
  for (const endpoint of endpoints.slice(0, tried)) {
    try {
      return await lookAt(endpoint, settings)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.info({ server: serverName(endpoint), code: error.code }, 'a directory server could not be looked at')
      failures.push(error)
    }
  }
  const telling = failures.find(({ code }) => code === 'directory-tls-required') ?? failures[0]
  if (telling === undefined) throw new AppError('directory-no-server')
  if (telling.code !== 'directory-unreachable') throw telling
  throw new AppError('directory-unreachable', { server: [...new Set(endpoints.map(serverName))].join(', ') })
}

async function lookAt(endpoint: Endpoint, settings: ConnectionSettings): Promise<Look> {
  const guard = new ConnectOnce(endpoint, settings, 'looked-at')
  const client = clientOf(guard)
  try {
    const rootDse = await greet(client, guard)
    const { tls } = guard
    if (tls === null) throw new AppError('directory-tls-required', { server: serverName(endpoint) })
    return {
      endpoint,
      rootDse,
      chain: chainOf(tls.getPeerCertificate(true)),
      distrust: tls.authorized ? null : distrustOf(tls.authorizationError, serverName(endpoint)),
    }
  } catch (error) {
    throw greetingRefusal(error, guard)
  } finally {
    guard.destroy()
  }
}

/** Node says it by the code alone, whatever its types say. */
function distrustOf(reason: unknown, server: string): AppError {
  const code = reason instanceof Error && 'code' in reason ? reason.code : reason
  const refusal = connectRefusal(Object.assign(new Error('certificate'), { code: String(code) }), server)
  return refusal.code === 'directory-certificate'
    ? refusal
    : new AppError('directory-certificate', { server, reason: 'unknown-authority' }, { cause: reason })
}

/** The server's own certificate first, up to the one that signed itself or was not sent. */
function chainOf(own: DetailedPeerCertificate): Certificate[] {
  const chain: Certificate[] = []
  let next: DetailedPeerCertificate | undefined = own
  const seen = new Set<string>()
  while (next?.raw !== undefined && chain.length < longestChain) {
    const certificate = new X509Certificate(next.raw)
    if (seen.has(certificate.fingerprint256)) break
    seen.add(certificate.fingerprint256)
    chain.push({
      subject: nameIn(certificate.subject),
      issuer: nameIn(certificate.issuer),
      validFrom: instantOf(certificate.validFromDate),
      validTo: instantOf(certificate.validToDate),
      fingerprint: certificate.fingerprint256,
      isAuthority: certificate.ca,
      pem: certificate.ca ? certificate.toString() : '',
    })
    next = next.issuerCertificate
  }
  return chain
}

/** Empty for a date that is none: whoever made the certificate wrote it. */
function instantOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** Node gives a name one part per line. */
function nameIn(name: string): string {
  return readable(name.split('\n').join(', '))
}

/** Where people can be: of Active Directory the domain alone, not its configuration and its schema. */
function contextsOf(rootDse: Attributes): string[] {
  const domain = rootDse.text('defaultNamingContext')
  const contexts = domain === '' ? rootDse.texts('namingContexts') : [domain]
  return contexts.filter((context) => context.length <= longestContext).slice(0, mostContexts)
}

function problemOf(error: AppError | null): DirectoryProbe['problem'] {
  return error === null ? null : { code: error.code, params: { ...error.params } }
}

function urlOf({ tls, host, port }: Endpoint): string {
  return `${tls === 'ldaps' ? 'ldaps' : 'ldap'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
