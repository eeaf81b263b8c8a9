import { computed, ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { Answer } from '../../../shared/contract'
import { AppError } from '../../../shared/errors'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import { deskNow } from '../lib/use-now'
import { belongs, compareRequests, viewFilters, type QueueFilter } from './queue-filter'
import { useSessionStore } from './session'
import type {
  enteredChannels,
  enteredReasons,
  Holder,
  RequestEvent,
  RequestSort,
  ResetRequest,
} from '../../../shared/model/request'

const pageSize = 200
const largestPage = 500
/** Rows that are read again below the last one that was on screen. */
const ahead = 60
/** More changes than this at once are one look at the list. */
const manyChanges = 8
/** So many requests go to main in one call of a bulk refusal: progress is seen, and it can be stopped in between. */
const bulkChunk = 25

interface RequestDetail {
  readonly request: ResetRequest
  readonly events: readonly RequestEvent[]
}

interface NewRequestInput {
  readonly personId: string
  readonly channel: (typeof enteredChannels)[number]
  readonly reason: (typeof enteredReasons)[number]
  readonly note: string
  readonly claim: boolean
}

/** What became of one request of a bulk refusal: `null` refused, else the code that kept it. */
export interface BulkOutcome {
  readonly request: ResetRequest
  readonly code: string | null
}

/** The queue and the one request that is open beside it. */
export const useRequestsStore = defineStore('requests', () => {
  const session = useSessionStore()
  const filter = shallowRef<QueueFilter>(viewFilters.active)
  const sort = ref<RequestSort>('due')
  // Shallow: with 100,000 rows, deep reactivity costs more than everything else together.
  const rows = shallowRef<readonly ResetRequest[]>([])
  const total = ref(0)
  /** There are more than main counts. */
  const totalCapped = ref(false)
  const nextCursor = ref<string | null>(null)
  const loaded = ref(false)
  const loadingMore = ref(false)
  const selectedId = ref<string | null>(null)
  const detail = shallowRef<RequestDetail | null>(null)
  /** Counts how often a request was opened, from whatever screen: the queue comes to the front for it. */
  const opened = ref(0)
  /** Requests that others entered since the list was last started or looked at. */
  const arrivals = shallowRef<ReadonlySet<string>>(new Set())
  const arrived = computed(() => arrivals.value.size)
  /** Counts every start of a list, so that an answer to an older question is dropped. */
  let generation = 0
  let since = ''
  /** The last row that was on screen. */
  let reached = 0

  const operatorId = () => session.operator?.id ?? null

  /** Answers how many of these are new here. */
  function noteArrivals(found: readonly ResetRequest[]): number {
    const known = new Set(rows.value.map((row) => row.id))
    const fresh = found.filter(
      (request) =>
        request.createdAt > since &&
        !known.has(request.id) &&
        !arrivals.value.has(request.id) &&
        (request.createdBy === null || request.createdBy.id !== operatorId()),
    )
    if (fresh.length > 0) arrivals.value = new Set([...arrivals.value, ...fresh.map(({ id }) => id)])
    return fresh.length
  }

  /** The new ones were seen. */
  function seeArrivals(): void {
    since = new Date(deskNow()).toISOString()
    if (arrivals.value.size > 0) arrivals.value = new Set()
  }

  /** Reads the list again as far as it was on screen, and takes the place of what is shown in one step: nothing jumps. */
  async function refresh(): Promise<void> {
    const mine = ++generation
    const wanted = Math.max(pageSize, Math.min(rows.value.length, reached + ahead))
    const fresh: ResetRequest[] = []
    let cursor: string | null = null
    let page: Answer<'requests', 'list'>
    do {
      const limit = Math.min(largestPage, wanted - fresh.length)
      page = await unwrap(window.api.requests.list({ filter: filter.value, sort: sort.value, cursor, limit }))
      if (mine !== generation) return
      fresh.push(...page.requests)
      cursor = page.nextCursor
    } while (cursor !== null && fresh.length < wanted)
    // A page may be older than a change that was read meanwhile.
    const held = new Map(rows.value.map((row) => [row.id, row.version]))
    const current = fresh.map((row) => ((held.get(row.id) ?? 0) > row.version ? (rowOf(row.id) ?? row) : row))
    if (loaded.value) noteArrivals(current)
    rows.value = current
    total.value = page.total
    totalCapped.value = page.totalCapped
    nextCursor.value = cursor
    loaded.value = true
  }

  const rowOf = (id: string) => rows.value.find((row) => row.id === id)

  /** Starts the list over for another filter or order. */
  async function show(next: QueueFilter, nextSort: RequestSort): Promise<void> {
    filter.value = next
    sort.value = nextSort
    rows.value = []
    nextCursor.value = null
    loaded.value = false
    reached = 0
    seeArrivals()
    await refresh()
  }

  async function loadMore(): Promise<void> {
    if (nextCursor.value === null || loadingMore.value) return
    const mine = generation
    loadingMore.value = true
    try {
      const page = await unwrap(
        window.api.requests.list({
          filter: filter.value,
          sort: sort.value,
          cursor: nextCursor.value,
          limit: largestPage,
        }),
      )
      if (mine !== generation) return
      const known = new Set(rows.value.map((row) => row.id))
      rows.value = [...rows.value, ...page.requests.filter((row) => !known.has(row.id))]
      nextCursor.value = page.nextCursor
      total.value = page.total
      totalCapped.value = page.totalCapped
    } finally {
      loadingMore.value = false
    }
  }

  /** The list shows rows up to this one. */
  function reach(index: number): void {
    reached = index
  }

  /** Marks a request without reading it yet. */
  function point(id: string): void {
    selectedId.value = id
    if (detail.value?.request.id !== id) detail.value = null
  }

  async function select(id: string): Promise<void> {
    point(id)
    opened.value += 1
    if (!(await read(id))) await refresh()
  }

  /** Reads one request, and puts it into the list and, when it is open, the detail. Answers as `put`. */
  async function read(id: string): Promise<boolean> {
    const fresh = await unwrap(window.api.requests.get({ requestId: id }))
    if (selectedId.value === id) detail.value = fresh
    return put(fresh.request)
  }

  function count(by: number): void {
    if (!totalCapped.value) total.value = Math.max(0, total.value + by)
  }

  function drop(id: string): void {
    const left = rows.value.filter((row) => row.id !== id)
    if (left.length === rows.value.length) return
    rows.value = left
    count(-1)
  }

  /**
   * Puts one request as it is now into the list: to its place, or out of it. Answers `false` when only main can tell whether
   * it belongs there.
   */
  function put(request: ResetRequest): boolean {
    const before = rowOf(request.id)
    if (before !== undefined && before.version > request.version) return true
    if (detail.value?.request.id === request.id) detail.value = { ...detail.value, request }
    if (!loaded.value) return true
    const fits = belongs(request, filter.value, { operatorId: operatorId(), now: deskNow() })
    if (fits === null && before === undefined) return false
    if (fits === false) {
      drop(request.id)
      return true
    }
    const others = before === undefined ? rows.value : rows.value.filter((row) => row.id !== request.id)
    const fresh = before === undefined ? noteArrivals([request]) : 0
    const compare = compareRequests[sort.value]
    const place = others.findIndex((row) => compare(request, row) < 0)
    const at = place < 0 && nextCursor.value === null ? others.length : place
    // Beyond what is loaded: it comes with its page, and only a new one was not counted yet.
    rows.value = at < 0 ? others : [...others.slice(0, at), request, ...others.slice(at)]
    if (before === undefined) count(at < 0 ? fresh : 1)
    return true
  }

  const seen = (request: ResetRequest) => ({ requestId: request.id, version: request.version })

  /** After a write: the changed request at once, then its history. */
  async function written(request: ResetRequest): Promise<ResetRequest> {
    if (!put(request)) await refresh()
    if (selectedId.value === request.id) await read(request.id)
    return request
  }

  async function create(input: NewRequestInput): Promise<ResetRequest> {
    const created = await unwrap(window.api.requests.create(input))
    await select(created.id)
    return created
  }

  async function claim(request: ResetRequest): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.claim(seen(request))))
  }

  async function release(request: ResetRequest): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.release(seen(request))))
  }

  async function handOver(request: ResetRequest, operatorId: string, note: string): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.handOver({ ...seen(request), operatorId, note })))
  }

  async function refuse(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.refuse({ ...seen(request), reason })))
  }

  /**
   * Refuses many for one reason, part by part. `goOn` hears every part and answers whether to go on. A part whose answer did
   * not come ends it: what became of the parts before is told all the same, in `goOn`.
   */
  async function refuseMany(
    requests: readonly ResetRequest[],
    reason: string,
    goOn: (outcomes: readonly BulkOutcome[]) => boolean,
  ): Promise<void> {
    try {
      for (let from = 0; from < requests.length; from += bulkChunk) {
        const part = requests.slice(from, from + bulkChunk)
        const answers = await unwrap(window.api.requests.refuseMany({ requests: part.map(seen), reason }))
        const codes = new Map(answers.map(({ requestId, code }) => [requestId, code]))
        // A request that main says nothing about was not refused.
        const outcomes = part.map((request) => ({
          request,
          code: codes.has(request.id) ? (codes.get(request.id) ?? null) : 'internal',
        }))
        if (!goOn(outcomes)) return
      }
    } finally {
      await follow(null).catch(() => undefined)
    }
  }

  async function complete(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.complete({ ...seen(request), reason })))
  }

  async function reopen(request: ResetRequest, reason: string): Promise<ResetRequest> {
    return written(await unwrap(window.api.requests.reopen({ ...seen(request), reason })))
  }

  async function addNote(request: ResetRequest, note: string): Promise<void> {
    await unwrap(window.api.requests.addNote({ requestId: request.id, text: note }))
    await read(request.id)
  }

  function operators(): Promise<Holder[]> {
    return unwrap(window.api.requests.operators())
  }

  /** Somebody changed these requests, or (`null`) too many to name: follows without losing the place or the selection. */
  async function follow(changed: readonly string[] | null): Promise<void> {
    const open = selectedId.value
    if (changed === null || changed.length > manyChanges) {
      const reopened = open !== null && (changed === null || changed.includes(open))
      await Promise.all([refresh(), reopened ? read(open) : null])
      return
    }
    const placed = await Promise.all(
      changed.map((id) =>
        read(id).catch((error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'request-not-found') throw error
          drop(id)
          return true
        }),
      ),
    )
    if (placed.includes(false)) await refresh()
  }

  forgetOnSignOut(() => {
    generation += 1
    filter.value = viewFilters.active
    sort.value = 'due'
    rows.value = []
    total.value = 0
    totalCapped.value = false
    nextCursor.value = null
    loaded.value = false
    selectedId.value = null
    detail.value = null
    arrivals.value = new Set()
    reached = 0
  })

  return {
    filter,
    sort,
    rows,
    total,
    totalCapped,
    nextCursor,
    loaded,
    loadingMore,
    selectedId,
    detail,
    opened,
    arrived,
    seeArrivals,
    refresh,
    show,
    loadMore,
    reach,
    point,
    select,
    create,
    claim,
    release,
    handOver,
    refuse,
    refuseMany,
    complete,
    reopen,
    addNote,
    operators,
    follow,
  }
})
