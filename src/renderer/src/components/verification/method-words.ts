import type { RegisteredMethod } from '../../../../shared/model/verification'

const directoryFields: readonly string[] = ['mobile', 'telephone']

/** What a method is called: its given name, or the directory's field; a number by its last digits. */
export function methodWords(
  method: Pick<RegisteredMethod, 'label' | 'masked' | 'source'>,
  t: (key: string) => string,
): string {
  const field = method.source === 'directory' && directoryFields.includes(method.label)
  return [field ? t(`people.field.${method.label}`) : method.label, method.masked].filter(Boolean).join(' ')
}

/** The last digits of a masked number, to say aloud. */
export function lastDigits(masked: string): string {
  return masked.replace(/\D/gu, '').slice(-4)
}
