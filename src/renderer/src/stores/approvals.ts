import { computed, ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { WaitingApproval } from '../../../shared/model/verification'

/** What waits for an approver, at every desk on the same store. */
export const useApprovalsStore = defineStore('approvals', () => {
  const rows = shallowRef<readonly WaitingApproval[]>([])
  const loaded = ref(false)
  const selectedId = ref<string | null>(null)
  /** What the one who is signed in may decide: the badge of the rail. */
  const count = computed(() => rows.value.filter(({ refusal }) => refusal === null).length)
  const selected = computed(() => rows.value.find(({ proofId }) => proofId === selectedId.value) ?? null)
  /** Counts every question, so that an answer to an older one is dropped. */
  let turn = 0

  /** What ends first comes first; the selection goes on to the neighbour of what is gone. */
  function take(next: readonly WaitingApproval[]): void {
    const before = rows.value.findIndex(({ proofId }) => proofId === selectedId.value)
    const sorted = [...next].sort((one, other) => one.expiresAt.localeCompare(other.expiresAt))
    rows.value = sorted
    loaded.value = true
    if (sorted.some(({ proofId }) => proofId === selectedId.value)) return
    selectedId.value = sorted[Math.min(Math.max(before, 0), sorted.length - 1)]?.proofId ?? null
  }

  async function load(): Promise<void> {
    const mine = ++turn
    const next = await unwrap(window.api.approvals.list())
    if (mine === turn) take(next)
  }

  /** As the one who is signed in; throws what main refuses. */
  async function decide(proofId: string, approve: boolean, reason: string): Promise<void> {
    turn += 1
    take(await unwrap(window.api.approvals.decide({ proofId, approve, reason })))
  }

  forgetOnSignOut(() => {
    turn += 1
    rows.value = []
    loaded.value = false
    selectedId.value = null
  })

  return { rows, loaded, selectedId, selected, count, load, decide }
})
