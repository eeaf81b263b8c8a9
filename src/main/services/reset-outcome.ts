import type { AccountState, PasswordPolicy, PersonCard } from '../../shared/model/person'
import type { ResetPreview } from '../../shared/model/reset'

type Concern = ResetPreview['blockers'][number]

/** Why a reset or an unlock would not let this person sign in: then nothing is offered. */
export function blockersOf(state: AccountState): Concern[] {
  const blockers: Concern[] = []
  if (state.smartCardRequired) blockers.push('smart-card-required')
  if (state.disabled) blockers.push('disabled')
  if (state.accountExpired) blockers.push('account-expired')
  return blockers
}

/** What the agent should know before the write. */
export function warningsOf(card: PersonCard, policy: PasswordPolicy): Concern[] {
  const warnings: Concern[] = []
  if (card.state.passwordNeverExpires) warnings.push('password-never-expires')
  if (policy.source === 'default') warnings.push('policy-may-differ')
  if (policy.historyLength > 0 && policy.historyOnReset === 'not-enforced') warnings.push('history-not-enforced')
  if (card.mayUnlock === false || card.mayRequireChange === false) warnings.push('rights-unclear')
  return warnings
}

/** By what the directory says: nothing but the password stands between this person and a sign-in. */
export function canSignIn(state: AccountState): boolean {
  return !state.locked && blockersOf(state).length === 0
}

/**
 * Whether a password write without an answer took effect, by the same server's word before and after it. The desk's clock is
 * left out: it may differ from the server's. A required change hides the time of the password on Active Directory
 * (`pwdLastSet` is 0), so that a person who had to change before as well cannot be told: `unclear`.
 */
export function passwordWrite(before: AccountState, after: AccountState): 'written' | 'not-written' | 'unclear' {
  if (after.passwordChangedAt !== null) {
    const earlier = before.passwordChangedAt
    if (earlier === null || Date.parse(after.passwordChangedAt) > Date.parse(earlier)) return 'written'
    return after.mustChange && !before.mustChange ? 'written' : 'not-written'
  }
  if (after.mustChange && !before.mustChange) return 'written'
  return before.passwordChangedAt === null && after.mustChange ? 'unclear' : 'not-written'
}
