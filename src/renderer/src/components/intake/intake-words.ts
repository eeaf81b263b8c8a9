import { CircleHelp, Clock, FileWarning, SearchX, UserRoundX, Users, UsersRound } from '@lucide/vue'
import type { IntakeMail } from '../../../../shared/model/intake'

/** How each reason to look at a mail is shown; `waiting`: understood, but nobody was there to ask the directory. */
export const troubleLooks = {
  waiting: { tone: 'neutral', icon: Clock },
  'not-understood': { tone: 'warn', icon: CircleHelp },
  'nobody-named': { tone: 'warn', icon: UserRoundX },
  'several-people': { tone: 'warn', icon: Users },
  'unknown-person': { tone: 'warn', icon: SearchX },
  'ambiguous-person': { tone: 'warn', icon: UsersRound },
  unreadable: { tone: 'danger', icon: FileWarning },
} as const

/** Why a mail waits. */
export function troubleOf({ state, trouble }: Pick<IntakeMail, 'state' | 'trouble'>): keyof typeof troubleLooks {
  return state === 'waiting' ? 'waiting' : (trouble ?? 'not-understood')
}
