import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { openStores, type StorePlace } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import type { SecretVault } from '../../src/main/vault'
import { startPostgres, type TestPostgres } from './postgres'
import { silentLog } from './silent-log'
import { testVault } from './vault'

/** A database of one kind: `open` gives another desk on the same data each time. */
interface StoreFactory {
  open(): Promise<Stores>
  /** One on new data of its own. */
  fresh(): Promise<Stores>
  change(statement: string): Promise<void>
  everything(): Promise<Buffer>
  drop(): Promise<void>
}

/**
 * Two desks on the same, new data; `reopen` opens another one on it, `fresh` one on new data of its own. `change` is what somebody
 * does who has the database in hand; `everything` is what such a person can read.
 */
export interface TwoDesks {
  readonly stores: Stores
  readonly other: Stores
  reopen(): Promise<Stores>
  fresh(): Promise<Stores>
  change(statement: string): Promise<void>
  everything(): Promise<Buffer>
}

/** Where the databases of one kind come from, for a whole test file. */
interface StoreKind {
  readonly name: string
  start(): Promise<void>
  make(): Promise<StoreFactory>
  stop(): Promise<void>
}

/** One spec for every database that can hold the desk's data: nothing in it may depend on one of them. */
export function describeStores(what: string, spec: (desks: () => TwoDesks) => void): void {
  describe.each([sqlite(), postgresql()])(`${what} on $name`, (kind) => {
    let factory: StoreFactory
    let desks: TwoDesks

    beforeAll(() => kind.start())
    afterAll(() => kind.stop())
    beforeEach(async () => {
      factory = await kind.make()
      const [stores, other] = [await factory.open(), await factory.open()]
      desks = {
        stores,
        other,
        reopen: () => factory.open(),
        fresh: () => factory.fresh(),
        change: (statement) => factory.change(statement),
        everything: () => factory.everything(),
      }
    })
    afterEach(() => factory.drop())

    spec(() => desks)
  })
}

/** Opens stores and closes them all. */
function opener(vault: SecretVault) {
  const opened: Stores[] = []
  return {
    async open(place: StorePlace): Promise<Stores> {
      const stores = await openStores({ ...place, vault, log: silentLog })
      opened.push(stores)
      return stores
    },
    async close(): Promise<void> {
      for (const stores of opened) await stores.close()
    },
  }
}

function sqlite(): StoreKind {
  return {
    name: 'SQLite',
    start: async () => undefined,
    stop: async () => undefined,
    make: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'stores-'))
      const desks = opener(testVault())
      return {
        open: () => desks.open({ file: join(folder, 'desk.db') }),
        fresh: () => desks.open({ file: ':memory:' }),
        change: (statement) => {
          const raw = new Database(join(folder, 'desk.db'))
          raw.pragma('foreign_keys = off')
          raw.exec(statement)
          raw.close()
          return Promise.resolve()
        },
        everything: () =>
          Promise.resolve(Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))),
        drop: async () => {
          await desks.close()
          rmSync(folder, { recursive: true })
        },
      }
    },
  }
}

function postgresql(): StoreKind {
  // The schema is made once; what is signed in it belongs to this vault.
  const vault = testVault()
  let server: TestPostgres | null = null
  let template: string | null = null
  const running = (): TestPostgres => {
    if (server === null) throw new Error('PostgreSQL is not running')
    return server
  }
  return {
    name: 'PostgreSQL',
    async start() {
      server = await startPostgres()
      const postgres = await server.createDatabase()
      await (await openStores({ postgres, vault, log: silentLog })).close()
      template = postgres.database
    },
    stop: async () => server?.stop(),
    async make() {
      const desks = opener(vault)
      const made: string[] = []
      const database = async (): Promise<StorePlace> => {
        const postgres = await running().createDatabase(template ?? undefined)
        made.push(postgres.database)
        return { postgres }
      }
      const place = await database()
      const [name = ''] = made
      return {
        open: () => desks.open(place),
        change: async (statement) => {
          const session = await running().connect(name)
          // Foreign keys are no hindrance to whoever owns the server.
          await session.query('set session_replication_role = replica')
          await session.query(statement)
          await session.end()
        },
        everything: () => dump(running(), name),
        fresh: async () => desks.open(await database()),
        drop: async () => {
          await desks.close()
          for (const name of made) await running().dropDatabase(name)
        },
      }
    },
  }
}

/** Every value of every row, as a dump would have it; bytes as they are besides. */
async function dump(server: TestPostgres, database: string): Promise<Buffer> {
  const tables = await server.query(
    database,
    "select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  )
  const rows: string[] = []
  for (const { name } of tables) {
    for (const { row } of await server.query(database, `select t::text as row from ${String(name)} t`))
      rows.push(String(row))
  }
  const text = rows.join('\n')
  const bytes = [...text.matchAll(/\\\\x(?<hex>[0-9a-f]+)/gu)].map(({ groups }) =>
    Buffer.from(groups?.['hex'] ?? '', 'hex'),
  )
  return Buffer.concat([Buffer.from(text), ...bytes])
}
