import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { openSqlite } from '../../../src/main/stores/sqlite'
import type { Stores } from '../../../src/main/stores/stores'
import { silentLog } from '../../support/silent-log'
import { aClaim, aMethod, aNewRequest, aProof } from '../../support/stores'
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

const vault = testVault()

async function open(path = file): Promise<Stores> {
  const stores = await openStores({ file: path, vault, log: silentLog })
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

  it('refuses the data of another installation, and leaves it as it is', async () => {
    const { id } = await (await open()).requests.create(aNewRequest())
    await expect(openStores({ file, vault: testVault(), log: silentLog })).rejects.toMatchObject({
      code: 'store-unavailable',
      params: { file, reason: 'other-key' },
    })
    expect((await (await open()).requests.get(id)).number).toBe(1)
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
