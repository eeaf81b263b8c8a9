import { generateKeyPairSync, sign } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditVerdict } from '../../src/shared/model/audit'
import { parseCheckpoint, signCheckpoint } from '../../src/main/audit/checkpoint'
import { genesisHash, readRow, rowColumns, rowHash } from '../../src/main/audit/row'
import { verifyCopy } from '../../src/main/audit/verifier'
import { aPlace, anEvent, fill, tamper, type Place } from '../main/audit/support'

const rowCount = 600
let place: Place
/** The store itself while the app is closed: with all names. */
let original: string
/** What the app saves for a verifier: without. */
let saved: string
let sideFile: string
let attempt = 0

beforeAll(async () => {
  place = await aPlace()
  const store = place.open()
  fill(store, rowCount)
  saved = join(place.dir, 'saved.db')
  await store.saveCopy(saved)
  store.close()
  original = join(place.dir, 'original.db')
  copyFileSync(place.file, original)
  sideFile = join(place.dir, 'kept-checkpoints.txt')
  copyFileSync(place.sideFile, sideFile)
})

afterAll(() => {
  place.remove()
})

/** What the verifier says about a copy after `change`. */
async function verdictAfter(
  change: (db: Database.Database) => void,
  options: { pinned?: boolean; beside?: boolean; of?: string } = {},
): Promise<AuditVerdict> {
  const file = join(place.dir, `copy-${(attempt += 1)}.db`)
  const keyFile = join(place.dir, 'public-key.txt')
  writeFileSync(keyFile, Buffer.from(place.vault.signingPublicKey).toString('base64'))
  copyFileSync(options.of ?? original, file)
  try {
    tamper(file, change)
    const report = await verifyCopy({
      file,
      publicKeyFile: options.pinned === true ? keyFile : null,
      checkpointsFile: options.beside === true ? sideFile : null,
    })
    if (!report.checked) throw new Error(report.sentence)
    return report.verdict
  } finally {
    rmSync(file, { force: true })
  }
}

/** Writes correct hashes from `from` on: all that can be done without the signing key. */
function rechain(db: Database.Database, from: number): void {
  const select = db.prepare<[number], unknown[]>(`SELECT ${rowColumns} FROM rows WHERE seq >= ? ORDER BY seq`).raw(true)
  const update = db.prepare('UPDATE rows SET hash = ? WHERE seq = ?')
  const origin = db.prepare<[], string>("SELECT value FROM meta WHERE key = 'origin'").pluck(true).get() ?? ''
  const before = db
    .prepare<[number], Buffer>('SELECT hash FROM rows WHERE seq = ?')
    .pluck(true)
    .get(from - 1)
  let hash = before ?? genesisHash(origin)
  for (const raw of select.all(from)) {
    const row = readRow(raw)
    if (row === null) throw new Error('unreadable row')
    hash = rowHash(row, hash)
    update.run(hash, row.seq)
  }
}

function renumber(db: Database.Database, from: number, by: number): void {
  // Through negative numbers: the primary key must not collide on the way.
  db.exec(`UPDATE rows SET seq = -seq WHERE seq >= ${from}; UPDATE rows SET seq = -seq + ${by} WHERE seq < 0`)
}

describe('an audit store', { timeout: 30_000 }, () => {
  it('is intact when nobody touched it', async () => {
    expect(await verdictAfter(() => undefined, { pinned: true, beside: true })).toMatchObject({
      intact: true,
      rows: rowCount,
      problem: 'none',
      checkpoints: 3,
    })
  })

  it('shows an edited row', async () => {
    const verdict = await verdictAfter((db) => db.exec("UPDATE rows SET outcome = 'refused' WHERE seq = 100"))
    expect(verdict).toMatchObject({ intact: false, problem: 'row-changed', brokenSeq: 100, rows: 99 })
  })

  it('shows another name under the same commitment, and another commitment over the same name', async () => {
    for (const change of [
      "actor_name = '鈴木 健'",
      'commitment = zeroblob(32)',
      'salt = zeroblob(16)',
      'hash = zeroblob(32)',
    ]) {
      const verdict = await verdictAfter((db) => db.exec(`UPDATE rows SET ${change} WHERE seq = 7`))
      expect(verdict).toMatchObject({ intact: false, brokenSeq: 7 })
    }
  })

  it('shows a row deleted in the middle', async () => {
    const verdict = await verdictAfter((db) => db.exec('DELETE FROM rows WHERE seq = 300'))
    expect(verdict).toMatchObject({ problem: 'row-missing', brokenSeq: 300 })
  })

  it('shows a deleted row even when the rest was renumbered', async () => {
    const verdict = await verdictAfter((db) => {
      db.exec('DELETE FROM rows WHERE seq BETWEEN 300 AND 304')
      renumber(db, 305, -5)
    })
    expect(verdict).toMatchObject({ problem: 'row-missing', brokenSeq: 300 })
  })

  it('shows the first row deleted', async () => {
    const verdict = await verdictAfter((db) => db.exec('DELETE FROM rows WHERE seq = 1'))
    expect(verdict).toMatchObject({ problem: 'row-missing', brokenSeq: 1 })
  })

  it('shows a tail that was cut off', async () => {
    const verdict = await verdictAfter((db) => db.exec('DELETE FROM rows WHERE seq > 550'))
    expect(verdict).toMatchObject({ problem: 'tail-missing', brokenSeq: 551, rows: 550 })
  })

  it('shows a tail that was cut off with its checkpoints, while the checkpoint file survives', async () => {
    const cut = (db: Database.Database): void => {
      db.exec('DELETE FROM rows WHERE seq > 550; DELETE FROM checkpoints WHERE size > 550')
    }
    expect(await verdictAfter(cut, { beside: true })).toMatchObject({ problem: 'tail-missing', brokenSeq: 551 })
    // The stated limit: with nothing kept outside, a cut-off tail cannot be seen.
    expect(await verdictAfter(cut)).toMatchObject({ intact: true, rows: 550 })
  })

  it.each([
    [200, 201],
    [200, 450],
  ])('shows rows %i and %i swapped', async (a, b) => {
    const verdict = await verdictAfter((db) => {
      db.exec(`UPDATE rows SET seq = -1 WHERE seq = ${a}; UPDATE rows SET seq = ${a} WHERE seq = ${b};
               UPDATE rows SET seq = ${b} WHERE seq = -1`)
    })
    expect(verdict).toMatchObject({ problem: 'row-order', brokenSeq: a })
  })

  it('shows a row that was put in', async () => {
    const verdict = await verdictAfter((db) => {
      renumber(db, 250, 1)
      db.exec(`INSERT INTO rows SELECT 250, at, operation_id, phase, action, 'succeeded', actor_id, target_id, request_id,
        request_number, actor_name, target_name, details, search, salt, commitment, hash, mac, version, target_details, target_search
        FROM rows WHERE seq = 10`)
    })
    expect(verdict).toMatchObject({ problem: 'chain-broken', brokenSeq: 250 })
  })

  it('shows a row put in before the first', async () => {
    const verdict = await verdictAfter((db) => db.exec('UPDATE rows SET seq = -5 WHERE seq = 600'))
    expect(verdict).toMatchObject({ problem: 'row-order', brokenSeq: -5 })
  })

  it('shows an edit whose hashes were all computed again, at the next checkpoint', async () => {
    const verdict = await verdictAfter((db) => {
      db.exec("UPDATE rows SET outcome = 'refused' WHERE seq = 100")
      rechain(db, 100)
    })
    expect(verdict).toMatchObject({ problem: 'checkpoint-mismatch', brokenSeq: 256 })
  })

  it('shows the same when the checkpoints were taken out', async () => {
    const rewrite = (db: Database.Database): void => {
      db.exec("UPDATE rows SET outcome = 'refused' WHERE seq = 100; DELETE FROM checkpoints")
      rechain(db, 100)
    }
    expect(await verdictAfter(rewrite)).toMatchObject({ problem: 'checkpoint-mismatch', brokenSeq: 256 })
  })

  it('shows checkpoints signed with another key, unless that key is trusted blindly', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const own = publicKey.export({ format: 'der', type: 'spki' })
    const forge = (db: Database.Database): void => {
      db.exec("UPDATE rows SET outcome = 'refused' WHERE seq = 100")
      rechain(db, 100)
      db.prepare("UPDATE meta SET value = ? WHERE key = 'public-key'").run(own.toString('base64'))
      const notes = db.prepare<[], { id: number; note: string }>('SELECT id, note FROM checkpoints').all()
      for (const { id, note } of notes) {
        const { origin = '', size = 0 } = parseCheckpoint(note) ?? {}
        const root = db.prepare<[number], Buffer>('SELECT hash FROM rows WHERE seq = ?').pluck(true).get(size)
        const signer = { signingPublicKey: own, sign: (data: Uint8Array) => sign(null, data, privateKey) }
        const forged = signCheckpoint({ origin, size, root: root ?? Buffer.alloc(32) }, signer)
        db.prepare('UPDATE checkpoints SET note = ? WHERE id = ?').run(forged, id)
      }
    }
    expect(await verdictAfter(forge, { pinned: true })).toMatchObject({
      problem: 'checkpoint-signature',
      brokenSeq: 256,
    })
    expect(await verdictAfter(forge, { beside: true })).toMatchObject({ intact: false })
    // Why the public key belongs in a safe place: the copy alone cannot contradict a forger who replaced all of it.
    expect(await verdictAfter(forge)).toMatchObject({ intact: true })
  })

  it('shows a checkpoint moved to another size or with a broken signature', async () => {
    const moved = await verdictAfter((db) => {
      db.exec(
        "UPDATE checkpoints SET note = replace(note, char(10) || '256' || char(10), char(10) || '255' || char(10))",
      )
    })
    expect(moved).toMatchObject({ problem: 'checkpoint-signature', brokenSeq: 255 })
    const emptied = await verdictAfter((db) => db.exec("UPDATE checkpoints SET note = '' WHERE size = 600"))
    expect(emptied).toMatchObject({ intact: false, problem: 'checkpoint-signature' })
  })

  it('shows a request number taken away', async () => {
    const verdict = await verdictAfter((db) => db.exec('UPDATE rows SET request_number = NULL WHERE seq = 40'))
    expect(verdict).toMatchObject({ problem: 'row-changed', brokenSeq: 40 })
  })

  it.each([
    ['store', () => original],
    ['saved copy', () => saved],
  ])('shows any change of any character in any column of any row of a %s', { timeout: 60_000 }, async (_what, of) => {
    const columns = rowColumns.split(', ').filter((column) => column !== 'seq')
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: rowCount }),
        fc.constantFrom(...columns),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (seq, column, position, flip) => {
          let changed = false
          const verdict = await verdictAfter(
            (db) => {
              const select = db
                .prepare<[number], unknown>(`SELECT CAST(${column} AS BLOB) FROM rows WHERE seq = ?`)
                .pluck(true)
              const value = select.get(seq)
              if (!Buffer.isBuffer(value)) throw new Error('no value')
              const bytes = Buffer.from(value)
              const at = position % Math.max(1, bytes.length)
              bytes[at] = (bytes[at] ?? 0) ^ flip
              const type = ['salt', 'commitment', 'hash'].includes(column) ? 'BLOB' : 'TEXT'
              // An integer column refuses text that is no number; then nothing was changed.
              const cast = ['request_number', 'version'].includes(column)
                ? `CAST(CAST(? AS TEXT) AS INTEGER)`
                : `CAST(? AS ${type})`
              const before = readable(db, column, seq)
              db.prepare(`UPDATE rows SET ${column} = ${cast} WHERE seq = ?`).run(bytes, seq)
              changed = !readable(db, column, seq).equals(before)
            },
            { of: of() },
          )
          expect(verdict.intact).toBe(!changed)
          if (changed) expect(verdict.brokenSeq).toBe(seq)
        },
      ),
      { numRuns: 60 },
    )
  })
})

function readable(db: Database.Database, column: string, seq: number): Buffer {
  const value = db
    .prepare<[number], unknown>(`SELECT CAST(${column} AS BLOB) FROM rows WHERE seq = ?`)
    .pluck(true)
    .get(seq)
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

describe('the running desk', () => {
  it('opens closed when its tail was cut off, and says why', async () => {
    const desk = await aPlace()
    const first = desk.open()
    fill(first, 20)
    first.close()
    desk.tamper((db) => db.exec('DELETE FROM rows WHERE seq > 15; DELETE FROM checkpoints'))
    const store = desk.open()
    expect(store.closed).toBe(true)
    await expect(store.record(anEvent(), () => Promise.resolve())).rejects.toMatchObject({ code: 'desk-closed' })
    expect(() => store.reopen()).toThrowError(expect.objectContaining({ code: 'audit-unavailable' }))
    expect(await store.verify()).toMatchObject({ intact: false, problem: 'tail-missing', brokenSeq: 16 })
    desk.remove()
  })

  it('opens closed when the whole store was taken away', async () => {
    const desk = await aPlace()
    const first = desk.open()
    fill(first, 20)
    first.close()
    rmSync(desk.file)
    const store = desk.open()
    expect(store.closed).toBe(true)
    expect(await store.verify()).toMatchObject({ problem: 'tail-missing', brokenSeq: 1 })
    desk.remove()
  })

  it('sees rows after the last checkpoint that were rewritten while it was closed, although no signature covers them', async () => {
    const desk = await aPlace()
    const crashed = desk.open()
    fill(crashed, 20)
    desk.tamper((db) => {
      db.exec("UPDATE rows SET outcome = 'refused' WHERE seq = 10")
      rechain(db, 10)
    })
    const store = desk.open()
    expect(store.closed).toBe(true)
    expect(await store.verify()).toMatchObject({ intact: false, problem: 'chain-broken' })

    // A copy of it is not blessed with a signature, and the verifier says what nothing vouches for.
    const file = join(desk.dir, 'evidence.db')
    await store.saveCopy(file)
    const report = await verifyCopy({ file, publicKeyFile: null, checkpointsFile: null })
    expect(report.sentence).toContain('No signed checkpoint covers rows 1 to 20: nothing vouches for these.')
    desk.remove()
  })

  it('does not take the chain of another installation for its own', async () => {
    const [desk, other] = [await aPlace(), await aPlace()]
    const foreign = other.open()
    fill(foreign, 3)
    foreign.close()
    for (const name of ['audit.db', 'audit-checkpoints.txt']) copyFileSync(join(other.dir, name), join(desk.dir, name))
    expect(desk.open().closed).toBe(true)
    desk.remove()
    other.remove()
  })

  it('writes the checkpoint file again when it was lost, and mends a torn end', async () => {
    const desk = await aPlace()
    const first = desk.open()
    fill(first, 20)
    first.close()
    const whole = readFileSync(desk.sideFile, 'utf8')
    for (const rest of ['', whole.slice(0, 60), whole.slice(0, -3)]) {
      writeFileSync(desk.sideFile, rest)
      const store = desk.open()
      expect(store.closed).toBe(false)
      expect(await store.verify()).toMatchObject({ intact: true, rows: 20 })
      store.close()
      expect(readFileSync(desk.sideFile, 'utf8')).toBe(whole)
    }
    desk.remove()
  })
})
