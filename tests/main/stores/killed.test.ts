import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import { killedMailbox, takeUntilKilled, writeUntilKilled } from '../../support/killed-writer'
import { silentLog } from '../../support/silent-log'
import { anyRequest } from '../../support/stores'
import { testVault } from '../../support/vault'

const key = randomBytes(32)
let folder: string
let file: string
let programs: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'))
  symlinkSync(resolvePath('node_modules'), join(folder, 'node_modules'))
  programs = {
    [writeUntilKilled.name]: await build(writeUntilKilled.name),
    [takeUntilKilled.name]: await build(takeUntilKilled.name),
  }
}, 60_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  file = join(mkdtempSync(join(folder, 'desk-')), 'desk.db')
})

describe('A process that is killed', () => {
  it('leaves every change with its event, or neither', async () => {
    for (const lines of [3, 20, 57]) {
      await killAfter(writeUntilKilled.name, lines)
      await inspect((raw) => {
        const torn = raw
          .prepare(
            `select r.id, r.version, count(e.id) as events from requests r left join request_events e on e.request_id = r.id
             group by r.id having events <> r.version`,
          )
          .all()
        expect(torn).toEqual([])
        expect(raw.prepare('select count(*) from requests').pluck().get()).toBeGreaterThan(0)
      })
    }
  }, 60_000)

  it('loses no mail and doubles none: what the cursor passed was taken, and nothing else', async () => {
    for (const lines of [2, 9, 30, 4]) {
      await killAfter(takeUntilKilled.name, lines)
      const stores = await openStores({ file, vault: testVault(key), log: silentLog })
      const lastUid = (await stores.mails.cursor(killedMailbox))?.lastUid ?? 0
      expect(lastUid).toBeGreaterThanOrEqual(lines)
      const { total } = await stores.requests.list({ ...anyRequest, text: 'yamada' })
      await stores.close()

      await inspect((raw) => {
        const uids = raw.prepare('select uid from mails order by uid').pluck().all()
        expect(uids).toEqual(Array.from({ length: lastUid }, (_, index) => index + 1))
        // Each mail entered one request or was folded into one, with its event.
        expect(raw.prepare('select count(*) + sum(repeats) from requests').pluck().get()).toBe(lastUid)
        expect(
          raw.prepare("select count(*) from request_events where kind in ('created', 'repeated')").pluck().get(),
        ).toBe(lastUid)
        const requests = Number(raw.prepare('select count(*) from requests').pluck().get())
        expect(total).toBe(Math.min(requests, 1000))
      })
    }
  }, 60_000)
})

/** What the dead process left: sound, and the search index exactly what the requests say. */
async function inspect(check: (raw: Database.Database) => void): Promise<void> {
  // Opened once as the app does, so that what was cut off is put right.
  await (await openStores({ file, vault: testVault(key), log: silentLog })).close()
  const raw = new Database(file)
  try {
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok')
    for (const order of ['created', 'updated', 'due']) {
      const places = raw.prepare(`select rowid from request_search_${order} order by rowid`).pluck().all()
      const wanted = raw
        .prepare(`select ${order}_key from requests where ${order}_key is not null order by ${order}_key`)
        .pluck()
        .all()
      expect(places).toEqual(wanted)
    }
    check(raw)
  } finally {
    raw.close()
  }
}

/** A program of its own that runs one of the writers on the file it is given. */
async function build(writer: string): Promise<string> {
  const entry = join(folder, `${writer}.ts`)
  const source = JSON.stringify(resolvePath('tests/support/killed-writer'))
  writeFileSync(
    entry,
    `import { ${writer} } from ${source}\nawait ${writer}(process.argv[2] ?? '', process.argv[3] ?? '')\n`,
  )
  const vite = await import('vite')
  await vite.build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: `${writer}.mjs` }, external: ['better-sqlite3'] },
    },
    ssr: { noExternal: true, external: ['better-sqlite3'] },
  })
  return join(folder, `${writer}.mjs`)
}

/** Runs the writer until it has said so many lines, then kills it in the middle of whatever it does. */
function killAfter(writer: string, lines: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programs[writer] ?? '', file, key.toString('hex')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: process.cwd(),
    })
    let seen = 0
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString().split('\n').length - 1
      if (seen >= lines) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(new Error(`the writer ended by itself: ${code}`))
    })
  })
}
