import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { QuestionAnswer } from '../../shared/model/questions'
import type {
  AppEnrolment,
  CodeEnrolment,
  KeyEnrolment,
  QuestionsEnrolment,
  RegistrationSummary,
} from '../../shared/model/registration'
import type { PersonCard } from '../../shared/model/person'
import type { CodeChannel } from '../../shared/model/verification'
import type { AuditEvent, AuditRecorder, AuditScope } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { kindOf } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import type { AuthenticatorAppStart } from '../gateways/authenticator-app'
import type { RelyingParty } from '../gateways/security-key'
import type { NumberReader } from '../gateways/sms'
import type { EnrollableMethod } from '../gateways/verification-method'
import type { StoredMethod, Stores } from '../stores/stores'
import type { Approvals } from './approvals'
import { actorOf } from './audit-subjects'
import type { Codes } from './codes'
import type { Destinations } from './codes-destinations'
import type { PersonVault } from './person-vault'
import type { QuestionsService } from './questions'
import { AppRegistration } from './registration-app'
import type { AcceptedStep, AppStart } from './registration-app'
import { CodeEnrolments } from './registration-codes'
import { Confirmation } from './registration-confirmation'
import type { ConfirmationStart } from './registration-confirmation'
import { Enrolments } from './registration-enrolments'
import type { PendingApp, PendingCode, PendingKey } from './registration-enrolments'
import { KeyRegistration } from './registration-key'
import type { KeyStart } from './registration-key'
import { MailRegistration } from './registration-mail'
import type { MailStart } from './registration-mail'
import { NumberRegistration } from './registration-number'
import type { NumberStart } from './registration-number'
import { QuestionsRegistration } from './registration-questions'
import { assertMayHave, assertNewDestination, assertNewLabel, assertNotOneself } from './registration-rules'
import { summarise } from './registration-summary'
import { Visits } from './registration-visits'
import type { IdentityCheck } from './registration-visits'
import type { SecurityKeyService } from './security-keys'
import type { Acting } from './session'

interface RegistrationParts {
  readonly stores: Pick<Stores, 'methods' | 'threat' | 'erasures'>
  readonly app: EnrollableMethod<AuthenticatorAppStart>
  readonly approvals: Approvals
  readonly personVault: PersonVault
  readonly destinations: Destinations
  readonly codes: Codes
  readonly readNumber: NumberReader
  readonly questions: QuestionsService
  readonly securityKeys: SecurityKeyService
  readonly relyingParty: RelyingParty
  /** `null`: security keys are not set up. */
  readonly rpId: string | null
  readonly mailDomains: readonly string[]
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Policy
  readonly organisation: string
}

interface Removal extends IdentityCheck {
  readonly methodId: string
}

interface OwnMethod {
  readonly personId: PersonId
  readonly methodId: string
}

/**
 * Registering methods at the desk: the person stands there, the agent checks a document, an approver agrees, and a proof shows that the
 * method is theirs. A method registered after a request was entered never counts for that request (`domain/verification.ts`): a reset
 * and an enrolment do not share a case. A removal is checked and agreed to the same way.
 */
export class RegistrationService {
  readonly #parts: RegistrationParts
  readonly #enrolments: Enrolments
  readonly #visits: Visits
  readonly #codes: CodeEnrolments
  readonly #apps: AppRegistration
  readonly #numbers: NumberRegistration
  readonly #mails: MailRegistration
  readonly #questions: QuestionsRegistration
  readonly #keys: KeyRegistration
  readonly #confirmation: Confirmation

  constructor(parts: RegistrationParts) {
    const { methods } = parts.stores
    this.#parts = parts
    this.#enrolments = new Enrolments(parts.clock)
    this.#visits = new Visits({ ...parts, methods })
    const shared = {
      ...parts,
      methods,
      visits: this.#visits,
      enrolments: this.#enrolments,
      means: () => this.#means(),
    }
    this.#codes = new CodeEnrolments(shared)
    this.#apps = new AppRegistration(shared)
    this.#questions = new QuestionsRegistration(shared)
    this.#keys = new KeyRegistration(shared)
    const sent = { ...shared, codes: this.#codes }
    this.#numbers = new NumberRegistration(sent)
    this.#mails = new MailRegistration(sent)
    this.#confirmation = new Confirmation(sent)
  }

  /** What is registered for a person, without anything secret, and what may be. Throws `person-not-found`. */
  list(acting: Acting, personId: PersonId): Promise<RegistrationSummary> {
    const { stores, rpId } = this.#parts
    return summarise(
      { ...this.#parts, ...stores, keysSetUp: rpId !== null, means: () => this.#means() },
      acting,
      personId,
    )
  }

  /** As {@link AppRegistration.start}. */
  startApp(acting: Acting, input: AppStart): Promise<AppEnrolment> {
    return this.#apps.start(acting, input)
  }

  /** As {@link NumberRegistration.start}. */
  startPhone(acting: Acting, input: NumberStart): Promise<CodeEnrolment> {
    return this.#numbers.start(acting, input)
  }

  /** As {@link MailRegistration.start}. */
  startMail(acting: Acting, input: MailStart): Promise<CodeEnrolment> {
    return this.#mails.start(acting, input)
  }

  /** As {@link Confirmation.start}. */
  startConfirmation(acting: Acting, input: ConfirmationStart): Promise<CodeEnrolment> {
    return this.#confirmation.start(acting, input)
  }

  /** As {@link QuestionsRegistration.start}. */
  startQuestions(acting: Acting, input: IdentityCheck): Promise<QuestionsEnrolment> {
    return this.#questions.start(acting, input)
  }

  /** As {@link KeyRegistration.start}. */
  startKey(acting: Acting, input: KeyStart): Promise<KeyEnrolment> {
    return this.#keys.start(acting, input)
  }

  /** As {@link CodeEnrolments.current}. */
  enrolment(acting: Acting, enrolmentId: string): Promise<CodeEnrolment> {
    return this.#codes.current(acting, enrolmentId)
  }

  /** As {@link CodeEnrolments.resend}. */
  resend(acting: Acting, enrolmentId: string, channel: CodeChannel): Promise<CodeEnrolment> {
    return this.#codes.resend(acting, enrolmentId, channel)
  }

  /**
   * Throws `enrolment-not-found` when it is over, `enrolment-code-wrong {remaining}`, `code-over` for a code that no longer counts; three
   * wrong codes end it. What was taken meanwhile is refused as at the start.
   */
  async confirm(acting: Acting, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    const { person, type, label, methodId, again } = this.#enrolments.find(acting, enrolmentId, 'app', 'code')
    const details = { kind: kindOf(type), type, label, methodId, ...(again ? { again } : {}) }
    await this.#record(acting, { action: 'registration.confirm', target: person, details }, async (scope) => {
      await acting.current('agent')
      const pending = this.#enrolments.find(acting, enrolmentId, 'app', 'code')
      const accepted = await this.#check(enrolmentId, pending, code)
      this.#enrolments.take(enrolmentId)
      if (again) await this.#confirmAgain(pending, accepted, scope)
      else await this.#add(acting, pending, accepted, scope)
    })
    return this.list(acting, person.id)
  }

  /**
   * All answers, in place of those that there were. Throws `enrolment-not-found`, and as `readAnswers`: the person may mend what was
   * refused.
   */
  async saveAnswers(
    acting: Acting,
    enrolmentId: string,
    answers: readonly QuestionAnswer[],
  ): Promise<RegistrationSummary> {
    const { person } = this.#enrolments.find(acting, enrolmentId, 'answers')
    const details = { kind: 'knowledge', type: 'questions', answers: answers.length }
    await this.#record(acting, { action: 'registration.confirm', target: person, details }, async (scope) => {
      await acting.current('agent')
      const pending = this.#enrolments.find(acting, enrolmentId, 'answers')
      const read = await this.#questions.read(pending, answers)
      this.#enrolments.take(enrolmentId)
      const { card, registered } = await this.#readAgain(acting, person.id)
      assertMayHave('questions', card, registered, await this.#means())
      await this.#questions.keep(pending, read, scope)
    })
    return this.list(acting, person.id)
  }

  /**
   * Makes a credential on the key at this machine; answers when it was touched. Throws `enrolment-not-found`, and as
   * {@link KeyRegistration.create}: another key, or the same one, may be tried again.
   */
  async createKey(acting: Acting, enrolmentId: string): Promise<RegistrationSummary> {
    const { person, label, methodId } = this.#enrolments.find(acting, enrolmentId, 'key')
    const details = { kind: 'key', type: 'key', label, methodId }
    await this.#record(acting, { action: 'registration.confirm', target: person, details }, async (scope) => {
      await acting.current('agent')
      const pending = this.#enrolments.find(acting, enrolmentId, 'key')
      const { secret, counter } = await this.#keys.create(pending)
      this.#enrolments.take(enrolmentId)
      await this.#add(acting, { ...pending, secret }, { step: counter, drift: null }, scope)
    })
    return this.list(acting, person.id)
  }

  /** The person left, the app would not scan, or the number is another one: it is forgotten. */
  cancel(acting: Acting, enrolmentId: string): void {
    this.#enrolments.find(acting, enrolmentId, 'app', 'code', 'answers', 'key')
    this.#enrolments.take(enrolmentId)
  }

  /** Throws `self-action`, `method-not-found`, `already-registered {label}`. */
  async rename(acting: Acting, input: OwnMethod & { readonly label: string }): Promise<RegistrationSummary> {
    const { methods } = this.#parts.stores
    return this.#change(acting, input, 'registration.rename', async (method, registered, scope) => {
      scope.note({ before: method.label, label: input.label })
      assertNewLabel(
        registered.filter(({ id }) => id !== method.id),
        input.label,
      )
      return methods.rename(method.id, input.label)
    })
  }

  /** The method that is offered first. Throws `self-action`, `method-not-found`, `method-not-usable {reason}` for an unproven one. */
  async setDefault(acting: Acting, input: OwnMethod): Promise<RegistrationSummary> {
    const { methods } = this.#parts.stores
    return this.#change(acting, input, 'registration.default', async (method, _registered, scope) => {
      scope.note({ label: method.label })
      if (method.confirmedAt === null) throw new AppError('method-not-usable', { reason: 'unconfirmed' })
      return methods.setDefault(method.personId, method.id)
    })
  }

  /**
   * A lost or replaced telephone: its method ends. Passed checks by it no longer count, for the gate finds no such method.
   * Throws `self-action`, `method-not-found`, and as {@link Approvals}.
   */
  async remove(acting: Acting, input: Removal): Promise<RegistrationSummary> {
    const { methods } = this.#parts.stores
    await this.#visits.record(
      acting,
      input,
      { action: 'registration.remove', details: { methodId: input.methodId }, ending: true },
      ({ registered, scope }) => {
        const method = registered.find(({ id }) => id === input.methodId)
        if (method === undefined) throw new AppError('method-not-found')
        scope.note({ kind: method.kind, type: method.type, label: method.label })
        return method
      },
      async ({ registered }, method) => {
        if (!(await methods.remove(method.id))) throw new AppError('method-not-found')
        const next = registered.find(({ id, confirmedAt }) => id !== method.id && confirmedAt !== null)
        if (method.isDefault && next !== undefined) await methods.setDefault(next.personId, next.id)
      },
    )
    return this.list(acting, input.personId)
  }

  /** The session locked or ended: nobody stands at the desk any more. */
  forget(): void {
    this.#enrolments.forget()
  }

  async #means(): Promise<RegistrationMeans> {
    const { policy, codes, securityKeys } = this.#parts
    return { policy, channels: codes.channels, keyReader: await securityKeys.canRead() }
  }

  /** The accepted step of an app; `null` for a sent code. */
  async #check(enrolmentId: string, pending: PendingApp | PendingCode, code: string): Promise<AcceptedStep | null> {
    if (pending.way === 'app') return this.#apps.check(enrolmentId, pending, code)
    await this.#codes.check(enrolmentId, pending, code)
    return null
  }

  async #add(
    acting: Acting,
    pending: PendingApp | PendingCode | PendingKey,
    accepted: { readonly step: number; readonly drift: number | null } | null,
    scope: AuditScope,
  ): Promise<void> {
    const { stores, destinations, clock } = this.#parts
    const { person, type, label, methodId, secret } = pending
    const { card, registered } = await this.#readAgain(acting, person.id)
    assertMayHave(type, card, registered, await this.#means())
    assertNewLabel(registered, label)
    const method = { id: methodId, personId: person.id, secret }
    if (pending.way === 'code') {
      await assertNewDestination(destinations, person.id, registered, { type, ...(await destinations.of(method)) })
    }
    const first = !registered.some(({ confirmedAt }) => confirmedAt !== null)
    await stores.methods.add({
      ...method,
      type,
      kind: kindOf(type),
      label,
      registeredAt: clock.iso(),
      confirmedAt: clock.iso(),
      isDefault: first,
      lastUsedAt: null,
      firstInPerson: first,
      lastStep: accepted?.step ?? null,
      recentDrift: accepted === null || accepted.drift === null ? [] : [accepted.drift],
    })
    scope.note({ firstInPerson: first })
  }

  /** Others may have registered meanwhile, here or at another desk. */
  async #readAgain(
    acting: Acting,
    personId: PersonId,
  ): Promise<{ readonly card: PersonCard; readonly registered: StoredMethod[] }> {
    const { card } = await acting.directory.card(personId)
    return { card, registered: await this.#parts.stores.methods.ofPerson(personId) }
  }

  async #confirmAgain(
    { methodId, person }: PendingApp | PendingCode,
    accepted: AcceptedStep | null,
    scope: AuditScope,
  ): Promise<void> {
    const { clock, stores } = this.#parts
    const { methods } = stores
    const registered = await methods.ofPerson(person.id)
    const first = !registered.some(({ confirmedAt }) => confirmedAt !== null)
    // The store has the last word: each time step is accepted once, whatever it is for.
    const isNew = accepted === null || (await methods.acceptStep(methodId, accepted.step, accepted.drift, clock.iso()))
    if (!isNew) throw new AppError('enrolment-code-wrong', { remaining: 0 })
    if (!(await methods.confirm(methodId, clock.iso(), first))) throw new AppError('method-not-found')
    if (first) await methods.setDefault(person.id, methodId)
    scope.note({ firstInPerson: first })
  }

  async #change(
    acting: Acting,
    { personId, methodId }: OwnMethod,
    action: AuditEvent['action'],
    change: (method: StoredMethod, registered: readonly StoredMethod[], scope: AuditScope) => Promise<boolean>,
  ): Promise<RegistrationSummary> {
    const { card } = await acting.directory.card(personId)
    const target = { id: card.id, name: card.name }
    await this.#record(acting, { action, target, details: { methodId } }, async (scope) => {
      const operator = await acting.current('agent')
      assertNotOneself(operator.id, card)
      const registered = await this.#parts.stores.methods.ofPerson(personId)
      const method = registered.find(({ id }) => id === methodId)
      if (method === undefined) throw new AppError('method-not-found')
      scope.note({ kind: method.kind, type: method.type })
      if (!(await change(method, registered, scope))) throw new AppError('method-not-found')
    })
    return this.list(acting, personId)
  }

  #record(acting: Acting, event: Omit<AuditEvent, 'actor'>, work: (scope: AuditScope) => Promise<void>): Promise<void> {
    return this.#parts.audit.record({ ...event, actor: actorOf(acting) }, work)
  }
}
