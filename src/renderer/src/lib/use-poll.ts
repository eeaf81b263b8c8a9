import { onActivated, onDeactivated, onMounted, onUnmounted } from 'vue'

/**
 * Runs work every so often while the calling component is on screen and `wanted` holds: for what other desks change, which
 * no push of this one tells.
 */
export function usePoll(everyMs: number, wanted: () => boolean, work: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  function start(): void {
    timer ??= setInterval(() => {
      if (wanted()) work()
    }, everyMs)
  }

  onMounted(start)
  onActivated(start)
  onDeactivated(stop)
  onUnmounted(stop)
}

/** How often other desks are asked after. */
export const otherDesksMs = 15_000
