import { randomBytes, randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { KeyEnrolment } from '../../shared/model/registration'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import type { RegistrationMeans } from '../domain/registration'
import { keyCredentialOf, keySecret } from '../domain/registration-secrets'
import type { KeyCredential } from '../domain/registration-secrets'
import type { RelyingParty } from '../gateways/security-key'
import type { MethodStore, StoredMethod } from '../stores/stores'
import type { PersonVault } from './person-vault'
import type { Enrolments, PendingKey } from './registration-enrolments'
import { assertMayHave, assertNewLabel } from './registration-rules'
import type { IdentityCheck, Visits } from './registration-visits'
import type { SecurityKeyService } from './security-keys'
import type { Acting } from './session'

interface KeyParts {
  readonly methods: MethodStore
  readonly personVault: PersonVault
  readonly securityKeys: SecurityKeyService
  readonly relyingParty: RelyingParty
  /** `null`: security keys are not set up. */
  readonly rpId: string | null
  readonly organisation: string
  readonly visits: Visits
  readonly enrolments: Enrolments
  readonly means: () => Promise<RegistrationMeans>
  readonly clock: Clock
  readonly policy: Policy
}

export interface KeyStart extends IdentityCheck {
  readonly label: string
}

/** What the key made: sealed for its method, and the counter that it begins with. */
export interface MadeKey {
  readonly secret: Uint8Array
  readonly counter: number
}

const challengeBytes = 32
/** WebAuthn L2 §14.6.1: random, so that a key tells nothing of its owner. */
const userHandleBytes = 32

/** Security keys: the person plugs theirs in at this machine, types its PIN and touches it. */
export class KeyRegistration {
  readonly #parts: KeyParts

  constructor(parts: KeyParts) {
    this.#parts = parts
  }

  /** Throws `already-registered {label}`, as `assertMayHave` and {@link Visits.record}. */
  start(acting: Acting, input: KeyStart): Promise<KeyEnrolment> {
    const { visits, means, enrolments, clock, policy } = this.#parts
    const { label } = input
    return visits.record(
      acting,
      input,
      { action: 'registration.start', details: { kind: 'key', type: 'key', label } },
      async ({ card, registered }) => {
        assertMayHave('key', card, registered, await means())
        assertNewLabel(registered, label)
      },
      ({ card, operator }) => {
        const expiresAt = clock.now() + policy.enrolmentSeconds * 1000
        const enrolmentId = enrolments.add({
          way: 'key',
          agentId: operator.id,
          person: { id: card.id, name: card.name },
          methodId: randomUUID(),
          type: 'key',
          label,
          userName: card.signInName,
          secret: new Uint8Array(0),
          expiresAt,
          again: false,
          wrongCodes: 0,
        })
        return { enrolmentId, expiresAt: new Date(expiresAt).toISOString() }
      },
    )
  }

  /**
   * Makes a credential on the key that is plugged in here, verified by this desk. Throws `key-…`; the enrolment goes on, for a key may be
   * tried again.
   */
  async create(pending: PendingKey): Promise<MadeKey> {
    const { methods, personVault, securityKeys, relyingParty, rpId, organisation } = this.#parts
    if (rpId === null) throw new AppError('key-not-available', { reason: 'not-set-up' })
    const { person, methodId, userName } = pending
    const known = await this.#credentials(person.id, await methods.ofPerson(person.id))
    const userHandle = known.find((key) => key.rpId === rpId)?.userHandle ?? random(userHandleBytes)
    const challenge = random(challengeBytes)
    const created = await securityKeys.talk((keys, talk) =>
      keys.create(
        {
          rpId,
          rpName: organisation,
          challenge,
          userHandle,
          userName,
          exclude: known.map(({ credentialId }) => credentialId),
        },
        talk,
      ),
    )
    const { credentialId, publicKey, counter } = await relyingParty.verifyCreated(created, { rpId, challenge })
    // A key that did not heed the list of those that are excluded.
    if (known.some((key) => key.credentialId === credentialId)) throw new AppError('key-already-registered')
    const secret = await personVault.sealSecret(
      { id: methodId, personId: person.id },
      keySecret({ credentialId, publicKey, rpId, userHandle }),
    )
    return { secret, counter }
  }

  async #credentials(personId: string, registered: readonly StoredMethod[]): Promise<KeyCredential[]> {
    const keys = registered.filter(({ type }) => type === 'key')
    return (await this.#parts.personVault.openSecrets(personId, keys)).map(keyCredentialOf)
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
