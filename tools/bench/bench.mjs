/**
 * `npm run bench [-- queue intake directory audit import methods startup]`: measures each part against a named peer in the same run and prints ratios.
 * Exits with 1 when a limit is missed; nothing in the tests depends on time.
 */
import { createServer } from 'vite'

const parts = {
  queue: ['tools/bench/queue.ts', 'benchQueue'],
  intake: ['tools/bench/intake.ts', 'benchIntake'],
  directory: ['tools/bench/directory.ts', 'benchDirectory'],
  audit: ['tools/bench/audit.ts', 'benchAudit'],
  import: ['tools/bench/import.ts', 'benchImport'],
  methods: ['tools/bench/methods.ts', 'benchMethods'],
  startup: ['tools/bench/startup.ts', 'benchStartup'],
}
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}

// Kept open while it measures: what is loaded on demand is still to come.
const server = await createServer({
  configFile: false,
  logLevel: 'warn',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
})
const rows = []
for (const [name, [file, measure]] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.error(`measuring ${name} …`)
  const module = await server.ssrLoadModule(`/${file}`)
  rows.push(...(await module[measure]()))
}

await server.close()

const table = rows.map((row) => ({
  what: row.name,
  measured: `${row.measured} ${row.unit}`,
  ratio: row.ratio,
  limit: row.limit,
  verdict: row.ok ? 'ok' : 'MISSED',
}))
const columns = ['what', 'measured', 'ratio', 'limit', 'verdict']
const widths = columns.map((column) => Math.max(column.length, ...table.map((row) => String(row[column]).length)))
const line = (cells) => cells.map((cell, index) => String(cell).padEnd(widths[index])).join('  ')
console.log(line(columns))
console.log(line(widths.map((width) => '-'.repeat(width))))
for (const row of table) console.log(line(columns.map((column) => row[column])))
process.exit(rows.every((row) => row.ok) ? 0 : 1)
