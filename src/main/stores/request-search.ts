import type { Expression, Kysely, RawBuilder, SqlBool } from 'kysely'
import { numberIn } from './fold'
import type { RequestTable, Tables } from './tables'

/** The orders in which the list of requests is read. */
export type SearchOrder = 'created' | 'updated' | 'due'

/** What of a request the index is made from. */
export type SearchedRow = Pick<
  RequestTable,
  'number' | 'state' | 'search_text' | 'created_key' | 'updated_key' | 'due_key'
>

/** What is searched for, between two keys of an order (both included). */
export interface Search {
  readonly words: readonly string[]
  readonly live: boolean
  readonly closed: boolean
  readonly from: number
  readonly to: number
}

/**
 * How one database finds requests by words. The indexed words are all pieces of one to six characters, so a Japanese word is one
 * look-up and a long one the few requests that have all of its pieces.
 */
export interface SearchIndex {
  /** Makes the tables of the index, empty. */
  create(database: Kysely<Tables>): Promise<void>
  /** Brings the index up to date with a request that was entered (`before` is `null`) or changed, in the same transaction. */
  put(trx: Kysely<Tables>, before: SearchedRow | null, after: SearchedRow): Promise<void>
  /** Takes a request out of it. */
  remove(trx: Kysely<Tables>, before: SearchedRow): Promise<void>
  /**
   * Places of requests that may have all these words.
   *
   * @param direction `null`: in any order, to be counted.
   */
  hits(
    order: SearchOrder,
    direction: 'asc' | 'desc' | null,
    search: Search,
  ): RawBuilder<{ readonly key: number; readonly number: number }>
  /** Whether a text has this word in it. */
  contains(text: Expression<string>, word: string): Expression<SqlBool>
}

/** `l`: open or claimed; `c`: closed. First letter of every indexed word, so that a big archive does not slow the queue. */
export type Group = 'l' | 'c'

/** Words up to here are one look-up each: long enough for most names, so that a count needs no look at the requests. */
const longestPiece = 6
/** Pieces of one word that are looked up: more of them would not leave fewer requests to look at. */
const mostPieces = 12

/** Whether hits of this word must be looked at: longer ones are only narrowed down by their pieces. */
export function isLong(word: string): boolean {
  return word.length > longestPiece
}

export function groupsOf({ live, closed }: Pick<Search, 'live' | 'closed'>): readonly Group[] {
  return [...(live ? (['l'] as const) : []), ...(closed ? (['c'] as const) : [])]
}

export function groupOf(row: SearchedRow): Group {
  return row.state === 'open' || row.state === 'claimed' ? 'l' : 'c'
}

export function placeIn(order: SearchOrder, row: SearchedRow): number | null {
  return { created: row.created_key, updated: row.updated_key, due: row.due_key }[order]
}

/** Indexed words that a request with this word has all of, or the one of its number that may be meant instead. */
export function lookUps(group: Group, word: string): { readonly all: readonly string[]; readonly or: string | null } {
  const pieces = isLong(word) ? pieceList(word, longestPiece).slice(0, mostPieces) : [word]
  const number = numberIn(word)
  return { all: pieces.map((piece) => term(group, piece)), or: number === null ? null : numberTerm(group, number) }
}

/** Every indexed word of a request. */
export function termsOf(row: SearchedRow): string[] {
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

/** A piece as a word that no index cuts or reads as its own syntax: the group and four hex digits per UTF-16 unit. */
function term(group: Group, piece: string): string {
  let word: string = group
  for (let index = 0; index < piece.length; index++) word += piece.charCodeAt(index).toString(16).padStart(4, '0')
  return word
}

function numberTerm(group: Group, number: number): string {
  return `${group}n${number}`
}
