import { Kysely } from 'kysely'
import type { Log } from '../log'
import type { SecretVault } from '../vault'
import { CodeRows } from './codes'
import { DrawRows } from './draws'
import { ErasureRows } from './erasures'
import { FailureRows } from './failures'
import { MailRows } from './mails'
import { MethodRows } from './methods'
import { migrate } from './migrate'
import { PersonKeyRows } from './person-keys'
import { PreferenceRow } from './preferences'
import { ProofRows } from './proofs'
import { QuestionRow } from './questions'
import { RequestLedger } from './request-ledger'
import { RequestRows } from './requests'
import { SecretRows } from './secrets'
import { openSqlite, sqliteDialect } from './sqlite'
import type { Stores } from './stores'
import type { Tables } from './tables'
import { TemplateRow } from './templates'
import { ThreatRow } from './threat'
import { ViewRows } from './views'

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
    const applied = await migrate(database, options.vault, options.file)
    options.log.info({ file: options.file, applied }, 'The desk database is open.')
  } catch (error) {
    await database.destroy()
    throw error
  }
  const { vault } = options
  const ledger = new RequestLedger(vault)
  const proofs = new ProofRows(database, vault)
  const codes = new CodeRows(database, vault)
  const mails = new MailRows(database, vault, ledger)
  return {
    requests: new RequestRows(database, ledger),
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
    erasures: new ErasureRows(database, { vault, ledger, proofs, codes, mails, scrub: async () => {} }),
    close: () => database.destroy(),
  }
}
