import { AppError } from '../../shared/errors'
import type { Log } from '../log'
import { Connection } from './connection'
import type { ConnectionSettings } from './connect-once'
import { serverName } from './endpoint'
import type { Endpoint } from './endpoint'
import { ConnectionLost, NotSent, OperationTimedOut, refusal, resultCodeOf } from './refusals'

/**
 * Opens a connection to the first of these servers that can be reached. Nothing was sent yet, so trying the next one costs
 * no failed sign-in (DESIGN.md §5.2). When none answers, a certificate problem is told rather than an unreachable server.
 */
export async function openFirst(
  endpoints: readonly Endpoint[],
  settings: ConnectionSettings,
  log: Log,
): Promise<Connection> {
  const failures: AppError[] = []
  for (const endpoint of endpoints) {
    try {
      return await Connection.open(endpoint, settings)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.warn({ server: serverName(endpoint), code: error.code }, 'directory server cannot be used')
      failures.push(error)
    }
  }
  const certificate = failures.find((error) => error.code === 'directory-certificate')
  const [first] = failures
  if (certificate !== undefined) throw certificate
  if (first === undefined) throw new AppError('directory-no-server')
  if (failures.length === 1) throw first
  throw new AppError('directory-unreachable', { server: endpoints.map(serverName).join(', ') }, { cause: first })
}

export interface LinksOptions {
  readonly connection: Connection
  /** Every server of this directory, in order of preference. */
  readonly endpoints: readonly Endpoint[]
  /** The server that knows lock state first and takes writes (PDC emulator); `null`: any. */
  readonly authority: Endpoint | null
  readonly bindName: string
  readonly password: string
  readonly settings: ConnectionSettings
  readonly log: Log
}

/**
 * The connections of one signed-in identity. Reads connect and bind anew when a connection was lost; writes never do
 * (DESIGN.md §5.7). A refused bind on the way ends everything: the password is wrong now, or the account is closed.
 */
export class Links {
  readonly #options: LinksOptions
  readonly #links = new Map<string, Connection>()
  readonly #opening = new Map<string, Promise<Connection>>()
  /** Refusals of binds that were sent: the server may have counted them. */
  readonly #unanswered = new WeakSet<AppError>()
  #main: Connection
  #password: string | null

  constructor(options: LinksOptions) {
    this.#options = options
    this.#main = options.connection
    this.#password = options.password
  }

  get server(): string {
    return this.#main.server
  }

  get closed(): boolean {
    return this.#password === null
  }

  /** Requests sent on every connection so far. */
  get requests(): number {
    return [...new Set([this.#main, ...this.#links.values()])].reduce((sum, each) => sum + each.requests, 0)
  }

  /** A read on the server at hand, on a fresh connection if the last one was lost. */
  read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#reading(() => this.#live('main', this.#options.endpoints), work)
  }

  /** A read on the server that knows best; on the one at hand when that cannot be reached. */
  readAuthority<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#reading(() => this.#authority(), work)
  }

  /** A read on exactly this server: after an unknown outcome no other one can tell. */
  async readOn<T>(server: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const endpoint = this.#known().find((candidate) => serverName(candidate) === server)
    if (endpoint === undefined) throw new AppError('directory-unreachable', { server })
    return this.#reading(() => this.#live(server, [endpoint]), work)
  }

  /**
   * A write, on the server where `prepare` has just read what is to be written. Not one byte is sent twice: a lost
   * connection is told to the caller as it is.
   */
  async write<P, T>(
    prepare: (connection: Connection) => Promise<P>,
    write: (connection: Connection, prepared: P) => Promise<T>,
  ): Promise<T> {
    const [connection, prepared] = await this.readAuthority(async (live) => [live, await prepare(live)] as const)
    try {
      return await write(connection, prepared)
    } catch (error) {
      throw refusal(error, connection.server)
    }
  }

  /** Ends every connection and forgets the password. Idempotent, never throws. */
  async close(): Promise<void> {
    this.#password = null
    await Promise.all([this.#main, ...this.#links.values()].map((connection) => connection.close()))
    this.#links.clear()
  }

  async #reading<T>(open: () => Promise<Connection>, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await open()
    try {
      return await work(connection)
    } catch (error) {
      if (!(error instanceof ConnectionLost) || error instanceof OperationTimedOut)
        throw refusal(error, connection.server)
    }
    this.#options.log.info({ server: connection.server }, 'directory connection lost; reading again on a new one')
    const renewed = await open()
    try {
      return await work(renewed)
    } catch (error) {
      throw refusal(error, renewed.server)
    }
  }

  async #authority(): Promise<Connection> {
    const { authority, endpoints, log } = this.#options
    if (authority === null || serverName(authority) === this.#main.server) return this.#live('main', endpoints)
    try {
      return await this.#live(serverName(authority), [authority])
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('directory-')) throw error
      // A connection that is bound may be used; a second bind might count the same wrong password twice.
      if (this.#unanswered.has(error) && this.#main.lost) throw error
      log.warn(
        { server: serverName(authority), code: error.code },
        'PDC emulator cannot be reached; using another server',
      )
      return this.#live('main', endpoints)
    }
  }

  #known(): readonly Endpoint[] {
    const { endpoints, authority } = this.#options
    return [this.#main.endpoint, ...endpoints, ...(authority === null ? [] : [authority])]
  }

  /** The live connection of that name; opened and bound once however many ask at the same time. */
  #live(name: string, endpoints: readonly Endpoint[]): Promise<Connection> {
    const held = name === 'main' || name === this.#main.server ? this.#main : this.#links.get(name)
    if (this.#password === null) throw new AppError('not-signed-in')
    if (held !== undefined && !held.lost) return Promise.resolve(held)
    const pending = this.#opening.get(name)
    if (pending !== undefined) return pending
    const opening = this.#open(endpoints).then((connection) => {
      if (name === 'main') this.#main = connection
      else this.#links.set(name, connection)
      return connection
    })
    const forget = (): boolean => this.#opening.delete(name)
    this.#opening.set(name, opening)
    void opening.then(forget, forget)
    return opening
  }

  async #open(endpoints: readonly Endpoint[]): Promise<Connection> {
    const { settings, log, bindName } = this.#options
    const connection = await openFirst(endpoints, settings, log)
    const password = this.#password
    if (password === null) {
      await connection.close()
      throw new AppError('not-signed-in')
    }
    try {
      await connection.bind(bindName, password)
    } catch (error) {
      if (error instanceof AppError) {
        this.#unanswered.add(error)
        if (error.code.startsWith('sign-in-')) await this.close()
      }
      throw error
    }
    return connection
  }
}

/** What came of a single write: `unknown` when it was sent and no answer came. Definite answers are thrown on. */
export async function attempt(write: () => Promise<void>): Promise<{ lost: null } | { lost: ConnectionLost }> {
  try {
    await write()
    return { lost: null }
  } catch (error) {
    if (error instanceof ConnectionLost && !(error instanceof NotSent)) return { lost: error }
    throw error
  }
}

/** Whether a write after the password took effect; its refusal or loss is reported as missed, the password stands. */
export async function tookEffect(write: () => Promise<void>): Promise<boolean> {
  try {
    return (await attempt(write)).lost === null
  } catch (error) {
    if (error instanceof ConnectionLost || resultCodeOf(error) !== null) return false
    throw error
  }
}
