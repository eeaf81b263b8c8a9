import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient, QueryResult as ServerAnswer, QueryResultRow } from 'pg'
import { isOver, postgresFault } from './postgres-faults'

/** Any number of this product's own; the other half is the schema, so that two desks' data in one database do not wait for each other. */
const lockOfWriters = 1_397_769_298

/**
 * Every transaction begins with one lock that all desks share, as SQLite has one writer at a time: whatever is read in it stays true
 * until it ends, and of two desks the second one sees what the first one did.
 */
export class LockingDriver implements Driver {
  readonly #name: string
  readonly #pool: Pool

  /** @param name What faults of the server are told of. */
  constructor(name: string, pool: Pool) {
    this.#name = name
    this.#pool = pool
  }

  /** The first call connects. */
  init(): Promise<void> {
    return Promise.resolve()
  }

  async acquireConnection(): Promise<LentConnection> {
    try {
      return new LentConnection(this.#name, await this.#pool.connect())
    } catch (error) {
      throw postgresFault(this.#name, error)
    }
  }

  async beginTransaction(connection: LentConnection): Promise<void> {
    try {
      await connection.query(`begin; select pg_advisory_xact_lock(${lockOfWriters}, hashtext(current_schema()))`)
    } catch (error) {
      // Begun it has, even where the lock could not be had.
      await this.rollbackTransaction(connection)
      throw error
    }
  }

  async commitTransaction(connection: LentConnection): Promise<void> {
    const { command } = await connection.query('commit')
    // What the server says where a statement had failed and nobody minded.
    if (command === 'ROLLBACK') throw new AbortedTransactionError()
  }

  async rollbackTransaction(connection: LentConnection): Promise<void> {
    try {
      await connection.query('rollback')
    } catch {
      // The server rolls back by itself once the connection is gone; the first error is the one to tell.
      connection.discard()
    }
  }

  releaseConnection(connection: LentConnection): Promise<void> {
    connection.release()
    return Promise.resolve()
  }

  destroy(): Promise<void> {
    return this.#pool.end()
  }
}

/** A connection of the pool for one call or one transaction. */
class LentConnection implements DatabaseConnection {
  readonly #name: string
  readonly #client: PoolClient
  #discarded = false

  constructor(name: string, client: PoolClient) {
    this.#name = name
    this.#client = client
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.query<R & QueryResultRow>(sql, parameters)
    const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
    return { rows, ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('nothing is streamed')
  }

  async query<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<ServerAnswer<R>> {
    // A transaction whose connection was given up must not go on outside of it.
    if (this.#discarded) throw new Error('the connection was given up')
    try {
      return await this.#client.query<R>(text, [...values])
    } catch (error) {
      if (isOver(error)) this.discard()
      throw postgresFault(this.#name, error)
    }
  }

  /** Never lent again: what it still waits for is nobody's. */
  discard(): void {
    this.#discarded = true
  }

  release(): void {
    this.#client.release(this.#discarded)
  }
}
