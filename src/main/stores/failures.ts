import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { FailureState, FailureStore } from './stores'
import type { FailureHeadTable, FailureTable, Tables } from './tables'

type UnsignedHead = Omit<FailureHeadTable, 'mac'>
type UnsignedFailure = Omit<FailureTable, 'mac'>

/**
 * Failed checks in SQL, pooled per person over all agents. One head row per person says how many failures there are and until
 * when checks are closed; failures are numbered without gaps, so taking some away is seen.
 */
export class FailureRows implements FailureStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  add(failure: Parameters<FailureStore['add']>[0]): Promise<FailureState> {
    return this.#database.transaction().execute(async (trx) => {
      const { personId, at } = failure
      const head = (await this.#head(trx, personId)) ?? emptyHead(personId)
      const earlier = await this.#counted(trx, head, failure.windowStart)
      const row = {
        person_id: personId,
        seq: head.last_seq + 1,
        agent_id: failure.agentId,
        request_id: failure.requestId,
        at,
      }
      const counted = [...earlier, row]
      const closes = counted.length >= failure.limit
      const next = {
        ...head,
        last_seq: row.seq,
        closed_until: closes ? later(head.closed_until, failure.closedUntil) : head.closed_until,
      }

      await this.#writeHead(trx, next)
      await trx
        .insertInto('failures')
        .values({ ...row, mac: rowMac(this.#vault, 'failures', failureParts(row)) })
        .execute()
      return stateOf(counted, next, at)
    })
  }

  state(personId: string, windowStart: string, now: string): Promise<FailureState> {
    // One transaction, so that head and rows are of the same moment.
    return this.#database.transaction().execute(async (trx) => {
      const head = (await this.#head(trx, personId)) ?? emptyHead(personId)
      return stateOf(await this.#counted(trx, head, windowStart), head, now)
    })
  }

  async reopen(personId: string, at: string): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const head = await this.#head(trx, personId)
      if (head === undefined) return
      await this.#writeHead(trx, {
        ...head,
        reopened_seq: head.last_seq,
        reopened_at: at,
        closed_until: null,
        reported_at: null,
      })
    })
  }

  report({ personId, at, windowStart, closedUntil }: Parameters<FailureStore['report']>[0]): Promise<FailureState> {
    return this.#database.transaction().execute(async (trx) => {
      const head = (await this.#head(trx, personId)) ?? emptyHead(personId)
      const next = {
        ...head,
        closed_until: later(head.closed_until, closedUntil),
        reported_at: later(head.reported_at, at),
      }
      await this.#writeHead(trx, next)
      return stateOf(await this.#counted(trx, next, windowStart), next, at)
    })
  }

  async #head(trx: Kysely<Tables>, personId: string): Promise<FailureHeadTable | undefined> {
    const head = await trx.selectFrom('failure_heads').selectAll().where('person_id', '=', personId).executeTakeFirst()
    if (head !== undefined) assertRow(this.#vault, 'failure_heads', personId, head.mac, headParts(head))
    return head
  }

  async #writeHead(trx: Kysely<Tables>, head: UnsignedHead): Promise<void> {
    const row = { ...head, mac: rowMac(this.#vault, 'failure_heads', headParts(head)) }
    await trx
      .insertInto('failure_heads')
      .values(row)
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
      .execute()
  }

  /** Failures that count now. Throws `store-tampered` when one of them was altered or taken away. */
  async #counted(trx: Kysely<Tables>, head: UnsignedHead, windowStart: string): Promise<FailureTable[]> {
    const rows = await trx
      .selectFrom('failures')
      .selectAll()
      .where('person_id', '=', head.person_id)
      .where('seq', '>', head.reopened_seq)
      .orderBy('seq')
      .execute()
    rows.forEach((row, index) => {
      assertRow(this.#vault, 'failures', `${row.person_id}#${row.seq}`, row.mac, failureParts(row))
      if (row.seq !== head.reopened_seq + 1 + index) throw missing(head)
    })
    if (rows.length !== head.last_seq - head.reopened_seq) throw missing(head)
    return rows.filter((row) => row.at > windowStart)
  }
}

function missing(head: UnsignedHead): AppError {
  return new AppError('store-tampered', { table: 'failures', row: head.person_id })
}

function emptyHead(personId: string): UnsignedHead {
  return { person_id: personId, last_seq: 0, reopened_seq: 0, reopened_at: null, closed_until: null, reported_at: null }
}

function later(one: string | null, other: string): string {
  return one !== null && one > other ? one : other
}

function stateOf(counted: readonly UnsignedFailure[], head: UnsignedHead, now: string): FailureState {
  return {
    count: counted.length,
    closedUntil: head.closed_until !== null && head.closed_until > now ? head.closed_until : null,
    requestIds: [...new Set(counted.map((row) => row.request_id))],
    reportedAt: head.reported_at,
  }
}

function headParts(row: UnsignedHead): RowParts {
  return [row.person_id, row.last_seq, row.reopened_seq, row.reopened_at, row.closed_until, row.reported_at]
}

function failureParts(row: UnsignedFailure): RowParts {
  return [row.person_id, row.seq, row.agent_id, row.request_id, row.at]
}
