import { computed, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { KeyAvailability, KeyPrompt, KeyTalkState } from '../../../shared/model/security-key'

/** Whether a security key can be used at this machine, and what it waits for. A PIN passes through and is never kept here. */
export const useSecurityKeyStore = defineStore('security-key', () => {
  /** `null` until it was asked. */
  const availability = shallowRef<KeyAvailability | null>(null)
  const state = shallowRef<KeyTalkState>(null)
  /** `null`: no conversation, or it is only beginning. */
  const prompt = computed<KeyPrompt | null>(() => state.value?.prompt ?? null)
  /** Counts every question, so that an answer to an older one is dropped. */
  let turn = 0

  async function readAvailability(): Promise<KeyAvailability> {
    const now = await unwrap(window.api.securityKey.availability())
    availability.value = now
    return now
  }

  async function read(): Promise<void> {
    const mine = ++turn
    const now = await unwrap(window.api.securityKey.state())
    if (mine === turn) state.value = now
  }

  async function pin(typed: string): Promise<void> {
    await unwrap(window.api.securityKey.pin({ pin: typed }))
  }

  /** Ends the conversation; the call that started it is refused with `key-cancelled`. */
  async function cancel(): Promise<void> {
    await unwrap(window.api.securityKey.cancel())
  }

  /** Follows main's pushes; the answer stops following and forgets the prompt. A failed read leaves what was shown. */
  function listen(): () => void {
    const follow = () => void read().catch(() => undefined)
    const stop = window.api.on('security-key-changed', follow)
    follow()
    return () => {
      stop()
      turn += 1
      state.value = null
    }
  }

  forgetOnSignOut(() => {
    turn += 1
    availability.value = null
    state.value = null
  })

  return { availability, prompt, readAvailability, pin, cancel, listen }
})
