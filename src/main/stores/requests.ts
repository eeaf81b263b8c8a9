import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { RequestCause, RequestEvent, ResetRequest } from '../../shared/model/request'
import { eventOf, isLive, requestChanged, requestOf, type RequestLedger } from './request-ledger'
import {
  countLimit,
  countQuery,
  cursorAfter,
  dueQuery,
  hasLongWords,
  partQuery,
  partsOf,
  positionOf,
} from './request-list'
import type { SearchIndex } from './request-search'
import type { NewRequest, RequestChange, RequestQuery, RequestStore } from './stores'
import type { RequestTable, Tables } from './tables'

/** The queue in SQL. */
export class RequestRows implements RequestStore {
  readonly #database: Kysely<Tables>
  readonly #ledger: RequestLedger
  readonly #index: SearchIndex

  constructor(database: Kysely<Tables>, ledger: RequestLedger, index: SearchIndex) {
    this.#database = database
    this.#ledger = ledger
    this.#index = index
  }

  create(request: NewRequest): Promise<ResetRequest> {
    return this.#database
      .transaction()
      .execute(async (trx) => requestOf(await this.#ledger.enter(trx, request, request.at)))
  }

  async get(id: string): Promise<ResetRequest> {
    return requestOf(await this.#ledger.row(this.#database, id))
  }

  async events(id: string): Promise<RequestEvent[]> {
    const rows = await this.#database
      .selectFrom('request_events')
      .selectAll()
      .where('request_id', '=', id)
      .orderBy('id')
      .execute()
    return rows.map(eventOf)
  }

  async ofPerson(personId: PersonId): Promise<ResetRequest[]> {
    const rows = await this.#database
      .selectFrom('requests')
      .selectAll()
      .where('person_id', '=', personId)
      .orderBy('number')
      .execute()
    for (const row of rows) this.#ledger.assert(row)
    return rows.map(requestOf)
  }

  async list(query: RequestQuery): ReturnType<RequestStore['list']> {
    if (!Number.isInteger(query.limit) || query.limit < 1) throw new AppError('invalid-input', { field: 'limit' })
    const rows = await this.#page(query)
    const shown = rows.slice(0, query.limit)
    for (const { row } of shown) this.#ledger.assert(row)

    const last = shown.at(-1)
    const more = rows.length > shown.length && last !== undefined
    const total = more || query.cursor !== null ? await this.#count(query) : shown.length
    return {
      requests: shown.map(({ row }) => requestOf(row)),
      nextCursor: more ? cursorAfter(query.sort, last.part, last.row) : null,
      total: Math.min(total, countLimit),
      totalCapped: total > countLimit,
    }
  }

  /** One page, and one row more to tell whether another page follows; each with the part of the list that it is of. */
  async #page(query: RequestQuery): Promise<{ row: RequestTable; part: number }[]> {
    const from = positionOf(query)
    const wanted = query.limit + 1
    const found: { row: RequestTable; part: number }[] = []
    for (const [part, content] of partsOf(query).entries()) {
      if (part < from.part || content.states.length === 0 || found.length === wanted) continue
      const after = part === from.part ? from.key : null
      const rows = await partQuery(this.#database, this.#index, query, content, after, wanted - found.length).execute()
      found.push(...rows.map((row) => ({ row, part })))
    }
    return found
  }

  /** Long words are looked at only when the number is told: that there are more than 1,000 is known without. */
  async #count(query: RequestQuery): Promise<number> {
    const counted = await this.#countParts(query, false)
    return counted <= countLimit && hasLongWords(query) ? this.#countParts(query, true) : counted
  }

  async #countParts(query: RequestQuery, look: boolean): Promise<number> {
    let counted = 0
    for (const part of partsOf(query)) {
      if (part.states.length === 0 || counted > countLimit) continue
      const count = countQuery(this.#database, this.#index, query, part, countLimit + 1 - counted, look)
      counted += Number((await count.executeTakeFirstOrThrow()).total)
    }
    return counted
  }

  setCause(id: string, cause: RequestCause): Promise<ResetRequest> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#ledger.row(trx, id)
      return requestOf(await this.#ledger.replace(trx, before, { cause }))
    })
  }

  async becameDue(after: string, until: string): Promise<ResetRequest[]> {
    const rows = await dueQuery(this.#database, after, until).execute()
    for (const row of rows) this.#ledger.assert(row)
    return rows.map(requestOf)
  }

  change(id: string, version: number, change: RequestChange): Promise<ResetRequest> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#ledger.row(trx, id)
      if (before.version !== version) throw requestChanged(before)
      if (isLive(change.state) && !isLive(before.state)) await this.#ledger.refuseSecond(trx, before.person_id)

      const after = await this.#ledger.replace(trx, before, {
        state: change.state,
        holder_id: change.holder?.id ?? null,
        holder_name: change.holder?.name ?? null,
        expires_at: change.expiresAt,
        due_at: change.dueAt ?? before.due_at,
        updated_at: change.event.at,
        version: version + 1,
      })
      await this.#ledger.addEvent(trx, id, change.event)
      return requestOf(after)
    })
  }

  addEvent(id: string, event: Omit<RequestEvent, 'id'>): Promise<RequestEvent> {
    return this.#database.transaction().execute(async (trx) => {
      await this.#ledger.row(trx, id)
      return this.#ledger.addEvent(trx, id, event)
    })
  }

  expire(now: string): Promise<ResetRequest[]> {
    return this.#database.transaction().execute(async (trx) => {
      const due = await trx
        .selectFrom('requests')
        .selectAll()
        .where('state', '=', 'open')
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .execute()
      const expired: ResetRequest[] = []
      for (const before of due) {
        this.#ledger.assert(before)
        const after = await this.#ledger.replace(trx, before, {
          state: 'expired',
          holder_id: null,
          holder_name: null,
          expires_at: null,
          updated_at: now,
          version: before.version + 1,
        })
        await this.#ledger.addEvent(trx, before.id, { at: now, kind: 'expired', by: null, text: '' })
        expired.push(requestOf(after))
      }
      return expired
    })
  }
}
