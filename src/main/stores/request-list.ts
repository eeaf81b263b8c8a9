import { sql, type ExpressionBuilder, type Kysely, type SqlBool, type Expression } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import { instant } from '../../shared/model/common'
import { requestStates, type RequestState } from '../../shared/model/request'
import { containing, words } from './fold'
import type { RequestQuery } from './stores'
import type { RequestTable, Tables } from './tables'

const position = z.tuple([instant, z.uuid()])

/** Where the next page begins, opaque to whoever carries it. */
export function cursorAfter(row: RequestTable): string {
  return Buffer.from(JSON.stringify([row.created_at, row.id])).toString('base64url')
}

function positionOf(cursor: string): readonly [string, string] {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (error) {
    throw new AppError('invalid-input', { field: 'cursor' }, { cause: error })
  }
}

/**
 * One page, newest first, and one row more to tell whether another page follows. Each state is read by its own index range in
 * the order wanted and the ranges are merged: the number of requests in the store does not matter.
 */
export function pageQuery(database: Kysely<Tables>, query: RequestQuery) {
  const after = query.cursor === null ? null : positionOf(query.cursor)
  const limit = query.limit + 1
  const [first = 'open', ...rest] = statesOf(query)
  const range = (state: RequestState) => {
    const rows = database
      .selectFrom('requests')
      .selectAll()
      .where((eb) => matches(eb, query, state))
      .$if(after !== null, (rows) =>
        rows.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after?.[0] ?? '', after?.[1] ?? ''))),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
    return database.selectFrom(rows.as('range')).selectAll()
  }
  const all = rest.reduce((merged, state) => merged.unionAll(range(state)), range(first))
  return database
    .selectFrom(all.as('page'))
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
}

/** How many requests the whole list has. */
export function totalQuery(database: Kysely<Tables>, query: RequestQuery) {
  return database
    .selectFrom('requests')
    .select((eb) => eb.fn.countAll<number | string | bigint>().as('total'))
    .where((eb) => eb.or(statesOf(query).map((state) => matches(eb, query, state))))
}

function statesOf(query: RequestQuery): readonly RequestState[] {
  return query.states.length === 0 ? requestStates : [...new Set(query.states)]
}

function matches(
  eb: ExpressionBuilder<Tables, 'requests'>,
  query: RequestQuery,
  state: RequestState,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [eb('state', '=', state)]
  if (query.holderId === 'nobody') conditions.push(eb('holder_id', 'is', null))
  else if (query.holderId !== null) conditions.push(eb('holder_id', '=', query.holderId))

  for (const word of words(query.text)) {
    const found = sql<SqlBool>`${eb.ref('search_text')} like ${containing(word)} escape '\\'`
    const number = /^#?(\d{1,9})$/u.exec(word)?.[1]
    conditions.push(number === undefined ? found : eb.or([found, eb('number', '=', Number(number))]))
  }
  return eb.and(conditions)
}
