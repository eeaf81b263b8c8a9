import { AppError } from '../../shared/errors'
import type { Language } from '../../shared/model/common'
import type { CodeEnrolment } from '../../shared/model/registration'
import type { CodeChannel } from '../../shared/model/verification'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { enrolmentChannels, isInPolicy } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import type { Destination } from '../domain/registration-secrets'
import type { StoredMethod } from '../stores/stores'
import type { Destinations } from './codes-destinations'
import { maskOf } from './registration-codes'
import type { CodeEnrolments } from './registration-codes'
import type { Enrolments } from './registration-enrolments'
import type { IdentityCheck, Visit, Visits } from './registration-visits'
import type { Acting } from './session'

interface ConfirmationParts {
  readonly destinations: Destinations
  readonly visits: Visits
  readonly codes: CodeEnrolments
  readonly enrolments: Enrolments
  readonly means: () => Promise<RegistrationMeans>
  readonly clock: Clock
  readonly policy: Policy
}

export interface ConfirmationStart extends IdentityCheck {
  readonly methodId: string
  /** `null` for an app: nothing is sent. */
  readonly channel: CodeChannel | null
  readonly language: Language
}

interface Sent {
  readonly method: StoredMethod
  readonly channel: CodeChannel
  readonly channels: readonly CodeChannel[]
  readonly destination: Destination
}

/**
 * Proving again that the person has a method, or for the first time that an imported one is theirs: like a registration of it, with
 * document, approver and code.
 */
export class Confirmation {
  readonly #parts: ConfirmationParts

  constructor(parts: ConfirmationParts) {
    this.#parts = parts
  }

  /**
   * Throws `method-not-found`, `method-not-usable {reason}`, `code-too-soon {at}`, `code-too-many {at}`, `sms-not-set-up` and its kin before
   * the approver is asked; as {@link Visits.record}, and what the gateway says.
   */
  start(acting: Acting, input: ConfirmationStart): Promise<CodeEnrolment> {
    const { visits } = this.#parts
    return visits.record(
      acting,
      input,
      { action: 'registration.start', details: { methodId: input.methodId, again: true } },
      (visit) => this.#prepare(visit, input),
      (visit, { method, sent }) =>
        sent === null ? this.#startApp(visit, method) : this.#startCode(visit, sent, input.language),
    )
  }

  async #prepare(
    { card, registered, scope }: Visit,
    { methodId, channel }: ConfirmationStart,
  ): Promise<{ method: StoredMethod; sent: Sent | null }> {
    const { means } = this.#parts
    const method = registered.find(({ id }) => id === methodId)
    if (method === undefined) throw new AppError('method-not-found')
    const { type, kind, label } = method
    scope.note({ kind, type, label, imported: method.confirmedAt === null })
    const here = await means()
    if (!isInPolicy(type, here.policy)) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
    if (type === 'app' && channel === null) return { method, sent: null }

    // Keys and answers are proven by every check; nothing can be sent to them.
    if (type === 'app' || channel === null) throw new AppError('invalid-input', { field: 'channel' })
    const [reached] = await this.#parts.destinations.reach(card.id, [method])
    const destination = reached?.destination ?? null
    if (reached === undefined || destination === null) throw new AppError('invalid-input', { field: 'channel' })
    scope.note({ destination: maskOf(type, destination), channel })
    const channels = enrolmentChannels(reached, here)
    if (!channels.includes(channel)) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
    await this.#parts.codes.assertMaySend(channel, destination)
    return { method, sent: { method, channel, channels, destination } }
  }

  #startApp({ card, operator }: Visit, method: StoredMethod): CodeEnrolment {
    const { enrolments, clock, policy } = this.#parts
    const expiresAt = clock.now() + policy.enrolmentSeconds * 1000
    const ends = new Date(expiresAt).toISOString()
    const enrolmentId = enrolments.add({
      way: 'app',
      agentId: operator.id,
      person: { id: card.id, name: card.name },
      methodId: method.id,
      type: 'app',
      label: method.label,
      secret: method.secret,
      lastStep: method.lastStep,
      expiresAt,
      again: true,
      wrongCodes: 0,
    })
    const code = { masked: '', channel: null, delivery: 'delivered', warning: null } as const
    return { enrolmentId, type: 'app', ...code, channels: [], resendAt: ends, codeExpiresAt: ends, expiresAt: ends }
  }

  #startCode(
    visit: Visit,
    { method, channel, channels, destination }: Sent,
    language: Language,
  ): Promise<CodeEnrolment> {
    const { id: methodId, type, label, secret } = method
    const sent = { channel, channels, destination, language, warning: null, again: true }
    return this.#parts.codes.start(visit, { methodId, type, label, secret, ...sent })
  }
}
