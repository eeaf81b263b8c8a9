import { randomInt } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { QuestionAnswer, SecurityQuestion } from '../../shared/model/questions'
import { answerLength, bareAnswer, foldAnswer } from '../../shared/question-rules'

/** The parts of a person that half the organisation knows. */
export interface KnownFacts {
  readonly name: string
  readonly reading: string
  readonly userId: string
  readonly signInName: string
  readonly mail: string
  readonly employeeNumber: string
}

/**
 * The answers in their folded form, if all can be registered. Throws `questions-too-few {required}`; with the `questionId` that it is about
 * `question-unknown`, `question-repeated`, `answer-length {min, max}`, `answer-easy`, `answer-repeated`. No parameter holds an answer.
 */
export function readAnswers(
  answers: readonly QuestionAnswer[],
  context: {
    readonly questions: readonly SecurityQuestion[]
    readonly required: number
    readonly person: KnownFacts
  },
): { readonly questionId: string; readonly folded: string }[] {
  const known = factsOf(context.person)
  const seen = new Set<string>()
  const ids = new Set<string>()
  const read = answers.map(({ questionId, answer }) => {
    const question = context.questions.find(({ id }) => id === questionId)
    if (question === undefined) throw new AppError('question-unknown', { questionId })
    if (ids.has(questionId)) throw new AppError('question-repeated', { questionId })
    ids.add(questionId)

    const folded = foldAnswer(answer)
    const length = [...folded].length
    if (length < answerLength.min || length > answerLength.max) {
      throw new AppError('answer-length', { questionId, min: answerLength.min, max: answerLength.max })
    }
    const bare = bareAnswer(answer)
    const words = [question.ja, question.en].map(bareAnswer)
    if (bare === '' || words.includes(bare) || known.has(bare)) throw new AppError('answer-easy', { questionId })
    if (seen.has(folded)) throw new AppError('answer-repeated', { questionId })
    seen.add(folded)
    return { questionId, folded }
  })
  if (read.length < context.required) throw new AppError('questions-too-few', { required: context.required })
  return read
}

/** So many of these at random, each set as likely as the other; all of them where there are fewer. */
export function drawQuestions(questionIds: readonly string[], count: number): string[] {
  const left = [...questionIds]
  const drawn: string[] = []
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(randomInt(left.length), 1))
  }
  return drawn
}

function factsOf({ name, reading, userId, signInName, mail, employeeNumber }: KnownFacts): Set<string> {
  const whole = [name, reading, userId, signInName, mail, employeeNumber]
  const parts = [name, reading].flatMap((text) => text.normalize('NFKC').split(/[\s,・·]+/u))
  const locals = [signInName, mail].map((text) => text.replace(/@.*$/u, ''))
  // 花子 山田 is no better than 山田 花子.
  const turned = [name, reading].map((text) => text.normalize('NFKC').split(/\s+/u).toReversed().join(''))
  return new Set([...whole, ...parts, ...locals, ...turned].map(bareAnswer))
}
