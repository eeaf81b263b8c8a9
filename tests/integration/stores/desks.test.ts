import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import {
  checkApp,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  signIn,
  verifiedCase,
  type TestDesk,
} from '../../support/desk'
import { startPostgres, type TestPostgres } from '../../support/postgres'
import { TestClock } from '../../support/test-clock'

let server: TestPostgres
const desks: TestDesk[] = []

beforeAll(async () => {
  server = await startPostgres()
})
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
})
afterAll(() => server.stop())

/** Desks of one organisation: machines of their own, one database, one installation key, one time. */
async function openDesks(count: number): Promise<TestDesk[]> {
  const place = await server.createDatabase()
  const clock = new TestClock()
  const opened: TestDesk[] = []
  for (let index = 0; index < count; index++) {
    const folder = mkdtempSync(join(tmpdir(), 'sspr-team-'))
    writeFileSync(join(folder, 'ca.pem'), server.ca)
    writeFileSync(join(folder, 'password'), place.password(), { mode: 0o600 })
    const [first] = opened
    if (first !== undefined) {
      for (const name of ['vault.json', 'vault.key']) copyFileSync(join(first.folder, name), join(folder, name))
    }
    const { host, port, database, user } = place
    const store = { kind: 'postgresql', host, port, database, user, caFile: 'ca.pem' }
    const more = { store, secretFiles: { 'store.password': 'password' } }
    const desk = await openDesk({ folder, clock, more })
    desks.push(desk)
    opened.push(desk)
  }
  return opened
}

it('Two desks on one PostgreSQL work on one queue: what one registers the other checks, and the proof is spent once', async () => {
  const [tokyo, osaka] = await openDesks(2)
  if (tokyo === undefined || osaka === undefined) throw new Error('no desks')
  await signIn(tokyo, 'sato.misaki')
  await signIn(osaka, 'suzuki.ken')

  const typedKey = await enrol(tokyo, 'yamada.hanako')
  const waiting = await openCase(tokyo, 'yamada.hanako', { claim: false })
  const seen = { requestId: waiting.id, version: waiting.version }
  const claims = await Promise.all([tokyo, osaka].map(({ api }) => api.requests.claim(seen)))
  expect(claims.filter(({ ok: won }) => won)).toHaveLength(1)
  const [holder, other] = claims[0]?.ok === true ? [tokyo, osaka] : [osaka, tokyo]

  expect((await checkApp(holder, waiting, typedKey)).satisfied).toBe(true)
  expect(await codeOf(other.api.reset.perform({ requestId: waiting.id }))).not.toBe('ok')
  const twice = await Promise.all([1, 2].map(() => holder.api.reset.perform({ requestId: waiting.id })))
  expect(twice.filter(({ ok: done }) => done)).toHaveLength(1)
  expect([...tokyo.directory.writes, ...osaka.directory.writes]).toHaveLength(1)
  expect((await ok(other.api.requests.get({ requestId: waiting.id }))).request.state).toBe('done')
})

it('A desk whose database goes away writes nothing to the directory, and goes on when it is back', async () => {
  const [desk] = await openDesks(1)
  if (desk === undefined) throw new Error('no desk')
  await signIn(desk)
  const { request } = await verifiedCase(desk)

  await server.kill()
  expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('store-unavailable')
  expect(desk.directory.writes).toEqual([])

  await server.restart()
  await vi.waitFor(async () => expect(await codeOf(desk.api.requests.get({ requestId: request.id }))).toBe('ok'), {
    timeout: 20_000,
  })
  expect(await ok(desk.api.reset.perform({ requestId: request.id }))).toMatchObject({ outcome: 'succeeded' })
  expect(desk.directory.writes).toHaveLength(1)
})
