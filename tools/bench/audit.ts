import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from '../../src/main/audit/audit'
import { harden } from '../../src/main/audit/database'
import { draftRow } from '../../src/main/audit/facts'
import { genesisHash, rowColumns, rowValues, sealRow } from '../../src/main/audit/row'
import { openAudit } from '../../src/main/audit/store'
import { systemClock } from '../../src/main/clock'
import { createVault, writeKeyFile } from '../../src/main/vault'

export interface BenchResult {
  readonly name: string
  readonly measured: number
  readonly limit: number
  readonly unit: string
  /** Audit throughput ÷ bare throughput. */
  readonly ratio: number
  readonly ok: boolean
}

const leastRatio = 0.8
const rounds = 60
const rowsPerRound = 50

/**
 * Durable audit rows against bare inserts of the same values with the same pragmas, in one run. Short rounds of both take
 * turns, and the medians are compared, so that another program's burst on the disk hits neither side alone.
 */
export async function benchAudit(): Promise<BenchResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'sspr-bench-'))
  try {
    const audit = await anAudit(dir)
    const bare = aBareTable(dir)
    for (const writer of [audit, bare]) writer.write(200)

    const auditTimes: number[] = []
    const bareTimes: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      // Who goes first changes: the second one would always meet the disk cache of the first.
      const order = round % 2 === 0 ? [audit, bare] : [bare, audit]
      for (const writer of order)
        (writer === audit ? auditTimes : bareTimes).push(timed(() => writer.write(rowsPerRound)))
    }
    for (const writer of [audit, bare]) writer.close()

    const measured = rowsPerRound / (median(auditTimes) / 1000)
    const bareRate = rowsPerRound / (median(bareTimes) / 1000)
    const ratio = measured / bareRate
    const name = 'durable audit append, against bare better-sqlite3 inserts'
    return [{ name, measured, limit: bareRate * leastRatio, unit: 'rows/s', ratio, ok: ratio >= leastRatio }]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Writer {
  write(rows: number): void
  close(): void
}

const event: AuditEvent = {
  action: 'reset.password',
  actor: { id: '11111111-1111-4111-8111-111111111111@dc=example,dc=test', name: '佐藤 美咲' },
  target: { id: '22222222-2222-4222-8222-222222222222@dc=example,dc=test', name: '山田 花子' },
  request: { id: '33333333-3333-4333-8333-333333333333', number: 4711 },
  details: { channel: 'phone', server: 'dc1.example.test', mustChange: true, methods: 'app' },
}

async function anAudit(dir: string): Promise<Writer> {
  const clock = systemClock()
  const keyFile = join(dir, 'key')
  writeKeyFile(keyFile)
  const { vault } = await createVault({ dir, protection: { kind: 'key-file', file: keyFile }, clock })
  const quiet = (): void => undefined
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const store = openAudit({ file: join(dir, 'audit.db'), vault, clock, log })
  return {
    write(rows) {
      for (let n = 0; n < rows; n += 1) store.append(event, 'succeeded')
    },
    close: () => {
      store.close()
    },
  }
}

/** The same values, worked out beforehand, in a table without index, chain or check. */
function aBareTable(dir: string): Writer {
  const db = new Database(join(dir, 'bare.db'))
  harden(db)
  db.exec(`CREATE TABLE rows (${rowColumns.replace('seq', 'seq INTEGER PRIMARY KEY')}, mac)`)
  const entry = {
    at: new Date(0).toISOString(),
    operationId: crypto.randomUUID(),
    phase: 'result',
    outcome: 'succeeded',
  }
  const draft = draftRow(event, { ...entry, phase: 'result', notes: {} })
  const [, ...values] = rowValues(sealRow(draft, 1, genesisHash('bench')))
  const columns = `${rowColumns}, mac`
  const insert = db.prepare(`INSERT INTO rows (${columns}) VALUES (${columns.replace(/\w+/gu, '?')})`)
  const mac = Buffer.alloc(32, 1)
  let seq = 0
  return {
    write(rows) {
      for (let n = 0; n < rows; n += 1) insert.run((seq += 1), ...values, mac)
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
