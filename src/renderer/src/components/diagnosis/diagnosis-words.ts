import { CircleCheck, CircleHelp, CircleOff, ServerOff, UserRoundX } from '@lucide/vue'
import type { Diagnosis } from '../../../../shared/model/diagnosis'

/** How a cause looks wherever it is shown; `unknown`: not diagnosed yet. */
export const causeLooks = {
  'managed-elsewhere': { tone: 'info', icon: ServerOff },
  'not-enabled': { tone: 'warn', icon: CircleOff },
  'not-registered': { tone: 'warn', icon: UserRoundX },
  none: { tone: 'ok', icon: CircleCheck },
  unknown: { tone: 'neutral', icon: CircleHelp },
} as const

/**
 * Which sentence is read out to the caller (`diagnosis.say`). It tells no more than the message on their screen: who calls
 * is not known yet, so the state of the account stays out of it.
 */
export function sayKey({ reason, fixes }: Pick<Diagnosis, 'reason' | 'fixes'>): Diagnosis['reason'] | 'refer' {
  return reason === 'password-elsewhere' && fixes.includes('refer') ? 'refer' : reason
}

/** Where a fix leads, or `null` when somebody else does it. */
export function fixPlace(fix: Diagnosis['fixes'][number]): 'checking' | 'registration' | null {
  switch (fix) {
    case 'reset-here':
    case 'unlock-here':
      return 'checking'
    case 'register-in-person':
      return 'registration'
    case 'enable-account':
    case 'refer':
    case 'add-to-scope':
    case 'turn-on':
    case 'wait':
    case 'use-self-service':
      return null
  }
}
