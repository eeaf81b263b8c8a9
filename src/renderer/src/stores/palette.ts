import { ref } from 'vue'
import { defineStore } from 'pinia'
import { forgetOnSignOut } from '../lib/forget'

const kept = 8

/** The command palette: whether it is open, and what was chosen last. Only commands are remembered, never people. */
export const usePaletteStore = defineStore('palette', () => {
  const open = ref(false)
  /** Ids of commands, the last one first. */
  const recent = ref<readonly string[]>([])

  function remember(id: string): void {
    recent.value = [id, ...recent.value.filter((other) => other !== id)].slice(0, kept)
  }

  forgetOnSignOut(() => {
    open.value = false
    recent.value = []
  })

  return { open, recent, remember }
})
