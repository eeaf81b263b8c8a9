import { onMounted, onUnmounted } from 'vue'

const inputs = ['keydown', 'pointerdown', 'wheel'] as const

/**
 * Tells main that somebody is at the keyboard, at most once per tenth of the idle time (and every 15 s). Only real input
 * counts: what a script sends does not put the lock off, and neither does a mouse that is merely nudged.
 */
export function useActivity(idleSeconds: () => number, touch: () => void): void {
  let last = 0

  function onInput(event: Event): void {
    if (!event.isTrusted) return
    const now = performance.now()
    if (now - last < Math.min(15_000, idleSeconds() * 100)) return
    last = now
    touch()
  }

  onMounted(() => {
    for (const input of inputs) window.addEventListener(input, onInput, { capture: true, passive: true })
  })
  onUnmounted(() => {
    for (const input of inputs) window.removeEventListener(input, onInput, { capture: true })
  })
}
