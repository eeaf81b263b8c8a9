import type { Kysely } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { IntakeMail, MailState, MailTrouble } from '../../shared/model/intake'
import type { Holder, RequestReason } from '../../shared/model/request'
import { foldTarget } from '../domain/folding'
import type { SecretVault } from '../vault'
import { knownAmong } from './known-mails'
import { mailOf, mailParts, storedMailOf, takenRow, type MailRow, type UnsignedMail } from './mail-row'
import { isLive, requestOf, type RequestLedger } from './request-ledger'
import { assertRow, rowMac } from './rows'
import type {
  MailCursor,
  MailOutcome,
  MailRequestTimes,
  MailStore,
  MatchedPerson,
  StoredMail,
  TakenMail,
} from './stores'
import type { MailTable, RequestTable, Tables } from './tables'

const unsettled = ['waiting', 'unclear'] as const
/** Mails to sort are counted up to here. */
const countLimit = 1000

const position = z.int().min(1)

interface Entered {
  readonly kind: 'created' | 'folded'
  readonly row: RequestTable
}

/** What becomes of one mail of a batch; `row`: `null` for one that is known. */
interface Taken {
  readonly row: UnsignedMail | null
  readonly outcome: MailOutcome
}

/**
 * Open cases by person, as this transaction left them. It holds the write lock, so nobody else changes them, and an open case takes
 * every mail of its person.
 */
type LiveCases = Map<PersonId, RequestTable>

const insertedAtOnce = 20

const notUnderstood = ['not-understood', 'nobody-named'] as const satisfies readonly MailTrouble[]

/**
 * Mails of the intake in SQL. Every column but the place in the list is under the row's MAC, and so is the cursor: neither whom
 * a mail names nor up to where the mailbox was read may be changed by another hand.
 */
export class MailRows implements MailStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault
  readonly #ledger: RequestLedger

  constructor(database: Kysely<Tables>, vault: SecretVault, ledger: RequestLedger) {
    this.#database = database
    this.#vault = vault
    this.#ledger = ledger
  }

  cursor(mailbox: string): Promise<MailCursor | null> {
    return this.#cursor(this.#database, mailbox)
  }

  take(
    mailbox: string,
    cursor: MailCursor,
    mails: readonly TakenMail[],
    times: MailRequestTimes,
  ): Promise<MailOutcome[]> {
    return this.#database.transaction().execute(async (trx) => {
      const known = await knownAmong(trx, mailbox, cursor.uidValidity, mails)
      const live: LiveCases = new Map()
      const taken: Taken[] = []
      for (const mail of mails) {
        if (known.uids.has(mail.uid) || known.digests.has(mail.digest)) {
          taken.push({ row: null, outcome: { kind: 'known' } })
          continue
        }
        known.uids.add(mail.uid)
        const row = { ...takenRow(mail), mailbox, uid_validity: cursor.uidValidity }
        taken.push(await this.#takeOne(trx, row, mail, times, live))
      }
      await this.#insert(
        trx,
        taken.flatMap(({ row }) => (row === null ? [] : [row])),
      )
      await this.#moveCursor(trx, mailbox, cursor)
      return taken.map(({ outcome }) => outcome)
    })
  }

  async waiting(limit: number): Promise<StoredMail[]> {
    const rows = await this.#database
      .selectFrom('mails')
      .selectAll()
      .where('state', '=', 'waiting')
      .orderBy('seq')
      .limit(limit)
      .execute()
    return this.#asserted(rows).map(storedMailOf)
  }

  async notUnderstood(limit: number): Promise<StoredMail[]> {
    const rows = await this.#database
      .selectFrom('mails')
      .selectAll()
      .where('state', '=', 'unclear')
      .where('trouble', 'in', notUnderstood)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute()
    return this.#asserted(rows).map(storedMailOf)
  }

  setRead(id: string, { template, reason, named }: Parameters<MailStore['setRead']>[1]): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      const isOpen = before.state === 'unclear' && notUnderstood.some((trouble) => trouble === before.trouble)
      const read = { state: 'waiting', trouble: null, template, reason, named: JSON.stringify(named) } as const
      return isOpen && this.#replace(trx, before, read)
    })
  }

  setUnclear(id: string, trouble: MailTrouble): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      return before.state === 'waiting' && this.#replace(trx, before, { state: 'unclear', trouble })
    })
  }

  match(id: string, person: MatchedPerson, by: Holder | null, times: MailRequestTimes): ReturnType<MailStore['match']> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#unsettledRow(trx, id)
      const { kind, row } = await this.#enter(
        trx,
        person,
        { by, askedAt: before.received_at, reason: before.reason },
        times,
      )
      await this.#settle(trx, before, by, times.at, {
        state: 'request',
        trouble: null,
        request_id: row.id,
        request_number: row.number,
      })
      return { kind, request: requestOf(row) }
    })
  }

  dismiss(id: string, by: Holder, at: string, reason: string): Promise<IntakeMail> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#unsettledRow(trx, id)
      return mailOf(await this.#settle(trx, before, by, at, { state: 'dismissed', settled_reason: reason }))
    })
  }

  async get(id: string): Promise<StoredMail> {
    return storedMailOf(await this.#row(this.#database, id))
  }

  async list(query: Parameters<MailStore['list']>[0]): ReturnType<MailStore['list']> {
    if (!Number.isInteger(query.limit) || query.limit < 1) throw new AppError('invalid-input', { field: 'limit' })
    const before = query.cursor === null ? Number.MAX_SAFE_INTEGER : seqOf(query.cursor)
    const page = () =>
      this.#database
        .selectFrom('mails')
        .selectAll()
        .where('seq', '<', before)
        .orderBy('seq', 'desc')
        .limit(query.limit + 1)
    // Each state by its own index range: what was settled long ago is not walked through.
    const state = (one: MailState) => this.#database.selectFrom(page().where('state', '=', one).as('page')).selectAll()
    const toSort = state('waiting')
      .unionAll(state('unclear'))
      .orderBy('seq', 'desc')
      .limit(query.limit + 1)
    const rows = await (query.show === 'all' ? page() : toSort).execute()
    const shown = this.#asserted(rows.slice(0, query.limit))
    const last = shown.at(-1)
    const more = rows.length > shown.length && last !== undefined
    return {
      mails: shown.map(mailOf),
      nextCursor: more ? Buffer.from(`${last.seq}`).toString('base64url') : null,
      toSort: await this.#countUnsettled(),
    }
  }

  async ofRequest(requestId: string, limit: number): Promise<StoredMail[]> {
    const rows = await this.#database
      .selectFrom('mails')
      .selectAll()
      .where('request_id', '=', requestId)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute()
    return this.#asserted(rows).map(storedMailOf)
  }

  /** For an erasure: mails of this request keep their place, so that none is taken again, and lose what they said. */
  async erase(trx: Kysely<Tables>, requestId: string): Promise<number> {
    const rows = await trx.selectFrom('mails').selectAll().where('request_id', '=', requestId).execute()
    for (const row of this.#asserted(rows)) {
      await this.#replace(trx, row, { sender: '', subject: '', text: Buffer.alloc(0), named: '[]' })
    }
    return rows.length
  }

  async #takeOne(
    trx: Kysely<Tables>,
    row: UnsignedMail,
    mail: TakenMail,
    times: MailRequestTimes,
    live: LiveCases,
  ): Promise<Taken> {
    if (mail.trouble !== null) return { row: { ...row, state: 'unclear' }, outcome: { kind: 'unclear' } }
    if (mail.person === null) return { row: { ...row, state: 'waiting' }, outcome: { kind: 'waiting' } }

    const asked = { by: null, askedAt: mail.receivedAt, reason: mail.reason }
    const entered = await this.#enter(trx, mail.person, asked, times, live)
    const { id: request_id, number: request_number } = entered.row
    return {
      row: { ...row, state: 'request', request_id, request_number, settled_at: times.at },
      outcome: { kind: entered.kind, request: requestOf(entered.row) },
    }
  }

  /** A request of its own for this person, or one more repeat of the one that it belongs to (`domain/folding.ts`). */
  async #enter(
    trx: Kysely<Tables>,
    person: MatchedPerson,
    asked: { readonly by: Holder | null; readonly askedAt: string; readonly reason: RequestReason },
    times: MailRequestTimes,
    live: LiveCases = new Map(),
  ): Promise<Entered> {
    // What a mail server says of its time is not believed beyond the desk's own.
    const askedAt = asked.askedAt < times.at ? asked.askedAt : times.at
    const open = live.get(person.id)
    const cases = open === undefined ? await this.#ledger.casesOf(trx, person.id, asked.askedAt) : [open]
    const target = foldTarget(cases.map(caseOf), asked.askedAt, times.foldSeconds)
    const into = cases.find(({ id }) => id === target?.id)
    if (into !== undefined) {
      const row = await this.#ledger.repeat(trx, into, askedAt, times.at)
      if (isLive(row.state)) live.set(person.id, row)
      return { kind: 'folded', row }
    }

    const request = {
      personId: person.id,
      personName: person.name,
      personReading: person.reading,
      personUserId: person.userId,
      personDepartment: person.department,
      channel: 'mail',
      reason: asked.reason,
      createdBy: asked.by,
      at: times.at,
      expiresAt: times.expiresAt,
      dueAt: times.dueAt,
      note: '',
    } as const
    const row = await this.#ledger.enter(trx, request, askedAt)
    live.set(person.id, row)
    return { kind: 'created', row }
  }

  /** In this order, in few statements: of a batch, preparing them would be most of the work. */
  async #insert(trx: Kysely<Tables>, rows: readonly UnsignedMail[]): Promise<void> {
    for (let start = 0; start < rows.length; start += insertedAtOnce) {
      const some = rows.slice(start, start + insertedAtOnce).map((row) => this.#signed(row))
      await trx.insertInto('mails').values(some).execute()
    }
  }

  async #unsettledRow(trx: Kysely<Tables>, id: string): Promise<MailRow> {
    const row = await this.#row(trx, id)
    if (unsettled.every((state) => state !== row.state)) throw new AppError('mail-settled')
    return row
  }

  async #settle(
    trx: Kysely<Tables>,
    before: MailRow,
    by: Holder | null,
    at: string,
    changes: Partial<UnsignedMail>,
  ): Promise<MailRow> {
    const after = {
      ...before,
      ...changes,
      settled_by_id: by?.id ?? null,
      settled_by_name: by?.name ?? null,
      settled_at: at,
    }
    if (!(await this.#replace(trx, before, after))) throw new AppError('mail-settled')
    return after
  }

  /** `false`: somebody changed the row after it was read. */
  async #replace(trx: Kysely<Tables>, before: MailRow, changes: Partial<UnsignedMail>): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('mails')
      .set(this.#signed({ ...before, ...changes }))
      .where('id', '=', before.id)
      .where('mac', '=', before.mac)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async #row(database: Kysely<Tables>, id: string): Promise<MailRow> {
    const row = await database.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new AppError('mail-not-found')
    this.#asserted([row])
    return row
  }

  async #countUnsettled(): Promise<number> {
    const { total } = await this.#database
      .selectFrom(
        this.#database
          .selectFrom('mails')
          .select('seq')
          .where('state', 'in', unsettled)
          .limit(countLimit)
          .as('counted'),
      )
      .select((eb) => eb.fn.countAll<number | string | bigint>().as('total'))
      .executeTakeFirstOrThrow()
    return Number(total)
  }

  async #cursor(database: Kysely<Tables>, mailbox: string): Promise<MailCursor | null> {
    const row = await database.selectFrom('mail_cursors').selectAll().where('mailbox', '=', mailbox).executeTakeFirst()
    if (row === undefined) return null
    assertRow(this.#vault, 'mail_cursors', mailbox, row.mac, [mailbox, row.uid_validity, row.last_uid])
    return { uidValidity: row.uid_validity, lastUid: row.last_uid }
  }

  /** Never back within one UIDVALIDITY: of two desks that read the same mailbox, the slower one changes nothing. */
  async #moveCursor(trx: Kysely<Tables>, mailbox: string, cursor: MailCursor): Promise<void> {
    const before = await this.#cursor(trx, mailbox)
    const same = before?.uidValidity === cursor.uidValidity
    const lastUid = same ? Math.max(before.lastUid, cursor.lastUid) : cursor.lastUid
    const row = {
      mailbox,
      uid_validity: cursor.uidValidity,
      last_uid: lastUid,
      mac: rowMac(this.#vault, 'mail_cursors', [mailbox, cursor.uidValidity, lastUid]),
    }
    await trx
      .insertInto('mail_cursors')
      .values(row)
      .onConflict((conflict) => conflict.column('mailbox').doUpdateSet(row))
      .execute()
  }

  #signed(row: UnsignedMail): Omit<MailTable, 'seq'> {
    return { ...row, mac: rowMac(this.#vault, 'mails', mailParts(row)) }
  }

  #asserted(rows: MailRow[]): MailRow[] {
    for (const row of rows) assertRow(this.#vault, 'mails', row.id, row.mac, mailParts(row))
    return rows
  }
}

function caseOf(row: RequestTable) {
  return {
    id: row.id,
    state: row.state,
    createdAt: row.created_at,
    // Nothing moves a closed request but reopening it.
    closedAt: isLive(row.state) ? null : row.updated_at,
  }
}

function seqOf(cursor: string): number {
  const seq = position.safeParse(Number(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!seq.success) throw new AppError('invalid-input', { field: 'cursor' })
  return seq.data
}
