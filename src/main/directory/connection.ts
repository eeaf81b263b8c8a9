import { BerWriter, PasswordPolicyControl, PresenceFilter } from 'ldapts'
import type { Change, Client, Control, Entry, Filter, SearchResult } from 'ldapts'
import { AppError } from '../../shared/errors'
import { clientOf, ConnectOnce, greet, greetingRefusal } from './connect-once'
import type { ConnectionSettings } from './connect-once'
import { serverName } from './endpoint'
import type { Endpoint } from './endpoint'
import { bindRefusal, lossOf, NotSent, resultCodeOf } from './refusals'
import { askedFor, Attributes } from './values'

export interface SearchRequest {
  readonly scope?: 'base' | 'one' | 'sub'
  readonly filter?: Filter
  readonly attributes: readonly string[]
}

const binaryAttributes = ['objectGUID', 'objectSid', 'tokenGroups']
const sizeLimitExceeded = 4
const adminLimitExceeded = 11
/** referral, noSuchObject, invalidDNSyntax: a manager of another domain must not hide the whole card. */
const notHere: readonly (number | null)[] = [10, 32, 34]

/**
 * One TLS connection to one server, for one bind: ldapts opens a lost connection again by itself, in clear and unbound, and
 * would send what comes next (DESIGN.md §5.7, DOMAIN.md §0.1). Here a client connects once; when the connection is gone,
 * every further call throws {@link NotSent} and sends nothing.
 */
export class Connection {
  readonly endpoint: Endpoint
  readonly server: string
  readonly rootDse: Attributes
  readonly #client: Client
  readonly #guard: ConnectOnce
  readonly #capped = new Map<number, Promise<boolean>>()
  #lost = false
  /** Requests sent so far: what "round trips" are counted by. */
  #requests = 0

  private constructor(endpoint: Endpoint, client: Client, guard: ConnectOnce, rootDse: Attributes) {
    this.endpoint = endpoint
    this.server = serverName(endpoint)
    this.#client = client
    this.#guard = guard
    this.rootDse = rootDse
  }

  /**
   * Connects, upgrades by StartTLS where the endpoint says so, and reads the rootDSE. No credentials are sent. Throws
   * `directory-unreachable`, `directory-timeout`, `directory-certificate`, `directory-tls-required`.
   */
  static async open(endpoint: Endpoint, settings: ConnectionSettings): Promise<Connection> {
    const guard = new ConnectOnce(endpoint, settings)
    const client = clientOf(guard)
    try {
      return new Connection(endpoint, client, guard, await greet(client, guard))
    } catch (error) {
      guard.destroy()
      throw greetingRefusal(error, guard)
    }
  }

  get lost(): boolean {
    return this.#lost || this.#guard.isClosed || !this.#client.isConnected
  }

  get requests(): number {
    return this.#requests
  }

  /**
   * Simple bind. The caller has refused an empty password already; it is refused here again, because the server would
   * take it for an anonymous bind that succeeds (RFC 4513 §5.1.2). Throws `sign-in-…`, `directory-…`.
   */
  async bind(name: string, password: string): Promise<void> {
    if (password === '') throw new AppError('password-empty')
    const policy = new PasswordPolicyControl()
    const withPolicy = this.rootDse.texts('supportedControl').includes(PasswordPolicyControl.type)
    let failure: unknown = null
    try {
      await this.#send(() => this.#client.bind(name, password, withPolicy ? policy : []))
    } catch (error) {
      failure = error
    }
    const refused = bindRefusal(failure, policy.value?.error, this.server)
    if (refused === null) return
    if (!(refused instanceof Error)) throw new TypeError('a bind failed without an error')
    await this.close()
    throw refused
  }

  /** All entries that match; throws when the server cuts the result. For base reads and small sets. */
  async search(base: string, request: SearchRequest): Promise<Attributes[]> {
    const answer = await this.#send(() => this.#client.search(base, this.#options(request)))
    const asked = askedFor(request.attributes)
    return answer.searchEntries.map((entry) => new Attributes(entry, asked))
  }

  /** The entry itself, or `null` when it does not exist, is not visible, or lies on another server (a referral). */
  async read(base: string, attributes: readonly string[], filter?: Filter): Promise<Attributes | null> {
    try {
      const request: SearchRequest = { scope: 'base', attributes, ...(filter !== undefined && { filter }) }
      return (await this.search(base, request))[0] ?? null
    } catch (error) {
      if (notHere.includes(resultCodeOf(error))) return null
      throw error
    }
  }

  /**
   * The first `limit` entries, and whether there are more: one more is asked for. Active Directory is asked for a page
   * (Samba ignores a size limit), other servers by a size limit (slapd is slower by page).
   */
  async searchSome(
    base: string,
    request: SearchRequest,
    limit: number,
  ): Promise<{ entries: Attributes[]; more: boolean }> {
    const options = this.#options(request)
    const asked = askedFor(request.attributes)
    const result = (found: Entry[], cut: boolean): { entries: Attributes[]; more: boolean } => ({
      entries: found.slice(0, limit).map((entry) => new Attributes(entry, asked)),
      more: cut || found.length > limit,
    })
    if (this.rootDse.has('defaultNamingContext')) {
      const pages = this.#client.searchPaginated(base, { ...options, paged: { pageSize: limit + 1 } })
      const first = await this.#send(() => pages.next())
      return result(first.done === true ? [] : first.value.searchEntries, false)
    }
    const [found, givesFewer] = await Promise.all([
      this.#send(() => this.#client.search(base, { ...options, sizeLimit: limit + 1 })),
      this.#givesFewerThan(base, limit + 1),
    ])
    // ldapts hands over a list that the server itself cut as if it were whole: then there may always be more.
    return result(found.searchEntries, givesFewer && found.searchEntries.length > 0)
  }

  /** Whether this server answers at most fewer entries than `count`, by asking for so many once. */
  #givesFewerThan(base: string, count: number): Promise<boolean> {
    const known = this.#capped.get(count)
    if (known !== undefined) return known
    const filter = new PresenceFilter({ attribute: 'objectClass' })
    const pages = this.#client.searchPaginated(base, {
      scope: 'sub',
      filter,
      attributes: ['1.1'],
      paged: { pageSize: count },
    })
    const probe = this.#send(() => pages.next()).then(
      () => false,
      (error: unknown) => {
        const resultCode = resultCodeOf(error)
        if (resultCode === sizeLimitExceeded || resultCode === adminLimitExceeded) return true
        this.#capped.delete(count)
        throw error
      },
    )
    this.#capped.set(count, probe)
    return probe
  }

  /** Every entry that matches, page by page; 1000 is what Active Directory and most OpenLDAP servers allow at most. */
  async *scan(base: string, request: SearchRequest, pageSize = 1000): AsyncGenerator<Attributes[]> {
    const pages = this.#client.searchPaginated(base, { ...this.#options(request), paged: { pageSize } })
    const asked = askedFor(request.attributes)
    const nextPage = (): Promise<IteratorResult<SearchResult>> => {
      const page = this.#send(() => pages.next())
      // Its failure is told when its turn comes, or not at all when the caller has seen enough.
      page.catch(() => undefined)
      return page
    }
    let pending = nextPage()
    for (;;) {
      const page = await pending
      if (page.done === true) return
      // The server gathers the next page while the caller works on this one.
      pending = nextPage()
      yield page.value.searchEntries.map((entry) => new Attributes(entry, asked))
    }
  }

  /** One modify. Never retried; what it throws is ldapts' own, so that the caller can tell an answer from a loss. */
  async modify(dn: string, changes: Change[], controls: Control[] = []): Promise<void> {
    await this.#send(() => this.#client.modify(dn, changes, controls))
  }

  /** Password Modify of RFC 3062: the server hashes the value, and its password policy applies. Never retried. */
  async passwordModify(dn: string, password: string, policy: PasswordPolicyControl): Promise<void> {
    const value = new BerWriter()
    value.startSequence()
    value.writeString(dn, 0x80)
    value.writeString(password, 0x82)
    value.endSequence()
    await this.#send(() => this.#client.exop('1.3.6.1.4.1.4203.1.11.1', value.buffer, policy))
  }

  /** Ends the connection. Idempotent, never throws. */
  async close(): Promise<void> {
    if (this.#lost) return
    this.#lost = true
    // An unbind on a connection that just broke is no news.
    await this.#client.unbind().catch(() => undefined)
  }

  #options(request: SearchRequest): {
    scope: 'base' | 'one' | 'sub'
    attributes: string[]
    explicitBufferAttributes: string[]
    filter?: Filter
  } {
    return {
      scope: request.scope ?? 'sub',
      attributes: [...request.attributes],
      explicitBufferAttributes: binaryAttributes,
      ...(request.filter !== undefined && { filter: request.filter }),
    }
  }

  async #send<T>(work: () => Promise<T>): Promise<T> {
    if (this.lost) throw new NotSent(`the connection to ${this.server} is gone`)
    this.#requests += 1
    try {
      return await this.#guard.untilClosed(work())
    } catch (error) {
      const loss = lossOf(error)
      if (loss === null) throw error
      this.#lost = true
      throw loss
    }
  }
}
