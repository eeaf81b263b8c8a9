import type { Language } from '../../shared/model/common'
import { AppError } from '../../shared/errors'
import type { CodeEnrolment } from '../../shared/model/registration'
import type { CodeChannel, MethodType } from '../../shared/model/verification'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { kindOf } from '../domain/registration'
import { maskAddress } from '../domain/registration-address'
import type { Destination } from '../domain/registration-secrets'
import { maskNumber } from '../domain/sms-number'
import type { SentCodeRow } from '../stores/stores'
import { actorOf } from './audit-subjects'
import type { Codes } from './codes'
import type { Destinations } from './codes-destinations'
import type { Enrolments, PendingCode } from './registration-enrolments'
import type { Visit } from './registration-visits'
import type { Acting } from './session'

interface CodeEnrolmentParts {
  readonly codes: Codes
  readonly destinations: Destinations
  readonly enrolments: Enrolments
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
}

/** A number or address that is to be proven by a code. */
export interface CodeStart {
  readonly methodId: string
  readonly type: MethodType
  readonly label: string
  readonly destination: Destination
  /** As the method keeps it. */
  readonly secret: Uint8Array
  readonly channel: CodeChannel
  readonly channels: readonly CodeChannel[]
  readonly language: Language
  readonly again: boolean
  readonly warning: CodeEnrolment['warning']
}

/** All that anybody sees of a number or address. */
export function maskOf(type: MethodType, { to }: Destination): string {
  return kindOf(type) === 'mail' ? maskAddress(to) : maskNumber(to)
}

/** Codes that prove a number or address to belong to the person who stands at the desk. */
export class CodeEnrolments {
  readonly #parts: CodeEnrolmentParts

  constructor(parts: CodeEnrolmentParts) {
    this.#parts = parts
  }

  /**
   * The store decides again when it counts the send; this keeps an approver from typing a password for nothing. Throws
   * `code-too-soon {at}`, `code-too-many {at}`.
   */
  async assertMaySend(channel: CodeChannel, { to }: Destination): Promise<void> {
    const { refusal, possibleAt } = await this.#parts.codes.limits({ channel, to, purpose: 'enrol' })
    const at = possibleAt ?? ''
    if (refusal === 'too-soon') throw new AppError('code-too-soon', { at })
    if (refusal === 'too-many') throw new AppError('code-too-many', { at })
  }

  /** Sends the first code. Throws as {@link Codes.send}. */
  async start(visit: Visit, start: CodeStart): Promise<CodeEnrolment> {
    const { enrolments, clock, policy } = this.#parts
    const { destination, ...rest } = start
    const person = { id: visit.card.id, name: visit.card.name }
    const agentId = visit.operator.id
    const sent = await this.#send({ ...rest, person, agentId }, start.channel, destination)
    visit.scope.note({ delivery: sent.delivery })
    const pending: PendingCode = {
      ...rest,
      way: 'code',
      person,
      agentId,
      codeId: sent.id,
      expiresAt: clock.now() + policy.enrolmentSeconds * 1000,
      wrongCodes: 0,
    }
    return this.#describe(enrolments.add(pending), pending, destination, sent)
  }

  /** How its latest code stands, as far as the gateway has told. Throws `enrolment-not-found`. */
  async current(acting: Acting, enrolmentId: string): Promise<CodeEnrolment> {
    const { codes, enrolments, destinations } = this.#parts
    const pending = enrolments.find(acting, enrolmentId, 'code')
    const { methodId, person, secret } = pending
    const sent = await codes.get(pending.codeId)
    if (sent === null) throw new AppError('enrolment-not-found')
    const destination = await destinations.of({ id: methodId, personId: person.id, secret })
    return this.#describe(enrolmentId, pending, destination, sent)
  }

  /** Throws `enrolment-not-found`, `method-not-usable {reason}`, and as {@link Codes.send}; wrong codes so far stay counted. */
  async resend(acting: Acting, enrolmentId: string, channel: CodeChannel): Promise<CodeEnrolment> {
    const { audit, enrolments, destinations } = this.#parts
    const { person, label, methodId, type } = enrolments.find(acting, enrolmentId, 'code')
    const details = { kind: kindOf(type), type, label, methodId, channel }
    return audit.record(
      { action: 'verification.send', actor: actorOf(acting), target: person, details },
      async (scope) => {
        await acting.current('agent')
        const pending = enrolments.find(acting, enrolmentId, 'code')
        if (!pending.channels.includes(channel)) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
        const destination = await destinations.of({ id: methodId, personId: person.id, secret: pending.secret })
        scope.note({ destination: maskOf(type, destination) })
        const sent = await this.#send(pending, channel, destination)
        scope.note({ delivery: sent.delivery })
        return this.#describe(
          enrolmentId,
          enrolments.sent(enrolmentId, { codeId: sent.id, channel }),
          destination,
          sent,
        )
      },
    )
  }

  /** Throws `enrolment-code-wrong {remaining}`, `code-over` for a code that no longer counts. */
  async check(enrolmentId: string, pending: PendingCode, code: string): Promise<void> {
    const { codes, enrolments } = this.#parts
    enrolments.takeTry(enrolmentId)
    const answer = await codes.check(await codes.get(pending.codeId), code)
    if (answer === 'matched') return
    if (answer === 'wrong' || answer === 'malformed') enrolments.wrongCode(enrolmentId)
    enrolments.giveTryBack(enrolmentId)
    throw new AppError('code-over')
  }

  #send(
    { methodId, person, agentId, language }: Pick<PendingCode, 'methodId' | 'person' | 'agentId' | 'language'>,
    channel: CodeChannel,
    destination: Destination,
  ): Promise<SentCodeRow> {
    const target = { requestId: null, personId: person.id, agentId, methodId, purpose: 'enrol' as const }
    return this.#parts.codes.send({ ...target, channel, ...destination }, language)
  }

  #describe(enrolmentId: string, pending: PendingCode, destination: Destination, sent: SentCodeRow): CodeEnrolment {
    const { type, channel, channels, warning, expiresAt } = pending
    return {
      enrolmentId,
      type,
      masked: maskOf(type, destination),
      channel,
      delivery: sent.delivery,
      resendAt: this.#parts.codes.resendAt(sent),
      codeExpiresAt: sent.expiresAt,
      expiresAt: new Date(expiresAt).toISOString(),
      channels: [...channels],
      warning,
    }
  }
}
