import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { PersonId } from '../../shared/model/common'
import type { SecretVault } from '../vault'
import type { CodeRows } from './codes'
import type { MailRows } from './mails'
import type { ProofRows } from './proofs'
import type { RequestLedger } from './request-ledger'
import { assertRow, rowMac } from './rows'
import type { ErasureCounts, ErasureStore } from './stores'
import type { ErasureTable, Tables } from './tables'

/** The rows that an erasure goes through. */
interface Parts {
  readonly vault: SecretVault
  readonly ledger: RequestLedger
  readonly proofs: ProofRows
  readonly codes: CodeRows
  readonly mails: MailRows
  /** After it is committed: what the database still keeps of it in places that no query reads. */
  readonly scrub: () => Promise<void>
}

/** Erasing a person in SQL. What stays of their requests belongs to nobody: each gets an id that no directory gives. */
export class ErasureRows implements ErasureStore {
  readonly #database: Kysely<Tables>
  readonly #parts: Parts

  constructor(database: Kysely<Tables>, parts: Parts) {
    this.#database = database
    this.#parts = parts
  }

  async erase(personId: PersonId, at: string): Promise<ErasureCounts> {
    const counts = await this.#database.transaction().execute(async (trx) => {
      await this.#parts.ledger.refuseSecond(trx, personId)
      const gone = await this.#destroy(trx, personId)
      const blanked = await this.#blank(trx, personId)
      const row = { person_id: personId, at, mac: rowMac(this.#parts.vault, 'erasures', [personId, at]) }
      await trx
        .insertInto('erasures')
        .values(row)
        .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
        .execute()
      return { ...gone, ...blanked }
    })
    await this.#parts.scrub()
    return counts
  }

  async has(personId: PersonId): Promise<boolean> {
    const row = await this.#database
      .selectFrom('erasures')
      .selectAll()
      .where('person_id', '=', personId)
      .executeTakeFirst()
    if (row === undefined) return false
    assertErasure(this.#parts.vault, row)
    return true
  }

  async since(at: string): ReturnType<ErasureStore['since']> {
    const rows = await this.#database
      .selectFrom('erasures')
      .selectAll()
      .where('at', '>=', at)
      .orderBy('at')
      .orderBy('person_id')
      .execute()
    for (const row of rows) assertErasure(this.#parts.vault, row)
    return rows.map((row) => ({ personId: row.person_id, at: row.at }))
  }

  /** The key first: without it, whatever else would be left of the secrets is unreadable. */
  async #destroy(trx: Kysely<Tables>, personId: PersonId): Promise<Pick<ErasureCounts, 'methods'>> {
    await trx.deleteFrom('person_keys').where('person_id', '=', personId).execute()
    const { numDeletedRows } = await trx
      .deleteFrom('methods')
      .where('person_id', '=', personId)
      .executeTakeFirstOrThrow()
    await this.#parts.codes.erase(trx, personId)
    await trx
      .deleteFrom('draws')
      .where('request_id', 'in', (eb) => eb.selectFrom('requests').select('id').where('person_id', '=', personId))
      .execute()
    await trx.deleteFrom('failures').where('person_id', '=', personId).execute()
    await trx.deleteFrom('failure_heads').where('person_id', '=', personId).execute()
    return { methods: Number(numDeletedRows) }
  }

  async #blank(trx: Kysely<Tables>, personId: PersonId): Promise<Pick<ErasureCounts, 'requests' | 'mails'>> {
    const found = await trx.selectFrom('requests').select('id').where('person_id', '=', personId).execute()
    let mails = 0
    for (const { id } of found) {
      const nobody = `${randomUUID()}@erased`
      await this.#parts.ledger.erase(trx, id, nobody)
      await this.#parts.proofs.erase(trx, id, nobody)
      mails += await this.#parts.mails.erase(trx, id)
    }
    return { requests: found.length, mails }
  }
}

/** Throws `store-tampered`. */
export function assertErasure(vault: SecretVault, row: ErasureTable): void {
  assertRow(vault, 'erasures', row.person_id, row.mac, [row.person_id, row.at])
}
