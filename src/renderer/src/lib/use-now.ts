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

/** One clock for all who tick alike: two countdowns to the same moment never differ. */
interface Ticker {
  readonly now: Ref<number>
  readonly timer: ReturnType<typeof setInterval>
  users: number
}

const tickers = new Map<number, Ticker>()

function startTicker(everyMs: number): Ticker {
  const now = ref(deskNow())
  const timer = setInterval(() => {
    now.value = deskNow()
  }, everyMs)
  return { now, timer, users: 0 }
}

/** A ticking now (milliseconds, main's clock) for countdowns and "3 minutes ago". */
export function useNow(everyMs = 1000): Readonly<Ref<number>> {
  const ticker = tickers.get(everyMs) ?? startTicker(everyMs)
  tickers.set(everyMs, ticker)
  ticker.users += 1
  // What has just come from main must not seem to lie in the future.
  ticker.now.value = deskNow()
  onScopeDispose(() => {
    ticker.users -= 1
    if (ticker.users > 0) return
    clearInterval(ticker.timer)
    tickers.delete(everyMs)
  })
  return ticker.now
}
