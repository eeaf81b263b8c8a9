import { computed, markRaw, ref, shallowRef } from 'vue'
import type { Raw, Ref } from 'vue'
import { defineStore } from 'pinia'
import { AppError } from '../../../shared/errors'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { PersonCard, PersonSummary } from '../../../shared/model/person'

/** Long enough to skip most key strokes, short enough to feel immediate. */
const debounceMs = 180
const searchLimit = 30

export interface PersonSearch {
  readonly query: Ref<string>
  readonly people: Ref<readonly PersonSummary[]>
  readonly more: Ref<boolean>
  readonly busy: Ref<boolean>
  /** Too little to search by: a hint, no error. */
  readonly tooShort: Ref<boolean>
  readonly error: Ref<unknown>
  /** The query that `people` answers; `null` before the first answer. */
  readonly answered: Ref<string | null>
  /** Takes what was typed and asks after a pause; an answer to an older query is dropped. */
  type(query: string): void
  /** Asks at once, without the pause. */
  now(): Promise<void>
  clear(): void
}

/** Search as you type. The people screen and the dialog for a new request each have their own. */
export function createPersonSearch(): Raw<PersonSearch> {
  const query = ref('')
  const people = shallowRef<readonly PersonSummary[]>([])
  const more = ref(false)
  const busy = ref(false)
  const tooShort = ref(false)
  const error = ref<unknown>(null)
  const answered = ref<string | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  function settle(found: { people: readonly PersonSummary[]; more: boolean }, about: string | null): void {
    people.value = found.people
    more.value = found.more
    answered.value = about
  }

  async function now(): Promise<void> {
    clearTimeout(timer)
    const mine = ++latest
    const asked = query.value.trim()
    tooShort.value = false
    error.value = null
    if (asked === '') {
      busy.value = false
      settle({ people: [], more: false }, null)
      return
    }
    busy.value = true
    try {
      const found = await unwrap(window.api.people.search({ query: asked, limit: searchLimit }))
      if (mine === latest) settle(found, asked)
    } catch (failure) {
      if (mine !== latest) return
      settle({ people: [], more: false }, null)
      if (failure instanceof AppError && failure.code === 'search-too-short') tooShort.value = true
      else error.value = failure
    } finally {
      if (mine === latest) busy.value = false
    }
  }

  function type(next: string): void {
    query.value = next
    clearTimeout(timer)
    timer = setTimeout(() => void now(), debounceMs)
  }

  function clear(): void {
    query.value = ''
    void now()
  }

  // Raw: inside a store, a reactive wrapper would take the refs out of their boxes.
  return markRaw({ query, people, more, busy, tooShort, error, answered, type, now, clear })
}

/** The people screen: its search, who is chosen, and the cards that were read. */
export const usePeopleStore = defineStore('people', () => {
  const search = createPersonSearch()
  const selectedId = ref<string | null>(null)
  const cards = shallowRef<Readonly<Record<string, PersonCard>>>({})

  const selected = computed(() => (selectedId.value === null ? null : (cards.value[selectedId.value] ?? null)))

  /** Reads the card from the directory; the last one stays visible meanwhile. */
  async function readCard(personId: string): Promise<PersonCard> {
    const card = await unwrap(window.api.people.card({ personId }))
    cards.value = { ...cards.value, [personId]: card }
    return card
  }

  forgetOnSignOut(() => {
    cards.value = {}
    selectedId.value = null
    search.clear()
  })

  return { search, selectedId, cards, selected, readCard }
})
