import { lookup as systemLookup, Resolver } from 'node:dns'
import { connect as netConnect, isIP } from 'node:net'
import type { LookupFunction, Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { Client } from 'ldapts'
import { AppError } from '../../shared/errors'
import { serverName } from './endpoint'
import type { Endpoint } from './endpoint'
import { ConnectionLost, connectRefusal, NotSent, resultCodeOf } from './refusals'
import { askedFor, Attributes } from './values'

export interface ConnectionSettings {
  /** PEM of the CA; `null`: the system's. */
  readonly ca: string | null
  readonly connectTimeoutMs: number
  readonly operationTimeoutMs: number
  /** Asked for the addresses of servers instead of the system's, `host:port`. */
  readonly dnsServers: readonly string[]
}

/** Attributes of the rootDSE that tell one directory from another (RFC 4512 §5.1, MS-ADTS 3.1.1.3.2). */
const rootAttributes = [
  'objectClass',
  'structuralObjectClass',
  'namingContexts',
  'defaultNamingContext',
  'configurationNamingContext',
  'supportedControl',
  'supportedCapabilities',
]

/**
 * `insisted`: a certificate that does not verify ends the connection. `looked-at`: it is only noted, so that a person can be shown what
 * the server shows; nobody ever binds on such a connection (`probe.ts`).
 */
type Trust = 'insisted' | 'looked-at'

/** The only maker of ldapts clients (DESIGN.md §5.7). */
export function clientOf(guard: ConnectOnce): Client {
  const { endpoint, settings } = guard
  const { tls, host, port } = endpoint
  return new Client({
    url: `${tls === 'ldaps' ? 'ldaps' : 'ldap'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    timeout: settings.operationTimeoutMs,
    connectTimeout: settings.connectTimeoutMs,
    createConnection: guard.plain,
    createSecureConnection: guard.secure,
    // `tlsOptions` on an ldap:// client would mean raw TLS on the plain port: given to startTLS only.
    ...(tls === 'ldaps' && { tlsOptions: guard.tlsOptions() }),
  })
}

/** Connects, upgrades by StartTLS where the endpoint says so, and reads the rootDSE. No credentials are sent. */
export async function greet(client: Client, guard: ConnectOnce): Promise<Attributes> {
  if (guard.endpoint.tls === 'starttls') await startTls(client, guard, guard.settings.connectTimeoutMs)
  const answer = await client.search('', { scope: 'base', attributes: rootAttributes })
  return new Attributes(answer.searchEntries[0] ?? { dn: '' }, askedFor(rootAttributes))
}

/** Why {@link greet} failed: `directory-unreachable`, `-timeout`, `-certificate` or `-tls-required`. */
export function greetingRefusal(error: unknown, guard: ConnectOnce): AppError {
  const server = serverName(guard.endpoint)
  if (guard.startTlsRefused) return new AppError('directory-tls-required', { server }, { cause: error })
  return connectRefusal(error, server)
}

async function startTls(client: Client, guard: ConnectOnce, timeoutMs: number): Promise<void> {
  // ldapts bounds neither the hand-shake of StartTLS nor the time that a server takes to begin it.
  const timer = setTimeout(() => guard.destroy(new Error('Connection timeout')), timeoutMs)
  try {
    await client.startTLS(guard.tlsOptions())
  } catch (error) {
    guard.startTlsRefused = resultCodeOf(error) !== null
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Hands ldapts one TCP and one TLS connection; a second one is refused (DOMAIN.md §0.1). */
export class ConnectOnce {
  startTlsRefused = false
  readonly endpoint: Endpoint
  readonly settings: ConnectionSettings
  readonly #trust: Trust
  #plain: Socket | null = null
  #secure: TLSSocket | null = null
  #closed = false
  readonly #waiting = new Set<(loss: ConnectionLost) => void>()

  constructor(endpoint: Endpoint, settings: ConnectionSettings, trust: Trust = 'insisted') {
    this.endpoint = endpoint
    this.settings = settings
    this.#trust = trust
  }

  readonly plain = (() => {
    if (this.#plain !== null || this.endpoint.tls !== 'starttls') throw new NotSent('a client connects once')
    const { host, port } = this.endpoint
    this.#plain = netConnect({ host, port, ...this.#lookup() })
    this.#plain.once('close', () => this.#onClose())
    return this.#plain
  }) as typeof netConnect

  readonly secure = ((...parameters: unknown[]) => {
    if (this.#secure !== null) throw new NotSent('a client connects once')
    const options = parameters.find((value): value is ConnectionOptions => typeof value === 'object' && value !== null)
    const { host, port } = this.endpoint
    this.#secure =
      this.endpoint.tls === 'ldaps'
        ? tlsConnect({ ...options, ...this.#lookup(), host, port })
        : tlsConnect({ ...options })
    this.#secure.once('close', () => this.#onClose())
    return this.#secure
  }) as typeof tlsConnect

  /** Certificate checked against the CA and the host; TLS 1.2 or later. */
  tlsOptions(): ConnectionOptions {
    const { host } = this.endpoint
    return {
      host,
      // An address may not be a server name (RFC 6066 §3); it is checked against the certificate as `host`.
      ...(isIP(host) === 0 && { servername: host }),
      ...(this.settings.ca !== null && { ca: [this.settings.ca] }),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: this.#trust === 'insisted',
    }
  }

  destroy(error?: Error): void {
    this.#secure?.destroy(error)
    this.#plain?.destroy(error)
  }

  /** The TLS connection; `null` before the hand-shake began. */
  get tls(): TLSSocket | null {
    return this.#secure
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** `answer`, or {@link ConnectionLost} as soon as the connection ends: after StartTLS ldapts does not notice that. */
  untilClosed<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      void answer.then(resolve, reject).finally(() => this.#waiting.delete(reject))
    })
  }

  #onClose(): void {
    this.#closed = true
    for (const reject of this.#waiting) reject(new ConnectionLost('the server ended the connection'))
  }

  #lookup(): { lookup?: LookupFunction } {
    return this.settings.dnsServers.length === 0 ? {} : { lookup: lookupWith(this.settings.dnsServers) }
  }
}

/** Address look-up at the configured DNS servers; the system's where they do not know the name. */
function lookupWith(dnsServers: readonly string[]): LookupFunction {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  resolver.setServers([...dnsServers])
  return (hostname, options, callback) => {
    resolver.resolve4(hostname, (error, addresses) => {
      const address = addresses?.[0]
      if (error !== null || address === undefined) systemLookup(hostname, options, callback)
      else if (options.all === true)
        callback(
          null,
          addresses.map((each) => ({ address: each, family: 4 })),
        )
      else callback(null, address, 4)
    })
  }
}
