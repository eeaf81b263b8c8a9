import type { PersonCard } from '../../../../shared/model/person'

/** One line of the state of an account: message keys, and instants that the words name. */
export interface StateFact {
  readonly id: string
  readonly tone: 'danger' | 'warn' | 'info' | 'ok' | 'neutral'
  /** Message key of the word that says it. */
  readonly word: string
  /** Message keys of what follows, each with its instant or its words. */
  readonly more: readonly {
    readonly key: string
    readonly at?: string
    readonly groups?: string
    readonly count?: number
  }[]
}

const at = (key: string, instant: string | null) => (instant === null ? [] : [{ key, at: instant }])

/** What stops or will stop a sign-in, worst first. Empty: nothing does. */
export function troubles(card: PersonCard): StateFact[] {
  const { state, privilege } = card
  const facts: (StateFact | false)[] = [
    privilege.privileged && {
      id: 'privileged',
      tone: 'warn',
      word: 'people.state.privileged',
      more: [
        { key: 'people.state.privilegedText', groups: privilege.groups.join(', ') },
        { key: 'people.state.privilegedRule' },
      ],
    },
    state.disabled && {
      id: 'disabled',
      tone: 'danger',
      word: 'people.state.disabled',
      more: [{ key: 'people.state.disabledText' }],
    },
    state.accountExpired && {
      id: 'account-expired',
      tone: 'danger',
      word: 'people.state.accountExpired',
      more: at('people.state.accountExpiredText', state.accountExpiresAt),
    },
    state.locked && {
      id: 'locked',
      tone: 'danger',
      word: 'people.state.locked',
      more: [
        ...at('people.state.lockedSince', state.lockedAt),
        ...(state.unlocksAt === null
          ? [{ key: 'people.state.unlocksOnlyByUnlock' }]
          : at('people.state.unlocksAt', state.unlocksAt)),
        ...(state.badPasswordCount ? [{ key: 'people.state.badPasswords', count: state.badPasswordCount }] : []),
      ],
    },
    state.smartCardRequired && {
      id: 'smart-card',
      tone: 'danger',
      word: 'people.state.smartCard',
      more: [{ key: 'people.state.smartCardText' }],
    },
    state.mustChange && {
      id: 'must-change',
      tone: 'warn',
      word: 'people.state.mustChange',
      more: [{ key: 'people.state.mustChangeText' }],
    },
    state.passwordExpired &&
      !state.mustChange && {
        id: 'password-expired',
        tone: 'danger',
        word: 'people.state.passwordExpired',
        more:
          state.passwordExpiresAt === null
            ? [{ key: 'people.state.passwordExpiredUnknown' }]
            : at('people.state.passwordExpiredText', state.passwordExpiresAt),
      },
    privilege.adminCountHint && {
      id: 'admin-count',
      tone: 'info',
      word: 'people.state.adminCount',
      more: [{ key: 'people.state.adminCountText' }],
    },
  ]
  return facts.filter((fact) => fact !== false)
}

/** Whether the right password would let the person in. */
export function nothingStopsSignIn(card: PersonCard): boolean {
  const { state } = card
  return !(
    state.locked ||
    state.disabled ||
    state.accountExpired ||
    state.passwordExpired ||
    state.mustChange ||
    state.smartCardRequired
  )
}
