import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aPlace, fill, type Place } from './support'

const root = resolve(import.meta.dirname, '../../..')
let place: Place

beforeEach(async () => {
  place = await aPlace()
})

afterEach(() => {
  place.remove()
})

/** Runs a writer in its own process, kills it after `rows` acknowledged operations; answers how many it acknowledged. */
function writeAndKill(rows: number): Promise<number> {
  return new Promise((done, fail) => {
    const script = resolve(import.meta.dirname, 'crash-writer.mjs')
    const args = [script, root, place.file, place.dir, resolve(place.dir, 'key')]
    const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    writer.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      if (output.split('\n').length > rows) writer.kill('SIGKILL')
    })
    writer.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    writer.on('close', (code, signal) => {
      if (signal === 'SIGKILL') done(output.split('\n').length - 1)
      else fail(new Error(`the writer ended by itself with ${code}: ${errors}`))
    })
  })
}

describe('AuditStore after a crash', () => {
  it('has every acknowledged row, an intact chain, and goes on', { timeout: 120_000 }, async () => {
    let acknowledged = 0
    for (const rows of [40, 333]) {
      acknowledged += await writeAndKill(rows)
      const store = place.open()
      expect(store.closed).toBe(false)
      const { total } = await store.list({ filter: { outcome: 'succeeded' }, cursor: null, limit: 1 })
      expect(total).toBeGreaterThanOrEqual(acknowledged)
      expect(total).toBeLessThanOrEqual(acknowledged + 1)
      fill(store, 1)
      expect(await store.verify()).toMatchObject({ intact: true, problem: 'none' })
      expect((await store.verify()).unfinished).toBeLessThanOrEqual(2)
      acknowledged = total + 1
      store.close()
    }
  })
})
