import { computed, ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { AppError } from '../../../shared/errors'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import { deskNow } from '../lib/use-now'
import type { PersonCard } from '../../../shared/model/person'
import type { RequestReason, ResetRequest } from '../../../shared/model/request'
import { usePeopleStore } from './people'
import { useSessionStore } from './session'

type EnteredReason = Exclude<RequestReason, 'not-said'>

/** What the account says about why somebody calls; the note has the rest. */
function likelyReason({ state }: PersonCard): EnteredReason {
  if (state.locked) return 'locked-out'
  return state.passwordChangedAt === null ? 'never-got' : 'forgot'
}

/** The call under way: when it began, and the request that it is about. Codes and passwords never come here. */
export const useCallStore = defineStore('call', () => {
  const session = useSessionStore()
  const people = usePeopleStore()

  /** Milliseconds by main's clock; `null`: no call is under way. */
  const startedAt = ref<number | null>(null)
  /** When the work of the call ended. */
  const endedAt = ref<number | null>(null)
  const request = shallowRef<ResetRequest | null>(null)
  /** The request is on screen; else the search is, and the request waits. */
  const atCase = ref(false)
  /** A temporary password is on screen: nothing may take it away unasked. */
  const showsPassword = ref(false)
  const over = computed(() => endedAt.value !== null)

  /** The telephone was picked up. A call under way goes on. */
  function begin(): void {
    startedAt.value ??= deskNow()
  }

  function take(next: ResetRequest): ResetRequest {
    begin()
    request.value = next
    atCase.value = true
    endedAt.value = null
    return next
  }

  /**
   * The request that this call is about, claimed by whoever is at the desk. Throws `request-held-by-other {name}`,
   * `request-step-forbidden` for a closed one, and what main refuses.
   */
  async function open(requestId: string): Promise<ResetRequest> {
    const { request: found } = await unwrap(window.api.requests.get({ requestId }))
    if (found.state === 'open') {
      return take(await unwrap(window.api.requests.claim({ requestId, version: found.version })))
    }
    if (found.state !== 'claimed') throw new AppError('request-step-forbidden')
    if (found.holder?.id !== session.operator?.id) {
      throw new AppError('request-held-by-other', { name: found.holder?.name ?? '', requestId })
    }
    return take(found)
  }

  /** A new request of this person by telephone, or the open one that they have already. */
  async function openFor(personId: string): Promise<ResetRequest> {
    const card = await people.readCard(personId)
    const entered = { personId, channel: 'phone', reason: likelyReason(card), note: '', claim: true } as const
    try {
      return take(await unwrap(window.api.requests.create(entered)))
    } catch (error) {
      const existing = error instanceof AppError && error.code === 'request-exists' ? error.params['requestId'] : null
      if (typeof existing !== 'string') throw error
      return open(existing)
    }
  }

  /** Reads the request again: somebody may have moved it on. */
  async function follow(): Promise<void> {
    const current = request.value
    if (current === null) return
    const { request: fresh } = await unwrap(window.api.requests.get({ requestId: current.id }))
    if (request.value?.id === fresh.id) request.value = fresh
  }

  async function addNote(requestId: string, text: string): Promise<void> {
    await unwrap(window.api.requests.addNote({ requestId, text }))
  }

  function back(): void {
    atCase.value = false
  }

  function resume(): void {
    if (request.value !== null) atCase.value = true
  }

  function finish(): void {
    endedAt.value = deskNow()
  }

  /** The caller hung up: the next call starts from nothing. */
  function clear(): void {
    startedAt.value = null
    endedAt.value = null
    request.value = null
    atCase.value = false
    showsPassword.value = false
  }

  forgetOnSignOut(clear)

  return {
    startedAt,
    endedAt,
    request,
    atCase,
    showsPassword,
    over,
    begin,
    open,
    openFor,
    follow,
    addNote,
    back,
    resume,
    finish,
    clear,
  }
})
