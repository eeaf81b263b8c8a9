import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Clock } from '../clock'
import type { DirectoryPerson } from '../directory/directory'
import type { Policy } from '../domain/policy'
import { destinationOf, destinationSecret } from '../domain/registration-secrets'
import type { Destination } from '../domain/registration-secrets'
import type { NumberReader, PhoneNumber } from '../gateways/sms'
import type { StoredMethod } from '../stores/stores'
import type { SecretVault } from '../vault'
import type { PersonVault } from './person-vault'

interface DestinationsParts {
  readonly personVault: PersonVault
  readonly vault: SecretVault
  readonly readNumber: NumberReader
  readonly clock: Clock
  readonly policy: Pick<Policy, 'directoryNumbers' | 'coolDownSeconds'>
}

/** A method with the number or address that it leads to; `null` for one that nothing is sent for. Never leaves main. */
export interface ReachedMethod extends StoredMethod {
  readonly destination: Destination | null
  /** Whether text messages reach the number. */
  readonly takesText: boolean
}

/** Numbers and addresses of methods: sealed with their person's key, and of the directory where policy lets them count. */
export class Destinations {
  readonly #parts: DestinationsParts

  constructor(parts: DestinationsParts) {
    this.#parts = parts
  }

  /** Throws `number-invalid`. */
  readNumber(text: string): PhoneNumber {
    const number = this.#parts.readNumber(text)
    if (number === null) throw new AppError('number-invalid')
    return number
  }

  /** Throws `number-invalid`, `number-not-mobile`. */
  readMobile(text: string): PhoneNumber {
    const number = this.readNumber(text)
    if (!number.mobile) throw new AppError('number-not-mobile')
    return number
  }

  /** The secret of a method of kind `phone` or `mail`. Throws as {@link PersonVault.seal}. */
  seal(method: { readonly id: string; readonly personId: PersonId }, destination: Destination): Promise<Uint8Array> {
    return this.#parts.personVault.sealSecret(method, destinationSecret(destination))
  }

  /** Where a method of kind `phone` or `mail` leads to. Throws `store-tampered`. */
  of(method: Pick<StoredMethod, 'id' | 'personId' | 'secret'>): Promise<Destination> {
    return this.#parts.personVault.lendSecret(method, destinationOf)
  }

  /** All of one person's methods, opened with one look for their key. Throws `store-tampered`. */
  async reach(personId: PersonId, methods: readonly StoredMethod[]): Promise<ReachedMethod[]> {
    const sent = methods.filter(({ kind }) => kind === 'phone' || kind === 'mail')
    const secrets = await this.#parts.personVault.openSecrets(personId, sent)
    const opened = new Map(sent.map(({ id }, index) => [id, secrets[index]]))
    try {
      return methods.map((method) => {
        const secret = opened.get(method.id)
        return this.#reached(method, secret === undefined ? null : destinationOf(secret))
      })
    } finally {
      for (const secret of secrets) secret.fill(0)
    }
  }

  /**
   * Mobile numbers of the directory that policy lets count: known to be unchanged for the waiting time. Each has an id made of person,
   * field and number, so that a code sent to it, and a proof by it, end when the number changes. One that is registered as well is
   * registered.
   */
  inDirectory({ card, numbers }: DirectoryPerson, registered: readonly ReachedMethod[]): ReachedMethod[] {
    const { policy, clock, readNumber, vault } = this.#parts
    if (!policy.directoryNumbers) return []
    const known = new Set(registered.map(({ kind, destination }) => (kind === 'phone' ? destination?.to : undefined)))
    const found: ReachedMethod[] = []
    for (const { field, changedAt } of card.numbers) {
      const number = readNumber(numbers.get(field) ?? '')
      const settled = changedAt !== null && clock.now() - Date.parse(changedAt) >= policy.coolDownSeconds * 1000
      if (number === null || !number.mobile || !settled || known.has(number.e164)) continue
      known.add(number.e164)
      found.push({
        id: uuidOf(vault.mac('directory-number', card.id, field, number.e164)),
        personId: card.id,
        type: 'mobile',
        kind: 'phone',
        label: field,
        registeredAt: changedAt,
        confirmedAt: changedAt,
        isDefault: false,
        lastUsedAt: null,
        firstInPerson: false,
        // Nothing of it is kept: the directory is asked each time.
        secret: new Uint8Array(0),
        lastStep: null,
        recentDrift: [],
        destination: { to: number.e164, extension: '' },
        takesText: true,
      })
    }
    return found
  }

  #reached(method: StoredMethod, destination: Destination | null): ReachedMethod {
    const isNumber = method.kind === 'phone' && destination !== null
    const takesText = isNumber && this.#parts.readNumber(destination.to)?.mobile === true
    return { ...method, destination, takesText }
  }
}

/** A UUID of version 8 (RFC 9562 §5.8) out of a MAC in hex. */
function uuidOf(mac: string): string {
  const variant = '89ab'[Number.parseInt(mac.slice(16, 17), 16) % 4] ?? '8'
  const digits = `${mac.slice(0, 12)}8${mac.slice(13, 16)}${variant}${mac.slice(17, 32)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')
}
