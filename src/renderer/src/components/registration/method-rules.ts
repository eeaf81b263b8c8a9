import type { MethodType } from '../../../../shared/model/verification'
import type { RegistrationSummary } from '../../../../shared/model/registration'

export type Method = RegistrationSummary['methods'][number]

/** What can be done with a method on the person's card. */
export type MethodAction = 'rename' | 'default' | 'confirm' | 'reveal' | 'remove'

/** Types that are a telephone number. */
export type PhoneType = 'mobile' | 'alternative' | 'office'

export function isPhone(type: MethodType): type is PhoneType {
  return type === 'mobile' || type === 'alternative' || type === 'office'
}

/** Whether a code can prove it again; a key and answers are renewed by each check that they pass. */
export function canConfirmByCode(type: MethodType): boolean {
  return type === 'app' || type === 'mail' || isPhone(type)
}

/** Whether there is a number or an address to show; seeds, keys and answers are shown to nobody. */
export function canReveal(type: MethodType): boolean {
  return type === 'mail' || isPhone(type)
}

/** The directory's field that may be offered for a type. */
export function offerFor(
  type: MethodType,
  offers: RegistrationSummary['offers'],
): RegistrationSummary['offers'][number] | null {
  const field = type === 'mail' ? 'mail' : type === 'office' ? 'telephone' : 'mobile'
  if (type !== 'mail' && !isPhone(type)) return null
  return offers.find((offer) => offer.field === field) ?? null
}
