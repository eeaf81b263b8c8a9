// Appends until it is killed; every line on standard output is a row that was acknowledged.
import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const [root, file, dir, keyFile] = process.argv.slice(2)
const load = async (path) =>
  (await runnerImport(resolve(root, path), { root, configFile: false, logLevel: 'silent' })).module
const { openAudit } = await load('src/main/audit/store.ts')
const { openVault } = await load('src/main/vault.ts')
const { systemClock } = await load('src/main/clock.ts')

const log = { debug() {}, info() {}, warn() {}, error() {} }
const vault = await openVault({ dir, protection: { kind: 'key-file', file: keyFile } })
const store = openAudit({ file, vault, clock: systemClock(), log })
for (let n = 1; ; n += 1) {
  await store.record({ action: 'request.note', actor: { id: 'a', name: 'A' }, details: { n } }, () => Promise.resolve())
  writeSync(1, `${n}\n`)
}
