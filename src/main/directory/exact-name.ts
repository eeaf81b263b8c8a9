import type { Filter } from 'ldapts'
import { either, equals } from './filters'
import type { Attributes } from './values'

/** Longest name that is looked up: a mail address has at most 254 characters (RFC 5321 §4.5.3.1.3), a UPN 1024 in theory. */
const longest = 320

/** People that one name may stand for before it says nothing any more. */
export const exactLimit = 10

/**
 * A name from outside, such as a mail's "User ID", as it is compared: width and case folded. `null` for what can be nobody's name;
 * control characters among it, because servers written in C end a value at NUL.
 */
export function exactName(text: string): string | null {
  const name = fold(text.trim())
  return name === '' || name.length > longest || /\p{Cc}/u.test(name) ? null : name
}

/** Whether a value of the directory is this name; `name` comes from {@link exactName}. */
export function isExactly(name: string, value: string): boolean {
  return fold(value) === name
}

/** Entries that hold the name in one of these attributes. */
export function exactFilter(name: string, attributes: readonly string[]): Filter {
  return either(...attributes.map((attribute) => equals(attribute, name)))
}

/**
 * Whether this entry holds the name by our rule too: Active Directory takes `muller` for `müller`, and a mail that names the one must
 * not become a request of the other.
 */
export function holdsExactly(entry: Attributes, name: string, attributes: readonly string[]): boolean {
  return attributes.some((attribute) => entry.texts(attribute).some((value) => isExactly(name, value)))
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
