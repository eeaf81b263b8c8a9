import { sql, type Kysely } from 'kysely'
import type { SecretVault } from '../vault'
import type { StoreDatabase } from './dialect'
import * as firstSlice from './migrations/0001-first-slice'
import * as queueAndIntake from './migrations/0002-queue-and-intake'
import * as allMethods from './migrations/0003-all-methods'
import { assertRow } from './rows'
import { storeUnavailable } from './store-problem'
import type { Tables } from './tables'

/** In order; a number is never given twice and a released migration is never changed. */
const migrations = [
  { number: 1, up: (trx, _vault, { columns }) => firstSlice.up(trx, columns) },
  { number: 2, up: queueAndIntake.up },
  { number: 3, up: allMethods.up },
] as const satisfies readonly {
  readonly number: number
  readonly up: (trx: Kysely<Tables>, vault: SecretVault, on: StoreDatabase) => Promise<void>
}[]

/**
 * Brings the schema up to date in one transaction, so that a crash in the middle leaves the old one, and answers the numbers
 * that were applied. Rows whose MAC covers new columns are signed anew with the vault. Throws `store-unavailable` for a schema that
 * is newer than this app knows, and for data of another installation key.
 */
export async function migrate(database: Kysely<Tables>, vault: SecretVault, on: StoreDatabase): Promise<number[]> {
  return database.transaction().execute(async (trx) => {
    await trx.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .execute()
    const done = await sql<{ number: number }>`select number from schema_migrations`.execute(trx)
    const applied = new Set(done.rows.map((row) => row.number))
    const newest = Math.max(0, ...applied)
    if (newest > migrations.length) throw storeUnavailable(on.name, 'newer-version')

    const due = migrations.filter((migration) => !applied.has(migration.number))
    for (const { number, up } of due) {
      await up(trx, vault, on)
      await sql`insert into schema_migrations (number) values (${number})`.execute(trx)
    }
    if (due.length > 0) await on.settle(trx)
    await assertSameKey(trx, vault, on.name)
    return due.map((migration) => migration.number)
  })
}

/** Every row of another key's data would look as if somebody had altered it: it is told once, for what it is. */
async function assertSameKey(trx: Kysely<Tables>, vault: SecretVault, name: string): Promise<void> {
  const row = await trx.selectFrom('installation').select('mac').where('id', '=', 1).executeTakeFirst()
  try {
    assertRow(vault, 'installation', '1', row?.mac ?? '', [1])
  } catch (error) {
    throw storeUnavailable(name, 'other-key', error)
  }
}
