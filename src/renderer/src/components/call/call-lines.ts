import type { CheckResult, RegisteredMethod, VerificationStatus } from '../../../../shared/model/verification'
import type { KeptOutcome } from '../../stores/reset'
import { lastDigits } from '../verification/method-words'

/** Where a call stands; `stuck`: it cannot go on by telephone from here. */
export type CallPhase = 'find' | 'reading' | 'check' | 'stuck' | 'reset' | 'told' | 'over'

/** What to say next: a key of `call.say` and what it names. */
export interface CallLine {
  readonly key: string
  readonly params: Readonly<Record<string, string>>
}

/** Why nothing can be checked by telephone now, as a key of `call.stuck`; `null`: it can. */
export type Stuck = 'blocked' | 'closed' | 'attest' | 'waiting' | 'no-way' | null

export function stuckBy(
  status: VerificationStatus,
  facts: { readonly closed: boolean; readonly attestedOnly: boolean; readonly checkable: number },
): Stuck {
  if (status.blocked !== null) return 'blocked'
  if (facts.closed) return 'closed'
  if (status.proofs.some((proof) => proof.state === 'waiting')) return 'waiting'
  if (facts.attestedOnly) return status.attestations.length > 0 ? 'attest' : 'no-way'
  return facts.checkable === 0 ? 'no-way' : null
}

interface LineFacts {
  readonly phase: CallPhase
  readonly stuck: Stuck
  readonly method: RegisteredMethod | null
  /** A code is on its way or there: the caller can read it out. */
  readonly codeSent: boolean
  /** What the last wrong code was; `undefined`: none was wrong. */
  readonly missed: CheckResult['hint'] | undefined
  readonly outcome: KeptOutcome | null
  readonly organisation: string
}

const said = (key: string, params: CallLine['params'] = {}): CallLine => ({ key, params })

/** The sentence for this moment. It tells nobody who has not been checked anything about the account. */
export function lineFor(facts: LineFacts): CallLine {
  switch (facts.phase) {
    case 'find':
      return said('find')
    case 'reading':
      return said('moment')
    case 'stuck':
      return said(facts.stuck === 'waiting' || facts.stuck === 'attest' ? facts.stuck : 'stuck')
    case 'check':
      return checkLine(facts)
    case 'reset':
      return said('verified')
    case 'told':
      return outcomeLine(facts.outcome)
    case 'over':
      return said('over')
  }
}

function checkLine({ method, codeSent, missed, organisation }: LineFacts): CallLine {
  if (method?.kind === 'phone') {
    const digits = lastDigits(method.masked)
    if (!codeSent) return said('phoneSend', { digits })
    return missed === undefined ? said('phone', { digits }) : said('phoneAgain', { digits })
  }
  if (missed !== undefined) return said('appAgain')
  return organisation === '' ? said('appNoName') : said('app', { organisation })
}

function outcomeLine(outcome: KeptOutcome | null): CallLine {
  if (outcome === null || outcome.outcome === 'unknown') return said('unknown')
  if (outcome.outcome === 'not-written') return said('again')
  if (outcome.canSignIn === false) return said('cannot')
  return said(outcome.action === 'unlock' ? 'unlocked' : 'password')
}
