import { expressionBuilder, sql, type Expression, type Kysely, type SqlBool } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import {
  requestSorts,
  requestStates,
  type RequestCause,
  type RequestSort,
  type RequestState,
} from '../../shared/model/request'
import { numberIn, words } from './fold'
import { firstKey, keyModulus, lastKey } from './order-key'
import { isLive } from './request-ledger'
import { isLong, type SearchIndex, type SearchOrder } from './request-search'
import type { RequestQuery } from './stores'
import type { RequestTable, Tables } from './tables'

/** Requests are counted up to here. */
export const countLimit = 1000

/** Sort, part of the list, and the key of the last request shown. */
const position = z.tuple([z.enum(requestSorts), z.int().min(0).max(1), z.int().min(0)])

/** A run of the list in one order; a sort is one or two of them, one after the other. */
interface Part {
  readonly states: readonly RequestState[]
  readonly order: SearchOrder
  readonly direction: 'asc' | 'desc'
}

type Keys = Pick<RequestTable, 'created_key' | 'updated_key' | 'due_key'>

/** Where a page begins: after this key of this part. */
export interface Position {
  readonly part: number
  readonly key: number | null
}

/** Throws `invalid-input` for a cursor that is not from here or belongs to another sort. */
export function positionOf({ cursor, sort }: RequestQuery): Position {
  if (cursor === null) return { part: 0, key: null }
  try {
    const [of, part, key] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (of !== sort || part >= sorts[sort].length) throw new Error(`a cursor of the sort ${of}`)
    return { part, key }
  } catch (error) {
    throw new AppError('invalid-input', { field: 'cursor' }, { cause: error })
  }
}

/** Where the page after this row begins, opaque to whoever carries it. */
export function cursorAfter(sort: RequestSort, part: number, row: Keys): string {
  const order = sorts[sort][part]?.order ?? 'created'
  const key = { created: row.created_key, updated: row.updated_key, due: row.due_key ?? 0 }[order]
  return Buffer.from(JSON.stringify([sort, part, key])).toString('base64url')
}

const newest = { order: 'created', direction: 'desc' } as const
const sorts: Record<RequestSort, readonly (Omit<Part, 'states'> & { readonly only?: 'live' | 'closed' })[]> = {
  due: [
    { order: 'due', direction: 'asc', only: 'live' },
    { ...newest, only: 'closed' },
  ],
  newest: [newest],
  oldest: [{ order: 'created', direction: 'asc' }],
  updated: [{ order: 'updated', direction: 'desc' }],
}

/** The parts of a list; one that cannot hold anything has no states. */
export function partsOf(query: RequestQuery): readonly Part[] {
  const asked = query.states.length === 0 ? requestStates : [...new Set(query.states)]
  // Only what is not closed is due at all.
  const onlyDue = query.due.from !== null || query.due.until !== null
  return sorts[query.sort].map(({ order, direction, only }) => {
    const states = asked.filter((state) => only === undefined || isLive(state) === (only === 'live'))
    return { order, direction, states: onlyDue ? states.filter(isLive) : states }
  })
}

/**
 * Up to `limit` requests of one part after a key. Each state (and cause, channel or holder) is read by its own index range in
 * the order wanted and the ranges are merged; a search reads its hits in the order wanted. Either way, reading ends with the
 * page: the number of requests in the store does not matter.
 */
export function partQuery(
  database: Kysely<Tables>,
  index: SearchIndex,
  query: RequestQuery,
  part: Part,
  after: number | null,
  limit: number,
) {
  const { direction } = part
  const key = keyOf(part)
  const bounds = boundsOf(query, part, after)
  const found = search(database, index, query, part, direction, bounds)
  if (found !== null) return found.selectAll('requests').orderBy('hit.key', direction).limit(limit)

  // Places only: those stand in the index itself, which is why the database chooses the one that was made for the filter.
  const range = (facet: Facet) =>
    database
      .selectFrom(
        database
          .selectFrom('requests')
          .select(key)
          .where(rangeConditions(query, part, facet, bounds))
          .orderBy(orderOf(query, part), direction)
          .limit(limit)
          .as('range'),
      )
      .select(`${key} as place`)
  const [first, ...others] = facetsOf(query, part)
  const places = others.reduce((merged, facet) => merged.unionAll(range(facet)), range(first))
  return database
    .selectFrom(places.orderBy('place', direction).limit(limit).as('page'))
    .crossJoin('requests')
    .where('requests.number', '=', sql<number>`${sql.ref('page.place')} % ${sql.lit(keyModulus)}`)
    .selectAll('requests')
    .orderBy('page.place', direction)
}

/** Whether long words are searched for, whose hits must be looked at to be sure. */
export function hasLongWords(query: RequestQuery): boolean {
  return words(query.text).some(isLong)
}

/**
 * Counts one part, up to `limit`.
 *
 * @param look Whether hits of long words are looked at; otherwise what has all their pieces is counted, as good as always the same.
 */
export function countQuery(
  database: Kysely<Tables>,
  index: SearchIndex,
  query: RequestQuery,
  shown: Part,
  limit: number,
  look: boolean = true,
) {
  const part = { ...shown, order: countingOrder(query, shown) }
  const bounds = boundsOf(query, part, null)
  const counted = eb.fn.countAll<number | string | bigint>().as('total')
  const found = countedHits(database, index, query, part, bounds, look)
  if (found !== null) return database.selectFrom(found.limit(limit).as('counted')).select(counted)

  const range = (facet: Facet) =>
    database
      .selectFrom(
        database
          .selectFrom('requests')
          .select('state')
          .where(rangeConditions(query, part, facet, bounds))
          .limit(limit)
          .as('range'),
      )
      .select('state')
  const [first, ...others] = facetsOf(query, part)
  const rows = others.reduce((merged, facet) => merged.unionAll(range(facet)), range(first)).limit(limit)
  return database.selectFrom(rows.as('counted')).select(counted)
}

/** Counting needs no order: the one whose index tells most of what is asked for. */
function countingOrder({ due, created }: RequestQuery, part: Part): SearchOrder {
  if (due.from !== null || due.until !== null) return 'due'
  return created.from !== null || created.until !== null ? 'created' : part.order
}

/** Open and claimed requests that became due in (`after`, `until`], the longest due first. */
export function dueQuery(database: Kysely<Tables>, after: string, until: string) {
  const range = (state: RequestState) =>
    database
      .selectFrom('requests')
      .selectAll()
      .where('state', '=', state)
      .where('due_key', '>=', firstKey(after))
      .where('due_key', '<=', lastKey(until))
      .where('due_at', '>', after)
      .where('due_at', '<=', until)
  return range('open').unionAll(range('claimed')).orderBy('due_key')
}

const eb = expressionBuilder<Tables, 'requests'>()

/** What one index range has in common besides its order; `by` is the filter that the index begins with. */
interface Facet {
  readonly state: RequestState
  readonly by: Expression<SqlBool> | null
}

interface Bounds {
  readonly from: number
  readonly to: number
}

function facetsOf(query: RequestQuery, part: Part): readonly [Facet, ...Facet[]] {
  const values = facetValues(query)
  const [first, ...rest] = part.states.flatMap((state) => values.map((by): Facet => ({ state, by })))
  // A part without states is never read.
  if (first === undefined) throw new Error('a part of the list without states')
  return [first, ...rest]
}

type Filter = 'holder' | 'cause' | 'channel'

/** The filter that ranges are made by: presumably the narrowest one. The others are checked row by row. */
function facetOf(query: RequestQuery): Filter | null {
  if (query.holderId !== null) return 'holder'
  if (query.causes.length > 0) return 'cause'
  return query.channels.length > 0 ? 'channel' : null
}

function facetValues(query: RequestQuery): readonly (Expression<SqlBool> | null)[] {
  switch (facetOf(query)) {
    case 'holder':
      return query.holderId === null ? [null] : [holderIs(query.holderId)]
    case 'cause':
      return [...new Set(query.causes)].map(causeIs)
    case 'channel':
      return [...new Set(query.channels)].map((one) => eb('requests.channel', '=', one))
    case null:
      return [null]
  }
}

function holderIs(holderId: string): Expression<SqlBool> {
  return holderId === 'nobody' ? eb('requests.holder_id', 'is', null) : eb('requests.holder_id', '=', holderId)
}

function causeIs(cause: RequestCause | 'unknown'): Expression<SqlBool> {
  return cause === 'unknown' ? eb('requests.cause', 'is', null) : eb('requests.cause', '=', cause)
}

function rangeConditions(query: RequestQuery, part: Part, facet: Facet, bounds: Bounds): Expression<SqlBool> {
  const key = orderOf(query, part)
  return eb.and([
    eb('requests.state', '=', facet.state),
    ...(facet.by === null ? [] : [facet.by]),
    eb(key, '>=', bounds.from),
    eb(key, '<=', bounds.to),
    ...filters(query, part, facetOf(query)),
  ])
}

/**
 * What a range is sorted by. What is due soon is little and may lie anywhere in another order: it is read by its due time, and
 * the plus keeps the database from walking through everything in the order wanted.
 */
function orderOf(query: RequestQuery, part: Part): Expression<number | null> {
  const key = eb.ref(`requests.${keyOf(part)}`)
  return part.order !== 'due' && query.due.from !== null ? sql<number | null>`+${key}` : key
}

function search(
  database: Kysely<Tables>,
  index: SearchIndex,
  query: RequestQuery,
  part: Part,
  direction: Part['direction'] | null,
  bounds: Bounds,
  look = true,
) {
  const found = hitsOf(index, query, part, direction, bounds)
  if (found === null) return null
  return (
    database
      .selectFrom(found.as('hit'))
      // The other way round, every request would be held against every hit: a cross join is taken in the order written.
      .crossJoin('requests')
      .whereRef('requests.number', '=', 'hit.number')
      .where(eb.and(hitConditions(index, query, part, look)))
  )
}

/** Hits to count; the requests themselves are only looked at when something is left to check. */
function countedHits(
  database: Kysely<Tables>,
  index: SearchIndex,
  query: RequestQuery,
  part: Part,
  bounds: Bounds,
  look: boolean,
) {
  const found = hitsOf(index, query, part, null, bounds)
  if (found === null) return null
  if (hitConditions(index, query, part, look).length === 0)
    return database.selectFrom(found.as('hit')).select('hit.key')
  return search(database, index, query, part, null, bounds, look)?.select('hit.key') ?? null
}

/** `null`: no word is searched for. */
function hitsOf(
  index: SearchIndex,
  query: RequestQuery,
  part: Part,
  direction: Part['direction'] | null,
  bounds: Bounds,
) {
  const wanted = words(query.text)
  if (wanted.length === 0) return null
  const live = part.states.some(isLive)
  const closed = part.states.some((state) => !isLive(state))
  return index.hits(part.order, direction, { words: wanted, live, closed, ...bounds })
}

/** What the search index does not tell of a hit. */
function hitConditions(index: SearchIndex, query: RequestQuery, part: Part, look: boolean): Expression<SqlBool>[] {
  return [
    ...(look ? wordChecks(index, query) : []),
    ...(coversGroups(part.states) ? [] : [eb('requests.state', 'in', part.states)]),
    ...filters(query, part, null),
  ]
}

/** Longer words are only narrowed down by the index: whether a request really has them. */
function wordChecks(index: SearchIndex, query: RequestQuery): Expression<SqlBool>[] {
  return words(query.text)
    .filter(isLong)
    .map((word) => {
      const found = index.contains(eb.ref('requests.search_text'), word)
      const meant = numberIn(word)
      return meant === null ? found : eb.or([found, eb('requests.number', '=', meant)])
    })
}

/** All states of the groups that the search index knows: nothing is left to check. */
function coversGroups(states: readonly RequestState[]): boolean {
  return [isLive, (state: RequestState) => !isLive(state)].every((inGroup) => {
    const inIt = requestStates.filter(inGroup)
    const here = inIt.filter((state) => states.includes(state))
    return here.length === 0 || here.length === inIt.length
  })
}

/** Every filter but state, words, and the one that the range is made by. */
function filters(query: RequestQuery, part: Part, but: Filter | null): Expression<SqlBool>[] {
  const { holderId, causes, channels, created, due } = query
  const conditions: Expression<SqlBool>[] = []
  if (holderId !== null && but !== 'holder') conditions.push(holderIs(holderId))
  if (causes.length > 0 && but !== 'cause') conditions.push(eb.or([...new Set(causes)].map(causeIs)))
  if (channels.length > 0 && but !== 'channel') conditions.push(eb('requests.channel', 'in', channels))
  if (due.from !== null) conditions.push(eb('requests.due_key', '>=', firstKey(due.from)))
  if (due.until !== null) conditions.push(eb('requests.due_key', '<=', lastKey(due.until)))
  conditions.push(...within('due', due, part), ...within('created', created, part))
  return conditions
}

/**
 * Exact bounds of a time. Where the list is in the order of this time, only the first and the last second have to be looked at
 * closely: everything between them is told by its key alone.
 */
function within(order: 'created' | 'due', range: RequestQuery['due'], part: Part): Expression<SqlBool>[] {
  const [time, key] = [`requests.${order}_at`, `requests.${order}_key`] as const
  const inOrder = part.order === order
  const conditions: Expression<SqlBool>[] = []
  if (range.from !== null) {
    const exact = eb(time, '>=', range.from)
    conditions.push(inOrder ? eb.or([eb(key, '>', lastKey(range.from)), exact]) : exact)
  }
  if (range.until !== null) {
    const exact = eb(time, '<', range.until)
    conditions.push(inOrder ? eb.or([eb(key, '<', firstKey(range.until)), exact]) : exact)
  }
  return conditions
}

/**
 * Keys between which everything that is wanted lies. Nothing is changed or due before it was entered (`keysOf` sees to that),
 * so that the lower bound of the entering holds in every order.
 */
function boundsOf(query: RequestQuery, part: Part, after: number | null): Bounds {
  const froms = [0]
  const tos = [Number.MAX_SAFE_INTEGER]
  if (query.created.from !== null) froms.push(firstKey(query.created.from))
  if (part.order === 'created' && query.created.until !== null) tos.push(lastKey(query.created.until))
  if (part.order === 'due' && query.due.from !== null) froms.push(firstKey(query.due.from))
  if (part.order === 'due' && query.due.until !== null) tos.push(lastKey(query.due.until))
  if (after !== null && part.direction === 'asc') froms.push(after + 1)
  if (after !== null && part.direction === 'desc') tos.push(after - 1)
  return { from: Math.max(...froms), to: Math.min(...tos) }
}

function keyOf(part: Part): keyof Keys {
  return `${part.order}_key`
}
