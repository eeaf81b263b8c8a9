import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { ResetOutcome, ResetPreview } from '../../../shared/model/reset'

/** An outcome without the password: what may stay in memory after the dialog is closed. */
export type KeptOutcome = Omit<ResetOutcome, 'shown'>

/**
 * Resets and unlocks. The temporary password is in the one answer that `perform` hands to its caller; this store keeps the
 * outcome without it (DESIGN.md §5.6).
 */
export const useResetStore = defineStore('reset', () => {
  const outcomes = shallowRef<Readonly<Record<string, KeptOutcome>>>({})
  /** Writes under way, by request: a second click gets the same answer and sends nothing. */
  const underWay = new Map<string, Promise<ResetOutcome>>()

  function preview(requestId: string): Promise<ResetPreview> {
    return unwrap(window.api.reset.preview({ requestId }))
  }

  function keep(outcome: ResetOutcome): ResetOutcome {
    const { shown: _shown, ...rest } = outcome
    outcomes.value = { ...outcomes.value, [outcome.request.id]: rest }
    return outcome
  }

  function once(requestId: string, write: () => Promise<ResetOutcome>): Promise<ResetOutcome> {
    const running = underWay.get(requestId)
    if (running !== undefined) return running
    const started = write().then(keep)
    underWay.set(requestId, started)
    const done = () => void underWay.delete(requestId)
    started.then(done, done)
    return started
  }

  function perform(requestId: string): Promise<ResetOutcome> {
    return once(requestId, () => unwrap(window.api.reset.perform({ requestId })))
  }

  function unlock(requestId: string): Promise<ResetOutcome> {
    return once(requestId, () => unwrap(window.api.reset.unlock({ requestId })))
  }

  function recheck(requestId: string): Promise<ResetOutcome> {
    return once(requestId, () => unwrap(window.api.reset.recheck({ requestId })))
  }

  /** Copies in main, where the clipboard is cleared again; answers after how many seconds. */
  async function copyPassword(resetId: string): Promise<number> {
    return (await unwrap(window.api.reset.copyPassword({ resetId }))).seconds
  }

  async function dismiss(resetId: string): Promise<void> {
    await unwrap(window.api.reset.dismiss({ resetId }))
  }

  forgetOnSignOut(() => {
    outcomes.value = {}
  })

  return { outcomes, preview, perform, unlock, recheck, copyPassword, dismiss }
})
