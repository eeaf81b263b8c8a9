import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { destinationOf } from '../../../src/main/domain/registration-secrets'
import { PersonVault } from '../../../src/main/services/person-vault'
import { openStores } from '../../../src/main/stores/database'
import { up as firstSlice } from '../../../src/main/stores/migrations/0001-first-slice'
import { up as queueAndIntake } from '../../../src/main/stores/migrations/0002-queue-and-intake'
import { rowMac } from '../../../src/main/stores/rows'
import { sqliteDatabase } from '../../../src/main/stores/sqlite'
import type { Stores } from '../../../src/main/stores/stores'
import type { Tables } from '../../../src/main/stores/tables'
import { silentLog } from '../../support/silent-log'
import { aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

const tampered = { code: 'store-tampered' }

describe('Secrets of methods of the second release', () => {
  const vault = testVault()
  const [hanako, kenta] = [aPersonId(), aPersonId()]
  let folder: string
  let file: string
  let stores: Stores | null

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'migration-'))
    file = join(folder, 'desk.db')
    stores = null
    const on = sqliteDatabase(file)
    const database = new Kysely<Tables>({ dialect: on.dialect })
    await firstSlice(database, on.columns)
    await queueAndIntake(database, vault, on)
    await database.destroy()
    const raw = new Database(file)
    raw.exec('create table schema_migrations (number integer primary key)')
    raw.exec('insert into schema_migrations values (1), (2)')
    raw.close()
  })
  afterEach(async () => {
    await stores?.close()
    rmSync(folder, { recursive: true })
  })

  /** A row as that release wrote it: sealed by the vault for the person and the method. */
  function addMethod(personId: string, kind: 'app' | 'phone', plain: string, sealedFor = personId): string {
    const id = randomUUID()
    const context = `method-seed|${vault.installationId}|${sealedFor}|${id}|1`
    const secret = Buffer.from(vault.seal(context, Buffer.from(plain)))
    const row = [id, personId, kind, 'Pixel 9', at(1), at(2), 1, secret, 7, '[1]'] as const
    const parts = row.map((value) =>
      value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
    )
    const raw = new Database(file)
    raw
      .prepare(
        `insert into methods (id, person_id, kind, label, registered_at, last_used_at, first_in_person, secret, last_step,
          recent_drift, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...row, rowMac(vault, 'methods', parts))
    raw.close()
    return id
  }

  async function open(): Promise<{ stores: Stores; people: PersonVault }> {
    stores = await openStores({ file, vault, log: silentLog })
    return { stores, people: new PersonVault(vault, stores) }
  }

  it('open under the key of their person from now on, and end with it', async () => {
    const [app, phone] = [addMethod(hanako, 'app', 'a-seed-of-20-bytes!!'), addMethod(hanako, 'phone', '+819012345678')]
    const other = addMethod(kenta, 'app', 'another-seed-of-20-b')
    const { stores, people } = await open()

    expect(Buffer.from(await people.openSecret(await stores.methods.get(app))).toString()).toBe('a-seed-of-20-bytes!!')
    expect(await people.lendSecret(await stores.methods.get(phone), destinationOf)).toEqual({
      to: '+819012345678',
      extension: '',
    })
    const stored = await stores.methods.get(phone)
    expect(stored).toMatchObject({ type: 'mobile', kind: 'phone', lastStep: 7, confirmedAt: at(1) })

    await stores.erasures.erase(hanako, at(9))
    await expect(people.openSecret(stored)).rejects.toMatchObject(tampered)
    expect(Buffer.from(await people.openSecret(await stores.methods.get(other))).toString()).toBe(
      'another-seed-of-20-b',
    )
    expect(readFileSync(file).includes(Buffer.from(stored.secret))).toBe(false)
  })

  it('stay unreadable where they were moved to another person before, and the others open', async () => {
    const [moved, sound] = [addMethod(hanako, 'app', 'moved', kenta), addMethod(kenta, 'app', 'sound')]
    const { stores, people } = await open()
    await expect(people.openSecret(await stores.methods.get(moved))).rejects.toMatchObject(tampered)
    expect(Buffer.from(await people.openSecret(await stores.methods.get(sound))).toString()).toBe('sound')
  })

  it('stay altered where their row was altered', async () => {
    const id = addMethod(hanako, 'app', 'a-seed')
    const raw = new Database(file)
    raw.prepare("update methods set label = 'x' where id = ?").run(id)
    raw.close()
    const { stores } = await open()
    await expect(stores.methods.get(id)).rejects.toMatchObject(tampered)
  })
})
