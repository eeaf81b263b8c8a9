import { randomUUID } from 'node:crypto'
import type { QuestionAnswer } from '../../shared/model/questions'
import type { QuestionsEnrolment } from '../../shared/model/registration'
import { AppError } from '../../shared/errors'
import type { AuditScope } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { kindOf } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import { readAnswers } from '../domain/questions'
import type { MethodStore } from '../stores/stores'
import type { PersonVault } from './person-vault'
import type { QuestionsService } from './questions'
import type { Enrolments, PendingAnswers } from './registration-enrolments'
import { assertMayHave } from './registration-rules'
import type { IdentityCheck, Visits } from './registration-visits'
import type { Acting } from './session'

interface QuestionsParts {
  readonly methods: MethodStore
  readonly questions: QuestionsService
  readonly personVault: PersonVault
  readonly visits: Visits
  readonly enrolments: Enrolments
  readonly means: () => Promise<RegistrationMeans>
  readonly clock: Clock
  readonly policy: Policy
}

/** Security questions: the person types the answers, and nobody ever reads them. New answers replace all the old ones. */
export class QuestionsRegistration {
  readonly #parts: QuestionsParts

  constructor(parts: QuestionsParts) {
    this.#parts = parts
  }

  /** Throws as `assertMayHave` and {@link Visits.record}. */
  start(acting: Acting, input: IdentityCheck): Promise<QuestionsEnrolment> {
    const { visits, questions, means, enrolments, clock, policy } = this.#parts
    return visits.record(
      acting,
      input,
      { action: 'registration.start', details: { kind: 'knowledge', type: 'questions' } },
      async ({ card, registered }) => assertMayHave('questions', card, registered, await means()),
      async ({ card, operator }) => {
        const { name, reading, userId, signInName, mail, employeeNumber } = card
        const expiresAt = clock.now() + policy.enrolmentSeconds * 1000
        const enrolmentId = enrolments.add({
          way: 'answers',
          agentId: operator.id,
          person: { id: card.id, name: card.name },
          methodId: randomUUID(),
          type: 'questions',
          label: '',
          facts: { name, reading, userId, signInName, mail, employeeNumber },
          secret: new Uint8Array(0),
          expiresAt,
          again: false,
          wrongCodes: 0,
        })
        return {
          enrolmentId,
          questions: await questions.offered(),
          required: policy.questionsToRegister,
          expiresAt: new Date(expiresAt).toISOString(),
        }
      },
    )
  }

  /** The answers as a sealed secret. Throws as {@link readAnswers}; the enrolment goes on. */
  async read(pending: PendingAnswers, answers: readonly QuestionAnswer[]): Promise<Uint8Array> {
    const { questions, policy } = this.#parts
    const read = readAnswers(answers, {
      questions: await questions.offered(),
      required: policy.questionsToRegister,
      person: pending.facts,
    })
    return questions.secretOf(read)
  }

  /** Throws `method-not-usable {reason}`, `person-erased`. */
  async keep(pending: PendingAnswers, answers: Uint8Array, scope: AuditScope): Promise<void> {
    const { methods, personVault, clock } = this.#parts
    const { person, methodId } = pending
    const registered = await methods.ofPerson(person.id)
    const before = registered.find(({ type }) => type === 'questions')
    const id = before?.id ?? methodId
    const secret = await personVault.sealSecret({ id, personId: person.id }, answers).finally(() => answers.fill(0))
    const at = clock.iso()
    if (before !== undefined) {
      scope.note({ methodId: id, replaced: true })
      // Somebody else replaced or removed them meanwhile.
      if (!(await methods.replaceSecret(id, before.secret, secret, at))) throw new AppError('enrolment-not-found')
      return
    }
    const first = !registered.some(({ confirmedAt }) => confirmedAt !== null)
    await methods.add({
      id,
      personId: person.id,
      type: 'questions',
      kind: kindOf('questions'),
      label: pending.label,
      registeredAt: at,
      confirmedAt: at,
      isDefault: first,
      lastUsedAt: null,
      firstInPerson: first,
      secret,
      lastStep: null,
      recentDrift: [],
    })
    scope.note({ methodId: id, firstInPerson: first })
  }
}
