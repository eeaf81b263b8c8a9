import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditStore } from '../../../src/main/audit/audit'
import { openAudit } from '../../../src/main/audit/store'
import { verifyCopy, type VerifyReport } from '../../../src/main/audit/verifier'
import { openVault } from '../../../src/main/vault'
import { AppError } from '../../../src/shared/errors'
import { ana, anEvent, aPlace, clock, fill, hanako, silent, tamper, type Place } from './support'

const kenta = { id: '44444444-4444-4444-8444-444444444444@dc=example', name: '伊藤 健太' }
const at = clock.iso()
const label = '花子の私用'
const mask = '+81 ••••• 5678'

const anySentence = (part: string): unknown => expect.stringContaining(part)

let place: Place
beforeEach(async () => {
  place = await aPlace()
})
afterEach(() => {
  place.remove()
})

/** Rows about two people, each in both phases, with facts of the act and facts of the person. */
async function tellOfTwo(store: AuditStore): Promise<void> {
  for (const target of [hanako, kenta]) {
    const details = { kind: 'phone', label: target === hanako ? label : '健太の電話', n: 5, first: true }
    await store.record(anEvent({ action: 'registration.start', target, details }), async (scope) => {
      scope.note({ destination: mask, delivery: 'sent' })
    })
  }
}

function erase(store: AuditStore, personId = hanako.id): Promise<number> {
  const event = anEvent({
    action: 'privacy.erase',
    target: { id: personId, name: hanako.name },
    details: { reason: label },
  })
  return store.record(event, async (scope) => {
    const rows = await store.erase(personId, at)
    scope.note({ rows, reason: label })
    return rows
  })
}

const rowsOf = async (store: AuditStore, text = '') =>
  (await store.list({ filter: { text }, cursor: null, limit: 100 })).rows.reverse()

/** Whether any file beside the database, or it, holds this text. */
const traces = (dir: string, text: string): string[] =>
  readdirSync(dir).filter((name) => readFileSync(join(dir, name)).includes(Buffer.from(text)))

const offline = async (file: string): Promise<Extract<VerifyReport, { checked: true }>> => {
  const report = await verifyCopy({ file, publicKeyFile: null, checkpointsFile: null })
  if (!report.checked) throw new Error(report.sentence)
  return report
}

describe('AuditStore.erase', () => {
  it('takes name and description of one person out of every file, and nothing of anybody else', async () => {
    const store = place.open()
    await tellOfTwo(store)
    const before = await rowsOf(store)
    expect(traces(place.dir, hanako.name)).not.toEqual([])
    expect(await erase(store)).toBe(3)

    for (const text of [hanako.name, '山田花子', label]) expect(traces(place.dir, text)).toEqual([])
    const after = await rowsOf(store)
    expect(after.slice(0, 2)).toEqual(
      before.slice(0, 2).map((row) => ({
        ...row,
        targetName: '',
        erased: true,
        details:
          row.phase === 'intent'
            ? { first: true, kind: 'phone', n: 5 }
            : { delivery: 'sent', first: true, kind: 'phone', n: 5 },
      })),
    )
    expect(after.slice(2, 4)).toEqual(before.slice(2, 4))
    expect(after.slice(4)).toMatchObject([
      { action: 'privacy.erase', phase: 'intent', targetId: hanako.id, erased: true, actorName: ana.name, details: {} },
      { action: 'privacy.erase', phase: 'result', targetId: hanako.id, erased: true, details: { rows: 3 } },
    ])
    expect(after[5]?.details).not.toHaveProperty('reason')
  })

  it('leaves a chain that verifies, here, after a restart, and offline', async () => {
    const store = place.open()
    await tellOfTwo(store)
    await erase(store)
    expect(await store.verify()).toMatchObject({ intact: true, rows: 6, unfinished: 0 })
    store.close()
    expect(await offline(place.file)).toMatchObject({
      verdict: { intact: true, rows: 6 },
      sentence: anySentence('taken out of 3 rows by erasures that the chain records'),
    })
    const again = place.open()
    expect(again.closed).toBe(false)
    expect(await again.verify()).toMatchObject({ intact: true, rows: 6 })
    expect(again.hasErased(hanako.id, at)).toBe(true)
    expect(again.hasErased(kenta.id, at)).toBe(false)
    expect(again.hasErased(hanako.id, new Date(clock.now() + 1).toISOString())).toBe(false)
  })

  it('lets nobody find the person by text any more, while the others and the id are found', async () => {
    const store = place.open()
    await tellOfTwo(store)
    expect(await rowsOf(store, '山田')).toHaveLength(2)
    await erase(store)
    expect((await store.list({ filter: { text: '山田' }, cursor: null, limit: 10 })).total).toBe(0)
    expect(await rowsOf(store, '伊藤')).toHaveLength(2)
    expect(await rowsOf(store, 'registration.start')).toHaveLength(4)
    expect(await store.about(hanako.id)).toHaveLength(4)
    expect((await store.about(kenta.id)).map(({ seq }) => seq)).toEqual([3, 4])
  })

  it('writes no name into the result of what was under way, and takes new acts as they come', async () => {
    const store = place.open()
    await store.record(anEvent({ details: { channel: 'phone', label } }), async (scope) => {
      await erase(store)
      scope.note({ destination: mask, server: 'dc1' })
    })
    expect(traces(place.dir, hanako.name)).toEqual([])
    expect((await rowsOf(store)).at(-1)).toMatchObject({ erased: true, details: { channel: 'phone', server: 'dc1' } })
    expect((await rowsOf(store)).at(-1)?.details).not.toHaveProperty('destination')

    store.append(anEvent({ action: 'request.create' }), 'succeeded')
    expect((await rowsOf(store)).at(-1)).toMatchObject({ targetName: hanako.name, erased: false })
    expect(await store.verify()).toMatchObject({ intact: true })
  })

  it('finds the rows of a long chain', async () => {
    const store = place.open()
    fill(store, 700)
    store.append(anEvent({ target: kenta }), 'succeeded')
    expect(await erase(store)).toBe(701)
    expect(traces(place.dir, hanako.name)).toEqual([])
    expect(await store.verify()).toMatchObject({ intact: true, rows: 703 })
    store.close()
    expect((await offline(place.file)).verdict.intact).toBe(true)
  })

  it('erases what was written before anybody could be erased, and that chain verifies before and after', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sspr-audit-first-'))
    const made = join(import.meta.dirname, 'first-version')
    for (const name of readdirSync(made)) copyFileSync(join(made, name), join(dir, name))
    const key = join(dir, 'key')
    chmodSync(key, 0o600)
    const file = join(dir, 'audit.db')
    try {
      expect((await offline(file)).sentence).toMatch(/^INTACT: 13 rows/u)
      const vault = await openVault({ dir, protection: { kind: 'key-file', file: key } })
      const store = openAudit({ file, vault, clock, log: silent })
      expect(store.closed).toBe(false)
      expect(await store.verify()).toMatchObject({ intact: true, rows: 13 })
      expect(await rowsOf(store, '山田花子')).toHaveLength(8)
      await tellOfTwo(store)
      expect(await erase(store)).toBe(8 + 2 + 1)

      for (const text of [hanako.name, label]) expect(traces(dir, text)).toEqual([])
      expect(traces(dir, kenta.name)).not.toEqual([])
      expect((await rowsOf(store))[1]).toMatchObject({
        targetId: hanako.id,
        erased: true,
        actorId: ana.id,
        details: {},
      })
      expect(await store.verify()).toMatchObject({ intact: true, rows: 19 })
      store.close()
      expect((await offline(file)).verdict.intact).toBe(true)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('refuses on a closed desk, and is done again after the desk has reopened', async () => {
    const store = place.open()
    await tellOfTwo(store)
    const db = place
    db.tamper((file) => file.exec('ALTER TABLE rows RENAME TO away'))
    store.append(anEvent({ details: { label } }), 'succeeded')
    expect(store.closed).toBe(true)
    await expect(store.erase(hanako.id, at)).rejects.toMatchObject({ code: 'desk-closed' })
    db.tamper((file) => file.exec('ALTER TABLE away RENAME TO rows'))
    store.reopen()
    expect(await erase(store)).toBe(4)
    expect(traces(place.dir, label)).toEqual([])
  })
})

describe('a saved copy', () => {
  it('names nobody concerned, before and after an erasure, and verifies', async () => {
    const store = place.open()
    await tellOfTwo(store)
    const copies = [join(place.dir, 'before.db'), join(place.dir, 'after.db')]
    await store.saveCopy(copies[0] ?? '')
    await erase(store)
    await store.saveCopy(copies[1] ?? '')
    for (const copy of copies) {
      expect(await offline(copy)).toMatchObject({
        verdict: { intact: true },
        sentence: anySentence('What names the people concerned is not in this copy.'),
      })
      for (const text of [hanako.name, kenta.name, label, mask, '健太の電話']) {
        expect(readFileSync(copy).includes(Buffer.from(text))).toBe(false)
      }
      expect(readFileSync(copy).includes(Buffer.from(ana.name))).toBe(true)
    }
  })

  it('takes no names that somebody wrote into it', async () => {
    const store = place.open()
    await tellOfTwo(store)
    const copy = join(place.dir, 'copy.db')
    await store.saveCopy(copy)
    for (const change of ["target_name = '鈴木'", "target_details = '{}'", 'salt = zeroblob(16)']) {
      const forged = join(place.dir, 'forged.db')
      copyFileSync(copy, forged)
      tamper(forged, (db) => db.exec(`UPDATE rows SET ${change} WHERE seq = 2`))
      expect((await offline(forged)).verdict).toMatchObject({ intact: false, problem: 'row-changed', brokenSeq: 2 })
    }
  })
})

describe('a row that somebody emptied', () => {
  const emptyOut = (seq: number): string =>
    `UPDATE rows SET target_name = '', target_details = '', target_search = '', salt = x'' WHERE seq = ${seq}`

  it('is a changed row where no erasure follows, online and offline', async () => {
    const store = place.open()
    await tellOfTwo(store)
    store.close()
    place.tamper((db) => db.exec(emptyOut(2)))
    expect(await offline(place.file)).toMatchObject({
      verdict: { intact: false, problem: 'row-changed', brokenSeq: 2, rows: 1 },
    })
    expect(await place.open().verify()).toMatchObject({ intact: false, problem: 'row-changed', brokenSeq: 2 })
  })

  it('is not explained by the erasure of somebody else, an earlier one, or one that was refused', async () => {
    const store = place.open()
    await tellOfTwo(store)
    await erase(store, kenta.id)
    const refused = store.record(anEvent({ action: 'privacy.erase' }), () =>
      Promise.reject(new AppError('role-required')),
    )
    await expect(refused).rejects.toMatchObject({ code: 'role-required' })
    store.close()
    place.tamper((db) => db.exec(emptyOut(1)))
    expect((await offline(place.file)).verdict).toMatchObject({ problem: 'row-changed', brokenSeq: 1 })

    const later = place.open()
    await erase(later)
    expect(await later.verify()).toMatchObject({ intact: true })
    later.append(anEvent(), 'succeeded')
    const { seq = 0 } = (await rowsOf(later)).at(-1) ?? {}
    later.close()
    place.tamper((db) => db.exec(emptyOut(seq)))
    expect((await offline(place.file)).verdict).toMatchObject({ problem: 'row-changed', brokenSeq: seq })
  })

  it('is explained by an erasure of which no more than the intent was written', async () => {
    const store = place.open()
    await tellOfTwo(store)
    await store.record(anEvent({ action: 'privacy.erase' }), async () => {
      await store.erase(hanako.id, at)
      expect(await store.verify()).toMatchObject({ intact: true })
    })
    store.close()
    place.tamper((db) => db.exec('DELETE FROM rows WHERE seq = 6; DELETE FROM checkpoints'))
    expect((await offline(place.file)).verdict).toMatchObject({ intact: true, rows: 5, unfinished: 1 })
  })

  it.each([
    ['name', "target_name = '山田 花子'"],
    ['facts', "target_details = '{}'"],
    ['search', "target_search = 'x'"],
    ['salt', 'salt = zeroblob(16)'],
    ['commitment', 'commitment = zeroblob(32)'],
    ['target', "target_id = '44444444-4444-4444-8444-444444444444@dc=example'"],
    ['version', 'version = 1'],
  ])('shows a change of its %s', async (_what, change) => {
    const store = place.open()
    await tellOfTwo(store)
    await erase(store)
    store.close()
    place.tamper((db) => db.exec(`UPDATE rows SET ${change} WHERE seq = 2`))
    expect((await offline(place.file)).verdict).toMatchObject({ intact: false, brokenSeq: 2 })
  })

  it('cannot be made by SQL alone in the running desk, save by emptying it whole', async () => {
    const store = place.open()
    await tellOfTwo(store)
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(place.file)
    for (const change of ["target_name = 'x'", "details = '{}'", "outcome = 'x'", "salt = x'', target_name = 'x'"]) {
      expect(() => db.exec(`UPDATE rows SET ${change} WHERE seq = 2`)).toThrow('append-only')
    }
    db.close()
  })
})
