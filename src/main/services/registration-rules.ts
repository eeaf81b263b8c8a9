import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { PersonCard } from '../../shared/model/person'
import type { MethodType } from '../../shared/model/verification'
import { isSameAddress } from '../domain/registration-address'
import { kindOf, methodsOfAType, typeRefusal } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import type { StoredMethod } from '../stores/stores'
import type { Destinations } from './codes-destinations'

/** Wrong codes that end an enrolment, however many were sent. */
export const wrongCodesAllowed = 3

/** Throws `self-action`. */
export function assertNotOneself(agentId: PersonId, person: { readonly id: PersonId }): void {
  if (agentId === person.id) throw new AppError('self-action')
}

/** Throws `self-action`, `action-blocked {reason}` unless something may be registered for this person. */
export function assertMayEnrol(agentId: PersonId, card: PersonCard): void {
  assertNotOneself(agentId, card)
  if (card.state.disabled) throw new AppError('action-blocked', { reason: 'disabled' })
  if (card.state.accountExpired) throw new AppError('action-blocked', { reason: 'account-expired' })
}

/** Two methods of one name could not be told apart at a check. Throws `already-registered {label}`. */
export function assertNewLabel(registered: readonly StoredMethod[], label: string): void {
  if (registered.some((method) => method.label === label)) throw new AppError('already-registered', { label })
}

/** Throws `method-limit {limit}`, `method-not-usable {reason}` and `sms-…`, `voice-…` or `mail-not-set-up`. */
export function assertMayHave(
  type: MethodType,
  card: PersonCard,
  registered: readonly StoredMethod[],
  means: RegistrationMeans,
): void {
  const refusal = typeRefusal(type, { privileged: card.privilege.privileged, registered }, means)
  switch (refusal) {
    case null:
      return
    case 'limit':
      throw new AppError('method-limit', { limit: methodsOfAType })
    case 'no-gateway':
      throw new AppError(
        type === 'mail' ? 'mail-not-set-up' : type === 'office' ? 'voice-not-set-up' : 'sms-not-set-up',
      )
    case 'no-key-reader':
      throw new AppError('key-not-available', { reason: 'not-set-up' })
    case 'not-in-policy':
    case 'not-for-privileged':
      throw new AppError('method-not-usable', { reason: refusal })
  }
}

/** One number or address once per person. Throws `number-taken`, `address-taken`, `store-tampered`. */
export async function assertNewDestination(
  destinations: Destinations,
  personId: PersonId,
  registered: readonly StoredMethod[],
  { type, to }: { readonly type: MethodType; readonly to: string },
): Promise<void> {
  const reached = await destinations.reach(personId, registered)
  if (!reached.some(({ destination }) => destination !== null && isSameAddress(destination.to, to))) return
  throw new AppError(kindOf(type) === 'mail' ? 'address-taken' : 'number-taken')
}
