import type { DirectoryNumber } from '../../shared/model/person'
import type { Attributes } from './values'
import { maskNumber } from './values'

export type NumberField = DirectoryNumber['field']

/** Most groups that a card shows. */
export const groupLimit = 200

/** The numbers of a person: full for main, masked for the card (DESIGN.md §5.5). */
export function numbersOf(
  entry: Attributes,
  attributes: Readonly<Record<NumberField, string>>,
  changedAt: (attribute: string) => string | null,
): { full: ReadonlyMap<NumberField, string>; shown: DirectoryNumber[] } {
  const full = new Map<NumberField, string>()
  const shown: DirectoryNumber[] = []
  for (const field of ['mobile', 'telephone'] as const) {
    const number = entry.text(attributes[field])
    // Nobody can be called back on a text without digits.
    if (!/\d/u.test(number)) continue
    full.set(field, number)
    shown.push({ field, masked: maskNumber(number), changedAt: changedAt(attributes[field]) })
  }
  return { full, shown }
}

/** Half of a person's id: the GUID in front of `@`, and the directory behind it. */
export function splitPersonId(id: string): { guid: string; directoryId: string } {
  const at = id.indexOf('@')
  return { guid: id.slice(0, at), directoryId: id.slice(at + 1) }
}
