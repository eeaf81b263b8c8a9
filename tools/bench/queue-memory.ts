import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { openStores } from '../../src/main/stores/database'
import type { RequestQuery } from '../../src/main/stores/stores'
import { openVault } from '../../src/main/vault'

const quiet = (): void => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

/** Bytes that a process of its own takes after it has worked with this store for a while; the vault lies beside the store. */
export async function memoryOf(file: string): Promise<number> {
  const program = `
    import { runnerImport } from 'vite'
    const { module } = await runnerImport('./tools/bench/queue-memory.ts', { configFile: false, logLevel: 'warn' })
    await module.reportMemory(process.argv[1])`
  const flags = ['--expose-gc', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file])
  return Number(stdout)
}

/** Runs in the process that is measured: opens, pages, searches and sorts the queue, then says what it takes. */
export async function reportMemory(file: string): Promise<void> {
  const dir = dirname(file)
  const vault = await openVault({ dir, protection: { kind: 'key-file', file: join(dir, 'key') } })
  const stores = await openStores({ file, vault, log })
  const base: RequestQuery = {
    states: [],
    holderId: null,
    causes: [],
    channels: [],
    due: { from: null, until: null },
    created: { from: null, until: null },
    sort: 'due',
    text: '',
    cursor: null,
    limit: 100,
  }
  for (const sort of ['due', 'newest', 'oldest', 'updated'] as const) {
    for (const text of ['', '山田', 'やま', 'yamada', 'a']) {
      let cursor: string | null = null
      for (let page = 0; page < 10; page += 1) {
        const { nextCursor } = await stores.requests.list({ ...base, sort, text, cursor })
        cursor = nextCursor
        if (cursor === null) break
      }
    }
  }
  globalThis.gc?.()
  process.stdout.write(`${process.memoryUsage.rss()}`)
  await stores.close()
}
