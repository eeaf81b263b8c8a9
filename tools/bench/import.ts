import Database from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultPolicy } from '../../src/main/domain/policy'
import { importTemplate } from '../../src/main/domain/imports'
import { readCsvFile } from '../../src/main/gateways/import-file/csv-file'
import { ImportCheck } from '../../src/main/services/imports-check'
import { ImportWriter } from '../../src/main/services/imports-write'
import type { Acting } from '../../src/main/services/session'
import type { BenchResult } from './audit'
import { aPersonId, withRegistrations } from './registrations'
import type { Registrations } from './registrations'

const people = 10_000
const leastRows = 500

/**
 * A file of 10,000 people, each with a key of their own and a sealed number, from the dry run to the last row, against reading the same
 * file and inserting its rows as they are. The directory answers from memory.
 */
export async function benchImport(): Promise<BenchResult[]> {
  return withRegistrations(async (desk) => {
    const file = join(desk.folder, 'people.csv')
    const rows = Array.from({ length: people }, (_none, index) => {
      const number = `090-1${String(index).padStart(3, '0').slice(0, 3)}-${String(index % 10_000).padStart(4, '0')}`
      return `person.${index},mobile,${number},,Mobile`
    })
    writeFileSync(file, importTemplate + rows.join('\r\n'))
    const bare = await timed(() => readAndInsert(desk.folder, file))
    const ours = await timed(() => importAll(desk, file))
    const measured = Math.round((people / ours) * 1000)
    const name = 'import of 10,000 people ÷ csv-parse with bare inserts'
    const ratio = Math.round((bare / ours) * 100) / 100
    return [{ name, measured, limit: leastRows, unit: 'rows/s', ratio, ok: measured >= leastRows }]
  })
}

async function importAll(desk: Registrations, file: string): Promise<void> {
  const ids = new Map(Array.from({ length: people }, (_none, index) => [`person.${index}`, aPersonId()]))
  const findByUserIds = (userIds: readonly string[]) =>
    Promise.resolve(new Map(userIds.map((userId) => [userId, [{ id: ids.get(userId) ?? '', name: userId, userId }]])))
  const acting = { operator: { id: aPersonId() }, directory: { findByUserIds } } as unknown as Acting
  const { signal } = new AbortController()
  const check = new ImportCheck({ ...desk, readImportFile: readCsvFile, policy: defaultPolicy })
  const { rows, badRows } = await check.check(acting, file, signal, () => undefined)
  let added = 0
  for await (const batch of new ImportWriter(desk).write(rows, signal)) added += batch.added
  if (added !== people || badRows > 0) throw new Error(`${added} rows were written, ${badRows} were not`)
}

async function readAndInsert(folder: string, file: string): Promise<void> {
  const database = new Database(join(folder, 'bare.db'))
  database.pragma('journal_mode = WAL')
  database.exec('create table methods (id text primary key, user_id text, type text, value text, label text)')
  const insert = database.prepare('insert into methods values (?, ?, ?, ?, ?)')
  const rows: string[][] = []
  for await (const { line, cells } of readCsvFile(file)) {
    rows.push([String(line), cells[0] ?? '', cells[1] ?? '', cells[2] ?? '', cells[4] ?? ''])
  }
  for (let from = 0; from < rows.length; from += 300) {
    database.transaction(() => {
      for (const row of rows.slice(from, from + 300)) insert.run(...row)
    })()
  }
  database.close()
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
