import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { viewFilters } from '../../src/renderer/src/stores/queue-filter'
import { useRequestsStore, type BulkOutcome } from '../../src/renderer/src/stores/requests'
import type { Answer } from '../../src/shared/contract'
import type { Result } from '../../src/shared/errors'
import type { ResetRequest } from '../../src/shared/model/request'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { aRequest, requestId } from './support/work'

type Listed = Answer<'requests', 'list'>

/** The n-th request of a day: the higher the number, the later it came and is due. */
function row(number: number, change: Partial<ResetRequest> = {}): ResetRequest {
  const at = (hours: number) => new Date(start + number * 60_000 + hours * 3_600_000).toISOString()
  return aRequest({
    id: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
    number,
    state: 'open',
    holder: null,
    createdAt: at(0),
    updatedAt: at(0),
    lastAskedAt: at(0),
    dueAt: at(4),
    ...change,
  })
}
const start = Date.now() - 30 * 86_400_000
const newcomer = (number: number, change: Partial<ResetRequest> = {}) =>
  row(number, { createdAt: new Date(Date.now() + 1000).toISOString(), createdBy: null, ...change })

/** A queue of so many requests, due first, handed out by keyset. */
function queueOf(count: number): { rows: ResetRequest[]; limits: number[]; api: FakeApi } {
  const rows = Array.from({ length: count }, (_, index) => row(index + 1))
  const limits: number[] = []
  const api = fakeApi({
    requests: {
      list: ({ cursor, limit = 100 }) => {
        limits.push(limit)
        const from = Number(cursor ?? 0)
        const next = from + limit
        return ok({
          requests: rows.slice(from, next),
          nextCursor: next < rows.length ? String(next) : null,
          total: Math.min(1000, rows.length),
          totalCapped: rows.length > 1000,
        })
      },
      get: ({ requestId: id }) => {
        const request = rows.find((one) => one.id === id)
        return request === undefined ? refused('request-not-found') : ok({ request, events: [] })
      },
    },
  })
  return { rows, limits, api }
}

const { active, mine } = viewFilters

describe('useRequestsStore', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
  })

  it('drops the answer to an older question', async () => {
    const waiting: ((answer: Result<Listed>) => void)[] = []
    fakeApi({ requests: { list: () => new Promise((resolve) => waiting.push(resolve)) } })
    const store = useRequestsStore()

    const first = store.show(active, 'due')
    const second = store.show(mine, 'due')
    waiting[1]?.({ ok: true, value: { requests: [row(2)], nextCursor: null, total: 1, totalCapped: false } })
    await second
    waiting[0]?.({ ok: true, value: { requests: [row(1)], nextCursor: null, total: 9, totalCapped: false } })
    await first

    expect(store.rows.map(({ number }) => number)).toEqual([2])
    expect(store.total).toBe(1)
  })

  it('asks with the filter and the order that were chosen', async () => {
    const asked: unknown[] = []
    fakeApi({
      requests: {
        list: (input) => {
          asked.push(input)
          return ok({ requests: [], nextCursor: null, total: 0, totalCapped: false })
        },
      },
    })
    const filter = { ...active, causes: ['not-enabled' as const], channels: ['mail' as const], age: 'overdue' as const }
    await useRequestsStore().show(filter, 'oldest')

    expect(asked).toEqual([{ filter, sort: 'oldest', cursor: null, limit: 200 }])
  })

  it('reads on by keyset, never twice the same request, and in pages that main allows', async () => {
    const { limits } = queueOf(1300)
    const store = useRequestsStore()
    await store.show(active, 'due')
    while (store.nextCursor !== null) await store.loadMore()

    expect(store.rows).toHaveLength(1300)
    expect(store.totalCapped).toBe(true)
    expect(new Set(store.rows.map(({ id }) => id)).size).toBe(1300)
    expect(Math.max(...limits)).toBeLessThanOrEqual(500)
  })

  it('reads one changed request alone, however many are loaded, and puts it where it belongs', async () => {
    const { rows, limits, api } = queueOf(3000)
    const store = useRequestsStore()
    await store.show(active, 'due')
    while (store.nextCursor !== null) await store.loadMore()
    const asked = limits.length
    const changed = { ...row(500), version: 9, cause: 'not-enabled' as const }
    rows[499] = changed

    await store.follow([changed.id])

    expect(limits).toHaveLength(asked)
    expect(api.called.filter((call) => call === 'requests.get')).toHaveLength(1)
    expect(store.rows[499]).toEqual(changed)
    expect(store.rows).toHaveLength(3000)
  })

  it('takes a new request to its place by due time, counts it, and says that it came', async () => {
    const { rows } = queueOf(20)
    const store = useRequestsStore()
    await store.show(active, 'due')
    await store.select(row(3).id)
    const fresh = newcomer(700, { dueAt: row(5).dueAt })
    rows.push(fresh)
    await store.follow([fresh.id])

    expect(store.rows.findIndex(({ id }) => id === fresh.id)).toBe(5)
    expect(store.total).toBe(21)
    expect(store.arrived).toBe(1)
    expect(store.selectedId).toBe(row(3).id)

    await store.follow([fresh.id])
    expect(store.total).toBe(21)
    expect(store.arrived).toBe(1)
    store.seeArrivals()
    expect(store.arrived).toBe(0)
  })

  it('takes out what no longer belongs to the view, but not from beside it', async () => {
    const { rows } = queueOf(20)
    const store = useRequestsStore()
    await store.show(active, 'due')
    await store.select(row(3).id)
    rows[2] = row(3, { state: 'refused', dueAt: null, version: 4 })
    await store.follow([row(3).id])

    expect(store.rows.map(({ number }) => number)).not.toContain(3)
    expect(store.total).toBe(19)
    expect(store.detail?.request.state).toBe('refused')
  })

  it('leaves a request that lies beyond what is loaded to its page', async () => {
    const { rows } = queueOf(600)
    const store = useRequestsStore()
    await store.show(active, 'due')
    rows[550] = row(551, { version: 9 })
    await store.follow([row(551).id])

    expect(store.rows).toHaveLength(200)
    expect(store.total).toBe(600)
    expect(store.arrived).toBe(0)
  })

  it('asks main where only main knows: a text is folded there', async () => {
    const { rows, limits } = queueOf(20)
    const store = useRequestsStore()
    await store.show({ ...active, text: 'ヤマダ' }, 'due')
    rows.push(newcomer(21))
    rows.push(newcomer(22))
    await store.follow([row(21).id, row(22).id])

    expect(limits).toHaveLength(2)
    expect(store.rows).toHaveLength(22)
  })

  it('drops a request that is gone', async () => {
    const { rows } = queueOf(5)
    const store = useRequestsStore()
    await store.show(active, 'due')
    rows.splice(1, 1)
    await store.follow([row(2).id])

    expect(store.rows.map(({ number }) => number)).toEqual([1, 3, 4, 5])
  })

  it('reads the first page alone after many changes, as far as it was on screen', async () => {
    const { rows, limits } = queueOf(3000)
    const store = useRequestsStore()
    await store.show(active, 'due')
    while (store.nextCursor !== null) await store.loadMore()
    await store.select(row(4).id)
    limits.length = 0
    rows.splice(0, 1)
    await store.follow(null)

    expect(limits).toEqual([200])
    expect(store.rows[0]?.number).toBe(2)
    expect(store.selectedId).toBe(row(4).id)
    expect(store.nextCursor).not.toBeNull()

    while (store.nextCursor !== null) await store.loadMore()
    store.reach(1500)
    limits.length = 0
    await store.follow(null)
    expect(store.rows.length).toBeGreaterThan(1500)
    expect(Math.max(...limits)).toBeLessThanOrEqual(500)
  })

  it('never puts an older state over a newer one', async () => {
    const { rows } = queueOf(5)
    const store = useRequestsStore()
    await store.show(active, 'due')
    rows[1] = row(2, { version: 9 })
    await store.follow([row(2).id])
    rows[1] = row(2, { version: 3 })
    await store.follow([row(2).id])
    await store.follow(null)

    expect(store.rows[1]?.version).toBe(9)
  })

  it('refuses many in parts, tells what became of each, and stops when told to', async () => {
    const parts: number[] = []
    fakeApi({
      requests: {
        list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }),
        refuseMany: ({ requests }) => {
          parts.push(requests.length)
          // One is held by somebody else, and one main says nothing about.
          return ok(
            requests
              .filter(({ requestId: id }) => id !== row(2).id)
              .map(({ requestId: id }) => ({
                requestId: id,
                code: id === row(1).id ? 'request-held-by-other' : null,
              })),
          )
        },
      },
    })
    const store = useRequestsStore()
    const many = Array.from({ length: 60 }, (_, index) => row(index + 1))
    const told: BulkOutcome[] = []
    await store.refuseMany(many, 'spam', (outcomes) => {
      told.push(...outcomes)
      return told.length < 50
    })

    expect(parts).toEqual([25, 25])
    expect(told).toHaveLength(50)
    expect(told.filter(({ code }) => code !== null).map(({ request, code }) => [request.number, code])).toEqual([
      [1, 'request-held-by-other'],
      [2, 'internal'],
    ])
  })

  it('names the version that the agent saw, and keeps what is shown when somebody was faster', async () => {
    const seen: unknown[] = []
    fakeApi({
      requests: {
        claim: (input) => {
          seen.push(input)
          return refused('request-changed')
        },
      },
    })
    const store = useRequestsStore()

    await expect(store.claim(aRequest({ state: 'open', version: 3 }))).rejects.toMatchObject({
      code: 'request-changed',
    })

    expect(seen).toEqual([{ requestId, version: 3 }])
    expect(store.rows).toEqual([])
  })

  it('shows the detail of the last one that was chosen, whatever comes in late', async () => {
    const waiting = new Map<string, () => void>()
    fakeApi({
      requests: {
        get: ({ requestId: id }) =>
          new Promise((resolve) => {
            waiting.set(id, () => {
              resolve({ ok: true, value: { request: aRequest({ id }), events: [] } })
            })
          }),
      },
    })
    const store = useRequestsStore()
    const slow = store.select(row(1).id)
    const fast = store.select(row(2).id)
    waiting.get(row(2).id)?.()
    await fast
    waiting.get(row(1).id)?.()
    await slow

    expect(store.detail?.request.id).toBe(row(2).id)
  })
})
