import { onScopeDispose, ref, type Ref } from 'vue'

let offset = 0

/** Takes over main's clock (`session.status.now`): tests and demos run the whole desk at another time. */
export function setDeskTime(now: string): void {
  offset = Date.parse(now) - Date.now()
}

/** Now, in milliseconds, by main's clock. */
export function deskNow(): number {
  return Date.now() + offset
}

/** A ticking now (milliseconds, main's clock) for countdowns and "3 minutes ago". */
export function useNow(everyMs = 1000): Readonly<Ref<number>> {
  const now = ref(deskNow())
  const timer = setInterval(() => {
    now.value = deskNow()
  }, everyMs)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return now
}
