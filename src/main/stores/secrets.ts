import type { Kysely } from 'kysely'
import type { SecretStore } from './stores'
import type { Tables } from './tables'

/** Secrets of mailbox and gateways in SQL, sealed by the caller for their name: what was altered or moved does not open. */
export class SecretRows implements SecretStore {
  readonly #database: Kysely<Tables>

  constructor(database: Kysely<Tables>) {
    this.#database = database
  }

  async get(name: string): Promise<Uint8Array | null> {
    const row = await this.#database.selectFrom('secrets').select('sealed').where('name', '=', name).executeTakeFirst()
    return row === undefined ? null : Uint8Array.from(row.sealed)
  }

  async set(name: string, sealed: Uint8Array): Promise<void> {
    const content = { sealed: Buffer.from(sealed) }
    await this.#database.transaction().execute((trx) =>
      trx
        .insertInto('secrets')
        .values({ name, ...content })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(content))
        .execute(),
    )
  }

  async remove(name: string): Promise<void> {
    await this.#database.transaction().execute((trx) => trx.deleteFrom('secrets').where('name', '=', name).execute())
  }

  async names(): Promise<string[]> {
    const rows = await this.#database.selectFrom('secrets').select('name').orderBy('name').execute()
    return rows.map(({ name }) => name)
  }
}
