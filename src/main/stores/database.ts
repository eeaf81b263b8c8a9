import { Kysely } from 'kysely'
import type { Log } from '../log'
import type { SecretVault } from '../vault'
import { CodeRows } from './codes'
import type { StoreDatabase } from './dialect'
import { DrawRows } from './draws'
import { ErasureRows } from './erasures'
import { FailureRows } from './failures'
import { MailRows } from './mails'
import { MethodRows } from './methods'
import { migrate } from './migrate'
import { PersonKeyRows } from './person-keys'
import type { PostgresPlace } from './postgres'
import { PreferenceRow } from './preferences'
import { ProofRows } from './proofs'
import { QuestionRow } from './questions'
import { RequestLedger } from './request-ledger'
import { RequestRows } from './requests'
import { SecretRows } from './secrets'
import { sqliteDatabase } from './sqlite'
import type { Stores } from './stores'
import type { Tables } from './tables'
import { TemplateRow } from './templates'
import { ThreatRow } from './threat'
import { ViewRows } from './views'

/** Where the desk's data lies: `<userData>/desk.db` (`:memory:` in tests), or a server that desks share. */
export type StorePlace = { readonly file: string } | { readonly postgres: PostgresPlace }

/** What the desk's stores are made of. */
export type StoreOptions = StorePlace & {
  readonly vault: SecretVault
  readonly log: Log
}

/**
 * Opens the desk's stores and brings their schema up to date. Throws `store-unavailable` with `file` and `reason` when the
 * data is damaged, belongs to a newer version, or cannot be reached or written; it is left as it is then.
 */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { vault, log } = options
  const on = await databaseOf(options, log)
  const database = new Kysely<Tables>({ dialect: on.dialect })
  try {
    const applied = await migrate(database, vault, on)
    log.info({ file: on.name, applied }, 'The desk database is open.')
  } catch (error) {
    await database.destroy()
    throw error
  }
  return storesOf(database, vault, on)
}

async function databaseOf(place: StorePlace, log: Log): Promise<StoreDatabase> {
  if ('file' in place) return sqliteDatabase(place.file)
  // Loaded by whoever needs it: the client's library would cost every start.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own file, named in full
  const { postgresDatabase } = await import('./postgres')
  return postgresDatabase(place.postgres, log)
}

function storesOf(database: Kysely<Tables>, vault: SecretVault, on: StoreDatabase): Stores {
  const ledger = new RequestLedger(vault, on.search)
  const proofs = new ProofRows(database, vault)
  const codes = new CodeRows(database, vault)
  const mails = new MailRows(database, vault, ledger)
  return {
    requests: new RequestRows(database, ledger, on.search),
    methods: new MethodRows(database, vault),
    proofs,
    failures: new FailureRows(database, vault),
    preferences: new PreferenceRow(database),
    views: new ViewRows(database),
    mails,
    templates: new TemplateRow(database, vault),
    codes,
    secrets: new SecretRows(database),
    personKeys: new PersonKeyRows(database, vault),
    draws: new DrawRows(database, vault),
    questions: new QuestionRow(database, vault),
    threat: new ThreatRow(database, vault),
    erasures: new ErasureRows(database, { vault, ledger, proofs, codes, mails, scrub: () => on.scrub(database) }),
    close: () => database.destroy(),
  }
}
