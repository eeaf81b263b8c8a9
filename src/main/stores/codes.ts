import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { DeliveryState } from '../../shared/model/verification'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { CodePurpose, CodeStore, SentCodeRow } from './stores'
import type { CodeHeadTable, CodeTable, Tables } from './tables'

const dayMs = 86_400_000

type UnsignedCode = Omit<CodeTable, 'mac'>

/**
 * Sent codes in SQL. Limits count per number: one head row says how many codes were ever sent there, and codes are numbered
 * without gaps, so taking some away is seen. Every change is a compare-and-set on the row's MAC.
 */
export class CodeRows implements CodeStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async reserve(code: SentCodeRow, limits: Parameters<CodeStore['reserve']>[1]): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const head = await this.#head(trx, code.destination)
      const sends = await this.#since(trx, head, code.destination, plus(code.sentAt, -dayMs))
      refuseTooMany(sends, limits.sendsPerDay)
      // The desk proving itself and the person proving theirs do not wait for each other.
      const alike = sends.filter(({ purpose }) => (purpose === 'reverse') === (code.purpose === 'reverse'))
      refuseTooSoon(alike, code.sentAt, limits.resendSeconds)

      await this.#end(trx, code)
      const seq = (head?.last_seq ?? 0) + 1
      await this.#writeHead(trx, code.destination, seq)
      await trx
        .insertInto('codes')
        .values(this.#signed({ ...rowOf(code), seq, ended_at: null }))
        .execute()
    })
  }

  async setDelivery(id: string, delivery: DeliveryState, messageId: string | null): Promise<void> {
    await this.#change(id, () => ({ delivery, message_id: messageId }))
  }

  async ofRequest(requestId: string): Promise<SentCodeRow[]> {
    const rows = await this.#database
      .selectFrom('codes')
      .selectAll()
      .where('request_id', '=', requestId)
      .orderBy('method_id')
      .orderBy('sent_at')
      .orderBy('seq')
      .execute()
    this.#assert(rows)
    return [...new Map(rows.map((row) => [`${row.method_id} ${row.purpose}`, codeOf(row)])).values()]
  }

  async get(id: string): Promise<SentCodeRow | null> {
    const row = await this.#row(this.#database, id)
    return row === undefined ? null : codeOf(row)
  }

  async takeTry(id: string, now: string): Promise<SentCodeRow | null> {
    const taken = await this.#change(id, (code) => {
      const live = code.passed_at === null && code.ended_at === null && code.expires_at > now
      return live && code.tries_used < code.tries_allowed ? { tries_used: code.tries_used + 1 } : null
    })
    return taken === null ? null : codeOf(taken)
  }

  async pass(id: string, at: string): Promise<boolean> {
    const passed = await this.#change(id, (code) =>
      code.passed_at === null && code.ended_at === null ? { passed_at: at } : null,
    )
    return passed !== null
  }

  sends(destination: string, since: string, purposes?: readonly CodePurpose[]): ReturnType<CodeStore['sends']> {
    // One transaction, so that head and rows are of the same moment.
    return this.#database.transaction().execute(async (trx) => {
      const all = await this.#since(trx, await this.#head(trx, destination), destination, since)
      const sends = purposes === undefined ? all : all.filter(({ purpose }) => purposes.includes(purpose))
      return { count: sends.length, firstAt: sends[0]?.sent_at ?? null, lastAt: sends.at(-1)?.sent_at ?? null }
    })
  }

  /** For an erasure: takes this person's codes away and numbers what others had sent to the same places anew. */
  async erase(trx: Kysely<Tables>, personId: string): Promise<void> {
    const found = await trx
      .selectFrom('codes')
      .select('destination')
      .distinct()
      .where('person_id', '=', personId)
      .execute()
    for (const { destination } of found) {
      const head = await this.#head(trx, destination)
      const all = await this.#since(trx, head, destination, '')
      await trx.deleteFrom('codes').where('destination', '=', destination).where('person_id', '=', personId).execute()
      const left = all.filter((row) => row.person_id !== personId)
      // In their order, each to a lower number: none meets another one on its way.
      for (const [index, row] of left.entries()) await this.#replace(trx, row, { seq: index + 1 })
      if (left.length > 0) await this.#writeHead(trx, destination, left.length)
      else await trx.deleteFrom('code_heads').where('destination', '=', destination).execute()
    }
  }

  /** `null`: there is no such code, or `decide` changes nothing, or somebody was first. */
  #change(id: string, decide: (code: CodeTable) => Partial<UnsignedCode> | null): Promise<CodeTable | null> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      const changes = before === undefined ? null : decide(before)
      return before === undefined || changes === null ? null : this.#replace(trx, before, changes)
    })
  }

  async #replace(trx: Kysely<Tables>, before: CodeTable, changes: Partial<UnsignedCode>): Promise<CodeTable | null> {
    const after = this.#signed({ ...before, ...changes })
    const { numUpdatedRows } = await trx
      .updateTable('codes')
      .set(after)
      .where('id', '=', before.id)
      .where('mac', '=', before.mac)
      .executeTakeFirst()
    return numUpdatedRows === 1n ? after : null
  }

  /** Earlier codes of the same request (or the same enrolment), method and purpose no longer count: only the newest can pass. */
  async #end(trx: Kysely<Tables>, code: SentCodeRow): Promise<void> {
    const earlier = await trx
      .selectFrom('codes')
      .selectAll()
      .where('request_id', code.requestId === null ? 'is' : '=', code.requestId)
      .where('method_id', '=', code.methodId)
      .where('purpose', '=', code.purpose)
      .where('ended_at', 'is', null)
      .where('passed_at', 'is', null)
      .execute()
    this.#assert(earlier)
    for (const row of earlier) await this.#replace(trx, row, { ended_at: code.sentAt })
  }

  async #row(database: Kysely<Tables>, id: string): Promise<CodeTable | undefined> {
    const row = await database.selectFrom('codes').selectAll().where('id', '=', id).executeTakeFirst()
    if (row !== undefined) this.#assert([row])
    return row
  }

  /** Codes sent to this number later than `since`, oldest first. Throws `store-tampered` when one was taken away. */
  async #since(
    trx: Kysely<Tables>,
    head: CodeHeadTable | undefined,
    destination: string,
    since: string,
  ): Promise<CodeTable[]> {
    const rows: CodeTable[] = []
    // Backwards from the number that the head knows, until one is too old to count.
    for (let seq = head?.last_seq ?? 0; seq > 0; seq--) {
      const row = await trx
        .selectFrom('codes')
        .selectAll()
        .where('destination', '=', destination)
        .where('seq', '=', seq)
        .executeTakeFirst()
      if (row === undefined) throw new AppError('store-tampered', { table: 'codes', row: `${destination}#${seq}` })
      this.#assert([row])
      if (row.sent_at <= since) break
      rows.unshift(row)
    }
    return rows
  }

  async #head(trx: Kysely<Tables>, destination: string): Promise<CodeHeadTable | undefined> {
    const head = await trx
      .selectFrom('code_heads')
      .selectAll()
      .where('destination', '=', destination)
      .executeTakeFirst()
    if (head !== undefined) assertRow(this.#vault, 'code_heads', destination, head.mac, [destination, head.last_seq])
    return head
  }

  async #writeHead(trx: Kysely<Tables>, destination: string, lastSeq: number): Promise<void> {
    const row = {
      destination,
      last_seq: lastSeq,
      mac: rowMac(this.#vault, 'code_heads', [destination, lastSeq]),
    }
    await trx
      .insertInto('code_heads')
      .values(row)
      .onConflict((conflict) => conflict.column('destination').doUpdateSet(row))
      .execute()
  }

  #signed(row: UnsignedCode): CodeTable {
    return { ...row, mac: rowMac(this.#vault, 'codes', partsOf(row)) }
  }

  #assert(rows: readonly CodeTable[]): void {
    for (const row of rows) assertRow(this.#vault, 'codes', row.id, row.mac, partsOf(row))
  }
}

function refuseTooMany(sends: readonly CodeTable[], sendsPerDay: number): void {
  // The next one may go when so many have left the day that one place is free.
  const leaving = sends.at(-sendsPerDay)
  if (sends.length >= sendsPerDay && leaving !== undefined) {
    throw new AppError('code-too-many', { at: plus(leaving.sent_at, dayMs) })
  }
}

function refuseTooSoon(sends: readonly CodeTable[], now: string, resendSeconds: number): void {
  const last = sends.at(-1)
  if (last === undefined) return
  const possibleAt = plus(last.sent_at, resendSeconds * 1000)
  if (possibleAt > now) throw new AppError('code-too-soon', { at: possibleAt })
}

function plus(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString()
}

function partsOf(row: UnsignedCode): RowParts {
  return [
    row.id,
    row.destination,
    row.seq,
    row.request_id,
    row.person_id,
    row.agent_id,
    row.method_id,
    row.code_mac,
    row.sent_at,
    row.expires_at,
    row.tries_allowed,
    row.tries_used,
    row.delivery,
    row.message_id,
    row.passed_at,
    row.ended_at,
    row.channel,
    row.purpose,
  ]
}

function rowOf(code: SentCodeRow): Omit<UnsignedCode, 'seq' | 'ended_at'> {
  return {
    id: code.id,
    destination: code.destination,
    request_id: code.requestId,
    person_id: code.personId,
    agent_id: code.agentId,
    method_id: code.methodId,
    code_mac: code.codeMac,
    sent_at: code.sentAt,
    expires_at: code.expiresAt,
    tries_allowed: code.triesAllowed,
    tries_used: code.triesUsed,
    delivery: code.delivery,
    message_id: code.messageId,
    passed_at: code.passedAt,
    channel: code.channel,
    purpose: code.purpose,
  }
}

function codeOf(row: CodeTable): SentCodeRow {
  return {
    id: row.id,
    requestId: row.request_id,
    personId: row.person_id,
    agentId: row.agent_id,
    methodId: row.method_id,
    channel: row.channel,
    purpose: row.purpose,
    destination: row.destination,
    codeMac: row.code_mac,
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    triesAllowed: row.tries_allowed,
    triesUsed: row.tries_used,
    delivery: row.delivery,
    messageId: row.message_id,
    passedAt: row.passed_at,
  }
}
