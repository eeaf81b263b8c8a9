import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import type { Answer } from '../../src/shared/contract'
import type { Result } from '../../src/shared/errors'
import { fakeApi, ok, refused } from './support/api'
import { aRequest, requestId } from './support/work'

type Listed = Answer<'requests', 'list'>

function row(number: number, id = `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`) {
  return aRequest({ id, number })
}

/** A queue of so many requests, handed out by keyset. */
function queueOf(count: number): { rows: ReturnType<typeof row>[]; limits: number[] } {
  const rows = Array.from({ length: count }, (_, index) => row(count - index))
  const limits: number[] = []
  fakeApi({
    requests: {
      list: ({ cursor, limit = 100 }) => {
        limits.push(limit)
        const from = Number(cursor ?? 0)
        const next = from + limit
        return ok({
          requests: rows.slice(from, next),
          nextCursor: next < rows.length ? String(next) : null,
          total: rows.length,
          totalCapped: false,
        })
      },
      get: ({ requestId: id }) => ok({ request: rows.find((one) => one.id === id) ?? row(0), events: [] }),
    },
  })
  return { rows, limits }
}

describe('useRequestsStore', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
  })

  it('drops the answer to an older question', async () => {
    const waiting: ((answer: Result<Listed>) => void)[] = []
    fakeApi({ requests: { list: () => new Promise((resolve) => waiting.push(resolve)) } })
    const store = useRequestsStore()

    const first = store.show('active', '')
    const second = store.show('mine', '')
    waiting[1]?.({ ok: true, value: { requests: [row(2)], nextCursor: null, total: 1, totalCapped: false } })
    await second
    waiting[0]?.({ ok: true, value: { requests: [row(1)], nextCursor: null, total: 9, totalCapped: false } })
    await first

    expect(store.rows.map(({ number }) => number)).toEqual([2])
    expect(store.total).toBe(1)
  })

  it('reads on by keyset, never twice the same request, and in pages that main allows', async () => {
    const { limits } = queueOf(1300)
    const store = useRequestsStore()
    await store.show('active', '')
    while (store.nextCursor !== null) await store.loadMore()

    expect(store.rows).toHaveLength(1300)
    expect(new Set(store.rows.map(({ id }) => id)).size).toBe(1300)
    expect(Math.max(...limits)).toBeLessThanOrEqual(500)
  })

  it('follows a change without losing the place or the selection', async () => {
    const { rows } = queueOf(700)
    const store = useRequestsStore()
    await store.show('active', '')
    await store.loadMore()
    const loaded = store.rows.length
    const chosen = rows[300]?.id ?? ''
    await store.select(chosen)

    rows.unshift(row(9999))
    await store.follow(rows[0]?.id ?? null)

    expect(store.rows[0]?.number).toBe(9999)
    expect(store.rows).toHaveLength(loaded)
    expect(store.selectedId).toBe(chosen)
    expect(store.detail?.request.id).toBe(chosen)
  })

  it('reads only the newest page and the changed request again when thousands are loaded', async () => {
    const { rows, limits } = queueOf(3000)
    const store = useRequestsStore()
    await store.show('active', '')
    while (store.nextCursor !== null) await store.loadMore()
    const asked = limits.length
    const changed = { ...row(500), version: 9 }
    rows[2500] = changed

    await store.follow(changed.id)

    expect(limits.length).toBe(asked + 1)
    expect(store.rows).toHaveLength(3000)
    expect(store.rows[2500]).toEqual(changed)
    expect(new Set(store.rows.map(({ id }) => id)).size).toBe(3000)
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
