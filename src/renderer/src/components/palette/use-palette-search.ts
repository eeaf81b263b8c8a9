import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { AppError } from '../../../../shared/errors'
import type { RequestState, ResetRequest } from '../../../../shared/model/request'
import type { PersonSummary } from '../../../../shared/model/person'
import { toAppError, unwrap } from '../../lib/api'
import { requestQuery } from './commands'

const pauseMs = 180
const shownEach = 6
const everyState: RequestState[] = ['open', 'claimed', 'done', 'refused', 'expired']

interface PaletteSearch {
  readonly people: ShallowRef<readonly PersonSummary[]>
  readonly requests: ShallowRef<readonly ResetRequest[]>
  readonly busy: Ref<boolean>
  /** What kept the search from an answer; too few letters are none. */
  readonly error: ShallowRef<AppError | null>
}

/** People and requests for what is typed into the palette, asked after a pause; answers to older texts are dropped. */
export function usePaletteSearch(query: () => string, allowed: () => boolean): PaletteSearch {
  const people = shallowRef<readonly PersonSummary[]>([])
  const requests = shallowRef<readonly ResetRequest[]>([])
  const busy = ref(false)
  const error = shallowRef<AppError | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  function settle(foundPeople: readonly PersonSummary[], foundRequests: readonly ResetRequest[]): void {
    people.value = foundPeople
    requests.value = foundRequests
  }

  async function ask(mine: number, text: string, onlyRequests: boolean): Promise<void> {
    const filter = { states: everyState, text }
    try {
      const [found, listed] = await Promise.all([
        onlyRequests
          ? { people: [] }
          : unwrap(window.api.people.search({ query: text, limit: shownEach })).catch(tooShort),
        unwrap(window.api.requests.list({ filter, sort: 'updated', limit: shownEach })),
      ])
      if (mine !== turn) return
      settle(found.people, listed.requests)
    } catch (failure) {
      if (mine !== turn) return
      settle([], [])
      error.value = toAppError(failure)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  watch(query, (typed) => {
    clearTimeout(timer)
    const mine = ++turn
    error.value = null
    const { text, onlyRequests } = requestQuery(typed)
    if (text === '' || !allowed()) {
      busy.value = false
      settle([], [])
      return
    }
    busy.value = true
    timer = setTimeout(() => void ask(mine, text, onlyRequests), pauseMs)
  })
  onScopeDispose(() => {
    turn += 1
    clearTimeout(timer)
  })

  return { people, requests, busy, error }
}

function tooShort(failure: unknown): { readonly people: readonly PersonSummary[] } {
  if (failure instanceof AppError && failure.code === 'search-too-short') return { people: [] }
  throw failure
}
