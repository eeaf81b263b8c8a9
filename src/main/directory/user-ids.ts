import type { Filter } from 'ldapts'
import type { Connection } from './connection'
import type { SignedInPerson } from './directory'
import { exactName, isExactly } from './exact-name'
import { all, anyOf } from './filters'
import type { Attributes } from './values'

/** User IDs in one question: its filter stays small, and its answer below what servers give at once. */
const askedAtOnce = 100

/** Where a directory keeps its people and what they are called by. */
export interface UserIdPlace {
  readonly peopleBase: string
  readonly people: Filter
  readonly attribute: string
  readonly attributes: readonly string[]
  /** `null`: an entry that this identity may not read enough of. */
  readonly personOf: (entry: Attributes) => SignedInPerson | null
}

/**
 * Who has each of these user IDs, by the ID as it was asked: nobody, one, or several. Many at once, for an import; one question per hundred.
 */
export async function findUserIds(
  connection: Pick<Connection, 'search'>,
  userIds: readonly string[],
  { peopleBase, people, attribute, attributes, personOf }: UserIdPlace,
): Promise<Map<string, SignedInPerson[]>> {
  const names = [...new Set(userIds.map(exactName).filter((name) => name !== null))]
  const found: SignedInPerson[] = []
  for (let from = 0; from < names.length; from += askedAtOnce) {
    const filter = all(people, anyOf(attribute, names.slice(from, from + askedAtOnce)))
    const entries = await connection.search(peopleBase, { filter, attributes: [...attributes] })
    found.push(...entries.map(personOf).filter((person) => person !== null))
  }
  return byUserId(userIds, found)
}

/** The people behind each ID, by our rule of what is the same ID: Active Directory takes `muller` for `müller`. */
export function byUserId(userIds: readonly string[], people: readonly SignedInPerson[]): Map<string, SignedInPerson[]> {
  const known = new Map<string, SignedInPerson[]>()
  for (const person of people) {
    const name = exactName(person.userId)
    if (name !== null) known.set(name, [...(known.get(name) ?? []), person])
  }
  return new Map(
    userIds.map((userId) => {
      const name = exactName(userId)
      return [userId, name === null ? [] : (known.get(name) ?? []).filter((person) => isExactly(name, person.userId))]
    }),
  )
}
