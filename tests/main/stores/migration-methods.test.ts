import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { up as firstSlice } from '../../../src/main/stores/migrations/0001-first-slice'
import { up as queueAndIntake } from '../../../src/main/stores/migrations/0002-queue-and-intake'
import { RequestLedger } from '../../../src/main/stores/request-ledger'
import { RequestRows } from '../../../src/main/stores/requests'
import { rowMac } from '../../../src/main/stores/rows'
import { sqliteDatabase } from '../../../src/main/stores/sqlite'
import type { Stores } from '../../../src/main/stores/stores'
import type { Tables } from '../../../src/main/stores/tables'
import { silentLog } from '../../support/silent-log'
import { aNewRequest, aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

type Value = string | number | null | Uint8Array
const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })

describe('A database of the second release', () => {
  const vault = testVault()
  const personId = aPersonId()
  let folder: string
  let file: string
  let raw: Database.Database
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
    raw = new Database(file)
    raw.exec('create table schema_migrations (number integer primary key)')
    raw.exec('insert into schema_migrations values (1), (2)')
  })
  afterEach(async () => {
    raw.close()
    await stores?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(): Promise<Stores> {
    stores = await openStores({ file, vault, log: silentLog })
    return stores
  }

  /** A row as that release wrote it: its MAC over its columns in their order, bytes by their digest. */
  function insert(table: string, row: Readonly<Record<string, Value>>): void {
    const values = Object.values(row)
    const parts = values.map((value) =>
      value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
    )
    raw
      .prepare(
        `insert into ${table} (${Object.keys(row).join(', ')}, mac) values (${values.map(() => '?').join(', ')}, ?)`,
      )
      .run(...values, rowMac(vault, table, parts))
  }

  function addMethod(kind: 'app' | 'phone', id = randomUUID()): string {
    const secret = Buffer.from([1, 2])
    const used = {
      registered_at: at(1),
      last_used_at: at(2),
      first_in_person: 1,
      secret,
      last_step: 7,
      recent_drift: '[1]',
    }
    insert('methods', { id, person_id: personId, kind, label: 'Pixel 9', ...used })
    return id
  }

  function addCode(requestId: string | null, seq: number): string {
    const id = randomUUID()
    insert('codes', {
      ...{
        id,
        destination: 'number',
        seq,
        request_id: requestId,
        person_id: personId,
        agent_id: 'agent',
        method_id: 'm',
      },
      ...{
        code_mac: 'c',
        sent_at: at(seq),
        expires_at: at(300),
        tries_allowed: 3,
        tries_used: 1,
        delivery: 'accepted',
      },
      ...{ message_id: 'sms', passed_at: null, ended_at: null },
    })
    return id
  }

  function addProof(requestId: string): string {
    const id = randomUUID()
    insert('proofs', {
      ...{ id, request_id: requestId, person_id: personId, agent_id: 'agent', kind: 'app', method_id: 'm', label: 'l' },
      ...{ attestation: null, proven_at: at(1), expires_at: at(600), approval: null, approver_id: null },
      ...{ approver_name: null, spent_by: null, spent_at: null, revoked_at: null },
    })
    return id
  }

  /** Requests of that release are the ones of today. */
  async function aRequestId(): Promise<string> {
    const on = sqliteDatabase(file)
    const database = new Kysely<Tables>({ dialect: on.dialect })
    try {
      const requests = new RequestRows(database, new RequestLedger(vault, on.search), on.search)
      return (await requests.create(aNewRequest({ personId }))).id
    } finally {
      await database.destroy()
    }
  }

  it('knows its methods, proofs, codes and failures for what they were', async () => {
    const requestId = await aRequestId()
    const [app, phone] = [addMethod('app'), addMethod('phone')]
    insert('code_heads', { destination: 'number', last_seq: 2 })
    const [check, enrol] = [addCode(requestId, 1), addCode(null, 2)]
    const proof = addProof(requestId)
    const heads = { last_seq: 1, reopened_seq: 0, reopened_at: null, closed_until: at(900) }
    insert('failure_heads', { person_id: personId, ...heads })
    insert('failures', { person_id: personId, seq: 1, agent_id: 'agent', request_id: requestId, at: at(1) })

    const { methods, proofs, codes, failures, threat } = await open()

    const kept = { label: 'Pixel 9', registeredAt: at(1), confirmedAt: at(1), isDefault: false, firstInPerson: true }
    expect(await methods.get(app)).toMatchObject({ ...kept, type: 'app', kind: 'app', lastStep: 7, recentDrift: [1] })
    expect(await methods.get(phone)).toMatchObject({
      ...kept,
      type: 'mobile',
      kind: 'phone',
      secret: Uint8Array.of(1, 2),
    })
    expect(await codes.get(check)).toMatchObject({ channel: 'sms', purpose: 'check', triesUsed: 1, messageId: 'sms' })
    expect(await codes.get(enrol)).toMatchObject({ channel: 'sms', purpose: 'enrol' })
    expect((await codes.sends('number', at(0))).count).toBe(2)
    expect(await proofs.get(proof)).toMatchObject({ action: 'reset', kind: 'app', expiresAt: at(600) })
    expect(await proofs.spend([proof], randomUUID(), at(5))).toBe(true)
    expect(await failures.state(personId, at(0), at(5))).toEqual({
      count: 1,
      closedUntil: at(900),
      requestIds: [requestId],
      reportedAt: null,
    })
    expect(await threat.get()).toMatchObject({ heightened: false, changedAt: null })
    expect(await methods.acceptStep(app, 8, 0, at(9))).toBe(true)
  })

  it('still shows as altered what was altered before, and nothing else', async () => {
    const requestId = await aRequestId()
    const [altered, sound] = [addMethod('app'), addMethod('app')]
    const [spent, proof] = [addProof(requestId), addProof(requestId)]
    raw.prepare('update methods set last_step = 1 where id = ?').run(altered)
    raw.prepare("update proofs set expires_at = '2099' where id = ?").run(spent)
    insert('failure_heads', {
      person_id: personId,
      last_seq: 0,
      reopened_seq: 0,
      reopened_at: null,
      closed_until: at(900),
    })
    raw.exec('update failure_heads set closed_until = null')

    const { methods, proofs, failures } = await open()

    await expect(methods.get(altered)).rejects.toEqual(tampered)
    await expect(proofs.get(spent)).rejects.toEqual(tampered)
    await expect(failures.state(personId, at(0), at(1))).rejects.toEqual(tampered)
    expect((await methods.get(sound)).type).toBe('app')
    expect((await proofs.get(proof))?.action).toBe('reset')
  })

  it('is brought up with more methods than one batch', async () => {
    const ids = Array.from({ length: 1203 }, () => addMethod('phone'))
    const { methods } = await open()
    expect(await methods.ofPerson(personId)).toHaveLength(ids.length)
  })
})
