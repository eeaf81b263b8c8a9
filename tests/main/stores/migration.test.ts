import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { up as firstSlice } from '../../../src/main/stores/migrations/0001-first-slice'
import { rowMac } from '../../../src/main/stores/rows'
import { sqliteDatabase } from '../../../src/main/stores/sqlite'
import type { Stores } from '../../../src/main/stores/stores'
import type { Tables } from '../../../src/main/stores/tables'
import { silentLog } from '../../support/silent-log'
import { aClaim, aClosing, agent, aMethod, aNewRequest, anyRequest, aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

/** Columns of a request in the first release, in the order of its MAC; the search text and the MAC follow. */
const columns = [
  'id',
  'number',
  'person_id',
  'person_name',
  'person_reading',
  'person_user_id',
  'person_department',
  'channel',
  'reason',
  'state',
  'holder_id',
  'holder_name',
  'created_by_id',
  'created_by_name',
  'created_at',
  'updated_at',
  'expires_at',
  'version',
] as const

type OldRequest = Readonly<Record<(typeof columns)[number], string | number | null>>

let folder: string
let file: string
let stores: Stores | null
const vault = testVault()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-'))
  file = join(folder, 'desk.db')
  stores = null
})
afterEach(async () => {
  await stores?.close()
  rmSync(folder, { recursive: true })
})

async function open(): Promise<Stores> {
  stores = await openStores({ file, vault, log: silentLog })
  return stores
}

/** A database as the first release left it. */
async function writeOld(requests: readonly OldRequest[]): Promise<void> {
  const on = sqliteDatabase(file)
  const database = new Kysely<Tables>({ dialect: on.dialect })
  await firstSlice(database, on.columns)
  const sqlite = new Database(file)
  sqlite.exec('create table schema_migrations (number integer primary key)')
  sqlite.exec('insert into schema_migrations values (1)')
  sqlite.prepare("insert into counters values ('request', ?)").run(requests.length)
  sqlite.exec("insert into preferences values (1, 'ja', 'dark')")
  const insert = sqlite.prepare(
    `insert into requests (${columns.join(', ')}, search_text, mac) values (${columns.map(() => '?').join(', ')}, ?, ?)`,
  )
  const event = sqlite.prepare(
    "insert into request_events (request_id, at, kind, by_id, by_name, text) values (?, ?, 'created', ?, ?, 'note')",
  )
  for (const request of requests) {
    const parts = columns.map((column) => request[column])
    insert.run(...parts, '山田 花子\n山田花子\nyamada.hanako\nyamada.hanako', rowMac(vault, 'requests', parts))
    event.run(request.id, request.created_at, request.created_by_id, request.created_by_name)
  }
  sqlite.close()
  await database.destroy()
}

function anOldRequest(number: number, changes: Partial<OldRequest> = {}): OldRequest {
  return {
    id: randomUUID(),
    number,
    person_id: aPersonId(),
    person_name: '山田 花子',
    person_reading: 'やまだ はなこ',
    person_user_id: 'yamada.hanako',
    person_department: '経理部',
    channel: 'phone',
    reason: 'forgot',
    state: 'open',
    holder_id: null,
    holder_name: null,
    created_by_id: agent.id,
    created_by_name: agent.name,
    created_at: at(number),
    updated_at: at(number),
    expires_at: at(86_400),
    version: 1,
    ...changes,
  }
}

describe('A database of the first release', () => {
  it('keeps every request with its history, and what it could not know is told honestly', async () => {
    const old = anOldRequest(1)
    const held = { holder_id: agent.id, holder_name: agent.name, version: 3, expires_at: null }
    const done = anOldRequest(2, { ...held, state: 'done', updated_at: at(500) })
    await writeOld([old, done])

    const { requests, preferences } = await open()

    expect(await requests.get(String(old.id))).toEqual({
      id: old.id,
      number: 1,
      personId: old.person_id,
      personName: '山田 花子',
      personReading: 'やまだ はなこ',
      personUserId: 'yamada.hanako',
      personDepartment: '経理部',
      channel: 'phone',
      reason: 'forgot',
      state: 'open',
      holder: null,
      createdBy: agent,
      createdAt: at(1),
      repeats: 0,
      lastAskedAt: at(1),
      dueAt: at(1 + 4 * 3600),
      cause: null,
      updatedAt: at(1),
      expiresAt: at(86_400),
      version: 1,
    })
    expect(await requests.get(String(done.id))).toMatchObject({ state: 'done', dueAt: null, holder: agent, version: 3 })
    expect(await requests.events(String(old.id))).toMatchObject([{ kind: 'created', by: agent, text: 'note' }])
    expect(await preferences.get()).toEqual({ language: 'ja', theme: 'dark', notifications: true })
  })

  it('is worked on as a new one: found, changed, diagnosed, with numbers that go on', async () => {
    const old = anOldRequest(1)
    await writeOld([old])
    const { requests } = await open()
    const id = String(old.id)

    for (const sort of ['due', 'newest', 'oldest', 'updated'] as const) {
      for (const text of ['', '山田花子', '#1', 'hanako']) {
        expect((await requests.list({ ...anyRequest, sort, text })).requests.map((found) => found.id)).toEqual([id])
      }
    }
    expect(await requests.change(id, 1, aClaim())).toMatchObject({ state: 'claimed', version: 2 })
    expect(await requests.setCause(id, 'not-enabled')).toMatchObject({ cause: 'not-enabled' })
    await expect(requests.create(aNewRequest({ personId: String(old.person_id) }))).rejects.toMatchObject({
      code: 'request-exists',
    })
    await requests.change(id, 2, aClosing())
    expect(await requests.create(aNewRequest({ createdBy: null }))).toMatchObject({ number: 2, createdBy: null })
  })

  it('still shows as altered what was altered before, and nothing else', async () => {
    const [altered, sound] = [anOldRequest(1), anOldRequest(2)]
    await writeOld([altered, sound])
    const raw = new Database(file)
    raw.prepare("update requests set person_name = 'x' where id = ?").run(altered.id)
    raw.close()

    const { requests } = await open()

    await expect(requests.get(String(altered.id))).rejects.toMatchObject({ code: 'store-tampered' })
    await expect(requests.change(String(altered.id), 1, aClaim())).rejects.toMatchObject({ code: 'store-tampered' })
    expect(await requests.get(String(sound.id))).toMatchObject({ number: 2 })
  })

  it('does not take a row for sound that was signed by another installation', async () => {
    const old = anOldRequest(1)
    await writeOld([old])
    stores = await openStores({ file, vault: testVault(), log: silentLog })
    await expect(stores.requests.get(String(old.id))).rejects.toMatchObject({ code: 'store-tampered' })
  })

  it('is brought up with more requests than one batch, once, and opens again', async () => {
    await writeOld(Array.from({ length: 1203 }, (_, index) => anOldRequest(index + 1)))
    await (await open()).close()
    const { requests, methods } = await open()
    const { total, totalCapped } = await requests.list(anyRequest)
    expect([total, totalCapped]).toEqual([1000, true])
    expect((await requests.list({ ...anyRequest, text: '1203' })).total).toBe(1)
    await methods.add(aMethod())
  })

  it('stays as it was when the way up fails', async () => {
    const old = anOldRequest(1)
    await writeOld([old])
    const raw = new Database(file)
    raw.exec('create table secrets (x)')

    await expect(open()).rejects.toThrow('already exists')

    expect(raw.prepare('select max(number) from schema_migrations').pluck().get()).toBe(1)
    expect(raw.prepare("select count(*) from sqlite_master where name in ('mails', 'codes')").pluck().get()).toBe(0)
    raw.exec('drop table secrets')
    raw.close()
    expect((await (await open()).requests.get(String(old.id))).number).toBe(1)
  })
})
