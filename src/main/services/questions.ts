import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/errors'
import { customQuestionLimit } from '../../shared/model/questions'
import type { CustomQuestion, QuestionAnswer, SecurityQuestion } from '../../shared/model/questions'
import { foldAnswer } from '../../shared/question-rules'
import type { AuditRecorder } from '../audit/audit'
import { readyQuestions } from '../domain/question-catalogue'
import { drawQuestions } from '../domain/questions'
import { answerHashesOf, answersSecret } from '../domain/registration-secrets'
import type { AnswerHash } from '../domain/registration-secrets'
import type { QuestionStore, StoredMethod } from '../stores/stores'
import type { SecretVault } from '../vault'
import { actorOf } from './audit-subjects'
import type { PersonVault } from './person-vault'
import type { Acting } from './session'

interface QuestionParts {
  readonly questions: QuestionStore
  readonly vault: SecretVault
  readonly personVault: PersonVault
  readonly audit: AuditRecorder
}

/** A method of the type `questions`, as far as its answers need it. */
type AnsweredMethod = Pick<StoredMethod, 'id' | 'personId' | 'secret'>

/**
 * RFC 7914, 32 MiB: some tenth of a second per answer, on the thread pool. Whoever has the database still lacks the pepper, which is a
 * key of the vault.
 */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const hashLength = 32
const saltLength = 16

/**
 * Security questions: the catalogue, the organisation's own ones, and the answers as hashes. Whether answers match is told of all that
 * were asked together, never of one.
 */
export class QuestionsService {
  readonly #parts: QuestionParts

  constructor(parts: QuestionParts) {
    this.#parts = parts
  }

  async catalogue(): Promise<{ ready: SecurityQuestion[]; custom: CustomQuestion[] }> {
    const custom = await this.#parts.questions.all()
    return { ready: readyQuestions.map((question) => ({ ...question, custom: false })), custom: custom ?? [] }
  }

  /** Those that may be chosen at registration. */
  async offered(): Promise<SecurityQuestion[]> {
    const { ready, custom } = await this.catalogue()
    return [...ready, ...custom.filter(({ retired }) => !retired).map(chosen)]
  }

  /** The words of questions that were asked, in this order, retired ones too; one that is gone is left out. */
  async worded(questionIds: readonly string[]): Promise<SecurityQuestion[]> {
    const { ready, custom } = await this.catalogue()
    const all = [...ready, ...custom.map(chosen)]
    return questionIds.flatMap((id) => all.filter((question) => question.id === id))
  }

  /**
   * Somebody may have answered a question that was saved once: it can be mended and retired, and stays where the list lacks it. Throws
   * `role-required`, `questions-invalid {reason}`.
   */
  saveCustom(acting: Acting, wanted: readonly CustomQuestion[]): Promise<CustomQuestion[]> {
    const { questions, audit } = this.#parts
    return audit.record({ action: 'registration.questions', actor: actorOf(acting) }, async (scope) => {
      await acting.current('admin')
      const before = (await questions.all()) ?? []
      const dropped = before.filter(({ id }) => !wanted.some((question) => question.id === id))
      const after = [...wanted, ...dropped.map((question) => ({ ...question, retired: true }))]
      assertSound(after)
      const changed = after.filter((question) => {
        const old = before.find(({ id }) => id === question.id)
        return old === undefined || JSON.stringify(chosen(old)) !== JSON.stringify(chosen(question))
      })
      scope.note({
        count: after.filter(({ retired }) => !retired).length,
        retired: after.filter(({ retired }) => retired).length,
        changed: changed.map(({ ja }) => ja).join(' / '),
      })
      await questions.save(after)
      return after
    })
  }

  /**
   * Questions of this method for a check, each set as likely as the other; `unanswered`: those that were asked last come again, for whoever
   * could have others without an answer would ask until easy ones come. Throws `store-tampered`.
   */
  async draw(method: AnsweredMethod, count: number, unanswered: readonly string[] = []): Promise<string[]> {
    const known = (await this.#hashesOf(method)).map(({ questionId }) => questionId)
    const isWhole = unanswered.length === Math.min(count, known.length) && unanswered.every((id) => known.includes(id))
    return isWhole ? [...unanswered] : drawQuestions(known, count)
  }

  /** A method's secret out of answers that `readAnswers` let through. */
  async secretOf(answers: readonly { readonly questionId: string; readonly folded: string }[]): Promise<Uint8Array> {
    const hashes = await Promise.all(
      answers.map(async ({ questionId, folded }): Promise<AnswerHash> => {
        const salt = randomBytes(saltLength)
        const hash = await this.#hash(questionId, folded, salt)
        return { questionId, salt: salt.toString('base64url'), hash: hash.toString('base64url') }
      }),
    )
    return answersSecret(hashes)
  }

  /**
   * Whether every one of the asked questions was answered as at registration. All answers are computed and compared in constant time,
   * whatever the others said: neither the result nor its time tells which one was wrong. Throws `store-tampered`.
   */
  async compareAll(
    method: AnsweredMethod,
    asked: readonly string[],
    answers: readonly QuestionAnswer[],
  ): Promise<boolean> {
    const hashes = await this.#hashesOf(method)
    const matches = await Promise.all(
      asked.map(async (questionId) => {
        const kept = hashes.find((hash) => hash.questionId === questionId)
        const said = answers.find((answer) => answer.questionId === questionId)
        // New answers may have taken the place of those that were asked for: it takes as long, and matches nothing.
        const salt = kept === undefined ? randomBytes(saltLength) : Buffer.from(kept.salt, 'base64url')
        const wanted = kept === undefined ? randomBytes(hashLength) : Buffer.from(kept.hash, 'base64url')
        const heard = await this.#hash(questionId, foldAnswer(said?.answer ?? ''), salt)
        return wanted.length === heard.length && timingSafeEqual(heard, wanted)
      }),
    )
    const isWhole = asked.length > 0 && new Set(asked).size === asked.length
    return matches.reduce((all, one) => one && all, isWhole)
  }

  #hashesOf(method: AnsweredMethod): Promise<AnswerHash[]> {
    return this.#parts.personVault.lendSecret(method, answerHashesOf)
  }

  #hash(questionId: string, folded: string, salt: Uint8Array): Promise<Buffer> {
    const peppered = this.#parts.vault.mac('security-answer', questionId, folded)
    return new Promise((resolve, reject) => {
      scrypt(peppered, salt, hashLength, cost, (error, hash) => {
        if (error === null) resolve(hash)
        else reject(error)
      })
    })
  }
}

function chosen({ id, ja, en }: CustomQuestion): SecurityQuestion {
  return { id, ja, en, custom: true }
}

/** Throws `questions-invalid {reason}`. */
function assertSound(questions: readonly CustomQuestion[]): void {
  if (questions.length > customQuestionLimit) throw new AppError('questions-invalid', { reason: 'too-many' })
  const ids = new Set(questions.map(({ id }) => id))
  if (ids.size < questions.length) throw new AppError('questions-invalid', { reason: 'repeated' })
  const offered = questions.filter(({ retired }) => !retired)
  for (const language of ['ja', 'en'] as const) {
    const words = [...readyQuestions, ...offered].map((question) => foldAnswer(question[language]))
    if (new Set(words).size < words.length) throw new AppError('questions-invalid', { reason: 'repeated' })
  }
}
