import { computed, ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Threat } from '../../../shared/model/threat'

/** Whether heightened threat is on, for every screen; and the dialog that switches it. */
export const useThreatStore = defineStore('threat', () => {
  const threat = shallowRef<Threat | null>(null)
  const heightened = computed(() => threat.value?.heightened === true)
  /** The dialog is open: asked for by the palette, the status line or the settings. */
  const asking = ref(false)
  /** Counts every question, so that an answer to an older one is dropped. */
  let turn = 0

  async function load(): Promise<void> {
    const mine = ++turn
    const now = await unwrap(window.api.threat.get())
    if (mine === turn) threat.value = now
  }

  async function set(on: boolean, reason: string): Promise<void> {
    turn += 1
    threat.value = await unwrap(window.api.threat.set({ heightened: on, reason }))
  }

  forgetOnSignOut(() => {
    turn += 1
    threat.value = null
    asking.value = false
  })

  return { threat, heightened, asking, load, set }
})
