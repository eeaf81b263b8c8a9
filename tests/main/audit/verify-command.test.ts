import { spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aPlace, fill, tamper, type Place } from './support'

const script = resolve(import.meta.dirname, '../../../tools/audit/verify.mjs')
let place: Place
let copy: string

beforeAll(async () => {
  place = await aPlace()
  const store = place.open()
  fill(store, 300)
  copy = join(place.dir, 'copy.db')
  await store.saveCopy(copy)
  store.close()
})

afterAll(() => {
  place.remove()
})

function audit(...args: string[]): { code: number | null; out: string; error: string } {
  // npm runs scripts elsewhere than where the person stands, and says so in INIT_CWD.
  const run = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: place.dir },
  })
  return { code: run.status, out: run.stdout, error: run.stderr }
}

describe('npm run audit:verify', { timeout: 60_000 }, () => {
  it('says that a copy is intact, with its span, its key, and code 0', () => {
    const before = readFileSync(copy)
    const { code, out, error } = audit('copy.db')
    expect([code, error]).toEqual([0, ''])
    expect(out).toMatch(/^INTACT: 300 rows, from 2026-05-28T20:26:40\.000Z to .*Z, 2 signed checkpoints\./u)
    expect(out).toContain(`Chain: sspr-desk/${place.vault.installationId}/audit`)
    expect(out).toMatch(/Key fingerprint \(SHA-256\): [0-9a-f]{64}/u)
    expect(readFileSync(copy).equals(before)).toBe(true)
  })

  it('checks against a pinned key and kept checkpoints', () => {
    const pem = createPublicKey({ key: Buffer.from(place.vault.signingPublicKey), format: 'der', type: 'spki' })
    writeFileSync(join(place.dir, 'key.pem'), pem.export({ format: 'pem', type: 'spki' }))
    const { code, out } = audit('copy.db', '--public-key', 'key.pem', '--checkpoints', 'audit-checkpoints.txt')
    expect(code).toBe(0)
    expect(out).not.toContain('key inside the copy')
  })

  it('names the first broken row, with code 1', () => {
    const broken = join(place.dir, 'broken.db')
    copyFileSync(copy, broken)
    tamper(broken, (db) => db.exec("UPDATE rows SET outcome = 'refused' WHERE seq IN (123, 200)"))
    const { code, out } = audit('broken.db')
    expect(code).toBe(1)
    expect(out).toMatch(/^NOT INTACT: row 123 was changed\. The first 122 rows fit together\./u)
  })

  it('shows a damaged file as damaged, with code 1', () => {
    const bytes = readFileSync(copy)
    // The middle of the file: pages of rows and indexes; the head with the schema stays readable.
    bytes.fill(0xa5, bytes.length / 2, bytes.length - 4096)
    writeFileSync(join(place.dir, 'damaged.db'), bytes)
    const { code, out } = audit('damaged.db')
    expect(code).toBe(1)
    expect(out).toContain('NOT INTACT')
  })

  it.each([
    [[], /^Usage: npm run audit:verify -- FILE/u],
    [['copy.db', 'other.db'], /^Usage/u],
    [['copy.db', '--nonsense'], /nonsense[\s\S]*Usage/u],
    [['absent.db'], /^There is no file .*absent\.db\.$/mu],
    [['key'], /cannot be read as an audit store/u],
    [['empty.db'], /is a database, but not an audit store/u],
    [['copy.db', '--public-key', 'key'], /cannot be read/u],
    [['copy.db', '--checkpoints', 'absent.txt'], /absent\.txt cannot be read/u],
  ])('says in a sentence why nothing can be checked, with code 2: %j', (args, sentence) => {
    writeFileSync(join(place.dir, 'empty.db'), '')
    const { code, out, error } = audit(...args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(error).toMatch(sentence)
    expect(error).not.toMatch(/\n\s+at /u)
  })
})
