import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { DrawnQuestions, QuestionAnswer } from '../../shared/model/questions'
import type { CheckResult } from '../../shared/model/verification'
import type { QuestionDraw, Stores } from '../stores/stores'
import type { QuestionsService } from './questions'
import type { Acting } from './session'
import { methodOfKind } from './verification-case'
import type { CaseWork, CaseWorkParts } from './verification-case'

export interface QuestionCheckParts extends CaseWorkParts {
  readonly stores: CaseWorkParts['stores'] & Pick<Stores, 'draws'>
  readonly questions: QuestionsService
}

interface Asked {
  readonly requestId: string
  readonly methodId: string
}

/** Security questions: some of those that the person answered, drawn at random, asked until they were answered, drawn anew after an error. */
export class QuestionChecks {
  readonly #parts: QuestionCheckParts
  readonly #work: CaseWork

  constructor(parts: QuestionCheckParts, work: CaseWork) {
    this.#parts = parts
    this.#work = work
  }

  /** The questions that wait for answers: asking again brings no easier ones, nor does waiting or another request. Throws as the check of a code. */
  draw(acting: Acting, { requestId, methodId }: Asked): Promise<DrawnQuestions> {
    const event = { action: 'verification.draw', details: { methodId } } as const
    return this.#work.inTurn(acting, requestId, event, async (scope) => {
      const { stores, questions, clock, policy } = this.#parts
      const found = await this.#work.openCase(acting, requestId)
      const method = methodOfKind(found, methodId, 'knowledge')
      const waiting = await stores.draws.current(requestId, methodId, clock.iso())
      const unanswered = await stores.draws.unanswered(methodId)
      const draw =
        waiting ??
        (await stores.draws.draw({
          id: randomUUID(),
          requestId,
          methodId,
          questionIds: await questions.draw(method, policy.questionsToAsk, unanswered?.questionIds),
          drawnAt: clock.iso(),
          expiresAt: new Date(clock.now() + policy.proofSeconds * 1000).toISOString(),
        }))
      scope.note({ drawId: draw.id, questions: draw.questionIds.length })
      return { drawId: draw.id, questions: await questions.worded(draw.questionIds), expiresAt: draw.expiresAt }
    })
  }

  /**
   * What the caller says, as the agent typed it; match or no match of the whole. Throws `draw-over` when these questions were answered or
   * have expired, `answers-incomplete`, and as the check of a code.
   */
  check(
    acting: Acting,
    {
      requestId,
      methodId,
      drawId,
      answers,
    }: Asked & { readonly drawId: string; readonly answers: readonly QuestionAnswer[] },
  ): Promise<CheckResult> {
    const event = { action: 'verification.check', details: { methodId, kind: 'knowledge' } } as const
    return this.#work.inTurn(acting, requestId, event, async (scope) => {
      const { stores, questions, clock } = this.#parts
      const found = await this.#work.openCase(acting, requestId)
      const method = methodOfKind(found, methodId, 'knowledge')
      const draw = await stores.draws.current(requestId, methodId, clock.iso())
      if (draw?.id !== drawId) throw new AppError('draw-over')
      const given = answersTo(draw, answers)
      // Spent before anything is compared: whatever comes of it, these questions are not asked again.
      if (!(await stores.draws.take(draw.id, clock.iso()))) throw new AppError('draw-over')

      const matched = await questions.compareAll(method, draw.questionIds, given)
      if (!matched) return this.#work.failed(found, { hint: null, counted: true }, scope)
      await stores.methods.used(method.id, clock.iso())
      return this.#work.passed(found, method)
    })
  }
}

/** One answer to each drawn question, in their order. Throws `answers-incomplete`. */
function answersTo(draw: QuestionDraw, answers: readonly QuestionAnswer[]): QuestionAnswer[] {
  return draw.questionIds.map((id) => {
    const given = answers.find(({ questionId }) => questionId === id)
    if (given === undefined || given.answer.trim() === '') throw new AppError('answers-incomplete')
    return given
  })
}
