import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { Answer } from '../../../shared/contract'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type {
  Holder,
  enteredChannels,
  RequestEvent,
  RequestFilter,
  enteredReasons,
  ResetRequest,
} from '../../../shared/model/request'

/** The chips above the queue. */
export const requestViews = ['active', 'unclaimed', 'mine', 'closed', 'all'] as const
export type RequestView = (typeof requestViews)[number]

/** What the desk is asked for when a chip is chosen. */
const filters: Readonly<Record<RequestView, RequestFilter>> = {
  active: { states: ['open', 'claimed'], holder: 'anyone' },
  unclaimed: { states: ['open'], holder: 'nobody' },
  mine: { states: ['claimed'], holder: 'me' },
  closed: { states: ['done', 'refused', 'expired'], holder: 'anyone' },
  all: { states: ['open', 'claimed', 'done', 'refused', 'expired'], holder: 'anyone' },
}

const pageSize = 200
const largestPage = 500

interface RequestDetail {
  readonly request: ResetRequest
  readonly events: readonly RequestEvent[]
}

type EnteredChannel = (typeof enteredChannels)[number]
type EnteredReason = (typeof enteredReasons)[number]

interface NewRequestInput {
  readonly personId: string
  readonly channel: EnteredChannel
  readonly reason: EnteredReason
  readonly note: string
  readonly claim: boolean
}

/** The queue and the one request that is open beside it. */
export const useRequestsStore = defineStore('requests', () => {
  const view = ref<RequestView>('active')
  const text = ref('')
  // Shallow: with 100,000 rows, deep reactivity costs more than everything else together.
  const rows = shallowRef<readonly ResetRequest[]>([])
  const total = ref(0)
  const nextCursor = ref<string | null>(null)
  const loaded = ref(false)
  const loadingMore = ref(false)
  const selectedId = ref<string | null>(null)
  const detail = shallowRef<RequestDetail | null>(null)
  /** Counts every start of a list, so that an answer to an older question is dropped. */
  let generation = 0

  function filter(): RequestFilter {
    return { ...filters[view.value], text: text.value }
  }

  /** Reads as many requests again as are shown, and takes the place of what is shown in one step: nothing jumps. */
  async function refresh(): Promise<void> {
    const mine = ++generation
    const wanted = Math.max(pageSize, rows.value.length)
    const fresh: ResetRequest[] = []
    let cursor: string | null = null
    do {
      const limit = Math.min(largestPage, wanted - fresh.length)
      const page: Answer<'requests', 'list'> = await unwrap(
        window.api.requests.list({ filter: filter(), cursor, limit }),
      )
      if (mine !== generation) return
      fresh.push(...page.requests)
      total.value = page.total
      cursor = page.nextCursor
    } while (cursor !== null && fresh.length < wanted)
    rows.value = fresh
    nextCursor.value = cursor
    loaded.value = true
  }

  /** Starts the list over for another chip or text. */
  async function show(next: RequestView, nextText: string): Promise<void> {
    view.value = next
    text.value = nextText
    rows.value = []
    nextCursor.value = null
    loaded.value = false
    await refresh()
  }

  async function loadMore(): Promise<void> {
    if (nextCursor.value === null || loadingMore.value) return
    const mine = generation
    loadingMore.value = true
    try {
      const page = await unwrap(
        window.api.requests.list({ filter: filter(), cursor: nextCursor.value, limit: largestPage }),
      )
      if (mine !== generation) return
      const known = new Set(rows.value.map((row) => row.id))
      rows.value = [...rows.value, ...page.requests.filter((row) => !known.has(row.id))]
      nextCursor.value = page.nextCursor
      total.value = page.total
    } finally {
      loadingMore.value = false
    }
  }

  /** Marks a request without reading it yet. */
  function point(id: string): void {
    selectedId.value = id
    if (detail.value?.request.id !== id) detail.value = null
  }

  async function select(id: string): Promise<void> {
    point(id)
    await readDetail(id)
  }

  async function readDetail(id: string): Promise<void> {
    const fresh = await unwrap(window.api.requests.get({ requestId: id }))
    if (selectedId.value === id) detail.value = fresh
  }

  /** Puts one request as it is now into the list and the detail. */
  function put(request: ResetRequest): void {
    rows.value = rows.value.map((row) => (row.id === request.id ? request : row))
    if (detail.value?.request.id === request.id) detail.value = { ...detail.value, request }
  }

  /** After a write: the changed request at once, then its history and the list from the desk. */
  async function settle(request: ResetRequest): Promise<ResetRequest> {
    put(request)
    await Promise.all([refresh(), selectedId.value === request.id ? readDetail(request.id) : undefined])
    return request
  }

  const seen = (request: ResetRequest) => ({ requestId: request.id, version: request.version })

  async function create(input: NewRequestInput): Promise<ResetRequest> {
    const created = await unwrap(window.api.requests.create(input))
    await Promise.all([refresh(), select(created.id)])
    return created
  }

  async function claim(request: ResetRequest): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.claim(seen(request))))
  }

  async function release(request: ResetRequest): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.release(seen(request))))
  }

  async function handOver(request: ResetRequest, operatorId: string, note: string): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.handOver({ ...seen(request), operatorId, note })))
  }

  async function refuse(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.refuse({ ...seen(request), reason })))
  }

  async function complete(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.complete({ ...seen(request), reason })))
  }

  async function reopen(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return settle(await unwrap(window.api.requests.reopen({ ...seen(request), reason })))
  }

  async function addNote(request: ResetRequest, note: string): Promise<void> {
    await unwrap(window.api.requests.addNote({ requestId: request.id, text: note }))
    await readDetail(request.id)
  }

  function operators(): Promise<Holder[]> {
    return unwrap(window.api.requests.operators())
  }

  /** Reads the newest requests and the changed one again; what was loaded further down stays. */
  async function refreshHead(changedId: string): Promise<void> {
    const mine = ++generation
    const [page, changed] = await Promise.all([
      unwrap(window.api.requests.list({ filter: filter(), cursor: null, limit: largestPage })),
      unwrap(window.api.requests.get({ requestId: changedId })),
    ])
    const last = page.requests.at(-1)
    const end = last === undefined ? -1 : rows.value.findIndex((row) => row.id === last.id)
    if (mine !== generation) return
    if (end < 0) {
      await refresh()
      return
    }
    const known = new Set(page.requests.map((row) => row.id))
    const tail = rows.value.slice(end + 1).filter((row) => !known.has(row.id))
    total.value = page.total
    rows.value = [...page.requests, ...tail.map((row) => (row.id === changedId ? changed.request : row))]
  }

  /** Somebody changed the queue: follows without losing the place or the selection. */
  async function follow(requestId: string | null): Promise<void> {
    const open = selectedId.value
    const deep = requestId !== null && rows.value.length > 2 * largestPage
    await Promise.all([
      deep ? refreshHead(requestId) : refresh(),
      open !== null && (requestId === null || requestId === open) ? readDetail(open) : null,
    ])
  }

  forgetOnSignOut(() => {
    generation += 1
    view.value = 'active'
    text.value = ''
    rows.value = []
    total.value = 0
    nextCursor.value = null
    loaded.value = false
    selectedId.value = null
    detail.value = null
  })

  return {
    view,
    text,
    rows,
    total,
    nextCursor,
    loaded,
    loadingMore,
    selectedId,
    detail,
    refresh,
    show,
    loadMore,
    point,
    select,
    create,
    claim,
    release,
    handOver,
    refuse,
    complete,
    reopen,
    addNote,
    operators,
    follow,
  }
})
