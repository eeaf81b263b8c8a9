import { AndFilter, EqualityFilter, ExtensibleFilter, NotFilter, OrFilter, SubstringFilter } from 'ldapts'
import type { Filter } from 'ldapts'
import { readingSpellings } from './search-query'
import type { QueryWord } from './search-query'

/**
 * Filters are built as trees, never as text: what somebody typed travels as bytes of a value and is parsed by nobody.
 * (ldapts cannot parse attribute options such as `cn;lang-ja;phonetic` either.)
 */
export function equals(attribute: string, value: string): Filter {
  return new EqualityFilter({ attribute, value })
}

export function all(...filters: readonly Filter[]): Filter {
  return new AndFilter({ filters: [...filters] })
}

export function either(...filters: readonly Filter[]): Filter {
  return new OrFilter({ filters: [...filters] })
}

/** Entries whose attribute has one of these values. */
export function anyOf(attribute: string, values: readonly string[]): Filter {
  return either(...values.map((value) => equals(attribute, value)))
}

/** Entries whose attribute begins with this. */
export function beginsWith(attribute: string, initial: string): Filter {
  return new SubstringFilter({ attribute, initial })
}

/** Entries without this. */
export function not(filter: Filter): Filter {
  return new NotFilter({ filter })
}

/** LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS 3.1.1.3.4.4.3): `member` or `memberOf`, through any number of groups. */
export function inChain(attribute: 'member' | 'memberOf', dn: string): Filter {
  return new ExtensibleFilter({ rule: '1.2.840.113556.1.4.1941', matchType: attribute, value: dn })
}

/** Where a directory keeps what people are searched by. Attribute names come from code and configuration only. */
export interface SearchAttributes {
  /** Names, user ID, mail: matched by prefix. */
  readonly names: readonly string[]
  readonly family: string
  readonly given: string
  readonly readings: readonly string[]
  /** Employee numbers: matched by words with a digit only, where the directory may have no index for them. */
  readonly numbers: readonly string[]
  /** Least length in UTF-8 bytes from which a match inside a value uses an index; `null`: it never does. */
  readonly containsFromBytes: number | null
}

/**
 * OpenLDAP indexes four bytes of what a value contains (`index_substr_any_len`), and DESIGN.md asks for three characters:
 * below that only beginnings are looked for, which the index always serves.
 */
function mayContain(text: string, fromBytes: number | null): boolean {
  return fromBytes !== null && [...text].length >= 3 && Buffer.byteLength(text) >= fromBytes
}

function wordFilter(word: QueryWord, attributes: SearchAttributes): Filter {
  const clauses: Filter[] = []
  const searched = [...attributes.names, ...(/\d/u.test(word.text) ? attributes.numbers : []), ...attributes.readings]
  for (const text of word.spellings) {
    const part = mayContain(text, attributes.containsFromBytes) ? { any: [text] } : { initial: text }
    clauses.push(...searched.map((attribute) => new SubstringFilter({ attribute, ...part })))
  }
  for (const [family, given] of word.cuts) {
    const begins = new SubstringFilter({ attribute: attributes.given, initial: given })
    clauses.push(all(equals(attributes.family, family), begins))
    const givens = readingSpellings(given)
    for (const [index, initial] of readingSpellings(family).entries()) {
      const any = [givens[index] ?? given]
      clauses.push(...attributes.readings.map((attribute) => new SubstringFilter({ attribute, initial, any })))
    }
  }
  return either(...clauses)
}

/** A reading typed as two words, in either order: `やまだ はな` begins the family name and the given name. */
function readingFilters(words: readonly QueryWord[], readings: readonly string[]): Filter[] {
  const [one, two] = words
  if (one === undefined || two === undefined || words.length > 2) return []
  const orders = [
    [one.text, two.text],
    [two.text, one.text],
  ] as const
  return orders.flatMap(([family, given]) => {
    const givens = readingSpellings(given)
    return readingSpellings(family).flatMap((initial, index) =>
      readings.map((attribute) => new SubstringFilter({ attribute, initial, any: [givens[index] ?? given] })),
    )
  })
}

/** People of whom every word of the query matches something, or whose reading the query is. `people` limits it to entries of persons. */
export function searchFilter(people: Filter, words: readonly QueryWord[], attributes: SearchAttributes): Filter {
  const everyWord = all(...words.map((word) => wordFilter(word, attributes)))
  return all(people, either(everyWord, ...readingFilters(words, attributes.readings)))
}
