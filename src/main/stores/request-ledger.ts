import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Holder, RequestEvent, ResetRequest } from '../../shared/model/request'
import type { SecretVault } from '../vault'
import { searchText } from './fold'
import { orderKey } from './order-key'
import type { SearchIndex } from './request-search'
import { assertRow, rowMac, type RowParts } from './rows'
import type { NewRequest } from './stores'
import type { RequestEventTable, RequestTable, Tables } from './tables'

const liveStates = ['open', 'claimed'] as const

type Keys = 'created_key' | 'updated_key' | 'due_key'

/** What a change may set: everything else of a request is as it was entered, or follows from this. */
type RequestChanges = Partial<
  Pick<
    RequestTable,
    | 'state'
    | 'holder_id'
    | 'holder_name'
    | 'updated_at'
    | 'expires_at'
    | 'due_at'
    | 'version'
    | 'repeats'
    | 'last_asked_at'
    | 'cause'
  >
>

/**
 * Requests row by row, in the transaction of the caller. Every column but the search text and the places in the list is under
 * the row's MAC: all of it is shown to somebody who decides. The search index moves with the row.
 */
export class RequestLedger {
  readonly #vault: SecretVault
  readonly #index: SearchIndex

  constructor(vault: SecretVault, index: SearchIndex) {
    this.#vault = vault
    this.#index = index
  }

  /** Throws `request-not-found`, `store-tampered`. */
  async row(database: Kysely<Tables>, id: string): Promise<RequestTable> {
    const row = await database.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new AppError('request-not-found')
    this.assert(row)
    return row
  }

  /** The person's open case and the requests that were closed after this moment, newest change first. */
  async casesOf(trx: Kysely<Tables>, personId: PersonId, closedAfter: string): Promise<RequestTable[]> {
    const found = await trx
      .selectFrom('requests')
      .select('id')
      .where('person_id', '=', personId)
      .where((eb) => eb.or([eb('state', 'in', liveStates), eb('updated_at', '>', closedAfter)]))
      .execute()
    // Most people have none: whole rows are dear to ask for, even when there are none.
    if (found.length === 0) return []
    const ids = found.map(({ id }) => id)
    const rows = await trx
      .selectFrom('requests')
      .selectAll()
      .where('id', 'in', ids)
      .orderBy('updated_at', 'desc')
      .execute()
    for (const row of rows) this.assert(row)
    return rows
  }

  /** Enters an open request with its first event. Throws `request-exists` when the person has an open case. */
  async enter(trx: Kysely<Tables>, request: NewRequest, lastAskedAt: string): Promise<RequestTable> {
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
      created_by_id: request.createdBy?.id ?? null,
      created_by_name: request.createdBy?.name ?? null,
      created_at: request.at,
      updated_at: request.at,
      expires_at: request.expiresAt,
      version: 1,
      search_text: searchText(request.personName, request.personReading, request.personUserId),
      repeats: 0,
      last_asked_at: lastAskedAt,
      due_at: request.dueAt,
      cause: null,
    })
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('requests')
      .values(row)
      // The partial unique index decides, not a look beforehand: two desks may ask at once.
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) {
      await this.refuseSecond(trx, request.personId)
      // No open case stands in the way, so the number was taken: somebody set the counter back.
      throw new AppError('store-tampered', { table: 'counters', row: 'request' })
    }
    await this.#index.put(trx, null, row)
    await insertEvent(trx, row.id, {
      at: request.at,
      kind: 'created',
      by: request.createdBy,
      text: request.note,
    }).execute()
    return row
  }

  /** Writes over the row as it was read. Throws `request-changed` when somebody came between, by whatever database. */
  async replace(trx: Kysely<Tables>, before: RequestTable, changes: RequestChanges): Promise<RequestTable> {
    const after = this.#signed({ ...before, ...changes })
    const { created_key, updated_key, due_key, mac } = after
    const { numUpdatedRows } = await trx
      .updateTable('requests')
      // The rest is as `before.mac` says; to name it all costs a batch of mails much of its time.
      .set({ ...changes, created_key, updated_key, due_key, mac })
      .where('id', '=', before.id)
      .where('mac', '=', before.mac)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw requestChanged(before)
    await this.#index.put(trx, before, after)
    return after
  }

  /** The person asked again: counted, not a new version, so that nobody who works on the request is held up by it. */
  async repeat(trx: Kysely<Tables>, before: RequestTable, askedAt: string, at: string): Promise<RequestTable> {
    const after = await this.replace(trx, before, {
      repeats: before.repeats + 1,
      last_asked_at: askedAt > before.last_asked_at ? askedAt : before.last_asked_at,
    })
    await insertEvent(trx, before.id, { at, kind: 'repeated', by: null, text: '' }).execute()
    return after
  }

  /** For an erasure: the request stays as a number, of nobody, and cannot be found by any name. */
  async erase(trx: Kysely<Tables>, id: string, nobody: PersonId): Promise<void> {
    const before = await this.row(trx, id)
    const after = this.#signed({
      ...before,
      person_id: nobody,
      person_name: '',
      person_reading: '',
      person_user_id: '',
      person_department: '',
      search_text: '',
    })
    await trx.updateTable('requests').set(after).where('id', '=', id).execute()
    await this.#index.remove(trx, before)
    await this.#index.put(trx, null, after)
    await trx.updateTable('request_events').set({ text: '' }).where('request_id', '=', id).execute()
  }

  /** Throws `request-exists` when the person has an open case. */
  async refuseSecond(trx: Kysely<Tables>, personId: PersonId): Promise<void> {
    const open = await trx
      .selectFrom('requests')
      .select(['id', 'number'])
      .where('person_id', '=', personId)
      .where('state', 'in', liveStates)
      .executeTakeFirst()
    if (open !== undefined) throw new AppError('request-exists', { requestId: open.id, number: open.number })
  }

  async addEvent(trx: Kysely<Tables>, requestId: string, event: Omit<RequestEvent, 'id'>): Promise<RequestEvent> {
    const { id } = await insertEvent(trx, requestId, event).returning('id').executeTakeFirstOrThrow()
    return { id, at: event.at, kind: event.kind, by: event.by, text: event.text }
  }

  /** Throws `store-tampered`. */
  assert(row: RequestTable): void {
    assertRow(this.#vault, 'requests', row.id, row.mac, partsOf(row))
  }

  #signed(row: Omit<RequestTable, 'mac' | Keys>): RequestTable {
    return { ...row, ...keysOf(row), mac: rowMac(this.#vault, 'requests', partsOf(row)) }
  }
}

export function isLive(state: string): boolean {
  return liveStates.some((live) => live === state)
}

export function requestChanged(row: RequestTable): AppError {
  return new AppError('request-changed', { requestId: row.id, number: row.number })
}

export function requestOf(row: RequestTable): ResetRequest {
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
    createdBy: holderOf(row.created_by_id, row.created_by_name),
    createdAt: row.created_at,
    repeats: row.repeats,
    lastAskedAt: row.last_asked_at,
    dueAt: isLive(row.state) ? row.due_at : null,
    cause: row.cause,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    version: row.version,
  }
}

export function eventOf(row: Omit<RequestEventTable, 'id'> & { id: number }): RequestEvent {
  return { id: row.id, at: row.at, kind: row.kind, by: holderOf(row.by_id, row.by_name), text: row.text }
}

function holderOf(id: string | null, name: string | null): Holder | null {
  return id === null ? null : { id, name: name ?? '' }
}

/** A clock that was set back must not hide a request: nothing is changed or due before it was entered. */
function keysOf(row: Omit<RequestTable, 'mac' | Keys>): Pick<RequestTable, Keys> {
  const notBefore = (at: string): string => (at > row.created_at ? at : row.created_at)
  return {
    created_key: orderKey(row.created_at, row.number),
    updated_key: orderKey(notBefore(row.updated_at), row.number),
    due_key: isLive(row.state) && row.due_at !== null ? orderKey(notBefore(row.due_at), row.number) : null,
  }
}

function partsOf(row: Omit<RequestTable, 'mac' | Keys>): RowParts {
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
    row.repeats,
    row.last_asked_at,
    row.due_at,
    row.cause,
  ]
}

/**
 * One line of a request's history. Inside a batch of mails it is written without `returning`: SQLite would begin a savepoint
 * for it, and each savepoint makes FTS5 write out what it has gathered so far.
 */
function insertEvent(trx: Kysely<Tables>, requestId: string, event: Omit<RequestEvent, 'id'>) {
  return trx.insertInto('request_events').values({
    request_id: requestId,
    at: event.at,
    kind: event.kind,
    by_id: event.by?.id ?? null,
    by_name: event.by?.name ?? null,
    text: event.text,
  })
}

/** Counted up only: a number that was said aloud once never means another request. Without `returning`, as above. */
async function nextNumber(trx: Kysely<Tables>): Promise<number> {
  await trx
    .insertInto('counters')
    .values({ name: 'request', value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', 1) })))
    .execute()
  const { value } = await trx
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'request')
    .executeTakeFirstOrThrow()
  return value
}
