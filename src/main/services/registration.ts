import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { AppEnrolment, PhoneEnrolment, RegistrationSummary } from '../../shared/model/registration'
import type { identityDocuments } from '../../shared/model/verification'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { maskNumber } from '../domain/sms-number'
import type { AuthenticatorAppStart } from '../gateways/authenticator-app'
import type { EnrollableMethod } from '../gateways/verification-method'
import type { MethodStore, StoredMethod } from '../stores/stores'
import type { SecretVault } from '../vault'
import type { Approvals, ApproverCredentials } from './approvals'
import { actorOf } from './audit-subjects'
import type { Codes } from './codes'
import { sealSeed, withSeed } from './method-seeds'
import { PhoneEnrolments } from './registration-phone'
import type { PhoneStart } from './registration-phone'
import { assertMayEnrol, assertNewLabel, wrongCodesAllowed } from './registration-rules'
import type { Acting } from './session'

interface RegistrationParts {
  readonly methods: MethodStore
  readonly app: EnrollableMethod<AuthenticatorAppStart>
  readonly approvals: Approvals
  readonly vault: SecretVault
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
  readonly organisation: string
  readonly codes: Codes
}

interface AppStart {
  readonly personId: PersonId
  readonly label: string
  readonly document: (typeof identityDocuments)[number]
  readonly approver: ApproverCredentials
}

interface Removal {
  readonly personId: PersonId
  readonly methodId: string
  readonly document: (typeof identityDocuments)[number]
  readonly approver: ApproverCredentials
}

/** An app that was shown to its person and waits for its first code; the seed is sealed even here. */
interface Pending {
  readonly agentId: PersonId
  readonly person: { readonly id: PersonId; readonly name: string }
  readonly methodId: string
  readonly label: string
  readonly secret: Uint8Array
  readonly expiresAt: number
  /** Codes tried so far; the accepted one ends the enrolment. */
  readonly wrongCodes: number
}

/**
 * Registering a method at the desk: the person stands there, the agent checks a document, an approver agrees, and the first code
 * proves that the app works. A method registered after a request was entered never counts for that request
 * (`domain/verification.ts`): a reset and an enrolment do not share a case. A removal is checked and agreed to the same way.
 */
export class RegistrationService {
  readonly #parts: RegistrationParts
  readonly #pending = new Map<string, Pending>()
  readonly #phones: PhoneEnrolments

  constructor(parts: RegistrationParts) {
    this.#parts = parts
    this.#phones = new PhoneEnrolments(parts)
  }

  /** What is registered for a person, without anything secret. */
  async list(personId: PersonId): Promise<RegistrationSummary> {
    const { policy, clock, codes } = this.#parts
    const registered = await this.#parts.methods.ofPerson(personId)
    const methods = registered.filter(({ kind }) => kind !== 'phone' || codes.canSend)
    const coolDownMs = policy.coolDownSeconds * 1000
    const settled = methods.some(
      ({ firstInPerson, registeredAt }) => firstInPerson || clock.now() - Date.parse(registeredAt) >= coolDownMs,
    )
    return {
      methods: await Promise.all(
        registered.map(async (method) => {
          const { id, kind, label, registeredAt, lastUsedAt } = method
          const masked = kind === 'phone' ? maskNumber(await codes.numberOf(method)) : ''
          return { id, kind, label, masked, registeredAt, lastUsedAt }
        }),
      ),
      required: policy.methodsRequired,
      ready: settled && new Set(methods.map(({ kind }) => kind)).size >= policy.methodsRequired,
    }
  }

  /** Throws `self-action`, `already-registered {label}`, `action-blocked {reason}`, and as {@link Approvals}. */
  async startApp(acting: Acting, input: AppStart): Promise<AppEnrolment> {
    const { audit, approvals, app, clock, policy, vault, organisation, methods } = this.#parts
    const { card } = await acting.directory.card(input.personId)
    return audit.record(
      {
        action: 'registration.start',
        actor: actorOf(acting),
        target: { id: card.id, name: card.name },
        details: { kind: app.kind, label: input.label, document: input.document },
      },
      async (scope) => {
        const operator = await acting.current('agent')
        assertMayEnrol(operator.id, card)
        assertNewLabel(await methods.ofPerson(card.id), input.label)
        await approvals.confirm({ agentId: operator.id, targetId: card.id }, input.approver, scope)

        const started = app.startEnrolment({ issuer: organisation, account: card.signInName })
        const enrolmentId = randomUUID()
        const methodId = randomUUID()
        const expiresAt = clock.now() + policy.enrolmentSeconds * 1000
        const secret = sealSeed(vault, card.id, methodId, started.secret)
        started.secret.fill(0)
        this.#pending.set(enrolmentId, {
          agentId: operator.id,
          person: { id: card.id, name: card.name },
          methodId,
          label: input.label,
          secret,
          expiresAt,
          wrongCodes: 0,
        })
        const { qr, typedKey, issuer, account } = started
        return { enrolmentId, qr, typedKey, issuer, account, expiresAt: new Date(expiresAt).toISOString() }
      },
    )
  }

  /** Throws `enrolment-not-found` when it is over, `enrolment-code-wrong {remaining}`; three wrong codes end it. */
  async confirmApp(acting: Acting, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    const { audit, methods, clock } = this.#parts
    const pending = this.#find(acting, enrolmentId)
    const { person, label, methodId } = pending
    await audit.record(
      {
        action: 'registration.confirm',
        actor: actorOf(acting),
        target: person,
        details: { kind: this.#parts.app.kind, label, methodId },
      },
      async (scope) => {
        await acting.current('agent')
        const accepted = await this.#check(enrolmentId, this.#find(acting, enrolmentId), code)
        // Before the next wait: a second click with the same code must find nothing.
        if (!this.#pending.delete(enrolmentId)) throw new AppError('enrolment-not-found')
        const registered = await methods.ofPerson(person.id)
        assertNewLabel(registered, label)
        const firstInPerson = registered.length === 0
        const registeredAt = clock.iso()
        await methods.add(
          newMethod(pending, { firstInPerson, registeredAt, lastStep: accepted.step, drift: accepted.drift }),
        )
        scope.note({ firstInPerson })
      },
    )
    return this.list(person.id)
  }

  /** The person left or the app would not scan: the seed is forgotten. */
  cancelApp(acting: Acting, enrolmentId: string): void {
    this.#find(acting, enrolmentId)
    this.#pending.delete(enrolmentId)
  }

  /** As {@link PhoneEnrolments.start}. */
  startPhone(acting: Acting, input: PhoneStart): Promise<PhoneEnrolment> {
    return this.#phones.start(acting, input)
  }

  /** As {@link PhoneEnrolments.resend}. */
  resendPhone(acting: Acting, enrolmentId: string): Promise<PhoneEnrolment> {
    return this.#phones.resend(acting, enrolmentId)
  }

  /** As {@link PhoneEnrolments.confirm}. */
  async confirmPhone(acting: Acting, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    return this.list(await this.#phones.confirm(acting, enrolmentId, code))
  }

  /** The person left, or the number is another one. */
  cancelPhone(acting: Acting, enrolmentId: string): void {
    this.#phones.cancel(acting, enrolmentId)
  }

  /**
   * A lost or replaced telephone: its method ends. Passed checks by it no longer count, for the gate finds no such method.
   * Throws `self-action`, `method-not-found`, and as {@link Approvals}.
   */
  async remove(acting: Acting, input: Removal): Promise<RegistrationSummary> {
    const { audit, approvals, methods } = this.#parts
    const { card } = await acting.directory.card(input.personId)
    await audit.record(
      {
        action: 'registration.remove',
        actor: actorOf(acting),
        target: { id: card.id, name: card.name },
        details: { methodId: input.methodId, document: input.document },
      },
      async (scope) => {
        const operator = await acting.current('agent')
        if (operator.id === card.id) throw new AppError('self-action')
        const method = (await methods.ofPerson(card.id)).find(({ id }) => id === input.methodId)
        if (method === undefined) throw new AppError('method-not-found')
        scope.note({ kind: method.kind, label: method.label })
        await approvals.confirm({ agentId: operator.id, targetId: card.id }, input.approver, scope)
        if (!(await methods.remove(method.id))) throw new AppError('method-not-found')
      },
    )
    return this.list(card.id)
  }

  /** The session locked or ended: nobody stands at the desk any more. */
  forget(): void {
    this.#pending.clear()
    this.#phones.forget()
  }

  #find(acting: Acting, enrolmentId: string): Pending {
    const pending = this.#pending.get(enrolmentId)
    const over = pending !== undefined && this.#parts.clock.now() >= pending.expiresAt
    if (over) this.#pending.delete(enrolmentId)
    if (pending === undefined || over || pending.agentId !== acting.operator.id)
      throw new AppError('enrolment-not-found')
    return pending
  }

  async #check(enrolmentId: string, pending: Pending, code: string): Promise<{ step: number; drift: number }> {
    const { app, vault, clock, policy } = this.#parts
    if (pending.wrongCodes >= wrongCodesAllowed) throw new AppError('enrolment-not-found')
    // Counted before the code is compared: codes sent at once must not all be the first.
    const wrongCodes = pending.wrongCodes + 1
    this.#pending.set(enrolmentId, { ...pending, wrongCodes })

    const method = { id: pending.methodId, personId: pending.person.id, secret: pending.secret }
    const answer = await withSeed(vault, method, (seed) =>
      app.check(seed, code, {
        now: clock.now(),
        lastStep: null,
        toleranceSteps: policy.totpToleranceSteps,
        stepSeconds: policy.totpStepSeconds,
      }),
    )
    if (answer.matched) return answer
    if (wrongCodes >= wrongCodesAllowed) this.#pending.delete(enrolmentId)
    throw new AppError('enrolment-code-wrong', { remaining: wrongCodesAllowed - wrongCodes })
  }
}

function newMethod(
  { methodId, person, label, secret }: Pending,
  confirmed: { firstInPerson: boolean; registeredAt: string; lastStep: number; drift: number },
): StoredMethod {
  return {
    id: methodId,
    personId: person.id,
    type: 'app',
    kind: 'app',
    label,
    registeredAt: confirmed.registeredAt,
    confirmedAt: confirmed.registeredAt,
    isDefault: false,
    lastUsedAt: null,
    firstInPerson: confirmed.firstInPerson,
    secret,
    lastStep: confirmed.lastStep,
    recentDrift: [confirmed.drift],
  }
}
