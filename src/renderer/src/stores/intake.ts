import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { IntakeMail, IntakeMailDetail } from '../../../shared/model/intake'
import type { ResetRequest } from '../../../shared/model/request'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'

const pageSize = 200
const largestPage = 500

/** Mails that wait for a person. Their text is a claim of whoever wrote it: shown, never followed. */
export const useIntakeStore = defineStore('intake', () => {
  const mails = shallowRef<readonly IntakeMail[]>([])
  /** How many wait in all, for the tab; known before the list is opened. */
  const toSort = ref(0)
  const nextCursor = ref<string | null>(null)
  const loaded = ref(false)
  const loadingMore = ref(false)
  const selectedId = ref<string | null>(null)
  const detail = shallowRef<IntakeMailDetail | null>(null)
  /** Counts every start of the list, so that an answer to an older question is dropped. */
  let generation = 0

  const filter = { show: 'to-sort' } as const

  /** How many wait, without the list itself. */
  async function count(): Promise<void> {
    const page = await unwrap(window.api.intake.list({ filter, cursor: null, limit: 1 }))
    toSort.value = page.toSort
  }

  /** Reads the list from its beginning, as far as it was read before (500 at most); the selection stays. */
  async function refresh(): Promise<void> {
    const mine = ++generation
    const limit = Math.min(largestPage, Math.max(pageSize, mails.value.length))
    const page = await unwrap(window.api.intake.list({ filter, cursor: null, limit }))
    if (mine !== generation) return
    mails.value = page.mails
    nextCursor.value = page.nextCursor
    toSort.value = page.toSort
    loaded.value = true
  }

  async function loadMore(): Promise<void> {
    if (nextCursor.value === null || loadingMore.value) return
    const mine = generation
    loadingMore.value = true
    try {
      const page = await unwrap(window.api.intake.list({ filter, cursor: nextCursor.value, limit: largestPage }))
      if (mine !== generation) return
      const known = new Set(mails.value.map((mail) => mail.id))
      mails.value = [...mails.value, ...page.mails.filter((mail) => !known.has(mail.id))]
      nextCursor.value = page.nextCursor
      toSort.value = page.toSort
    } finally {
      loadingMore.value = false
    }
  }

  /** Marks a mail without reading it yet. */
  function point(id: string): void {
    selectedId.value = id
    if (detail.value?.mail.id !== id) detail.value = null
  }

  async function select(id: string): Promise<void> {
    point(id)
    const fresh = await unwrap(window.api.intake.get({ mailId: id }))
    if (selectedId.value === id) detail.value = fresh
  }

  /** Takes a settled mail out of the list. Answers the one that comes next, as in a mail client, or `null`. */
  function leave(mailId: string): string | null {
    const index = mails.value.findIndex((mail) => mail.id === mailId)
    const next = mails.value[index + 1] ?? mails.value[index - 1] ?? null
    if (selectedId.value === mailId) {
      selectedId.value = null
      detail.value = null
    }
    if (index < 0) return null
    mails.value = mails.value.filter((mail) => mail.id !== mailId)
    toSort.value = Math.max(0, toSort.value - 1)
    return next?.id ?? null
  }

  /** A person says whose mail it is. The mail stays until `leave`: who shows it must hear the answer first. */
  function match(mailId: string, personId: string): Promise<ResetRequest> {
    return unwrap(window.api.intake.match({ mailId, personId }))
  }

  async function dismiss(mailId: string, reason: string): Promise<void> {
    await unwrap(window.api.intake.dismiss({ mailId, reason }))
  }

  /** The mails behind one request, newest first; at most 50. */
  function ofRequest(requestId: string): Promise<IntakeMailDetail[]> {
    return unwrap(window.api.intake.ofRequest({ requestId }))
  }

  forgetOnSignOut(() => {
    generation += 1
    mails.value = []
    toSort.value = 0
    nextCursor.value = null
    loaded.value = false
    selectedId.value = null
    detail.value = null
  })

  return {
    mails,
    toSort,
    nextCursor,
    loaded,
    loadingMore,
    selectedId,
    detail,
    count,
    refresh,
    loadMore,
    point,
    select,
    leave,
    match,
    dismiss,
    ofRequest,
  }
})
