import Database from 'better-sqlite3'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditRows, codeOf, ok, openCase, openDesk, personIdOf, signIn, switchTo, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(async () => {
  vi.useRealTimers()
  await desk.close()
})

describe('RequestsService.create', () => {
  it('enters a request with the names of the directory, counted from 1', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')

    const entry = {
      personId,
      channel: 'phone',
      reason: 'locked-out',
      note: 'since this morning',
      claim: false,
    } as const
    const request = await ok(desk.api.requests.create(entry))

    expect(request).toMatchObject({
      number: 1,
      state: 'open',
      holder: null,
      personName: '山田 花子',
      personReading: 'やまだ はなこ',
      personUserId: 'yamada.hanako',
      createdBy: { name: '佐藤 美咲' },
    })
    const { events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([['created', 'since this morning']])
    expect(desk.events).toContainEqual({ name: 'queue-changed', payload: { requestId: request.id } })
  })

  it('keeps one open case per person and leads to it', async () => {
    const first = await openCase(desk, 'yamada.hanako')
    const entry = { personId: first.personId, channel: 'phone', reason: 'forgot', note: '', claim: true } as const

    const answer = await desk.api.requests.create(entry)

    expect(answer).toMatchObject({ ok: false, code: 'request-exists', params: { requestId: first.id, number: 1 } })
    expect((await ok(desk.api.requests.list({ filter: {} }))).total).toBe(1)
  })

  it('refuses a person whom the directory does not have', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const nobody = personId.replace(/^[0-9a-f]{8}/u, '00000000')
    const entry = { personId: nobody, channel: 'phone', reason: 'forgot', note: '', claim: true } as const

    expect(await codeOf(desk.api.requests.create(entry))).toBe('person-not-found')
  })
})

describe('RequestsService steps', () => {
  it('goes from claimed to released, handed over, completed and reopened, with every step in history and audit', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const { id: requestId } = request
    const released = await ok(desk.api.requests.release({ requestId, version: request.version }))
    const claimed = await ok(desk.api.requests.claim({ requestId, version: released.version }))
    const operators = await ok(desk.api.requests.operators())
    const suzuki = operators.find(({ name }) => name === '鈴木 健')
    const handOver = { requestId, version: claimed.version, operatorId: suzuki?.id ?? '', note: 'lunch' }
    const handed = await ok(desk.api.requests.handOver(handOver))
    expect(handed.holder?.name).toBe('鈴木 健')
    await switchTo(desk, 'suzuki.ken')
    const seen = { requestId, version: handed.version }
    const done = await ok(desk.api.requests.complete({ ...seen, reason: 'remembered it' }))
    const reopened = await ok(desk.api.requests.reopen({ requestId, version: done.version, reason: 'forgot again' }))
    expect(reopened).toMatchObject({ state: 'open', holder: null })

    const { events } = await ok(desk.api.requests.get({ requestId }))
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ['created', ''],
      ['claimed', ''],
      ['released', ''],
      ['claimed', ''],
      ['handed-over', '鈴木 健\nlunch'],
      ['done', 'remembered it'],
      ['reopened', 'forgot again'],
    ])
    const rows = (await auditRows(desk)).filter((row) => row.requestId === requestId && row.phase === 'result')
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'request.claim succeeded',
      'request.release succeeded',
      'request.claim succeeded',
      'request.hand-over succeeded',
      'request.complete succeeded',
      'request.reopen succeeded',
    ])
  })

  it('refuses a write by somebody who saw an older version', async () => {
    const request = await openCase(desk, 'yamada.hanako', { claim: false })
    const seen = { requestId: request.id, version: request.version }
    const both = await Promise.all([codeOf(desk.api.requests.claim(seen)), codeOf(desk.api.requests.claim(seen))])

    expect(both.filter((code) => code === 'ok')).toHaveLength(1)
    expect(await codeOf(desk.api.requests.release({ requestId: request.id, version: request.version }))).toBe(
      'request-changed',
    )
  })

  it('hands over to agents only', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const operatorId = await personIdOf(desk, 'watanabe.aya')

    const handOver = { requestId: request.id, version: request.version, operatorId, note: '' }
    expect(await codeOf(desk.api.requests.handOver(handOver))).toBe('operator-not-found')
  })

  it('lets an approver release what an absent colleague holds, not another agent', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const seen = { requestId: request.id, version: request.version }
    await switchTo(desk, 'suzuki.ken')
    expect(await codeOf(desk.api.requests.release(seen))).toBe('request-held-by-other')
    await switchTo(desk, 'takahashi.yumi')

    expect((await ok(desk.api.requests.release(seen))).state).toBe('open')
  })

  it('lets somebody who lost the agent role pass on what they hold, and do nothing else with it', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const seen = { requestId: request.id, version: request.version }
    desk.directory.faults.roles = async () => ['auditor']

    expect(await codeOf(desk.api.requests.complete({ ...seen, reason: 'done' }))).toBe('role-required')
    expect((await ok(desk.api.requests.release(seen))).state).toBe('open')
  })

  it('refuses to close without a reason', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const seen = { requestId: request.id, version: request.version }

    expect(await codeOf(desk.api.requests.refuse({ ...seen, reason: '  ' }))).toBe('reason-required')
    expect(await codeOf(desk.api.requests.complete({ ...seen, reason: '' }))).toBe('reason-required')
  })
})

describe('RequestsService.addNote', () => {
  it('keeps what was typed, by whoever types it, and not in the audit', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    await switchTo(desk, 'suzuki.ken')

    await ok(desk.api.requests.addNote({ requestId: request.id, text: 'rang again\nwaits at the gate' }))

    const { events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(events.at(-1)).toMatchObject({
      kind: 'note',
      text: 'rang again\nwaits at the gate',
      by: { name: '鈴木 健' },
    })
    expect(await codeOf(desk.api.requests.addNote({ requestId: request.id, text: ' ' }))).toBe('reason-required')
    expect(JSON.stringify(await auditRows(desk))).not.toContain('rang again')
  })
})

describe('RequestsService.list', () => {
  it('filters by holder, state and text', async () => {
    const mine = await openCase(desk, 'yamada.hanako')
    const free = await openCase(desk, 'ito.kenta', { claim: false })
    const ids = async (filter: Parameters<typeof desk.api.requests.list>[0]['filter']): Promise<string[]> =>
      (await ok(desk.api.requests.list({ filter }))).requests.map(({ id }) => id)

    expect(await ids({ holder: 'me' })).toEqual([mine.id])
    expect(await ids({ holder: 'nobody' })).toEqual([free.id])
    expect(await ids({ text: 'いとう' })).toEqual([free.id])
    expect(await ids({ states: ['done'] })).toEqual([])
  })
})

describe('RequestsService.sweep', () => {
  it('expires what nobody took for a week, says so, and leaves claimed ones alone', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    await desk.close()
    desk = await openDesk()
    await signIn(desk)
    const open = await openCase(desk, 'ito.kenta', { claim: false })
    const claimed = await openCase(desk, 'yamada.hanako')
    await wait(desk, 7 * 86_400)

    await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    await vi.waitUntil(async () => (await ok(desk.api.requests.get({ requestId: open.id }))).request.state !== 'open')

    expect((await ok(desk.api.requests.get({ requestId: open.id }))).request.state).toBe('expired')
    expect((await ok(desk.api.requests.get({ requestId: claimed.id }))).request.state).toBe('claimed')
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'request.expire')
    expect(rows.map(({ requestId, actorName }) => [requestId, actorName])).toEqual([[open.id, 'SSPR Desk']])
  })

  it('expires at the start what became too old while the desk was closed', async () => {
    const open = await openCase(desk, 'ito.kenta', { claim: false })
    await desk.close({ keepFolder: true })
    desk.clock.advance(8 * 86_400)
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    await signIn(desk)

    expect((await ok(desk.api.requests.get({ requestId: open.id }))).request.state).toBe('expired')
  })

  it('does not keep everybody out because one request was tampered with', async () => {
    const tampered = await openCase(desk, 'ito.kenta', { claim: false })
    const sound = await openCase(desk, 'yamada.hanako')
    await desk.close({ keepFolder: true })
    const file = new Database(join(desk.folder, 'desk.db'))
    file.prepare("UPDATE requests SET person_id = 'x' WHERE id = ?").run(tampered.id)
    file.close()
    desk.clock.advance(8 * 86_400)
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    await signIn(desk)

    expect(await codeOf(desk.api.requests.get({ requestId: sound.id }))).toBe('ok')
    expect(await codeOf(desk.api.requests.get({ requestId: tampered.id }))).toBe('store-tampered')
  })
})
