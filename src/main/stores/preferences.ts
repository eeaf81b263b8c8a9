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
      .select(['language', 'theme', 'notifications'])
      .where('id', '=', onlyRow)
      .executeTakeFirst()
    return row === undefined ? preferences.parse({}) : { ...row, notifications: row.notifications === 1 }
  }

  async set(wanted: Preferences): Promise<Preferences> {
    const { language, theme } = wanted
    const columns = { language, theme, notifications: wanted.notifications ? 1 : 0 }
    await this.#database.transaction().execute((trx) =>
      trx
        .insertInto('preferences')
        .values({ id: onlyRow, ...columns })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
        .execute(),
    )
    return wanted
  }
}
