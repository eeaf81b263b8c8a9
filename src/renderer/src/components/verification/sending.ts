import type { CodeChannel, MethodWay, RegisteredMethod, SentCode, Sending } from '../../../../shared/model/verification'

export type Way = MethodWay['way']

/** What holds for sending one way at one moment. */
interface SendingNow {
  /** Why no code can be sent, or `null` when one can. */
  readonly refusal: MethodWay['refusal']
  /** When the refusal ends by itself. */
  readonly possibleAt: string | null
  readonly left: number
  readonly code: SentCode | null
  /** There is a code that the caller can read out. */
  readonly live: boolean
}

/** Codes that never reached anybody: there is nothing to read out. */
const missed: readonly SentCode['delivery'][] = ['failed', 'busy', 'no-answer']

/** A code runs out, and a waiting time ends, on screen before main is asked again. `now` in milliseconds, main's clock. */
export function sendingNow(sending: Sending, way: MethodWay | null, now: number): SendingNow {
  const code = codeNow(sending.code, now)
  return {
    ...wayNow(way, now),
    left: sending.left,
    code,
    live: code?.state === 'live' && !missed.includes(code.delivery),
  }
}

/** Whether a way is open at this moment. */
export function wayNow(way: MethodWay | null, now: number): Pick<SendingNow, 'refusal' | 'possibleAt'> {
  if (way === null) return { refusal: null, possibleAt: null }
  const over = way.possibleAt !== null && Date.parse(way.possibleAt) <= now
  const waits = way.refusal === 'too-soon' || way.refusal === 'too-many'
  return way.refusal === null || (waits && over)
    ? { refusal: null, possibleAt: null }
    : { refusal: way.refusal, possibleAt: way.possibleAt }
}

/**
 * The way in which to reach the person: the chosen one; else the one by which the last code went, also when that is over and the next
 * one has to wait a little, since its outcome is what is looked at; else the first open one.
 * `null` for a method that nothing is sent for.
 */
export function wayOf(
  method: Pick<RegisteredMethod, 'ways' | 'sending'>,
  chosen: Way | null,
  now: number,
): MethodWay | null {
  const named = (way: Way | undefined) => method.ways.find((one) => one.way === way)
  const code = method.sending?.code ?? null
  const last = code === null || code.state === 'passed' ? undefined : named(code.channel)
  const refusal = last === undefined ? null : wayNow(last, now).refusal
  return (
    named(chosen ?? undefined) ??
    (refusal === null || refusal === 'too-soon' ? last : undefined) ??
    method.ways.find((one) => wayNow(one, now).refusal === null) ??
    method.ways[0] ??
    null
  )
}

/** The channel of a way by which a code travels; `null` for a call that the agent makes. */
export function channelOf(way: MethodWay | null): CodeChannel | null {
  return way === null || way.way === 'call-back' ? null : way.way
}

function codeNow(code: SentCode | null, now: number): SentCode | null {
  return code?.state === 'live' && Date.parse(code.expiresAt) <= now ? { ...code, state: 'expired' } : code
}
