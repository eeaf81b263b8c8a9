import type { MailTrouble } from '../../shared/model/intake'
import type { PersonSummary } from '../../shared/model/person'
import { AppError } from '../../shared/errors'
import type { Directory, DirectorySession } from '../directory/directory'
import type { SecretReader } from '../gateways/code-gateway'
import type { Log } from '../log'
import type { MatchedPerson } from '../stores/stores'
import type { Acting } from './session'

interface IntakePeopleParts {
  readonly directory: Pick<Directory, 'signIn'>
  /** User ID of the intake's own identity; `null`: mails wait until somebody signs in. */
  readonly identity: string | null
  readonly secret: SecretReader
  /** The operator at the desk. */
  readonly present: () => Acting | null
  readonly log: Log
}

/** Looks a name up; each name is asked once per batch. */
export type FindPeople = (name: string) => Promise<PersonSummary[]>

const identitySecret = 'intake.password'

/**
 * Asks the directory who is meant: as the operator at the desk, else as the intake's own identity. Reading only, and only what a mail
 * names.
 */
export class IntakePeople {
  readonly #parts: IntakePeopleParts
  #own: DirectorySession | null = null
  /** A password that the directory refused is not tried again: each try counts towards a lock-out. */
  #refused: string | null = null

  constructor(parts: IntakePeopleParts) {
    this.#parts = parts
  }

  /** `null` while nobody can ask. Throws `directory-…` when the intake's own identity cannot reach the directory. */
  async finder(): Promise<FindPeople | null> {
    const session = this.#parts.present()?.directory ?? (await this.#ownSession())
    if (session === null) return null

    const asked = new Map<string, Promise<PersonSummary[]>>()
    return (name) => {
      const key = name.toLowerCase()
      const answer = asked.get(key) ?? session.find(name)
      asked.set(key, answer)
      return answer
    }
  }

  /** The directory did not answer: the next look-up signs in anew. */
  async forget(): Promise<void> {
    const own = this.#own
    this.#own = null
    await own?.close()
  }

  /** The directory refused the intake's own identity, and nobody is at the desk in its place: mails wait. */
  get isRefused(): boolean {
    return this.#refused !== null
  }

  async #ownSession(): Promise<DirectorySession | null> {
    const { directory, identity, secret, log } = this.#parts
    if (identity === null || this.#own !== null) return this.#own
    const password = await secret(identitySecret)
    if (password === null || password === this.#refused) return null
    try {
      this.#own = await directory.signIn(identity, password)
      this.#refused = null
    } catch (error) {
      if (!(error instanceof AppError && error.code.startsWith('sign-in-'))) throw error
      this.#refused = password
      log.warn({ err: error }, 'the directory refused the identity of the intake')
    }
    return this.#own
  }
}

/** Whose the names of one mail are: one person's, or the trouble that a human has to look at. */
export async function whoIsMeant(
  named: readonly string[],
  find: FindPeople,
): Promise<{ readonly person: MatchedPerson } | { readonly trouble: MailTrouble }> {
  const answers = await Promise.all(named.map((name) => find(name)))
  const people = new Map(answers.flat().map((person) => [person.id, person]))
  const [only] = people.values()
  if (only !== undefined && people.size === 1 && answers.every((found) => found.length === 1)) {
    const { id, name, reading, userId, department } = only
    return { person: { id, name, reading, userId, department } }
  }
  if (named.length > 1) return { trouble: 'several-people' }
  return { trouble: people.size === 0 ? 'unknown-person' : 'ambiguous-person' }
}
