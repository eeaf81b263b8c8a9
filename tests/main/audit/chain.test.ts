import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Chain } from '../../../src/main/audit/chain'
import { draftRow } from '../../../src/main/audit/facts'
import { anEvent, aPlace, clock, silent, type Place } from './support'

let place: Place

beforeEach(async () => {
  place = await aPlace()
})

afterEach(() => {
  place.remove()
})

function aDraft(n: number): ReturnType<typeof draftRow> {
  const entry = { at: clock.iso(), operationId: crypto.randomUUID(), phase: 'result', outcome: 'succeeded' } as const
  return draftRow(anEvent(), { ...entry, notes: { n, filler: 'x'.repeat(900) } })
}

describe('Chain.append', () => {
  it('throws on a full disk, keeps its head, and goes on when there is room again', async () => {
    const chain = new Chain({ file: place.file, vault: place.vault, log: silent }, () => Promise.resolve())
    for (let n = 0; n < 20; n += 1) chain.append(aDraft(n))
    chain.db.pragma(`max_page_count = ${String(chain.db.pragma('page_count', { simple: true }))}`)
    expect(() => {
      for (let n = 0; n < 50; n += 1) chain.append(aDraft(n))
    }).toThrowError(expect.objectContaining({ code: 'SQLITE_FULL' }))
    const { size } = chain.head
    expect(size).toBeGreaterThanOrEqual(20)
    expect(size).toBeLessThan(70)

    chain.db.pragma('max_page_count = 1000000')
    chain.append(aDraft(0))
    expect(chain.head.size).toBe(size + 1)
    expect(await chain.verify(new Set())).toMatchObject({ intact: true, rows: size + 1 })
    chain.close()
  })

  it('throws when the database is closed', () => {
    const chain = new Chain({ file: place.file, vault: place.vault, log: silent }, () => Promise.resolve())
    chain.close()
    expect(() => chain.append(aDraft(0))).toThrow()
    expect(chain.head.size).toBe(0)
  })

  it('writes through to the disk and distrusts the schema, after every open', () => {
    for (let round = 0; round < 2; round += 1) {
      const chain = new Chain({ file: place.file, vault: place.vault, log: silent }, () => Promise.resolve())
      chain.append(aDraft(round))
      expect(chain.db.pragma('synchronous', { simple: true })).toBe(2)
      expect(chain.db.pragma('journal_mode', { simple: true })).toBe('wal')
      expect(chain.db.pragma('trusted_schema', { simple: true })).toBe(0)
      chain.close()
    }
  })

  it('has triggers that stop a careless change', () => {
    const chain = new Chain({ file: place.file, vault: place.vault, log: silent }, () => Promise.resolve())
    chain.append(aDraft(0))
    chain.checkpoint()
    for (const table of ['rows', 'checkpoints']) {
      expect(() => chain.db.exec(`DELETE FROM ${table}`)).toThrow('append-only')
    }
    expect(() => chain.db.exec("UPDATE rows SET outcome = 'x'")).toThrow('append-only')
    expect(() => chain.db.exec('UPDATE checkpoints SET size = 9')).toThrow('append-only')
    chain.close()
  })
})
