import Database from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from '../../src/main/audit/audit'
import { harden } from '../../src/main/audit/database'
import { draftRow } from '../../src/main/audit/facts'
import { genesisHash, rowColumns, sealRow } from '../../src/main/audit/row'
import { openAudit } from '../../src/main/audit/store'
import { systemClock } from '../../src/main/clock'
import { createVault, writeKeyFile } from '../../src/main/vault'

export interface BenchResult {
  readonly name: string
  readonly measured: number
  /** The least ratio. */
  readonly limit: number
  readonly unit: string
  /** Audit throughput ÷ bare throughput. */
  readonly ratio: number
  readonly ok: boolean
}

const leastRatio = 0.8
const rows = 4000

/**
 * Durable audit rows against bare inserts of the same values with the same pragmas, in one run. Both take turns row by row,
 * and the lower quartiles are compared, so that another program's burst on the disk hits neither side alone.
 */
export async function benchAudit(): Promise<BenchResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'sspr-bench-'))
  try {
    const audit = await anAudit(dir)
    const bare = aBareTable(dir)
    for (let n = 0; n < 300; n += 1) for (const writer of [audit, bare]) writer.write()

    const auditTimes: number[] = []
    const bareTimes: number[] = []
    for (let n = 0; n < rows; n += 1) {
      // Who goes first changes: the second one would always meet the disk as the first one left it.
      const order = n % 2 === 0 ? [audit, bare] : [bare, audit]
      for (const writer of order) (writer === audit ? auditTimes : bareTimes).push(timed(writer.write))
    }
    for (const writer of [audit, bare]) writer.close()

    const measured = Math.round(1000 / lowerQuartile(auditTimes))
    const ratio = Math.round((lowerQuartile(bareTimes) / lowerQuartile(auditTimes)) * 100) / 100
    const name = 'durable audit append ÷ bare better-sqlite3 insert'
    return [{ name, measured, limit: leastRatio, unit: 'rows/s', ratio, ok: ratio >= leastRatio }]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Writer {
  write(this: void): void
  close(): void
}

const event = {
  action: 'reset.password',
  actor: { id: '11111111-1111-4111-8111-111111111111@dc=example,dc=test', name: '佐藤 美咲' },
  target: { id: '22222222-2222-4222-8222-222222222222@dc=example,dc=test', name: '山田 花子' },
  request: { id: '33333333-3333-4333-8333-333333333333', number: 4711 },
  details: { channel: 'phone', server: 'dc1.example.test', mustChange: true, methods: 'app' },
} as const satisfies AuditEvent

async function anAudit(dir: string): Promise<Writer> {
  const clock = systemClock()
  const keyFile = join(dir, 'key')
  writeKeyFile(keyFile)
  const { vault } = await createVault({ dir, protection: { kind: 'key-file', file: keyFile }, clock })
  const quiet = (): void => undefined
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const store = openAudit({ file: join(dir, 'audit.db'), vault, clock, log })
  return {
    write() {
      store.append(event, 'succeeded')
    },
    close: () => {
      store.close()
    },
  }
}

/**
 * An audit log as one would write it without a chain: time, operation id and facts are made for each row, then one insert
 * into a table without index, chain or check. What the chain adds (salt, hashes, MAC, folded text) is ready-made here.
 */
function aBareTable(dir: string): Writer {
  const db = new Database(join(dir, 'bare.db'))
  harden(db)
  db.exec(`CREATE TABLE rows (${rowColumns.replace('seq', 'seq INTEGER PRIMARY KEY')}, mac)`)
  const columns = `${rowColumns}, mac`
  const insert = db.prepare(`INSERT INTO rows (${columns}) VALUES (${columns.replace(/\w+/gu, '?')})`)
  const entry = { at: '', operationId: '', phase: 'result', outcome: 'succeeded', notes: {} } as const
  const { search, targetSearch, salt, commitment, hash } = sealRow(draftRow(event, entry), 1, genesisHash('bench'))
  const { actor, target, request } = event
  let seq = 0
  return {
    write() {
      seq += 1
      insert.run(
        seq,
        new Date().toISOString(),
        randomUUID(),
        'result',
        event.action,
        'succeeded',
        actor.id,
        target.id,
        request.id,
        request.number,
        actor.name,
        target.name,
        JSON.stringify(event.details),
        search,
        salt,
        commitment,
        hash,
        2,
        '{}',
        targetSearch,
        hash,
      )
    },
    close: () => {
      db.close()
    },
  }
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** What a row takes while nobody else holds the processor: noise only ever adds. */
function lowerQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 4)] ?? 0
}
