import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { CheckResult } from '../../shared/model/verification'
import type { AuditScope } from '../audit/audit'
import { keyCredentialOf } from '../domain/registration-secrets'
import type { KeyCredential } from '../domain/registration-secrets'
import type { RelyingParty, SignedAssertion } from '../gateways/security-key'
import type { PersonVault } from './person-vault'
import type { SecurityKeyService } from './security-keys'
import type { Acting } from './session'
import { methodOfKind } from './verification-case'
import type { CaseWork, CaseWorkParts } from './verification-case'

export interface KeyCheckParts extends CaseWorkParts {
  readonly personVault: PersonVault
  readonly securityKeys: SecurityKeyService
  readonly relyingParty: RelyingParty
  /** Of the configuration; `null`: security keys are no method here. */
  readonly rpId: string | null
}

interface Asked {
  readonly requestId: string
  readonly methodId: string
}

/** Random, for one answer of one key to one check (WebAuthn L2 §13.4.3). */
const challengeBytes = 32

/** A security key in the hand of whoever stands at this machine. */
export class KeyChecks {
  readonly #parts: KeyCheckParts
  readonly #work: CaseWork

  constructor(parts: KeyCheckParts, work: CaseWork) {
    this.#parts = parts
    this.#work = work
  }

  /**
   * Asks the key that is plugged in here. What it signed counts for this request and method alone: the challenge is made for it, never
   * leaves main but to the key, and is forgotten with the answer. Throws `key-refused {reason}` for an answer that does not hold, which is
   * a failed check; other `key-…` where the key gave none; and as the check of a code.
   */
  check(acting: Acting, asked: Asked): Promise<CheckResult> {
    const { requestId, methodId } = asked
    const event = { action: 'verification.check', details: { methodId, kind: 'key' } } as const
    return this.#work.record(acting, requestId, event, async (scope) => {
      const { securityKeys, personVault, rpId } = this.#parts
      const before = await this.#work.openCase(acting, requestId)
      const method = methodOfKind(before, methodId, 'key')
      const credential = await personVault.lendSecret(method, keyCredentialOf)
      // Registered for another name: no key would answer to this one.
      if (credential.rpId !== rpId) throw new AppError('key-unknown')

      const challenge = randomBytes(challengeBytes).toString('base64url')
      const signed = await securityKeys.talk((keys, talk) =>
        keys.assert({ rpId: credential.rpId, challenge, allow: [credential.credentialId] }, talk),
      )
      // The touch took its time: everything is judged by what is so now, one check of this person after the other.
      return this.#work.takeTurn(before.request.personId, () =>
        this.#judge(acting, asked, { credential, challenge, signed }, scope),
      )
    })
  }

  async #judge(
    acting: Acting,
    { requestId, methodId }: Asked,
    answer: { readonly credential: KeyCredential; readonly challenge: string; readonly signed: SignedAssertion },
    scope: AuditScope,
  ): Promise<CheckResult> {
    const { relyingParty, stores, clock } = this.#parts
    const { credential, challenge, signed } = answer
    const found = await this.#work.openCase(acting, requestId)
    const method = methodOfKind(found, methodId, 'key')
    try {
      const { counter } = await relyingParty.verifyAssertion(
        signed,
        { rpId: credential.rpId, challenge },
        { credentialId: credential.credentialId, publicKey: credential.publicKey, counter: method.lastStep ?? 0 },
      )
      // The store has the last word: a copy of the key may have been used at another desk meanwhile.
      if (!(await stores.methods.acceptCounter(method.id, counter, clock.iso()))) {
        throw new AppError('key-refused', { reason: 'counter' })
      }
    } catch (error) {
      if (error instanceof AppError && error.code === 'key-refused') {
        await this.#work.countFailure(found, scope, null)
        scope.note({ reason: error.params['reason'] ?? '' })
      }
      throw error
    }
    return this.#work.passed(found, method)
  }
}
