import type { MethodType } from '../../../shared/model/verification'

/**
 * The name that a method was given. One that was imported without a name has its type as in the file ("mobile", "mobile 2"): on screen
 * it goes by `typeName`, the type in words.
 */
export function methodName(
  { type, label }: { readonly type: MethodType; readonly label: string },
  typeName: string,
): string {
  const [first, number = ''] = label.split(' ')
  if (label === '' || label === type) return typeName
  return first === type && /^\d+$/u.test(number) && label === `${type} ${number}` ? `${typeName} ${number}` : label
}
