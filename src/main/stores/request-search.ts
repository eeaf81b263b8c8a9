import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { numberIn } from './fold'
import { keyModulus } from './order-key'
import type { RequestTable, Tables } from './tables'

/**
 * The search index of SQLite; another database brings its own. One FTS5 table per order of the list, whose row id is the
 * request's place in that order: hits come in the order wanted, and a page ends the reading, however many there are. The
 * indexed words are all pieces of one to six characters, so a Japanese word is one look-up and a long one the few requests that
 * have all of its pieces.
 */
export type SearchOrder = 'created' | 'updated' | 'due'

/** `l`: open or claimed; `c`: closed. First letter of every indexed word, so that a big archive does not slow the queue. */
type Group = 'l' | 'c'

type SearchedRow = Pick<RequestTable, 'number' | 'state' | 'search_text' | 'created_key' | 'updated_key' | 'due_key'>

/** Words up to here are one look-up each: long enough for most names, so that a count needs no look at the requests. */
const longestPiece = 6
/** Pieces of one word that are looked up: more of them would not leave fewer requests to look at. */
const mostPieces = 12

const tables = {
  created: sql.table('request_search_created'),
  updated: sql.table('request_search_updated'),
  due: sql.table('request_search_due'),
} as const satisfies Record<SearchOrder, RawBuilder<unknown>>
const orders = ['created', 'updated', 'due'] as const satisfies readonly SearchOrder[]

/** Makes the tables of the index, empty. */
export async function createSearchIndex(database: Kysely<Tables>): Promise<void> {
  for (const order of orders) {
    await sql`create virtual table ${tables[order]} using fts5(
      pieces, content='', contentless_delete=1, detail=none, tokenize='ascii'
    )`.execute(database)
  }
}

/** Brings the index up to date with a request that was entered (`before` is `null`) or changed, in the same transaction. */
export async function indexRequest(trx: Kysely<Tables>, before: SearchedRow | null, after: SearchedRow): Promise<void> {
  let pieces: string | null = null
  for (const order of orders) {
    const [was, is] = [before === null ? null : placeIn(order, before), placeIn(order, after)]
    const moved = was !== is || (before !== null && groupOf(before) !== groupOf(after))
    if (!moved) continue
    if (was !== null) await sql`delete from ${tables[order]} where rowid = ${was}`.execute(trx)
    if (is === null) continue
    pieces ??= piecesOf(after).join(' ')
    await sql`insert into ${tables[order]} (rowid, pieces) values (${is}, ${pieces})`.execute(trx)
  }
}

/** Takes a request out of the index. */
export async function unindexRequest(trx: Kysely<Tables>, before: SearchedRow): Promise<void> {
  for (const order of orders) {
    const was = placeIn(order, before)
    if (was !== null) await sql`delete from ${tables[order]} where rowid = ${was}`.execute(trx)
  }
}

/**
 * Places of requests that may have all these words, between two keys (both included).
 *
 * @param direction `null`: in any order, to be counted.
 */
export function hits(
  order: SearchOrder,
  direction: 'asc' | 'desc' | null,
  search: { readonly words: readonly string[]; readonly live: boolean; readonly closed: boolean },
  bounds: { readonly from: number; readonly to: number },
): RawBuilder<{ key: number; number: number }> {
  const table = tables[order]
  const groups: Group[] = [...(search.live ? (['l'] as const) : []), ...(search.closed ? (['c'] as const) : [])]
  const wanted = groups.map((group) => `(${search.words.map((word) => wordMatch(group, word)).join(' AND ')})`)
  const from = bounds.from > 0 ? sql`and rowid >= ${bounds.from}` : sql``
  const to = bounds.to < Number.MAX_SAFE_INTEGER ? sql`and rowid <= ${bounds.to}` : sql``
  return sql`(select rowid as key, rowid % ${sql.lit(keyModulus)} as number from ${table}
    where ${table} match ${wanted.join(' OR ')} ${from} ${to}
    ${direction === null ? sql`` : sql`order by rowid ${sql.raw(direction)}`})`
}

/** Whether a row really has this word: longer words are only narrowed down by their pieces. `null`: a hit is enough. */
export function wordCheck(
  text: Expression<string>,
  number: Expression<number>,
  word: string,
): Expression<SqlBool> | null {
  if (word.length <= longestPiece) return null
  const found = sql<SqlBool>`instr(${text}, ${word}) > 0`
  const meant = numberIn(word)
  return meant === null ? found : sql<SqlBool>`(${found} or ${number} = ${meant})`
}

function placeIn(order: SearchOrder, row: SearchedRow): number | null {
  return { created: row.created_key, updated: row.updated_key, due: row.due_key }[order]
}

function groupOf(row: SearchedRow): Group {
  return row.state === 'open' || row.state === 'claimed' ? 'l' : 'c'
}

function wordMatch(group: Group, word: string): string {
  const pieces = word.length <= longestPiece ? [word] : pieceList(word, longestPiece).slice(0, mostPieces)
  const contained = `(${pieces.map((piece) => term(group, piece)).join(' AND ')})`
  const number = numberIn(word)
  return number === null ? contained : `(${contained} OR ${numberTerm(group, number)})`
}

function piecesOf(row: SearchedRow): string[] {
  const group = groupOf(row)
  const terms = new Set<string>([numberTerm(group, row.number)])
  for (const text of row.search_text.split('\n')) {
    for (let length = 1; length <= longestPiece; length++) {
      for (const piece of pieceList(text, length)) terms.add(term(group, piece))
    }
  }
  return [...terms]
}

function pieceList(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) => text.slice(start, start + length))
}

/** A piece as a word that FTS5 neither cuts nor reads as its own syntax: the group and four hex digits per UTF-16 unit. */
function term(group: Group, piece: string): string {
  let word: string = group
  for (let index = 0; index < piece.length; index++) word += piece.charCodeAt(index).toString(16).padStart(4, '0')
  return word
}

function numberTerm(group: Group, number: number): string {
  return `${group}n${number}`
}
