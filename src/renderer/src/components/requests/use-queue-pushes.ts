import { onUnmounted } from 'vue'

/** So long pushes are gathered: several changes in a row are one look at the queue. */
const pauseMs = 150

/**
 * Hears what changed in the queue and follows it, one look after the other: however fast requests come in, what is shown never
 * waits for them to end. Works on while another screen is shown.
 */
export function useQueuePushes(follow: (changed: readonly string[] | null) => Promise<unknown>): void {
  const changed = new Set<string>()
  let many = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  let gone = false

  function arm(): void {
    if (timer === undefined && !busy) timer = setTimeout(() => void look(), pauseMs)
  }

  async function look(): Promise<void> {
    timer = undefined
    busy = true
    const about = many ? null : [...changed]
    many = false
    changed.clear()
    await follow(about)
    busy = false
    if (!gone && (many || changed.size > 0)) arm()
  }

  const stop = window.api.on('queue-changed', ({ requestId }) => {
    if (requestId === null) many = true
    else changed.add(requestId)
    arm()
  })
  onUnmounted(() => {
    stop()
    clearTimeout(timer)
    gone = true
  })
}
