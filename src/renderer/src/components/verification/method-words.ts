import type { RegisteredMethod } from '../../../../shared/model/verification'
import { methodName } from '../../lib/method-name'

const directoryFields: readonly string[] = ['mobile', 'telephone']

/** What a method is called: its given name, or the directory's field; a number or address by what may be shown of it. */
export function methodWords(
  method: Pick<RegisteredMethod, 'type' | 'label' | 'masked' | 'source'>,
  t: (key: string) => string,
): string {
  const field = method.source === 'directory' && directoryFields.includes(method.label)
  if (field) return [t(`people.field.${method.label}`), method.masked].filter(Boolean).join(' ')
  const typeName = t(`verification.type.${method.type}`)
  const name = methodName(method, typeName)
  // Its type stands beside it already.
  return [name === typeName ? '' : name, method.masked].filter(Boolean).join(' ')
}

/** Several methods in a sentence: "Authenticator app Pixel 9, Mail h…o@e…e.jp". */
export function methodList(methods: readonly RegisteredMethod[], t: (key: string) => string): string {
  return methods
    .map((method) => `${t(`verification.type.${method.type}`)} ${methodWords(method, t)}`.trim())
    .join(t('verification.sms.separator'))
}

/** The last digits of a masked number, to say aloud. */
export function lastDigits(masked: string): string {
  return masked.replace(/\D/gu, '').slice(-4)
}
