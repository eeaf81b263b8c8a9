import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { SecretVault } from '../vault'
import { assertErasure } from './erasures'
import { inChunks } from './rows'
import type { PersonKeyStore } from './stores'
import type { Tables } from './tables'

/** People and keys in one statement. */
const atOnce = 200

/** People's keys in SQL, wrapped by the vault for their person: one that was altered or moved does not open. */
export class PersonKeyRows implements PersonKeyStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async get(personId: PersonId): Promise<Uint8Array | null> {
    const row = await this.#database
      .selectFrom('person_keys')
      .select('wrapped')
      .where('person_id', '=', personId)
      .executeTakeFirst()
    return row === undefined ? null : Uint8Array.from(row.wrapped)
  }

  keep(personId: PersonId, wrapped: Uint8Array): Promise<Uint8Array> {
    return this.#database.transaction().execute(async (trx) => {
      const [kept] = await this.#keep(trx, [{ personId, wrapped }])
      return kept ?? wrapped
    })
  }

  keepMany(keys: Parameters<PersonKeyStore['keepMany']>[0]): Promise<Uint8Array[]> {
    return this.#database.transaction().execute(async (trx) => {
      const kept: Uint8Array[] = []
      for (const some of inChunks(keys, atOnce)) kept.push(...(await this.#keep(trx, some)))
      return kept
    })
  }

  async #keep(trx: Kysely<Tables>, keys: Parameters<PersonKeyStore['keepMany']>[0]): Promise<Uint8Array[]> {
    const people = [...new Set(keys.map(({ personId }) => personId))]
    await this.#refuseErased(trx, people)
    await trx
      .insertInto('person_keys')
      .values(keys.map(({ personId, wrapped }) => ({ person_id: personId, wrapped: Buffer.from(wrapped) })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const rows = await trx.selectFrom('person_keys').selectAll().where('person_id', 'in', people).execute()
    const kept = new Map(rows.map((row) => [row.person_id, Uint8Array.from(row.wrapped)]))
    return keys.map(({ personId, wrapped }) => kept.get(personId) ?? wrapped)
  }

  async #refuseErased(trx: Kysely<Tables>, people: readonly PersonId[]): Promise<void> {
    const [erased] = await trx.selectFrom('erasures').selectAll().where('person_id', 'in', people).limit(1).execute()
    if (erased === undefined) return
    assertErasure(this.#vault, erased)
    throw new AppError('person-erased')
  }
}
