import type { Dialect, Kysely, RawBuilder } from 'kysely'
import type { SearchIndex } from './request-search'
import type { Tables } from './tables'

/** A database that can hold the desk's data, and what it says in words of its own; everything else is the same SQL on each. */
export interface StoreDatabase {
  /** How refusals and the log name it: a file, or `postgresql://host:port/database`. */
  readonly name: string
  readonly dialect: Dialect
  readonly columns: ColumnWords
  readonly search: SearchIndex
  /** After the schema was changed, in the same transaction. */
  settle(trx: Kysely<Tables>): Promise<void>
  /** After an erasure was committed: takes away what the database still keeps in places that no query reads. */
  scrub(database: Kysely<Tables>): Promise<void>
}

/** Column types that are named differently. */
export interface ColumnWords {
  readonly blob: 'blob' | 'bytea'
  /** A primary key that the database counts up, never giving one twice. */
  readonly counted: RawBuilder<unknown>
}
