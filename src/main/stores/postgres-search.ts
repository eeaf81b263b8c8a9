import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import {
  groupOf,
  groupsOf,
  lookUps,
  placeIn,
  termsOf,
  type Group,
  type Search,
  type SearchedRow,
  type SearchIndex,
  type SearchOrder,
} from './request-search'
import type { Tables } from './tables'

const orders = ['created', 'updated', 'due'] as const satisfies readonly SearchOrder[]
const table = sql.table('request_search')

/**
 * One row per request with its indexed words as an array under a GIN index, and its places in the orders of the list. Hits are
 * looked up and put into their order before a request is looked at; the places have no index of their own, or the server would, for a
 * word that it has never met, rather walk through everything in order.
 */
export class PostgresSearch implements SearchIndex {
  async create(database: Kysely<Tables>): Promise<void> {
    await sql`create table ${table} (
      number integer primary key,
      created_key bigint not null,
      updated_key bigint not null,
      due_key bigint,
      pieces text[] collate "C" not null
    )`.execute(database)
    await sql`create index request_search_by_piece on ${table} using gin (pieces)`.execute(database)
  }

  async put(trx: Kysely<Tables>, before: SearchedRow | null, after: SearchedRow): Promise<void> {
    const { number, created_key, updated_key, due_key } = after
    if (before === null || groupOf(before) !== groupOf(after)) {
      const pieces = termsOf(after)
      await sql`insert into ${table} (number, created_key, updated_key, due_key, pieces)
        values (${number}, ${created_key}, ${updated_key}, ${due_key}, ${pieces})
        on conflict (number) do update set created_key = excluded.created_key, updated_key = excluded.updated_key,
          due_key = excluded.due_key, pieces = excluded.pieces`.execute(trx)
    } else if (orders.some((order) => placeIn(order, before) !== placeIn(order, after))) {
      await sql`update ${table} set created_key = ${created_key}, updated_key = ${updated_key}, due_key = ${due_key}
        where number = ${number}`.execute(trx)
    }
  }

  async remove(trx: Kysely<Tables>, before: SearchedRow): Promise<void> {
    await sql`delete from ${table} where number = ${before.number}`.execute(trx)
  }

  hits(
    order: SearchOrder,
    direction: 'asc' | 'desc' | null,
    search: Search,
  ): RawBuilder<{ readonly key: number; readonly number: number }> {
    const key = sql.ref(`${order}_key`)
    const wanted = groupsOf(search).map((group) => {
      const every = search.words.map((word) => wordMatch(group, word))
      return sql`(${sql.join(every, sql` and `)})`
    })
    return sql`(select ${key} as key, number from ${table}
      where (${sql.join(wanted, sql` or `)}) and ${key} between ${search.from} and ${search.to}
      ${direction === null ? sql`` : sql`order by ${key} ${sql.raw(direction)}`})`
  }

  contains(text: Expression<string>, word: string): Expression<SqlBool> {
    return sql<SqlBool>`strpos(${text}, ${word}) > 0`
  }
}

function wordMatch(group: Group, word: string): RawBuilder<unknown> {
  const { all, or } = lookUps(group, word)
  const contained = sql`pieces @> ${[...all]}::text[]`
  return or === null ? contained : sql`(${contained} or pieces @> ${[or]}::text[])`
}
