import type {
  CheckResult,
  ProofSummary,
  RegisteredMethod,
  VerificationStatus,
} from '../../../../shared/model/verification'
import type { KeptOutcome } from '../../stores/reset'
import { lastDigits } from '../verification/method-words'
import type { Way } from '../verification/sending'

/** Where a call stands; `stuck`: it cannot go on by telephone from here. */
export type CallPhase = 'find' | 'reading' | 'check' | 'stuck' | 'reset' | 'told' | 'over'

/** What to say next: a key of `call.say` and what it names. */
export interface CallLine {
  readonly key: string
  readonly params: Readonly<Record<string, string>>
}

/** Why nothing can be checked by telephone now, as a key of `call.stuck`; `null`: it can. */
export type Stuck = 'blocked' | 'closed' | 'attest' | 'waiting' | 'agree' | 'no-way' | null

export function stuckBy(
  status: VerificationStatus,
  facts: {
    readonly closed: boolean
    readonly attestedOnly: boolean
    readonly checkable: number
    /** What an approver has not spoken about yet. */
    readonly waiting: ProofSummary | null
    readonly wantsAgreement: boolean
  },
): Stuck {
  if (status.blocked !== null) return 'blocked'
  if (facts.closed) return 'closed'
  if (facts.wantsAgreement) return 'agree'
  // Somebody who was called back can be checked further meanwhile.
  const callBack = facts.waiting?.kind === 'phone' && facts.checkable > 0 && !facts.attestedOnly
  if (facts.waiting !== null && !callBack) return 'waiting'
  if (facts.attestedOnly) return status.attestations.length > 0 ? 'attest' : 'no-way'
  return facts.checkable === 0 ? 'no-way' : null
}

interface LineFacts {
  readonly phase: CallPhase
  readonly stuck: Stuck
  readonly method: RegisteredMethod | null
  /** How the caller is reached by it. */
  readonly way: Way | null
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
      return said(stuckLine(facts.stuck))
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

function stuckLine(stuck: Stuck): string {
  if (stuck === 'agree') return 'waiting'
  return stuck === 'waiting' || stuck === 'attest' ? stuck : 'stuck'
}

function checkLine(facts: LineFacts): CallLine {
  const { method, way, missed, organisation } = facts
  if (method?.type === 'key') return said(missed === undefined ? 'key' : 'keyAgain')
  if (method?.type === 'questions') return said(missed === undefined ? 'questions' : 'questionsAgain')
  if (way !== null && method !== null) return sentLine(way, lastDigits(method.masked), facts)
  if (missed !== undefined) return said('appAgain')
  return organisation === '' ? said('appNoName') : said('app', { organisation })
}

const prefixes = { sms: 'phone', voice: 'voice', mail: 'mail' } as const

/** What travels to a number or address: announced, asked for, asked for again. An address is never said aloud. */
function sentLine(way: Way, digits: string, { codeSent, missed }: LineFacts): CallLine {
  if (way === 'call-back') return said('callBack', { digits })
  const params = way === 'mail' ? {} : { digits }
  if (!codeSent) return said(`${prefixes[way]}Send`, params)
  return said(missed === undefined ? prefixes[way] : `${prefixes[way]}Again`, params)
}

function outcomeLine(outcome: KeptOutcome | null): CallLine {
  if (outcome === null || outcome.outcome === 'unknown') return said('unknown')
  if (outcome.outcome === 'not-written') return said('again')
  if (outcome.canSignIn === false) return said('cannot')
  return said(outcome.action === 'unlock' ? 'unlocked' : 'password')
}
