import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Language, PersonId } from '../../shared/model/common'
import type { PhoneEnrolment } from '../../shared/model/registration'
import type { identityDocuments } from '../../shared/model/verification'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { maskNumber } from '../domain/sms-number'
import type { MethodStore, SentCodeRow, StoredMethod } from '../stores/stores'
import type { Approvals, ApproverCredentials } from './approvals'
import { actorOf } from './audit-subjects'
import type { Codes } from './codes'
import { assertMayEnrol, assertNewLabel, wrongCodesAllowed } from './registration-rules'
import type { Acting } from './session'

interface PhoneEnrolmentParts {
  readonly methods: MethodStore
  readonly codes: Codes
  readonly approvals: Approvals
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
}

export interface PhoneStart {
  readonly personId: PersonId
  readonly label: string
  readonly document: (typeof identityDocuments)[number]
  readonly approver: ApproverCredentials
  /** As the person in front of the desk says it. */
  readonly number: string
  readonly language: Language
}

/** A number that waits for the code sent to it; sealed even here. */
interface Pending {
  readonly agentId: PersonId
  readonly person: { readonly id: PersonId; readonly name: string }
  readonly methodId: string
  readonly label: string
  readonly language: Language
  readonly secret: Uint8Array
  readonly codeId: string
  readonly expiresAt: number
  /** Over all codes that were sent: a new one resets nothing. */
  readonly wrongCodes: number
}

const kind = 'phone'

/**
 * Registering a mobile number at the desk, as {@link RegistrationService} registers an app: a document, an approver, and the code that was
 * sent to the number, read out by the person who stands there.
 */
export class PhoneEnrolments {
  readonly #parts: PhoneEnrolmentParts
  readonly #pending = new Map<string, Pending>()

  constructor(parts: PhoneEnrolmentParts) {
    this.#parts = parts
  }

  /**
   * Throws `sms-not-set-up`, `number-invalid`, `number-not-mobile`, `number-taken`, `code-too-soon {at}`, `code-too-many {at}` before the
   * approver is asked; `self-action`, `already-registered {label}`, `action-blocked {reason}`, as {@link Approvals}, and what the gateway
   * says.
   */
  async start(acting: Acting, input: PhoneStart): Promise<PhoneEnrolment> {
    const { audit, approvals, codes, methods, clock, policy } = this.#parts
    const { card } = await acting.directory.card(input.personId)
    return audit.record(
      {
        action: 'registration.start',
        actor: actorOf(acting),
        target: { id: card.id, name: card.name },
        details: { kind, label: input.label, document: input.document },
      },
      async (scope) => {
        const operator = await acting.current('agent')
        assertMayEnrol(operator.id, card)
        const registered = await methods.ofPerson(card.id)
        assertNewLabel(registered, input.label)
        if (!codes.canSend) throw new AppError('sms-not-set-up')
        const number = codes.readMobile(input.number).e164
        scope.note({ destination: maskNumber(number) })
        await this.#assertNewNumber(registered, number)
        await this.#assertMaySend(number)
        await approvals.confirm({ agentId: operator.id, targetId: card.id }, input.approver, scope)

        const methodId = randomUUID()
        const target = { requestId: null, personId: card.id, agentId: operator.id, methodId, number }
        const sent = await codes.send(target, input.language)
        scope.note({ delivery: sent.delivery })
        const enrolmentId = randomUUID()
        const pending: Pending = {
          agentId: operator.id,
          person: { id: card.id, name: card.name },
          methodId,
          label: input.label,
          language: input.language,
          secret: codes.sealNumber(card.id, methodId, number),
          codeId: sent.id,
          expiresAt: clock.now() + policy.enrolmentSeconds * 1000,
          wrongCodes: 0,
        }
        this.#pending.set(enrolmentId, pending)
        return this.#describe(enrolmentId, pending, number, sent)
      },
    )
  }

  /** Throws `enrolment-not-found`, and as {@link Codes.send}; wrong codes so far stay counted. */
  async resend(acting: Acting, enrolmentId: string): Promise<PhoneEnrolment> {
    const { audit, codes } = this.#parts
    const { person, label, methodId } = this.#find(acting, enrolmentId)
    return audit.record(
      { action: 'verification.send', actor: actorOf(acting), target: person, details: { kind, label, methodId } },
      async (scope) => {
        const operator = await acting.current('agent')
        const { secret, language } = this.#find(acting, enrolmentId)
        const number = await codes.numberOf({ id: methodId, personId: person.id, secret })
        scope.note({ destination: maskNumber(number) })
        const target = { requestId: null, personId: person.id, agentId: operator.id, methodId, number }
        const sent = await codes.send(target, language)
        scope.note({ delivery: sent.delivery })
        const pending = { ...this.#find(acting, enrolmentId), codeId: sent.id }
        this.#pending.set(enrolmentId, pending)
        return this.#describe(enrolmentId, pending, number, sent)
      },
    )
  }

  /**
   * Answers whose number it is now. Throws `enrolment-not-found` when it is over, `enrolment-code-wrong {remaining}`, `code-over` for a code
   * that no longer counts; three wrong codes end it.
   */
  async confirm(acting: Acting, enrolmentId: string, code: string): Promise<PersonId> {
    const { audit, methods, codes, clock } = this.#parts
    const { person, label, methodId, secret } = this.#find(acting, enrolmentId)
    await audit.record(
      { action: 'registration.confirm', actor: actorOf(acting), target: person, details: { kind, label, methodId } },
      async (scope) => {
        await acting.current('agent')
        await this.#check(enrolmentId, this.#find(acting, enrolmentId), code)
        // Before the next wait: a second click with the same code must find nothing.
        if (!this.#pending.delete(enrolmentId)) throw new AppError('enrolment-not-found')
        const registered = await methods.ofPerson(person.id)
        assertNewLabel(registered, label)
        await this.#assertNewNumber(registered, await codes.numberOf({ id: methodId, personId: person.id, secret }))
        const firstInPerson = registered.length === 0
        await methods.add({
          id: methodId,
          personId: person.id,
          type: 'mobile',
          kind,
          label,
          registeredAt: clock.iso(),
          confirmedAt: clock.iso(),
          isDefault: false,
          lastUsedAt: null,
          firstInPerson,
          secret,
          lastStep: null,
          recentDrift: [],
        })
        scope.note({ firstInPerson })
      },
    )
    return person.id
  }

  cancel(acting: Acting, enrolmentId: string): void {
    this.#find(acting, enrolmentId)
    this.#pending.delete(enrolmentId)
  }

  /** The session locked or ended: nobody stands at the desk any more. */
  forget(): void {
    this.#pending.clear()
  }

  #find(acting: Acting, enrolmentId: string): Pending {
    const pending = this.#pending.get(enrolmentId)
    const over = pending !== undefined && this.#parts.clock.now() >= pending.expiresAt
    if (over) this.#pending.delete(enrolmentId)
    if (pending === undefined || over || pending.agentId !== acting.operator.id)
      throw new AppError('enrolment-not-found')
    return pending
  }

  async #check(enrolmentId: string, pending: Pending, code: string): Promise<void> {
    const { codes } = this.#parts
    if (pending.wrongCodes >= wrongCodesAllowed) throw new AppError('enrolment-not-found')
    // Counted before the code is compared: codes sent at once must not all be the first.
    const wrongCodes = pending.wrongCodes + 1
    this.#pending.set(enrolmentId, { ...pending, wrongCodes })

    const answer = await codes.check(await codes.get(pending.codeId), code)
    if (answer === 'matched') return
    if (answer === 'wrong' || answer === 'malformed') {
      if (wrongCodes >= wrongCodesAllowed) this.#pending.delete(enrolmentId)
      throw new AppError('enrolment-code-wrong', { remaining: wrongCodesAllowed - wrongCodes })
    }
    // There was nothing to compare with: no try.
    const now = this.#pending.get(enrolmentId)
    if (now !== undefined) this.#pending.set(enrolmentId, { ...now, wrongCodes: now.wrongCodes - 1 })
    throw new AppError('code-over')
  }

  async #assertNewNumber(registered: readonly StoredMethod[], number: string): Promise<void> {
    for (const method of registered.filter((each) => each.kind === kind)) {
      if ((await this.#parts.codes.numberOf(method)) === number) throw new AppError('number-taken')
    }
  }

  /** The store decides again when it counts the send; this keeps an approver from typing a password for nothing. */
  async #assertMaySend(number: string): Promise<void> {
    const { refusal, possibleAt } = await this.#parts.codes.sending(number, null)
    const at = possibleAt ?? ''
    if (refusal === 'too-soon') throw new AppError('code-too-soon', { at })
    if (refusal === 'too-many') throw new AppError('code-too-many', { at })
  }

  #describe(enrolmentId: string, pending: Pending, number: string, sent: SentCodeRow): PhoneEnrolment {
    return {
      enrolmentId,
      masked: maskNumber(number),
      delivery: sent.delivery,
      resendAt: this.#parts.codes.resendAt(sent),
      codeExpiresAt: sent.expiresAt,
      expiresAt: new Date(pending.expiresAt).toISOString(),
    }
  }
}
