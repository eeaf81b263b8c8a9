import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import type { PostgresPlace } from '../../../src/main/stores/postgres'
import type { Stores } from '../../../src/main/stores/stores'
import { startPostgres, type TestPostgres } from '../../support/postgres'
import { freePort } from '../../support/ports'
import { silentLog } from '../../support/silent-log'
import {
  aClosing,
  aNewRequest,
  aPerson,
  aPersonId,
  aProof,
  aTakenMail,
  anyRequest,
  at,
  mailTimes,
} from '../../support/stores'
import { testVault } from '../../support/vault'

const vault = testVault()
let server: TestPostgres
let place: PostgresPlace
const opened: Stores[] = []

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  place = await server.createDatabase()
})
afterEach(async () => {
  for (const stores of opened.splice(0)) await stores.close()
})

async function open(postgres: PostgresPlace = place): Promise<Stores> {
  const stores = await openStores({ postgres, vault, log: silentLog })
  opened.push(stores)
  return stores
}

const named = (reason: string, { database, port } = place): unknown =>
  expect.objectContaining({
    code: 'store-unavailable',
    params: { file: `postgresql://127.0.0.1:${port}/${database}`, reason },
  })

/** Ends connections of the desk as an administrator does; answers how many. */
async function terminate(where: string): Promise<number> {
  const ended = await server.query(
    place.database,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'desk' and ${where}`,
  )
  return ended.length
}

describe('A server that cannot be used', () => {
  it.each([
    ['certificate', 'another authority', () => ({ ...place, ca: server.otherCa })],
    ['certificate', 'no pinned authority', () => ({ ...place, ca: null })],
    ['refused', 'a wrong password', () => ({ ...place, password: () => 'Wrong-Passw0rd1' })],
    ['refused', 'an unknown user', () => ({ ...place, user: 'nobody' })],
    ['missing', 'an unknown schema', () => ({ ...place, schema: 'nowhere' })],
  ])('is told as %s for %s', async (reason, _, wrong) => {
    await expect(open(wrong())).rejects.toEqual(named(reason))
  })

  it('is told as missing for an unknown database, and as unreachable where nobody listens', async () => {
    await expect(open({ ...place, database: 'nowhere' })).rejects.toEqual(
      named('missing', { ...place, database: 'nowhere' }),
    )
    const port = await freePort()
    await expect(open({ ...place, port })).rejects.toEqual(named('unreachable', { ...place, port }))
  })

  it('is told as one that may only be read', async () => {
    await server.query('postgres', `alter database ${place.database} set default_transaction_read_only = on`)
    await expect(open()).rejects.toEqual(named('no-permission'))
  })

  it('is told as one where the role may make nothing', async () => {
    await server.query(place.database, 'alter schema public owner to lab')
    await expect(open()).rejects.toEqual(named('no-permission'))
  })

  it('is told as one that does not use UTF-8', async () => {
    const options = "template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'"
    await server.query('postgres', `create database ascii owner desk ${options}`)
    await expect(open({ ...place, database: 'ascii' })).rejects.toEqual(
      named('not-utf8', { ...place, database: 'ascii' }),
    )
    const left = await server.query('ascii', "select 1 from pg_class where relname = 'requests'")
    expect(left).toEqual([])
  })

  it('is told as one of a newer version, and left as it is', async () => {
    await (await open()).threat.get()
    await server.query(place.database, 'insert into schema_migrations values (99)')
    await expect(open()).rejects.toEqual(named('newer-version'))
  })

  it('is told as the data of another installation, whose key this desk does not have', async () => {
    const request = await (await open()).requests.create(aNewRequest())
    const stranger = openStores({ postgres: place, vault: testVault(), log: silentLog })
    await expect(stranger).rejects.toEqual(named('other-key'))
    expect(await (await open()).requests.get(request.id)).toEqual(request)
  })

  it('hears no password in a refusal', async () => {
    const password = 'CANARY-Passw0rd1'
    const error: unknown = await open({ ...place, password: () => password }).catch((thrown: unknown) => thrown)
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(password)
    expect(inspect(error, { depth: 20 })).toContain('store-unavailable')
  })

  it('is given the password of the moment: one that was changed needs no new start', async () => {
    let password = 'Wrong-Passw0rd1'
    const changing = { ...place, password: () => password }
    await expect(open(changing)).rejects.toEqual(named('refused'))
    password = place.password()
    expect((await (await open(changing)).threat.get()).heightened).toBe(false)
  })
})

describe('A server with another name in its certificate, or without TLS', () => {
  it.each([
    ['certificate', { names: ['db.sakura.example'] }],
    ['no-encryption', { tls: false }],
  ])('is told as %s, and no password is sent', async (reason, options) => {
    const wrong = await startPostgres(options)
    try {
      const { port, ca } = wrong
      const password = vi.fn(place.password)
      await expect(open({ ...place, port, ca, password, database: 'postgres' })).rejects.toEqual(
        named(reason, { ...place, port, database: 'postgres' }),
      )
      expect(password).not.toHaveBeenCalled()
    } finally {
      await wrong.stop()
    }
  })
})

describe('A connection that is lost', () => {
  it('in the middle of a transaction leaves nothing of it, and the next call has another one', async () => {
    const stores = await open()
    const mails = Array.from({ length: 50 }, (_, index) => aTakenMail({ uid: index + 1, person: aPerson() }))
    const admin = await server.connect(place.database)
    // Requests of the batch are written; its mails wait for this lock.
    await admin.query('begin; lock table mails in exclusive mode')
    const taking = stores.mails.take('box', { uidValidity: '1', lastUid: 50 }, mails, mailTimes)
    const refused = expect(taking).rejects.toEqual(named('unreachable'))
    await vi.waitFor(async () => expect(await terminate("wait_event_type = 'Lock'")).toBe(1), { timeout: 20_000 })
    await refused
    await admin.query('rollback')
    await admin.end()

    expect((await stores.requests.list(anyRequest)).total).toBe(0)
    expect(await stores.mails.cursor('box')).toBeNull()
    const taken = await stores.mails.take('box', { uidValidity: '1', lastUid: 50 }, mails, mailTimes)
    expect(taken.every(({ kind }) => kind === 'created')).toBe(true)
    expect((await stores.requests.list(anyRequest)).total).toBe(50)
  })

  it('while it waits for the lock of writers spends no proof', async () => {
    const stores = await open()
    const { id } = await stores.requests.create(aNewRequest())
    const proof = aProof(id)
    await stores.proofs.add(proof)
    const admin = await server.connect(place.database)
    await admin.query(`begin; select pg_advisory_xact_lock(1397769298, hashtext('public'))`)
    const refused = expect(stores.proofs.spend([proof.id], randomUUID(), at(1))).rejects.toEqual(named('unreachable'))
    await vi.waitFor(async () => expect(await terminate("wait_event = 'advisory'")).toBe(1), { timeout: 20_000 })
    await refused
    await admin.end()

    expect((await stores.proofs.get(proof.id))?.spentBy).toBeNull()
    expect(await stores.proofs.spend([proof.id], randomUUID(), at(1))).toBe(true)
  })

  it('while nobody uses it is replaced', async () => {
    const stores = await open()
    await stores.threat.get()
    expect(await terminate('true')).toBeGreaterThan(0)
    await vi.waitFor(async () => expect((await stores.threat.get()).heightened).toBe(false))
    expect((await stores.requests.create(aNewRequest())).number).toBe(1)
  })

  it('with its server is told until the server is back, and what was committed is there', async () => {
    const stores = await open()
    const { id } = await stores.requests.create(aNewRequest())
    await server.kill()
    for (const attempt of [() => stores.requests.get(id), () => stores.requests.change(id, 1, aClosing())]) {
      await expect(attempt()).rejects.toEqual(named('unreachable'))
    }
    await server.restart()
    await vi.waitFor(async () => expect((await stores.requests.get(id)).state).toBe('open'), { timeout: 20_000 })
  })
})

describe('A database on PostgreSQL', () => {
  it('makes its schema once, when desks open it for the first time together', async () => {
    const [one, two, three] = await Promise.all([open(), open(), open()])
    await one?.requests.create(aNewRequest())
    expect((await two?.requests.list(anyRequest))?.total).toBe(1)
    expect((await three?.threat.get())?.heightened).toBe(false)
  })

  it('holds the data of two schemas apart', async () => {
    for (const schema of ['tokyo', 'osaka']) {
      await server.query(place.database, `create schema ${schema} authorization desk`)
    }
    const [tokyo, osaka] = [await open({ ...place, schema: 'tokyo' }), await open({ ...place, schema: 'osaka' })]
    const request = aNewRequest()
    await tokyo.requests.create(request)
    expect((await osaka.requests.list(anyRequest)).total).toBe(0)
    expect((await osaka.requests.create(request)).number).toBe(1)
    expect(await server.query(place.database, "select 1 from pg_tables where schemaname = 'public'")).toEqual([])
  })

  it('compares text by its bytes, whatever the order of the database is', async () => {
    await open()
    const [database] = await server.query(
      'postgres',
      `select daticulocale as locale from pg_database where datname = '${place.database}'`,
    )
    expect(database).toEqual({ locale: 'ja' })
    const columns = await server.query(
      place.database,
      `select table_name || '.' || column_name as name, collation_name from information_schema.columns
       where table_schema = 'public' and data_type in ('text', 'ARRAY')`,
    )
    expect(columns.length).toBeGreaterThan(50)
    expect(columns.filter(({ collation_name }) => collation_name !== 'C')).toEqual([])
  })

  it('has one writer at a time and its commits on the disk, even where the server was told to be quick', async () => {
    await server.query('postgres', `alter role desk in database ${place.database} set synchronous_commit = off`)
    const stores = await open()
    const admin = await server.connect(place.database)
    await admin.query('create table seen (durable text, locks bigint); grant insert on seen to desk')
    await admin.query(`create function see() returns trigger language plpgsql as $$ begin
      insert into public.seen select current_setting('synchronous_commit'), count(*) from pg_locks
        where locktype = 'advisory' and granted and pid = pg_backend_pid();
      return new; end $$`)
    await admin.query('create trigger see after update on threat for each row execute function see()')
    await admin.end()

    const before = await stores.threat.get()
    await stores.threat.set(before, { heightened: true, reason: 'x', changedAt: at(1), changedBy: 'x' })

    expect(await server.query(place.database, 'select durable, locks::int as locks from seen')).toEqual([
      { durable: 'on', locks: 1 },
    ])
  })

  it('leaves no piece of an erased name in its search index', async () => {
    const stores = await open()
    const personId = aPersonId()
    const { id } = await stores.requests.create(aNewRequest({ personId, personName: '小鳥遊 怜' }))
    await stores.requests.change(id, 1, aClosing())
    const count = async (): Promise<unknown> =>
      (
        await server.query(place.database, "select count(*)::int as n from request_search where 'c9ce5' = any (pieces)")
      )[0]
    expect(await count()).toEqual({ n: 1 })
    await stores.erasures.erase(personId, at(9))
    expect(await count()).toEqual({ n: 0 })
  })
})
