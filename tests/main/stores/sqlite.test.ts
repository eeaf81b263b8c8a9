import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { countQuery, partQuery, partsOf } from '../../../src/main/stores/request-list'
import { openSqlite, sqliteDialect } from '../../../src/main/stores/sqlite'
import type { RequestQuery, Stores } from '../../../src/main/stores/stores'
import type { Tables } from '../../../src/main/stores/tables'
import { writeUntilKilled } from '../../support/killed-writer'
import { silentLog } from '../../support/silent-log'
import { aClaim, aMethod, aNewRequest, anyRequest, aPersonId, aProof, at } from '../../support/stores'
import { testVault } from '../../support/vault'

let folder: string
let file: string
const opened: Stores[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desk-db-'))
  file = join(folder, 'desk.db')
})
afterEach(async () => {
  for (const stores of opened.splice(0)) await stores.close()
  rmSync(folder, { recursive: true })
})

async function open(path = file): Promise<Stores> {
  const stores = await openStores({ file: path, vault: testVault(), log: silentLog })
  opened.push(stores)
  return stores
}

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('openStores', () => {
  it('makes folder and files for this user alone', async () => {
    const path = join(folder, 'new', 'desk.db')
    const stores = await open(path)
    await stores.requests.create(aNewRequest())

    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700)
    for (const name of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
  })

  it('sets what keeps data safe after every open', async () => {
    await open()
    const database = openSqlite(file)
    const pragma = (name: string): unknown => database.pragma(name, { simple: true })
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('trusted_schema')).toBe(0)
    expect(pragma('secure_delete')).toBe(1)
    database.close()
  })

  it.each([
    ['a text', 'This is not a database, and it is long enough to look at.'.repeat(100)],
    ['random bytes behind a good header', `SQLite format 3\0${'x'.repeat(8192)}`],
  ])('refuses %s and leaves it as it is', async (_, content) => {
    writeFileSync(file, content)
    const before = digest(file)

    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable', params: { file, reason: 'damaged' } })

    expect(digest(file)).toBe(before)
  })

  it('refuses a file that was damaged in the middle', async () => {
    const stores = await open()
    for (let count = 0; count < 200; count++) await stores.requests.create(aNewRequest())
    await opened.pop()?.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096 * 3, 4096 * 12)
    writeFileSync(file, bytes)

    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable', params: { reason: 'damaged' } })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  it('refuses the schema of a newer version and leaves it as it is', async () => {
    await open()
    await opened.pop()?.close()
    const raw = new Database(file)
    raw.exec('insert into schema_migrations (number) values (99)')
    raw.close()

    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable', params: { file, reason: 'newer-version' } })

    const again = new Database(file)
    expect(again.prepare('select max(number) from schema_migrations').pluck().get()).toBe(99)
    again.close()
  })

  it.each(['a folder', 'a file where a folder should be'])('refuses %s in its place', async (what) => {
    if (what === 'a folder') mkdirSync(file)
    else writeFileSync(file, '')
    const path = what === 'a folder' ? file : join(file, 'desk.db')
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-unavailable',
      params: { file: path, reason: 'not-a-file' },
    })
  })

  it('brings the schema up once when two desks open a new file at the same moment', async () => {
    const both = await Promise.all([open(), open()])
    const numbers = await Promise.all(both.map((stores) => stores.requests.create(aNewRequest())))
    expect(numbers.map((request) => request.number).toSorted()).toEqual([1, 2])
  })

  it('leaves nothing behind of a migration that failed', async () => {
    const raw = new Database(file)
    raw.exec('create table proofs (x)')
    raw.close()

    await expect(open()).rejects.toThrow('already exists')

    const again = new Database(file)
    expect(again.prepare("select name from sqlite_master where type = 'table'").pluck().all()).toEqual(['proofs'])
    again.close()
  })

  it('rolls back as a whole when a part fails', async () => {
    const stores = await open()
    const method = aMethod()
    await stores.methods.add(method)
    await expect(stores.methods.add(method)).rejects.toThrow('UNIQUE')
    await expect(stores.proofs.add(aProof(randomUUID()))).rejects.toThrow('FOREIGN KEY')
    const { id } = await stores.requests.create(aNewRequest())
    const raw = new Database(file)
    raw.exec("create trigger no_events before insert on request_events begin select raise(abort, 'no'); end")

    await expect(stores.requests.change(id, 1, aClaim())).rejects.toThrow('no')

    raw.exec('drop trigger no_events')
    raw.close()
    expect(await stores.requests.get(id)).toMatchObject({ version: 1, state: 'open' })
    expect(await stores.requests.change(id, 1, aClaim())).toMatchObject({ version: 2 })
  })

  it('holds no secret of a method in clear', async () => {
    const stores = await open()
    const vault = testVault()
    const seed = Buffer.from('CANARY-SEED-0123456789')
    await stores.methods.add(aMethod({ secret: vault.seal('method', seed) }))
    for (const name of [file, `${file}-wal`]) expect(readFileSync(name).includes(seed)).toBe(false)
  })
})

describe('The list of a full store', () => {
  const rows = 100_000
  const base: RequestQuery = { ...anyRequest, states: ['open', 'claimed'] }
  let full: string
  let database: Database.Database
  let kysely: Kysely<Tables>

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
          const page = planOf(partQuery(kysely, query, part, 5_000_000_000, 101).compile())
          const count = planOf(countQuery(kysely, query, part, 1001).compile())
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
          for (const built of [partQuery(kysely, query, part, null, 101), countQuery(kysely, query, part, 1001)]) {
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

describe('A process that is killed', () => {
  it('leaves every change with its event, or neither', async () => {
    const built = join(folder, 'writer.mjs')
    const entry = join(folder, 'entry.ts')
    const source = JSON.stringify(resolvePath('tests/support/killed-writer'))
    const { name } = writeUntilKilled
    writeFileSync(entry, `import { ${name} } from ${source}\nawait ${name}(process.argv[2] ?? '')\n`)
    const { build } = await import('vite')
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: entry,
        outDir: folder,
        emptyOutDir: false,
        rollupOptions: { output: { entryFileNames: 'writer.mjs' }, external: ['better-sqlite3'] },
      },
      ssr: { noExternal: true, external: ['better-sqlite3'] },
    })
    symlinkSync(resolvePath('node_modules'), join(folder, 'node_modules'))

    for (const lines of [3, 20, 57]) {
      await killAfter(built, lines)
      await open()
      const raw = new Database(file)
      const torn = raw
        .prepare(
          `select r.id, r.version, count(e.id) as events from requests r left join request_events e on e.request_id = r.id
           group by r.id having events <> r.version`,
        )
        .all()
      expect(torn).toEqual([])
      expect(raw.prepare('select count(*) from requests').pluck().get()).toBeGreaterThan(0)
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok')
      raw.close()
      await opened.pop()?.close()
    }
  }, 60_000)

  /** Runs the writer until it has said so many lines, then kills it in the middle of whatever it does. */
  function killAfter(program: string, lines: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: process.cwd(),
      })
      let seen = 0
      child.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.toString().split('\n').length - 1
        if (seen >= lines) child.kill('SIGKILL')
      })
      child.on('error', reject)
      child.on('exit', (code, signal) => {
        if (signal === 'SIGKILL') resolve()
        else reject(new Error(`the writer ended by itself: ${code}`))
      })
    })
  }
})
