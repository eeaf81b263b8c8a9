import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import { takeUntilKilled } from '../support/killed-intake'
import { formMail, rawMail } from '../support/raw-mails'

const people = ['yamada.hanako', 'ito.kenta', 'ogawa.yuto', 'abe.takumi', 'ikeda.sora', 'aoki.mei', 'mori.kana']
const mailCount = 1000

let mailbox: TestMailbox
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-intake-'))
  mailbox = await startDovecot()
})

afterEach(async () => {
  await mailbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Every tenth names nobody. */
function mailNumber(index: number): Buffer {
  if (index % 10 === 0) return rawMail({ subject: `Note ${index}`, body: 'Nothing is asked for.' })
  return formMail(people[index % people.length] ?? '')
}

/** One script of the whole intake, so that a start costs no build. */
async function build(): Promise<string> {
  const entry = join(folder, 'entry.ts')
  const source = JSON.stringify(resolvePath('tests/support/killed-intake'))
  const { name } = takeUntilKilled
  writeFileSync(
    entry,
    `import { ${name} } from ${source}\nconst [folder, access] = process.argv.slice(2)\nawait ${name}(folder, JSON.parse(access))\n`,
  )
  const vite = await import('vite')
  const native = ['better-sqlite3', 'imapflow', 'mailparser', 'pino']
  await vite.build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'intake.mjs' }, external: native },
    },
    ssr: { noExternal: true, external: native },
  })
  symlinkSync(resolvePath('node_modules'), join(folder, 'node_modules'))
  return join(folder, 'intake.mjs')
}

/** Runs the intake in its own process and kills it so many milliseconds after it began or ended so many batches. */
function takeAndKill(script: string, data: string, batches: number, afterMs: number): Promise<void> {
  const { host, port, userName, password, folder: imapFolder, ca } = mailbox
  const access = JSON.stringify({ host, port, userName, password, folder: imapFolder, ca })
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, data, access], { stdio: ['ignore', 'pipe', 'pipe'] })
    let errors = ''
    let output = ''
    child.stdout.on('data', (data: Buffer) => {
      const before = output.split('\n').length
      output += data.toString()
      if (before <= batches + 1 && output.split('\n').length > batches + 1)
        setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') done()
      else fail(new Error(`the intake ended by itself with ${code}: ${errors}`))
    })
  })
}

describe('An intake that is killed again and again while 1,000 mails arrive', () => {
  it('takes each of them once, and has a request for each that names somebody', { timeout: 300_000 }, async () => {
    const script = await build()
    const data = mkdtempSync(join(folder, 'desk-'))
    const mails = Array.from({ length: mailCount }, (_none, index) => mailNumber(index))
    let killed = 0
    for (let start = 0; start < mailCount; start += 125) {
      const arriving = mails.slice(start, start + 125)
      mailbox.drop(arriving.slice(0, 60))
      const killing = takeAndKill(script, data, killed % 2, (killed * 37) % 150)
      // The rest arrives while the first ones are taken.
      mailbox.drop(arriving.slice(60))
      await killing
      killed += 1
    }
    expect(killed).toBe(8)
    expect(existsSync(join(data, 'desk.db'))).toBe(true)

    const test = await openIntake({ folder: data, access: mailbox, identity: 'ito.kenta' })
    try {
      const before = (await test.mails()).length
      // Kills fell into the work, or this proves nothing.
      expect(before).toBeGreaterThan(100)
      test.intake.start()
      await test.until(async () => (await test.mails()).length >= mailCount)
      await test.until(() => test.reports.at(-1)?.code === 'ok')

      const taken = await test.mails()
      expect(taken).toHaveLength(mailCount)
      expect(new Set(taken.map(({ id }) => id)).size).toBe(mailCount)
      const states = Object.groupBy(taken, ({ state }) => state)
      expect(states.unclear).toHaveLength(mailCount / 10)
      expect(states.request).toHaveLength(mailCount - mailCount / 10)

      const requests = await test.requests()
      expect(requests.map(({ personUserId }) => personUserId).sort()).toEqual([...people].sort())
      for (const request of requests) {
        const asked = taken.filter(({ requestId }) => requestId === request.id)
        expect(asked).toHaveLength(1 + request.repeats)
        expect(new Set(asked.map(({ named }) => named.join()))).toEqual(new Set([request.personUserId]))
        const events = await test.stores.requests.events(request.id)
        expect(events.filter(({ kind }) => kind === 'created')).toHaveLength(1)
      }
      expect(await test.audit.verify()).toMatchObject({ intact: true })
      expect(new Set(await mailbox.flags())).toEqual(new Set(['']))
    } finally {
      await test.close()
    }
  })
})
