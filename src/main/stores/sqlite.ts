import Database from 'better-sqlite3'
import {
  CompiledQuery,
  sql,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
} from 'kysely'
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { StoreDatabase } from './dialect'
import { SqliteSearch } from './sqlite-search'
import { storeUnavailable, type StoreProblem } from './store-problem'

/** Another process writes: asked again every few milliseconds, so long. Nothing here holds the lock for seconds. */
const busyLimitMs = 10_000

/**
 * Opens a desk database for this user alone. A file that is there is never overwritten: one that is no database, or a damaged
 * one, throws `store-unavailable`.
 */
export function openSqlite(file: string): Database.Database {
  try {
    if (file !== ':memory:') makePrivate(file)
    const database = new Database(file, { timeout: busyLimitMs })
    try {
      prepare(database)
      const verdict: unknown = database.pragma('quick_check(1)', { simple: true })
      if (verdict !== 'ok') throw storeUnavailable(file, 'damaged')
    } catch (error) {
      database.close()
      throw error
    }
    return database
  } catch (error) {
    throw translate(file, error)
  }
}

/**
 * Set after every open: a re-opened WAL database falls back to `synchronous=NORMAL` (better-sqlite3's build), and macOS
 * needs its own words for a flush that reaches the disk.
 */
function prepare(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('fullfsync = ON')
  database.pragma('checkpoint_fullfsync = ON')
  database.pragma('foreign_keys = ON')
  database.pragma('trusted_schema = OFF')
  database.pragma('secure_delete = ON')
}

function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Made before SQLite does: the side files (-wal, -shm) take over its mode.
  closeSync(openSync(file, 'a', 0o600))
  if (process.platform !== 'win32') chmodSync(file, 0o600)
}

/** The desk's data in a file of its own: the default. */
export function sqliteDatabase(file: string): StoreDatabase {
  const database = openSqlite(file)
  const search = new SqliteSearch()
  return {
    name: file,
    dialect: sqliteDialect(file, database),
    columns: { blob: 'blob', counted: sql`integer primary key autoincrement` },
    search,
    settle: () => Promise.resolve(),
    scrub: async (kysely) => {
      await search.compact(kysely)
      // Pages as they were before stand in the log until it is written back and cut off.
      database.pragma('wal_checkpoint(TRUNCATE)')
    },
  }
}

/** Kysely's SQLite with one difference: see {@link ImmediateDriver}. */
export function sqliteDialect(file: string, database: Database.Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(file, database),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/**
 * Transactions take the write lock at once (`begin immediate`): a deferred one that reads first and writes later fails, or
 * decides on what another process has changed meanwhile. Waiting for the lock gives the event loop its turns, so that two
 * stores in one process cannot hold each other up.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: string
  readonly #database: Database.Database

  constructor(file: string, database: Database.Database) {
    super({ database: { prepare: preparedOnce(database), close: () => database.close() } })
    this.#file = file
    this.#database = database
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    return {
      executeQuery: async (query) => {
        try {
          return await connection.executeQuery(query)
        } catch (error) {
          throw translate(this.#file, error)
        }
      },
      streamQuery: (query, size) => connection.streamQuery(query, size),
    }
  }

  override async beginTransaction(): Promise<void> {
    const begin = this.#database.prepare('begin immediate')
    const attempts = busyLimitMs / 5
    for (let attempt = 1; ; attempt++) {
      try {
        this.#database.pragma('busy_timeout = 0')
        begin.run()
        return
      } catch (error) {
        if (!isBusy(error) || attempt >= attempts) throw translate(this.#file, error)
      } finally {
        this.#database.pragma(`busy_timeout = ${busyLimitMs}`)
      }
      await wait(5)
    }
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite has rolled back by itself after some faults (full disk, damaged file); a second one would hide the first error.
    if (this.#database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }
}

const keptStatements = 200

/** Statements by their text, the last used ones: a batch of the intake runs the same few a thousand times, and preparing is most of it. */
function preparedOnce(database: Database.Database): (sql: string) => Database.Statement {
  const kept = new Map<string, Database.Statement>()
  return (sql) => {
    const known = kept.get(sql)
    // One that is being iterated answers nobody else.
    if (known !== undefined && known.busy) return database.prepare(sql)
    const statement = known ?? database.prepare(sql)
    kept.delete(sql)
    kept.set(sql, statement)
    const [oldest] = kept.keys()
    if (kept.size > keptStatements && oldest !== undefined) kept.delete(oldest)
    return statement
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

const problemsByCode: readonly (readonly [string, StoreProblem])[] = [
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_READONLY', 'no-permission'],
  ['SQLITE_PERM', 'no-permission'],
  ['SQLITE_CANTOPEN', 'no-permission'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_IOERR', 'failed'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
  ['EROFS', 'no-permission'],
  ['ENOSPC', 'disk-full'],
  ['EISDIR', 'not-a-file'],
  ['ENOTDIR', 'not-a-file'],
  ['EEXIST', 'not-a-file'],
]

/** Faults of the file become `store-unavailable`; anything else is a bug and passes through. */
function translate(file: string, error: unknown): unknown {
  const code: unknown = error instanceof Error && !(error instanceof AppError) ? Reflect.get(error, 'code') : undefined
  if (typeof code !== 'string') return error
  const known = problemsByCode.find(([start]) => code.startsWith(start))
  return known === undefined ? error : storeUnavailable(file, known[1], error)
}
