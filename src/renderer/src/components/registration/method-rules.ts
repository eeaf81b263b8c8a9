import type { CodeChannel, MethodType } from '../../../../shared/model/verification'
import type { RegistrationSummary } from '../../../../shared/model/registration'

export type Method = RegistrationSummary['methods'][number]

/** What can be done with a method on the person's card. */
export type MethodAction = 'rename' | 'default' | 'confirm' | 'reveal' | 'remove'

/** Types that are a telephone number. */
export type PhoneType = 'mobile' | 'alternative' | 'office'

/** Ways in which a code reaches a number. */
export type PhoneChannel = Extract<CodeChannel, 'sms' | 'voice'>

export function isPhone(type: MethodType): type is PhoneType {
  return type === 'mobile' || type === 'alternative' || type === 'office'
}

/** Whether a code can prove it again, here and now. */
export function canConfirmByCode({ type, channels }: Pick<Method, 'type' | 'channels'>): boolean {
  return type === 'app' || channels.length > 0
}

/** Whether only a passed check renews it: no code can be asked of a key or of answers. */
export function isRenewedByCheck(type: MethodType): boolean {
  return type === 'key' || type === 'questions'
}

/** Ways in which a code can confirm a number of this type, here and now. */
export function phoneChannels(type: MethodType, types: RegistrationSummary['types']): readonly PhoneChannel[] {
  const channels = types.find((one) => one.type === type)?.channels ?? []
  return channels.filter((channel) => channel !== 'mail')
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
