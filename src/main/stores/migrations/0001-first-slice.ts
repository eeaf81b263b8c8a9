import { sql, type Kysely } from 'kysely'
import type { ColumnWords } from '../dialect'
import type { Tables } from '../tables'

/** Requests, methods, proofs, failures, preferences. */
export async function up(database: Kysely<Tables>, columns: ColumnWords): Promise<void> {
  const { schema } = database

  await schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'integer', (column) => column.notNull())
    .execute()

  await schema
    .createTable('requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('number', 'integer', (column) => column.notNull().unique())
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('person_name', 'text', (column) => column.notNull())
    .addColumn('person_reading', 'text', (column) => column.notNull())
    .addColumn('person_user_id', 'text', (column) => column.notNull())
    .addColumn('person_department', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('holder_id', 'text')
    .addColumn('holder_name', 'text')
    .addColumn('created_by_id', 'text', (column) => column.notNull())
    .addColumn('created_by_name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('search_text', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  // One open case per person, whatever two agents do at the same moment. Literals: a partial index takes no parameters.
  await sql`create unique index requests_one_open on requests (person_id) where state in ('open', 'claimed')`.execute(
    database,
  )
  await schema.createIndex('requests_by_state').on('requests').columns(['state', 'created_at', 'id']).execute()
  await schema
    .createIndex('requests_by_holder')
    .on('requests')
    .columns(['holder_id', 'state', 'created_at', 'id'])
    .execute()
  await schema.createIndex('requests_by_expiry').on('requests').columns(['state', 'expires_at']).execute()

  await sql`create table request_events (
    id ${columns.counted},
    request_id text not null references requests (id),
    at text not null,
    kind text not null,
    by_id text,
    by_name text,
    text text not null
  )`.execute(database)
  await schema.createIndex('request_events_by_request').on('request_events').columns(['request_id', 'id']).execute()

  await schema
    .createTable('methods')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('registered_at', 'text', (column) => column.notNull())
    .addColumn('last_used_at', 'text')
    .addColumn('first_in_person', 'integer', (column) => column.notNull())
    .addColumn('secret', columns.blob, (column) => column.notNull())
    .addColumn('last_step', 'bigint')
    .addColumn('recent_drift', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('methods_by_person').on('methods').columns(['person_id', 'registered_at', 'id']).execute()

  await schema
    .createTable('proofs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull().references('requests.id'))
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('method_id', 'text')
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('attestation', 'text')
    .addColumn('proven_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('approval', 'text')
    .addColumn('approver_id', 'text')
    .addColumn('approver_name', 'text')
    .addColumn('spent_by', 'text')
    .addColumn('spent_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('proofs_by_request').on('proofs').columns(['request_id', 'proven_at', 'id']).execute()
  await schema.createIndex('proofs_by_operation').on('proofs').column('spent_by').execute()

  await schema
    .createTable('failure_heads')
    .addColumn('person_id', 'text', (column) => column.primaryKey())
    .addColumn('last_seq', 'integer', (column) => column.notNull())
    .addColumn('reopened_seq', 'integer', (column) => column.notNull())
    .addColumn('reopened_at', 'text')
    .addColumn('closed_until', 'text')
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('failures')
    .addColumn('person_id', 'text', (column) => column.notNull().references('failure_heads.person_id'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('failures_key', ['person_id', 'seq'])
    .execute()

  await schema
    .createTable('preferences')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('theme', 'text', (column) => column.notNull())
    .execute()
}
