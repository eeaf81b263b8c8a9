import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { keyModulus } from './order-key'
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

const tables = {
  created: sql.table('request_search_created'),
  updated: sql.table('request_search_updated'),
  due: sql.table('request_search_due'),
} as const satisfies Record<SearchOrder, RawBuilder<unknown>>
const orders = ['created', 'updated', 'due'] as const satisfies readonly SearchOrder[]

/**
 * One FTS5 table per order of the list, whose row id is the request's place in that order: hits come in the order wanted, and a
 * page ends the reading, however many there are.
 */
export class SqliteSearch implements SearchIndex {
  async create(database: Kysely<Tables>): Promise<void> {
    for (const order of orders) {
      await sql`create virtual table ${tables[order]} using fts5(
        pieces, content='', contentless_delete=1, detail=none, tokenize='ascii'
      )`.execute(database)
    }
  }

  async put(trx: Kysely<Tables>, before: SearchedRow | null, after: SearchedRow): Promise<void> {
    let pieces: string | null = null
    for (const order of orders) {
      const [was, is] = [before === null ? null : placeIn(order, before), placeIn(order, after)]
      const moved = was !== is || (before !== null && groupOf(before) !== groupOf(after))
      if (!moved) continue
      if (was !== null) await sql`delete from ${tables[order]} where rowid = ${was}`.execute(trx)
      if (is === null) continue
      pieces ??= termsOf(after).join(' ')
      await sql`insert into ${tables[order]} (rowid, pieces) values (${is}, ${pieces})`.execute(trx)
    }
  }

  async remove(trx: Kysely<Tables>, before: SearchedRow): Promise<void> {
    for (const order of orders) {
      const was = placeIn(order, before)
      if (was !== null) await sql`delete from ${tables[order]} where rowid = ${was}`.execute(trx)
    }
  }

  hits(
    order: SearchOrder,
    direction: 'asc' | 'desc' | null,
    search: Search,
  ): RawBuilder<{ readonly key: number; readonly number: number }> {
    const table = tables[order]
    const wanted = groupsOf(search).map(
      (group) => `(${search.words.map((word) => wordMatch(group, word)).join(' AND ')})`,
    )
    const from = search.from > 0 ? sql`and rowid >= ${search.from}` : sql``
    const to = search.to < Number.MAX_SAFE_INTEGER ? sql`and rowid <= ${search.to}` : sql``
    return sql`(select rowid as key, rowid % ${sql.lit(keyModulus)} as number from ${table}
      where ${table} match ${wanted.join(' OR ')} ${from} ${to}
      ${direction === null ? sql`` : sql`order by rowid ${sql.raw(direction)}`})`
  }

  contains(text: Expression<string>, word: string): Expression<SqlBool> {
    return sql<SqlBool>`instr(${text}, ${word}) > 0`
  }

  /** Writes the index anew without what was taken out of it: FTS5 only marks that until then. */
  async compact(database: Kysely<Tables>): Promise<void> {
    for (const order of orders) {
      await sql`insert into ${tables[order]} (${tables[order]}) values ('optimize')`.execute(database)
    }
  }
}

function wordMatch(group: Group, word: string): string {
  const { all, or } = lookUps(group, word)
  const contained = `(${all.join(' AND ')})`
  return or === null ? contained : `(${contained} OR ${or})`
}
