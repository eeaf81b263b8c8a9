import type { PersonId } from '../../shared/model/common'
import type { PersonCard, PersonSummary } from '../../shared/model/person'
import type { Acting } from './session'

/** Finding people and reading one of them, with the operator's own rights in the directory. */
export class PeopleService {
  /** Throws `search-too-short`, `directory-…`. */
  search(acting: Acting, query: string, limit: number): Promise<{ people: PersonSummary[]; more: boolean }> {
    return acting.directory.search(query, limit)
  }

  /** Full telephone numbers stay behind: the card has them masked. Throws `person-not-found`. */
  async card(acting: Acting, personId: PersonId): Promise<PersonCard> {
    const { card } = await acting.directory.card(personId)
    return card
  }
}
