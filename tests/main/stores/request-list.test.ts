import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { countQuery, partQuery, partsOf } from '../../../src/main/stores/request-list'
import { openSqlite, sqliteDialect } from '../../../src/main/stores/sqlite'
import { SqliteSearch } from '../../../src/main/stores/sqlite-search'
import type { RequestQuery } from '../../../src/main/stores/stores'
import type { Tables } from '../../../src/main/stores/tables'
import { silentLog } from '../../support/silent-log'
import { anyRequest, aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

describe('The list of a full store', () => {
  const rows = 100_000
  const base: RequestQuery = { ...anyRequest, states: ['open', 'claimed'] }
  let full: string
  let database: Database.Database
  let kysely: Kysely<Tables>
  const index = new SqliteSearch()

  beforeAll(async () => {
    full = mkdtempSync(join(tmpdir(), 'desk-db-full-'))
    const path = join(full, 'desk.db')
    await (await openStores({ file: path, vault: testVault(), log: silentLog })).close()
    database = openSqlite(path)
    kysely = new Kysely<Tables>({ dialect: sqliteDialect(path, database) })
    database.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
      insert into requests select printf('%08d-0000-4000-8000-000000000000', i), i, 'p' || i, 'n', 'r', 'u', 'd',
        case when i % 3 = 0 then 'mail' else 'phone' end, 'forgot',
        case when i % 1000 = 0 then 'open' when i % 1000 = 1 then 'claimed' else 'done' end,
        case when i % 7 = 0 then null else 'h' || i % 20 end, null, 'c', 'c', printf('2026-01-01T%06d', i), '2026', null, 1,
        'n', 'm', 0, '2026', '2026', case when i % 2 = 0 then null else 'not-enabled' end, i * 8388608, i * 8388608,
        case when i % 1000 < 2 then i * 8388608 end from n`)
  }, 60_000)
  afterAll(async () => {
    await kysely.destroy()
    rmSync(full, { recursive: true })
  })

  const sorts = ['due', 'newest', 'oldest', 'updated'] as const
  const filters: readonly (readonly [string, Partial<RequestQuery>])[] = [
    ['the default list', {}],
    ['the archive', { states: ['done', 'refused', 'expired'] }],
    ['everything', { states: [] }],
    ['the agent’s own', { holderId: aPersonId() }],
    ['the unclaimed', { holderId: 'nobody' }],
    ['one cause', { causes: ['not-enabled'], states: [] }],
    ['what is not diagnosed or never had SSPR', { causes: ['unknown', 'not-enabled'] }],
    ['mails', { channels: ['mail'], states: [] }],
    ['what is overdue', { due: { from: null, until: at() } }],
    ['what is due soon', { due: { from: at(), until: at(3600) } }],
    ['the last day', { created: { from: at(), until: null } }],
    ['what is older', { created: { from: null, until: at() } }],
    ['a search', { text: '山田 yamada' }],
    ['a search in everything', { text: '山田', states: [] }],
  ]

  describe.each([
    ['with statistics', 'analyze'],
    ['without statistics', 'drop table if exists sqlite_stat1'],
  ])('%s', (_, prepare) => {
    beforeAll(() => {
      database.exec(prepare)
    })

    it.each(filters.flatMap(([name, filter]) => sorts.map((sort) => [name, sort, filter] as const)))(
      'reads %s by %s from an index, in its order',
      (name, sort, filter) => {
        const query: RequestQuery = { ...base, ...filter, sort }
        for (const part of partsOf(query).filter(({ states }) => states.length > 0)) {
          const page = planOf(partQuery(kysely, index, query, part, 5_000_000_000, 101).compile())
          const count = planOf(countQuery(kysely, index, query, part, 1001).compile())
          for (const step of [...page, ...count].filter((step) => step.includes(' requests'))) {
            expect(step).toMatch(/SEARCH requests USING (COVERING )?INDEX/u)
          }
          if (query.text !== '') {
            for (const plan of [page, count]) {
              expect(plan.join('\n')).toContain(`request_search_${part.order} VIRTUAL TABLE INDEX`)
              expect(plan.join('\n')).not.toContain('TEMP B-TREE')
            }
            continue
          }
          const ranges = page.filter((step) => step.includes('requests_by_'))
          expect(ranges.length).toBeGreaterThan(0)
          // Nothing is sorted but the few rows that the ranges give; only what is due soon is so little that it may be.
          const sorted = page.filter(
            (step, at) => step.includes('TEMP B-TREE') && page[at - 1]?.includes('requests_by_'),
          )
          expect(sorted.length > 0).toBe(name === 'what is due soon' && sort !== 'due')
        }
      },
    )

    it.each([
      ['holder', { holderId: aPersonId() }],
      ['holder', { holderId: 'nobody' as const }],
      ['cause', { causes: ['not-enabled' as const] }],
      ['channel', { channels: ['mail' as const] }],
    ])('reads a rare %s by its own index', (column, filter) => {
      for (const sort of sorts) {
        const query: RequestQuery = { ...base, ...filter, sort }
        for (const part of partsOf(query).filter(({ states }) => states.length > 0)) {
          for (const built of [
            partQuery(kysely, index, query, part, null, 101),
            countQuery(kysely, index, query, part, 1001),
          ]) {
            const ranges = planOf(built.compile()).filter((step) => step.includes('requests_by_'))
            for (const step of ranges) expect(step).toContain(`COVERING INDEX requests_by_${column}_${part.order} `)
          }
        }
      }
    })
  })

  function planOf({ sql, parameters }: { sql: string; parameters: readonly unknown[] }): string[] {
    return database
      .prepare(`explain query plan ${sql}`)
      .all(...parameters)
      .map((step) => String(Object.entries(step ?? {}).find(([name]) => name === 'detail')?.[1]))
  }
})
