import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { PersonKeyStore } from '../stores/stores'
import type { PersonKey, SecretVault } from '../vault'

const version = 1
/** Values of an import that are sealed in one go: some milliseconds, then others run. */
const atOnce = 250

/** The part of a method row that says whose and which secret it is. */
interface MethodName {
  readonly id: string
  readonly personId: PersonId
}

/**
 * Seals what belongs to one person under that person's own key (DESIGN.md §5.14). A key is read anew for each call and never
 * kept: where another desk erased the person, nothing opens from that moment on.
 */
export class PersonVault {
  readonly #vault: SecretVault
  readonly #keys: PersonKeyStore

  constructor(vault: SecretVault, stores: { readonly personKeys: PersonKeyStore }) {
    this.#vault = vault
    this.#keys = stores.personKeys
  }

  /** Makes the person's key where there is none yet. Throws `person-erased`, `store-tampered`. */
  async seal(personId: PersonId, context: string, plain: Uint8Array): Promise<Uint8Array> {
    const wrapped =
      (await this.#keys.get(personId)) ?? (await this.#keys.keep(personId, this.#vault.newPersonKey(personId)))
    return this.#vault.personKey(personId, wrapped).seal(context, plain)
  }

  /** The plain bytes; whoever asks wipes them. Throws `store-tampered`, also where the person has no key any more. */
  async open(personId: PersonId, context: string, sealed: Uint8Array): Promise<Uint8Array> {
    const key = await this.#keyOf(personId)
    return key.open(context, sealed)
  }

  /** Lends the plain bytes to `use` and wipes them afterwards. Throws as {@link open} does. */
  async lend<T>(
    personId: PersonId,
    context: string,
    sealed: Uint8Array,
    use: (plain: Uint8Array) => T | Promise<T>,
  ): Promise<T> {
    const plain = await this.open(personId, context, sealed)
    try {
      return await use(plain)
    } finally {
      plain.fill(0)
    }
  }

  /**
   * For an import: seals all in their order, and makes all missing keys in one transaction before. Lets others run in between.
   * Throws `person-erased` when one of them was, `store-tampered`.
   */
  async sealMany(
    values: readonly { readonly personId: PersonId; readonly context: string; readonly plain: Uint8Array }[],
  ): Promise<Uint8Array[]> {
    const people = [...new Set(values.map(({ personId }) => personId))]
    const proposed = await inSteps(people, (personId) => ({ personId, wrapped: this.#vault.newPersonKey(personId) }))
    const kept = await this.#keys.keepMany(proposed)
    const wrapped = new Map(people.map((personId, index) => [personId, kept[index]]))
    return inSteps(values, ({ personId, context, plain }) => {
      const key = wrapped.get(personId)
      if (key === undefined) throw new AppError('store-tampered')
      return this.#vault.personKey(personId, key).seal(context, plain)
    })
  }

  /** A method's secret: it opens for this installation, person and method only. Throws as {@link seal} does. */
  sealSecret(method: MethodName, plain: Uint8Array): Promise<Uint8Array> {
    return this.seal(method.personId, this.#contextOf(method), plain)
  }

  /** {@link sealMany} for the methods of an import. */
  sealSecrets(methods: readonly (MethodName & { readonly plain: Uint8Array })[]): Promise<Uint8Array[]> {
    return this.sealMany(
      methods.map((method) => ({
        personId: method.personId,
        context: this.#contextOf(method),
        plain: method.plain,
      })),
    )
  }

  /** Throws as {@link open} does. */
  openSecret(method: MethodName & { readonly secret: Uint8Array }): Promise<Uint8Array> {
    return this.open(method.personId, this.#contextOf(method), method.secret)
  }

  /** The secrets of one person's methods, in their order, with one look for the key. Throws as {@link open} does. */
  async openSecrets(
    personId: PersonId,
    methods: readonly { readonly id: string; readonly secret: Uint8Array }[],
  ): Promise<Uint8Array[]> {
    if (methods.length === 0) return []
    const key = await this.#keyOf(personId)
    return methods.map(({ id, secret }) => key.open(this.#contextOf({ id, personId }), secret))
  }

  /** Throws as {@link open} does. */
  lendSecret<T>(
    method: MethodName & { readonly secret: Uint8Array },
    use: (plain: Uint8Array) => T | Promise<T>,
  ): Promise<T> {
    return this.lend(method.personId, this.#contextOf(method), method.secret, use)
  }

  async #keyOf(personId: PersonId): Promise<PersonKey> {
    const wrapped = await this.#keys.get(personId)
    if (wrapped === null) throw new AppError('store-tampered')
    return this.#vault.personKey(personId, wrapped)
  }

  #contextOf({ id, personId }: MethodName): string {
    return `method-secret|${this.#vault.installationId}|${personId}|${id}|${version}`
  }
}

async function inSteps<T, U>(values: readonly T[], make: (value: T) => U): Promise<U[]> {
  const made: U[] = []
  for (const value of values) {
    if (made.length > 0 && made.length % atOnce === 0) await nextTurn()
    made.push(make(value))
  }
  return made
}
