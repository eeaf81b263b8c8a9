import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { Holder, RequestEvent, ResetRequest } from '../../shared/model/request'
import type { SecretVault } from '../vault'
import { searchText } from './fold'
import { cursorAfter, pageQuery, totalQuery } from './request-list'
import { assertRow, rowMac, type RowParts } from './rows'
import type { NewRequest, RequestChange, RequestQuery, RequestStore } from './stores'
import type { RequestEventTable, RequestTable, Tables } from './tables'

const openStates = ['open', 'claimed'] as const

type UnsignedRequest = Omit<RequestTable, 'mac'>

/** The queue in SQL. Every column but the search text is under the row's MAC: all of it is shown to somebody who decides. */
export class RequestRows implements RequestStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  create(request: NewRequest): Promise<ResetRequest> {
    return this.#database.transaction().execute(async (trx) => {
      const row = this.#signed({
        id: randomUUID(),
        number: await nextNumber(trx),
        person_id: request.personId,
        person_name: request.personName,
        person_reading: request.personReading,
        person_user_id: request.personUserId,
        person_department: request.personDepartment,
        channel: request.channel,
        reason: request.reason,
        state: 'open',
        holder_id: null,
        holder_name: null,
        created_by_id: request.createdBy.id,
        created_by_name: request.createdBy.name,
        created_at: request.at,
        updated_at: request.at,
        expires_at: request.expiresAt,
        version: 1,
        search_text: searchText(request.personName, request.personReading, request.personUserId),
      })
      const inserted = await trx
        .insertInto('requests')
        .values(row)
        // The partial unique index decides, not a look beforehand: two desks may ask at once.
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (inserted === undefined) {
        await this.#refuseSecond(trx, request.personId)
        // No open case stands in the way, so the number was taken: somebody set the counter back.
        throw new AppError('store-tampered', { table: 'counters', row: 'request' })
      }
      await insertEvent(trx, row.id, { at: request.at, kind: 'created', by: request.createdBy, text: request.note })
      return requestOf(row)
    })
  }

  async get(id: string): Promise<ResetRequest> {
    return requestOf(await this.#row(this.#database, id))
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

  async list(query: RequestQuery): Promise<{ requests: ResetRequest[]; nextCursor: string | null; total: number }> {
    if (!Number.isInteger(query.limit) || query.limit < 1) throw new AppError('invalid-input', { field: 'limit' })
    const rows = await pageQuery(this.#database, query).execute()
    const { total } = await totalQuery(this.#database, query).executeTakeFirstOrThrow()

    const shown = rows.slice(0, query.limit)
    for (const row of shown) this.#assert(row)
    const last = shown.at(-1)
    const nextCursor = rows.length > shown.length && last !== undefined ? cursorAfter(last) : null
    return { requests: shown.map(requestOf), nextCursor, total: Number(total) }
  }

  change(id: string, version: number, change: RequestChange): Promise<ResetRequest> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      if (before.version !== version) throw changed(before)
      if (isOpen(change.state) && !isOpen(before.state)) await this.#refuseSecond(trx, before.person_id)

      const after = this.#signed({
        ...before,
        state: change.state,
        holder_id: change.holder?.id ?? null,
        holder_name: change.holder?.name ?? null,
        expires_at: change.expiresAt,
        updated_at: change.event.at,
        version: version + 1,
      })
      await this.#replace(trx, before, after)
      await insertEvent(trx, id, change.event)
      return requestOf(after)
    })
  }

  addEvent(id: string, event: Omit<RequestEvent, 'id'>): Promise<RequestEvent> {
    return this.#database.transaction().execute(async (trx) => {
      await this.#row(trx, id)
      return insertEvent(trx, id, event)
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
        this.#assert(before)
        const after = this.#signed({
          ...before,
          state: 'expired',
          holder_id: null,
          holder_name: null,
          expires_at: null,
          updated_at: now,
          version: before.version + 1,
        })
        await this.#replace(trx, before, after)
        await insertEvent(trx, before.id, { at: now, kind: 'expired', by: null, text: '' })
        expired.push(requestOf(after))
      }
      return expired
    })
  }

  async #row(database: Kysely<Tables>, id: string): Promise<RequestTable> {
    const row = await database.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new AppError('request-not-found')
    this.#assert(row)
    return row
  }

  /** Writes over the row as it was read; somebody who came between, by whatever database, wins. */
  async #replace(trx: Kysely<Tables>, before: RequestTable, after: RequestTable): Promise<void> {
    const { numUpdatedRows } = await trx
      .updateTable('requests')
      .set(after)
      .where('id', '=', before.id)
      .where('version', '=', before.version)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw changed(before)
  }

  /** Throws `request-exists` when the person has an open case. */
  async #refuseSecond(trx: Kysely<Tables>, personId: string): Promise<void> {
    const open = await trx
      .selectFrom('requests')
      .selectAll()
      .where('person_id', '=', personId)
      .where('state', 'in', openStates)
      .executeTakeFirst()
    if (open !== undefined) throw new AppError('request-exists', { requestId: open.id, number: open.number })
  }

  #signed(row: UnsignedRequest): RequestTable {
    return { ...row, mac: rowMac(this.#vault, 'requests', partsOf(row)) }
  }

  #assert(row: RequestTable): void {
    assertRow(this.#vault, 'requests', row.id, row.mac, partsOf(row))
  }
}

function partsOf(row: UnsignedRequest): RowParts {
  return [
    row.id,
    row.number,
    row.person_id,
    row.person_name,
    row.person_reading,
    row.person_user_id,
    row.person_department,
    row.channel,
    row.reason,
    row.state,
    row.holder_id,
    row.holder_name,
    row.created_by_id,
    row.created_by_name,
    row.created_at,
    row.updated_at,
    row.expires_at,
    row.version,
  ]
}

function isOpen(state: string): boolean {
  return openStates.some((open) => open === state)
}

function changed(row: RequestTable): AppError {
  return new AppError('request-changed', { requestId: row.id, number: row.number })
}

/** Counted up only: a number that was said aloud once never means another request. */
async function nextNumber(trx: Kysely<Tables>): Promise<number> {
  const { value } = await trx
    .insertInto('counters')
    .values({ name: 'request', value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', 1) })))
    .returning('value')
    .executeTakeFirstOrThrow()
  return value
}

async function insertEvent(
  trx: Kysely<Tables>,
  requestId: string,
  event: Omit<RequestEvent, 'id'>,
): Promise<RequestEvent> {
  const { id } = await trx
    .insertInto('request_events')
    .values({
      request_id: requestId,
      at: event.at,
      kind: event.kind,
      by_id: event.by?.id ?? null,
      by_name: event.by?.name ?? null,
      text: event.text,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, at: event.at, kind: event.kind, by: event.by, text: event.text }
}

function holderOf(id: string | null, name: string | null): Holder | null {
  return id === null ? null : { id, name: name ?? '' }
}

function requestOf(row: RequestTable): ResetRequest {
  return {
    id: row.id,
    number: row.number,
    personId: row.person_id,
    personName: row.person_name,
    personReading: row.person_reading,
    personUserId: row.person_user_id,
    personDepartment: row.person_department,
    channel: row.channel,
    reason: row.reason,
    state: row.state,
    holder: holderOf(row.holder_id, row.holder_name),
    createdBy: { id: row.created_by_id, name: row.created_by_name },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    version: row.version,
  }
}

function eventOf(row: Omit<RequestEventTable, 'id'> & { id: number }): RequestEvent {
  return { id: row.id, at: row.at, kind: row.kind, by: holderOf(row.by_id, row.by_name), text: row.text }
}
