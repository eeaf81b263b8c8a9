import type { SentCode, Sending } from '../../../../shared/model/verification'

/** What holds for sending at one moment. */
interface SendingNow {
  /** Why no code can be sent, or `null` when one can. */
  readonly refusal: Sending['refusal']
  /** When the refusal ends by itself. */
  readonly possibleAt: string | null
  readonly left: number
  readonly code: SentCode | null
  /** There is a code that the caller can read out. */
  readonly live: boolean
}

/** A code runs out, and a waiting time ends, on screen before main is asked again. `now` in milliseconds, main's clock. */
export function sendingNow(sending: Sending, now: number): SendingNow {
  const over = sending.possibleAt !== null && Date.parse(sending.possibleAt) <= now
  const waits = sending.refusal === 'too-soon' || sending.refusal === 'too-many'
  const refusal = waits && over ? null : sending.refusal
  const code = codeNow(sending.code, now)
  return {
    refusal,
    possibleAt: refusal === null ? null : sending.possibleAt,
    left: sending.left,
    code,
    live: code?.state === 'live' && code.delivery !== 'failed',
  }
}

function codeNow(code: SentCode | null, now: number): SentCode | null {
  return code?.state === 'live' && Date.parse(code.expiresAt) <= now ? { ...code, state: 'expired' } : code
}
