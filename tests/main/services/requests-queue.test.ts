import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import type { RequestFilter, RequestSort, RequestView, ResetRequest } from '../../../src/shared/model/request'
import { auditRows, codeOf, ok, openCase, openDesk, signIn, switchTo, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk({ policy: { dueHours: 4 } })
  await signIn(desk)
})

afterEach(async () => {
  await desk.close()
})

const hour = 3600
const seenOf = ({ id, version }: ResetRequest): { requestId: string; version: number } => ({ requestId: id, version })
const current = async (id: string): Promise<ResetRequest> =>
  (await ok(desk.api.requests.get({ requestId: id }))).request

describe('RequestsService due times', () => {
  it('gives a new request the policy’s hours, and a closed one none', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    expect(Date.parse(request.dueAt ?? '') - Date.parse(request.createdAt)).toBe(4 * hour * 1000)
    const done = await ok(desk.api.requests.complete({ ...seenOf(request), reason: 'remembered it' }))
    expect(done.dueAt).toBeNull()
  })

  it('lets the time begin again when a request is reopened, and only then', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    await wait(desk, hour)
    const released = await ok(desk.api.requests.release(seenOf(request)))
    expect(released.dueAt).toBe(request.dueAt)
    const claimed = await ok(desk.api.requests.claim(seenOf(released)))
    expect(claimed.dueAt).toBe(request.dueAt)
    const refused = await ok(desk.api.requests.refuse({ ...seenOf(claimed), reason: 'twice' }))
    const reopened = await ok(desk.api.requests.reopen({ ...seenOf(refused), reason: 'no, once' }))
    expect(Date.parse(reopened.dueAt ?? '')).toBe(desk.clock.now() + 4 * hour * 1000)
  })
})

describe('RequestsService.list', () => {
  const names = async (filter: RequestFilter, sort?: RequestSort): Promise<string[]> => {
    const page = await ok(desk.api.requests.list({ filter, ...(sort !== undefined && { sort }) }))
    return page.requests.map(({ personUserId }) => personUserId)
  }

  it('filters by age and sorts by what is due first', async () => {
    await openCase(desk, 'yamada.hanako', { claim: false })
    await wait(desk, 2 * hour)
    await openCase(desk, 'ito.kenta', { claim: false })
    await wait(desk, 1.5 * hour)
    expect(await names({ age: 'due-soon' })).toEqual(['yamada.hanako'])
    expect(await names({ age: 'overdue' })).toEqual([])
    await wait(desk, hour / 2)
    expect(await names({ age: 'overdue' })).toEqual(['yamada.hanako'])
    expect(await names({ age: 'due-soon' })).toEqual([])
    expect(await names({})).toEqual(['yamada.hanako', 'ito.kenta'])
    expect(await names({}, 'newest')).toEqual(['ito.kenta', 'yamada.hanako'])
    await wait(desk, 22 * hour)
    expect(await names({ age: 'older' })).toEqual(['yamada.hanako'])
    expect(await names({ age: 'last-day' })).toEqual(['ito.kenta'])
  })

  it('filters by channel and by cause, the unknown one too', async () => {
    await openCase(desk, 'yamada.hanako', { channel: 'phone' })
    const other = await openCase(desk, 'ito.kenta')
    expect(await names({ channels: ['phone'] })).toEqual(['yamada.hanako'])
    expect(await names({ causes: ['unknown'] })).toHaveLength(2)
    await ok(desk.api.diagnosis.ofRequest({ requestId: other.id }))
    expect(await names({ causes: ['unknown'] })).toEqual(['yamada.hanako'])
    expect(await names({ causes: ['not-enabled'] })).toEqual(['ito.kenta'])
  })
})

describe('RequestsService.refuseMany', () => {
  it('refuses what is free or held by the agent, keeps what a colleague holds, and says so for each', async () => {
    const theirs = await openCase(desk, 'okada.kaito', { claim: false })
    await switchTo(desk, 'suzuki.ken')
    const held = await ok(desk.api.requests.claim(seenOf(theirs)))
    await switchTo(desk, 'sato.misaki')
    const free = await openCase(desk, 'yamada.hanako', { claim: false })
    const mine = await openCase(desk, 'ito.kenta')
    const done = await openCase(desk, 'fujita.hina')
    const closed = await ok(desk.api.requests.complete({ ...seenOf(done), reason: 'remembered it' }))
    const gone = { requestId: randomUUID(), version: 1 }
    const old = { requestId: (await openCase(desk, 'goto.riku', { claim: false })).id, version: 7 }
    desk.events.length = 0

    const all = [seenOf(held), seenOf(free), gone, seenOf(mine), seenOf(closed), old]
    const outcomes = await ok(desk.api.requests.refuseMany({ requests: all, reason: 'a test of the mail system' }))

    expect(outcomes).toEqual([
      { requestId: held.id, code: 'request-held-by-other' },
      { requestId: free.id, code: null },
      { requestId: gone.requestId, code: 'request-not-found' },
      { requestId: mine.id, code: null },
      { requestId: closed.id, code: 'request-step-forbidden' },
      { requestId: old.requestId, code: 'request-changed' },
    ])
    expect(await current(free.id)).toMatchObject({ state: 'refused', holder: { name: '佐藤 美咲' }, dueAt: null })
    expect(await current(held.id)).toMatchObject({ state: 'claimed', version: held.version })
    expect(await current(old.requestId)).toMatchObject({ state: 'open', holder: null })
    // One push for all of them: the queue is read once.
    expect(desk.events.filter(({ name }) => name === 'queue-changed')).toEqual([
      { name: 'queue-changed', payload: { requestId: null } },
    ])
    const rows = (await auditRows(desk)).filter(({ phase, requestId }) => phase === 'result' && requestId === free.id)
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'request.claim succeeded',
      'request.refuse succeeded',
    ])
  })

  it('claims nothing for a refusal without a reason', async () => {
    const free = await openCase(desk, 'yamada.hanako', { claim: false })
    const answer = desk.api.requests.refuseMany({ requests: [seenOf(free)], reason: ' \n' })
    expect(await codeOf(answer)).toBe('reason-required')
    expect(await current(free.id)).toEqual(free)
  })

  it('keeps nobody’s own request and nothing by accident when the role goes between claim and refusal', async () => {
    const free = await openCase(desk, 'yamada.hanako', { claim: false })
    let reads = 0
    desk.directory.faults.roles = async (_person, read) => {
      reads += 1
      // The claim reads the roles once, the refusal again.
      return reads === 2 ? ['auditor'] : read()
    }
    const outcomes = await ok(desk.api.requests.refuseMany({ requests: [seenOf(free)], reason: 'spam' }))
    expect(outcomes).toEqual([{ requestId: free.id, code: 'role-required' }])
    expect(await current(free.id)).toMatchObject({ state: 'open', holder: null })
  })

  it('goes on after a failure that nobody expected, and says that one', async () => {
    const one = await openCase(desk, 'yamada.hanako', { claim: false })
    const two = await openCase(desk, 'ito.kenta', { claim: false })
    let reads = 0
    desk.directory.faults.roles = async (_person, read) => {
      reads += 1
      if (reads === 1) throw new TypeError('a bug')
      return read()
    }
    const requests = [seenOf(one), seenOf(two)]
    expect(await ok(desk.api.requests.refuseMany({ requests, reason: 'spam' }))).toEqual([
      { requestId: one.id, code: 'internal' },
      { requestId: two.id, code: null },
    ])
  })

  it('refuses none where the directory cannot be asked who refuses', async () => {
    const free = await openCase(desk, 'yamada.hanako', { claim: false })
    desk.directory.faults.roles = async () => {
      throw new AppError('directory-unreachable', { server: 'sample:0' })
    }
    expect(await ok(desk.api.requests.refuseMany({ requests: [seenOf(free)], reason: 'spam' }))).toEqual([
      { requestId: free.id, code: 'directory-unreachable' },
    ])
    desk.directory.faults = {}
    expect(await current(free.id)).toMatchObject({ state: 'open' })
  })
})

describe('RequestsService.views', () => {
  const aView = (name: string): RequestView => ({
    id: randomUUID(),
    name,
    filter: { states: ['open'], holder: 'me', causes: ['unknown'], channels: ['mail'], age: 'overdue', text: 'さくら' },
    sort: 'updated',
  })

  it('keeps a filter whole, for the operator who saved it alone', async () => {
    const view = aView('late mails')
    expect(await ok(desk.api.requests.saveView(view))).toEqual([view])
    expect(await ok(desk.api.requests.saveView({ ...view, name: 'mails' }))).toEqual([{ ...view, name: 'mails' }])
    await switchTo(desk, 'suzuki.ken')
    expect(await ok(desk.api.requests.views())).toEqual([])
    expect(await codeOf(desk.api.requests.removeView({ viewId: view.id }))).toBe('view-not-found')
    await switchTo(desk, 'sato.misaki')
    expect(await ok(desk.api.requests.views())).toEqual([{ ...view, name: 'mails' }])
  })

  it('removes one, and says when it is gone already', async () => {
    const view = aView('late mails')
    await ok(desk.api.requests.saveView(view))
    expect(await ok(desk.api.requests.removeView({ viewId: view.id }))).toEqual([])
    expect(await codeOf(desk.api.requests.removeView({ viewId: view.id }))).toBe('view-not-found')
  })
})
