import { Kysely } from 'kysely'
import type { Log } from '../log'
import type { SecretVault } from '../vault'
import { FailureRows } from './failures'
import { MethodRows } from './methods'
import { migrate } from './migrate'
import { PreferenceRow } from './preferences'
import { ProofRows } from './proofs'
import { RequestRows } from './requests'
import { openSqlite, sqliteDialect } from './sqlite'
import type { Stores } from './stores'
import type { Tables } from './tables'

/** What the desk's stores are made of. */
export interface StoreOptions {
  /** `<userData>/desk.db`, or `:memory:` in tests. */
  readonly file: string
  readonly vault: SecretVault
  readonly log: Log
}

/**
 * Opens the desk's stores and brings their schema up to date. Throws `store-unavailable` with `file` and `reason` when the
 * file is damaged, belongs to a newer version, or cannot be written; such a file is left as it is.
 */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const database = new Kysely<Tables>({ dialect: sqliteDialect(options.file, openSqlite(options.file)) })
  try {
    const applied = await migrate(database, options.file)
    options.log.info({ file: options.file, applied }, 'The desk database is open.')
  } catch (error) {
    await database.destroy()
    throw error
  }
  const { vault } = options
  return {
    requests: new RequestRows(database, vault),
    methods: new MethodRows(database, vault),
    proofs: new ProofRows(database, vault),
    failures: new FailureRows(database, vault),
    preferences: new PreferenceRow(database),
    close: () => database.destroy(),
  }
}
