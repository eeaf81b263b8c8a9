import Database from 'better-sqlite3'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditStore } from '../../../src/main/audit/audit'
import { verifyCopy } from '../../../src/main/audit/verifier'
import { auditRow, auditVerdict } from '../../../src/shared/model/audit'
import { AppError } from '../../../src/shared/errors'
import { ana, anEvent, aPlace, fill, hanako, type Place } from './support'

const newest = { filter: {}, cursor: null, limit: 100 }

let place: Place

beforeEach(async () => {
  place = await aPlace()
})

afterEach(() => {
  place.remove()
})

describe('openAudit', () => {
  it('makes a file that only this user may read', () => {
    place.open()
    for (const file of [place.file, `${place.file}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('refuses a file that is no database, and leaves it as it was', () => {
    writeFileSync(place.file, 'not a database, but more than sixteen bytes of text')
    expect(() => place.open()).toThrowError(expect.objectContaining({ code: 'audit-unavailable' }))
    expect(readFileSync(place.file, 'utf8')).toBe('not a database, but more than sixteen bytes of text')
  })
})

describe('AuditStore.record', () => {
  it('writes an intent row before the work and a result row after it', async () => {
    const store = place.open()
    const seen: string[] = []
    const value = await store.record(anEvent(), async (scope) => {
      seen.push(...(await store.list(newest)).rows.map((row) => row.outcome))
      scope.note({ server: 'dc1' })
      return 42
    })

    expect(value).toBe(42)
    expect(seen).toEqual(['started'])
    const { rows, total } = await store.list(newest)
    expect(total).toBe(2)
    expect(rows.map((row) => [row.seq, row.phase, row.outcome])).toEqual([
      [2, 'result', 'succeeded'],
      [1, 'intent', 'started'],
    ])
    expect(rows[0]).toMatchObject({
      action: 'reset.password',
      actorId: ana.id,
      actorName: ana.name,
      targetId: hanako.id,
      targetName: hanako.name,
      requestNumber: 7,
      details: { channel: 'phone', server: 'dc1' },
    })
    expect(rows[0]?.operationId).toBe(rows[1]?.operationId)
    for (const row of rows) expect(auditRow.parse(row)).toEqual(row)
  })

  it('records a refusal with its code and passes it on', async () => {
    const store = place.open()
    const refused = store.record(anEvent(), () => Promise.reject(new AppError('caller-not-verified')))
    await expect(refused).rejects.toMatchObject({ code: 'caller-not-verified' })
    expect((await store.list(newest)).rows[0]?.outcome).toBe('caller-not-verified')
  })

  it('records any other error as internal, without its words', async () => {
    const store = place.open()
    const failing = store.record(anEvent(), () => Promise.reject(new Error('Sakura-Fubuki-1')))
    await expect(failing).rejects.toThrow('Sakura-Fubuki-1')
    const { rows } = await store.list(newest)
    expect(rows[0]?.outcome).toBe('internal')
    expect(JSON.stringify(rows)).not.toContain('Sakura')
  })

  it('keeps an unknown outcome unknown, even when the work then throws', async () => {
    const store = place.open()
    await store.record(anEvent(), (scope) => Promise.resolve(scope.indeterminate()))
    const failing = store.record(anEvent(), (scope) => {
      scope.indeterminate()
      return Promise.reject(new AppError('directory-timeout'))
    })
    await expect(failing).rejects.toMatchObject({ code: 'directory-timeout' })
    const { rows } = await store.list({ ...newest, filter: { outcome: 'indeterminate' } })
    expect(rows).toHaveLength(2)
    expect(rows[0]?.details).toMatchObject({ refusal: 'directory-timeout' })
  })

  it('records another outcome word', async () => {
    const store = place.open()
    await store.record(anEvent({ action: 'verification.check' }), (scope) => Promise.resolve(scope.outcome('no-match')))
    expect((await store.list(newest)).rows[0]?.outcome).toBe('no-match')
  })

  it('does not run the work when the intent cannot be written', async () => {
    const store = place.open()
    const blocker = new Database(place.file)
    blocker.exec("CREATE TRIGGER block BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    let ran = false
    const blocked = store.record(anEvent(), () => {
      ran = true
      return Promise.resolve()
    })
    await expect(blocked).rejects.toMatchObject({ code: 'audit-unavailable' })
    expect(ran).toBe(false)
    expect(store.closed).toBe(false)

    blocker.exec('DROP TRIGGER block')
    blocker.close()
    await store.record(anEvent(), () => Promise.resolve())
    expect(await store.verify()).toMatchObject({ intact: true, rows: 2 })
  })

  it('refuses work while another program holds the file, and goes on afterwards', { timeout: 30_000 }, async () => {
    const store = place.open()
    const holder = new Database(place.file)
    holder.exec('BEGIN EXCLUSIVE')
    await expect(store.record(anEvent(), () => Promise.resolve())).rejects.toMatchObject({ code: 'audit-unavailable' })
    holder.exec('ROLLBACK')
    holder.close()
    await store.record(anEvent(), () => Promise.resolve())
    expect((await store.list(newest)).total).toBe(2)
  })

  it('answers what the work returned, then closes the desk, when only the result cannot be written', async () => {
    let told = 0
    const store = place.open({ onClosed: () => (told += 1) })
    const blocker = new Database(place.file)
    const password = await store.record(anEvent(), () => {
      blocker.exec("CREATE TRIGGER block BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'disk full'); END")
      return Promise.resolve('shown once')
    })

    expect(password).toBe('shown once')
    expect(store.closed).toBe(true)
    expect(told).toBe(1)
    let ran = false
    const next = store.record(anEvent(), () => Promise.resolve((ran = true)))
    await expect(next).rejects.toMatchObject({ code: 'desk-closed' })
    expect(ran).toBe(false)
    expect(() => store.reopen()).toThrowError(expect.objectContaining({ code: 'audit-unavailable' }))
    expect(store.closed).toBe(true)

    blocker.exec('DROP TRIGGER block')
    blocker.close()
    store.reopen()
    expect(store.closed).toBe(false)
    const { rows } = await store.list(newest)
    expect(rows.map((row) => row.outcome)).toEqual(['succeeded', 'started'])
    expect(await store.verify()).toMatchObject({ intact: true, unfinished: 0 })
  })

  it('closes the desk when a refusal cannot be recorded, and still answers the refusal', async () => {
    const store = place.open()
    const blocker = new Database(place.file)
    const refused = store.record(anEvent(), () => {
      blocker.exec("CREATE TRIGGER block BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'disk full'); END")
      return Promise.reject(new AppError('directory-refused'))
    })
    await expect(refused).rejects.toMatchObject({ code: 'directory-refused' })
    expect(store.closed).toBe(true)
    blocker.close()
  })

  it('keeps secrets and endless text out of a row', async () => {
    const store = place.open()
    await store.record(
      anEvent({ details: { password: 'Sakura-Fubuki-1', code: 123456, why: 'x'.repeat(5000) } }),
      (scope) => {
        scope.note({ newPassword: 'Sakura-Fubuki-1' })
        return Promise.resolve()
      },
    )
    const { rows } = await store.list(newest)
    expect(JSON.stringify(rows)).not.toMatch(/Sakura|123456/u)
    expect(rows[0]?.details).toMatchObject({ password: '[withheld]', newPassword: '[withheld]', code: '[withheld]' })
    expect(String(rows[0]?.details['why']).length).toBe(1000)
  })
})

describe('AuditStore.append', () => {
  it('keeps what happened while the store cannot be written, and writes it at reopen', async () => {
    const store = place.open()
    const blocker = new Database(place.file)
    blocker.exec("CREATE TRIGGER block BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    store.append(anEvent({ action: 'session.lock' }), 'succeeded')
    store.append(anEvent({ action: 'request.expire' }), 'succeeded')
    expect(store.closed).toBe(true)
    blocker.exec('DROP TRIGGER block')
    blocker.close()

    store.reopen()
    const { rows } = await store.list(newest)
    expect(rows.map((row) => row.action)).toEqual(['request.expire', 'session.lock'])
  })
})

describe('AuditStore.verify', () => {
  it('finds an untouched chain intact, over checkpoints and restarts', { timeout: 30_000 }, async () => {
    const first = place.open()
    expect(await first.verify()).toMatchObject({ intact: true, rows: 0, checkpoints: 0 })
    fill(first, 300)
    first.close()
    const second = place.open()
    fill(second, 300)
    const verdict = await second.verify()
    expect(auditVerdict.parse(verdict)).toEqual(verdict)
    expect(verdict).toMatchObject({
      intact: true,
      rows: 600,
      checkpoints: 4,
      brokenSeq: null,
      problem: 'none',
      unfinished: 0,
    })
  })

  it('counts intents that never got a result, but not what is under way', async () => {
    const store = place.open()
    await store.record(anEvent(), async () => {
      expect((await store.verify()).unfinished).toBe(0)
    })
    void store.record(anEvent(), () => new Promise(() => undefined))
    store.close()
    const next = place.open()
    expect(next.unfinishedAtOpen).toBe(1)
    expect((await next.verify()).unfinished).toBe(1)
  })

  it('checks while rows are being written', { timeout: 30_000 }, async () => {
    const store = place.open()
    fill(store, 1500)
    const verifying = store.verify()
    fill(store, 700)
    expect(await verifying).toMatchObject({ intact: true })
    expect(await store.verify()).toMatchObject({ intact: true, rows: 2200 })
  })

  it('sees a row that somebody else added behind its back', async () => {
    const store = place.open()
    fill(store, 5)
    const other = place.open()
    fill(other, 1)
    expect(await store.verify()).toMatchObject({ intact: false, brokenSeq: 6 })
    await expect(store.record(anEvent(), () => Promise.resolve())).rejects.toMatchObject({ code: 'audit-unavailable' })
  })
})

describe('AuditStore.list', () => {
  let store: AuditStore

  beforeEach(async () => {
    store = place.open()
    fill(store, 30)
    await store.record(anEvent({ request: { id: 'r', number: 12 }, target: { id: 't', name: 'Müller，Ｊörg' } }), () =>
      Promise.resolve(),
    )
    const refused = store.record(anEvent({ action: 'reset.unlock' }), () =>
      Promise.reject(new AppError('proof-expired')),
    )
    await expect(refused).rejects.toMatchObject({ code: 'proof-expired' })
  })

  it('pages newest first without gaps or repeats', async () => {
    const seqs: number[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<AuditStore['list']>> = await store.list({ filter: {}, cursor, limit: 7 })
      expect(page.total).toBe(34)
      seqs.push(...page.rows.map((row) => row.seq))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seqs).toEqual(Array.from({ length: 34 }, (_, index) => 34 - index))
  })

  it.each([
    ['山田花子', 32],
    ['佐藤 美咲', 34],
    ['#12', 2],
    ['MÜLLER jörg', 2],
    ['reset.unlock proof-expired', 1],
    ["x' OR 1=1 --", 0],
    ['%', 0],
  ])('finds %s in %i rows', async (text, total) => {
    const page = await store.list({ filter: { text }, cursor: null, limit: 500 })
    expect([page.total, page.rows.length]).toEqual([total, total])
  })

  it('filters by action, outcome and time, together', async () => {
    const total = async (filter: Parameters<AuditStore['list']>[0]['filter']): Promise<number> =>
      (await store.list({ filter, cursor: null, limit: 1 })).total
    expect(await total({ actions: ['reset.password', 'reset.unlock'] })).toBe(4)
    expect(await total({ outcome: 'failed' })).toBe(1)
    expect(await total({ outcome: 'succeeded', actions: ['reset.password'] })).toBe(1)
    expect(await total({ from: '2026-05-28T20:26:40Z', until: '2026-05-28T20:26:40Z' })).toBe(34)
    expect(await total({ from: '2026-05-28T20:26:41Z' })).toBe(0)
    expect(await total({ until: '2026-05-28T20:26:39Z' })).toBe(0)
  })

  it('counts new rows of a filter that was counted before', async () => {
    const notes = { filter: { actions: ['request.note' as const] }, cursor: null, limit: 5 }
    expect((await store.list(notes)).total).toBe(30)
    fill(store, 3)
    expect((await store.list(notes)).total).toBe(33)
  })
})

describe('AuditStore.saveCopy', () => {
  it('saves one private file that ends with a checkpoint, and leaves nothing else', async () => {
    const store = place.open()
    fill(store, 10)
    const file = join(place.dir, 'copies', 'copy.db')
    mkdirSync(dirname(file))
    await store.saveCopy(file)
    await store.saveCopy(file)
    expect(readdirSync(dirname(file))).toEqual(['copy.db'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const copy = new Database(file, { readonly: true })
    expect(copy.prepare('SELECT max(size) FROM checkpoints').pluck().get()).toBe(10)
    copy.close()
  })

  it('signs rows that came in while the backup ran', async () => {
    const store = place.open()
    fill(store, 2000)
    const file = join(place.dir, 'copy.db')
    const saving = store.saveCopy(file)
    fill(store, 3)
    await saving
    const report = await verifyCopy({ file, publicKeyFile: null, checkpointsFile: null })
    expect(report).toMatchObject({ checked: true, verdict: { intact: true } })
    expect(report.sentence).not.toContain('nothing vouches')
  })

  it('refuses to replace the store itself, or a folder that is not there', async () => {
    const store = place.open()
    fill(store, 1)
    for (const file of [place.file, `${place.file}-wal`, place.sideFile, join(place.dir, 'absent', 'copy.db')]) {
      await expect(store.saveCopy(file)).rejects.toMatchObject({ code: 'audit-copy-failed', params: { file } })
    }
    expect(await store.verify()).toMatchObject({ intact: true, rows: 1 })
  })
})
