import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { PersonCard } from '../../shared/model/person'
import type { StoredMethod } from '../stores/stores'

/** Wrong codes that end an enrolment, however many were sent. */
export const wrongCodesAllowed = 3

/** Throws `self-action`, `action-blocked {reason}` unless something may be registered for this person. */
export function assertMayEnrol(agentId: PersonId, card: PersonCard): void {
  if (agentId === card.id) throw new AppError('self-action')
  if (card.state.disabled) throw new AppError('action-blocked', { reason: 'disabled' })
  if (card.state.accountExpired) throw new AppError('action-blocked', { reason: 'account-expired' })
}

/** Two methods of one name could not be told apart at a check. Throws `already-registered {label}`. */
export function assertNewLabel(registered: readonly StoredMethod[], label: string): void {
  if (registered.some((method) => method.label === label)) throw new AppError('already-registered', { label })
}
