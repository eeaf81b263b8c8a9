import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { AppError } from '../../../shared/errors'
import type { SecretVault } from '../../vault'
import type { ColumnWords, StoreDatabase } from '../dialect'
import { assertRow, rowMac, type RowParts } from '../rows'
import { underOwnKey } from './own-keys'
import type { CodeTable, FailureHeadTable, MethodTable, ProofTable, Tables } from '../tables'

const batch = 500

type SignedTable = 'methods' | 'proofs' | 'codes' | 'failure_heads'

/**
 * All verification methods. Methods, proofs, codes and failure heads get new columns and new MACs: a row whose old MAC fits is signed
 * anew; one that was altered keeps its old MAC, which never fits again, so that it stays known as altered.
 */
export async function up(
  database: Kysely<Tables>,
  vault: SecretVault,
  { columns }: Pick<StoreDatabase, 'columns'>,
): Promise<void> {
  await createPersonKeys(database, columns)
  await extendMethods(database, vault)
  await extendProofs(database, vault)
  await extendCodes(database, vault)
  await extendFailures(database, vault)
  await createQuestions(database)
  await createThreat(database, vault)
  await createInstallation(database, vault)
}

async function addColumns(
  database: Kysely<Tables>,
  table: SignedTable,
  columns: readonly (readonly [string, 'text' | 'integer'])[],
): Promise<void> {
  for (const [column, type] of columns) await database.schema.alterTable(table).addColumn(column, type).execute()
}

/** Once every row has a value. */
async function neverEmpty(database: Kysely<Tables>, table: SignedTable, columns: readonly string[]): Promise<void> {
  for (const column of columns) {
    await database.schema
      .alterTable(table)
      .alterColumn(column, (altered) => altered.setNotNull())
      .execute()
  }
}

/** All rows in batches, by what orders them for good. */
async function each<Row>(
  read: (after: string) => Promise<Row[]>,
  place: (row: Row) => string,
  change: (row: Row) => Promise<unknown>,
): Promise<void> {
  let after = ''
  for (;;) {
    const rows = await read(after)
    for (const row of rows) {
      await change(row)
      after = place(row)
    }
    if (rows.length < batch) return
  }
}

/** The MAC of a row with its new columns; `after`: where one of the old ones has another value from now on. */
function signAnew(
  vault: SecretVault,
  table: SignedTable,
  row: string,
  mac: string,
  before: RowParts,
  added: RowParts,
  after = before,
): string {
  try {
    assertRow(vault, table, row, mac, before)
    return rowMac(vault, table, [...after, ...added])
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-tampered') return mac
    throw error
  }
}

async function extendMethods(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await addColumns(database, 'methods', [
    ['type', 'text'],
    ['confirmed_at', 'text'],
    ['is_default', 'integer'],
  ])
  await each(
    (after) => database.selectFrom('methods').selectAll().where('id', '>', after).orderBy('id').limit(batch).execute(),
    ({ id }) => id,
    async (row) => {
      // What was registered until now was proven in the same moment.
      const added = {
        type: row.kind === 'phone' ? 'mobile' : 'app',
        confirmed_at: row.registered_at,
        is_default: 0,
      } as const
      const secret = await underOwnKey(database, vault, row)
      const after = methodBefore({ ...row, secret })
      const mac = signAnew(vault, 'methods', row.id, row.mac, methodBefore(row), Object.values(added), after)
      await database
        .updateTable('methods')
        .set({ ...added, secret, mac })
        .where('id', '=', row.id)
        .execute()
    },
  )
  await neverEmpty(database, 'methods', ['type', 'is_default'])
}

async function extendProofs(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await addColumns(database, 'proofs', [['action', 'text']])
  await each(
    (after) => database.selectFrom('proofs').selectAll().where('id', '>', after).orderBy('id').limit(batch).execute(),
    ({ id }) => id,
    (row) => {
      const mac = signAnew(vault, 'proofs', row.id, row.mac, proofBefore(row), ['reset'])
      return database.updateTable('proofs').set({ action: 'reset', mac }).where('id', '=', row.id).execute()
    },
  )
  await neverEmpty(database, 'proofs', ['action'])
  await database.schema.createIndex('proofs_by_approval').on('proofs').columns(['approval', 'expires_at']).execute()
}

async function extendCodes(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await addColumns(database, 'codes', [
    ['channel', 'text'],
    ['purpose', 'text'],
  ])
  await each(
    (after) => database.selectFrom('codes').selectAll().where('id', '>', after).orderBy('id').limit(batch).execute(),
    ({ id }) => id,
    (row) => {
      const added = { channel: 'sms', purpose: row.request_id === null ? 'enrol' : 'check' } as const
      const mac = signAnew(vault, 'codes', row.id, row.mac, codeBefore(row), Object.values(added))
      return database
        .updateTable('codes')
        .set({ ...added, mac })
        .where('id', '=', row.id)
        .execute()
    },
  )
  await neverEmpty(database, 'codes', ['channel', 'purpose'])
  await database.schema.createIndex('codes_by_person').on('codes').column('person_id').execute()
}

async function extendFailures(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await addColumns(database, 'failure_heads', [['reported_at', 'text']])
  await each(
    (after) =>
      database
        .selectFrom('failure_heads')
        .selectAll()
        .where('person_id', '>', after)
        .orderBy('person_id')
        .limit(batch)
        .execute(),
    ({ person_id }) => person_id,
    (row) => {
      const mac = signAnew(vault, 'failure_heads', row.person_id, row.mac, headBefore(row), [null])
      return database.updateTable('failure_heads').set({ mac }).where('person_id', '=', row.person_id).execute()
    },
  )
}

async function createPersonKeys(database: Kysely<Tables>, columns: ColumnWords): Promise<void> {
  const { schema } = database
  await schema
    .createTable('person_keys')
    .addColumn('person_id', 'text', (column) => column.primaryKey())
    .addColumn('wrapped', columns.blob, (column) => column.notNull())
    .execute()
  await schema
    .createTable('erasures')
    .addColumn('person_id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('erasures_by_time').on('erasures').column('at').execute()
}

async function createQuestions(database: Kysely<Tables>): Promise<void> {
  const { schema } = database
  await schema
    .createTable('draws')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull().references('requests.id'))
    .addColumn('method_id', 'text', (column) => column.notNull())
    .addColumn('question_ids', 'text', (column) => column.notNull())
    .addColumn('drawn_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('taken_at', 'text')
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('draws_by_request').on('draws').columns(['request_id', 'method_id', 'drawn_at']).execute()
  await schema
    .createTable('questions')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('list', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
}

async function createThreat(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await database.schema
    .createTable('threat')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('heightened', 'integer', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('changed_at', 'text')
    .addColumn('changed_by', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  const calm = { id: 1, heightened: 0, reason: '', changed_at: null, changed_by: '' }
  const mac = rowMac(vault, 'threat', [calm.id, calm.heightened, calm.reason, calm.changed_at, calm.changed_by])
  await database
    .insertInto('threat')
    .values({ ...calm, mac })
    .execute()
}

async function createInstallation(database: Kysely<Tables>, vault: SecretVault): Promise<void> {
  await database.schema
    .createTable('installation')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await database
    .insertInto('installation')
    .values({ id: 1, mac: rowMac(vault, 'installation', [1]) })
    .execute()
}

/** What the MACs covered until now. */
function methodBefore(row: MethodTable): RowParts {
  return [
    row.id,
    row.person_id,
    row.kind,
    row.label,
    row.registered_at,
    row.last_used_at,
    row.first_in_person,
    createHash('sha256').update(row.secret).digest('hex'),
    row.last_step,
    row.recent_drift,
  ]
}

function proofBefore(row: ProofTable): RowParts {
  return [
    row.id,
    row.request_id,
    row.person_id,
    row.agent_id,
    row.kind,
    row.method_id,
    row.label,
    row.attestation,
    row.proven_at,
    row.expires_at,
    row.approval,
    row.approver_id,
    row.approver_name,
    row.spent_by,
    row.spent_at,
    row.revoked_at,
  ]
}

function codeBefore(row: CodeTable): RowParts {
  return [
    row.id,
    row.destination,
    row.seq,
    row.request_id,
    row.person_id,
    row.agent_id,
    row.method_id,
    row.code_mac,
    row.sent_at,
    row.expires_at,
    row.tries_allowed,
    row.tries_used,
    row.delivery,
    row.message_id,
    row.passed_at,
    row.ended_at,
  ]
}

function headBefore(row: FailureHeadTable): RowParts {
  return [row.person_id, row.last_seq, row.reopened_seq, row.reopened_at, row.closed_until]
}
