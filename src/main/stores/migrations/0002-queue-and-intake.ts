import { sql, type Kysely } from 'kysely'
import { AppError } from '../../../shared/errors'
import type { SecretVault } from '../../vault'
import type { ColumnWords, StoreDatabase } from '../dialect'
import { orderKey } from '../order-key'
import type { SearchIndex } from '../request-search'
import { assertRow, rowMac, type RowParts } from '../rows'
import type { RequestTable, Tables } from '../tables'

/** What the first release promised nobody: its requests are due as the default policy would have it. */
const dueMs = 4 * 3_600_000
const batch = 500

/** What requests got in this step; written out here, because a migration must not change with the code. */
type NewColumns = Pick<
  RequestTable,
  'repeats' | 'last_asked_at' | 'due_at' | 'cause' | 'created_key' | 'updated_key' | 'due_key'
>

/**
 * The queue at scale, the intake, sent codes and secrets. Requests get new columns and new MACs: one whose old MAC fits is
 * signed anew; one that was altered keeps its old MAC, which never fits again, so that it stays known as altered.
 */
export async function up(
  database: Kysely<Tables>,
  vault: SecretVault,
  { columns, search }: Pick<StoreDatabase, 'columns' | 'search'>,
): Promise<void> {
  await addRequestColumns(database)
  await search.create(database)
  await fillRequests(database, vault, search)
  await createRequestIndexes(database)
  await createIntake(database, columns)
  await createCodes(database)
  await createSettings(database, columns)
}

async function addRequestColumns(database: Kysely<Tables>): Promise<void> {
  const { schema } = database
  for (const [column, type] of [
    ['repeats', 'integer'],
    ['last_asked_at', 'text'],
    ['due_at', 'text'],
    ['cause', 'text'],
    // PostgreSQL's integer is too small for these; SQLite takes any of its words.
    ['created_key', 'bigint'],
    ['updated_key', 'bigint'],
    ['due_key', 'bigint'],
  ] as const) {
    await schema.alterTable('requests').addColumn(column, type).execute()
  }
  for (const column of ['created_by_id', 'created_by_name'] as const) {
    await schema
      .alterTable('requests')
      .alterColumn(column, (altered) => altered.dropNotNull())
      .execute()
  }
}

async function fillRequests(database: Kysely<Tables>, vault: SecretVault, search: SearchIndex): Promise<void> {
  let after = 0
  for (;;) {
    const rows = await database
      .selectFrom('requests')
      .selectAll()
      .where('number', '>', after)
      .orderBy('number')
      .limit(batch)
      .execute()
    for (const row of rows) {
      const live = row.state === 'open' || row.state === 'claimed'
      const dueAt = new Date(Date.parse(row.created_at) + dueMs).toISOString()
      const added: NewColumns = {
        repeats: 0,
        last_asked_at: row.created_at,
        due_at: dueAt,
        cause: null,
        created_key: orderKey(row.created_at, row.number),
        updated_key: orderKey(row.updated_at, row.number),
        due_key: live ? orderKey(dueAt, row.number) : null,
      }
      const parts = [...partsBefore(row), added.repeats, added.last_asked_at, added.due_at, added.cause]
      const mac = isIntact(vault, row) ? rowMac(vault, 'requests', parts) : row.mac
      const filled = { ...row, ...added, mac }
      await database
        .updateTable('requests')
        .set({ ...added, mac })
        .where('id', '=', row.id)
        .execute()
      await search.put(database, null, filled)
      after = row.number
    }
    if (rows.length < batch) break
  }
  for (const column of ['repeats', 'last_asked_at', 'created_key', 'updated_key'] as const) {
    await database.schema
      .alterTable('requests')
      .alterColumn(column, (altered) => altered.setNotNull())
      .execute()
  }
}

function isIntact(vault: SecretVault, row: RequestTable): boolean {
  try {
    assertRow(vault, 'requests', row.id, row.mac, partsBefore(row))
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-tampered') return false
    throw error
  }
}

/** What the first release's MAC covers. */
function partsBefore(row: RequestTable): RowParts {
  return [
    row.id,
    row.number,
    row.person_id,
    row.person_name,
    row.person_reading,
    row.person_user_id,
    row.person_department,
    row.channel,
    row.reason,
    row.state,
    row.holder_id,
    row.holder_name,
    row.created_by_id,
    row.created_by_name,
    row.created_at,
    row.updated_at,
    row.expires_at,
    row.version,
  ]
}

/** For each filter one index per order, so that every page is a range that is read in its order. */
async function createRequestIndexes(database: Kysely<Tables>): Promise<void> {
  const { schema } = database
  await schema.dropIndex('requests_by_state').execute()
  await schema.dropIndex('requests_by_holder').execute()
  for (const order of ['created', 'updated', 'due'] as const) {
    const key = `${order}_key` as const
    await schema.createIndex(`requests_by_${order}`).on('requests').columns(['state', key]).execute()
    for (const filter of ['holder', 'cause', 'channel'] as const) {
      const column = filter === 'holder' ? 'holder_id' : filter
      await schema
        .createIndex(`requests_by_${filter}_${order}`)
        .on('requests')
        .columns([column, 'state', key])
        .execute()
    }
  }
  await schema.createIndex('requests_by_person').on('requests').columns(['person_id', 'updated_at']).execute()
}

async function createIntake(database: Kysely<Tables>, columns: ColumnWords): Promise<void> {
  const { schema } = database
  await sql`create table mails (
    seq ${columns.counted},
    id text not null unique,
    mailbox text not null,
    uid_validity text not null,
    uid bigint not null,
    digest text not null,
    received_at text not null,
    sender text not null,
    subject text not null,
    text ${sql.raw(columns.blob)} not null,
    cut integer not null,
    template text,
    reason text not null,
    named text not null,
    state text not null,
    trouble text,
    request_id text references requests (id),
    request_number integer,
    settled_by_id text,
    settled_by_name text,
    settled_at text,
    settled_reason text not null,
    mac text not null,
    unique (mailbox, uid_validity, uid)
  )`.execute(database)
  await schema.createIndex('mails_by_digest').on('mails').column('digest').execute()
  await schema.createIndex('mails_by_request').on('mails').columns(['request_id', 'seq']).execute()
  await schema.createIndex('mails_by_state').on('mails').columns(['state', 'seq']).execute()

  await schema
    .createTable('mail_cursors')
    .addColumn('mailbox', 'text', (column) => column.primaryKey())
    .addColumn('uid_validity', 'text', (column) => column.notNull())
    .addColumn('last_uid', 'bigint', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()

  await schema
    .createTable('templates')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('list', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
}

async function createCodes(database: Kysely<Tables>): Promise<void> {
  const { schema } = database
  await schema
    .createTable('code_heads')
    .addColumn('destination', 'text', (column) => column.primaryKey())
    .addColumn('last_seq', 'integer', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('codes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('destination', 'text', (column) => column.notNull().references('code_heads.destination'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.references('requests.id'))
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('method_id', 'text', (column) => column.notNull())
    .addColumn('code_mac', 'text', (column) => column.notNull())
    .addColumn('sent_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('tries_allowed', 'integer', (column) => column.notNull())
    .addColumn('tries_used', 'integer', (column) => column.notNull())
    .addColumn('delivery', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text')
    .addColumn('passed_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('mac', 'text', (column) => column.notNull())
    .addUniqueConstraint('codes_of_destination', ['destination', 'seq'])
    .execute()
  await schema.createIndex('codes_by_request').on('codes').columns(['request_id', 'method_id', 'sent_at']).execute()
}

async function createSettings(database: Kysely<Tables>, columns: ColumnWords): Promise<void> {
  const { schema } = database
  await sql`create table views (
    seq ${columns.counted},
    owner_id text not null,
    id text not null,
    name text not null,
    filter text not null,
    sort text not null,
    unique (owner_id, id)
  )`.execute(database)

  await schema
    .createTable('secrets')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('sealed', columns.blob, (column) => column.notNull())
    .execute()

  await schema
    .alterTable('preferences')
    .addColumn('notifications', 'integer', (column) => column.notNull().defaultTo(1))
    .execute()
}
