import type { Kysely } from 'kysely'
import { preferences, type Preferences } from '../../shared/model/settings'
import type { PreferenceStore } from './stores'
import type { Tables } from './tables'

const onlyRow = 1

/** What this machine's user prefers: one row, or the defaults where none was written yet. */
export class PreferenceRow implements PreferenceStore {
  readonly #database: Kysely<Tables>

  constructor(database: Kysely<Tables>) {
    this.#database = database
  }

  async get(): Promise<Preferences> {
    const row = await this.#database
      .selectFrom('preferences')
      .select(['language', 'theme'])
      .where('id', '=', onlyRow)
      .executeTakeFirst()
    return row ?? preferences.parse({})
  }

  async set(wanted: Preferences): Promise<Preferences> {
    const { language, theme } = wanted
    await this.#database.transaction().execute((trx) =>
      trx
        .insertInto('preferences')
        .values({ id: onlyRow, language, theme })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ language, theme }))
        .execute(),
    )
    return { language, theme }
  }
}
