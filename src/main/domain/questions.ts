import { randomInt } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { QuestionAnswer, SecurityQuestion } from '../../shared/model/questions'

/** In characters, after folding (Microsoft: 3–40). */
const answerLength = { min: 3, max: 40 } as const

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
 * What is compared of an answer, so that one heard on the telephone matches the one typed at registration: width, case and spaces make no
 * difference, nor does the script of kana. NFKC (UAX 15) makes half-width kana full.
 */
export function foldAnswer(answer: string): string {
  const plain = answer.normalize('NFKC').replace(/[\s\p{Z}\p{C}]/gu, '')
  // One small sigma: which of the two depends on what follows it.
  const lower = plain.toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  return lower.replace(/[\u30a1-\u30f6\u30fd\u30fe]/gu, (kana) => String.fromCodePoint(kana.charCodeAt(0) - 0x60))
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
    const bare = withoutSigns(folded)
    const words = [question.ja, question.en].map((text) => withoutSigns(foldAnswer(text)))
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

/** Punctuation and marks make no other answer of a known word. */
function withoutSigns(folded: string): string {
  return folded.replace(/[\p{P}\p{S}]/gu, '')
}

function factsOf({ name, reading, userId, signInName, mail, employeeNumber }: KnownFacts): Set<string> {
  const whole = [name, reading, userId, signInName, mail, employeeNumber]
  const parts = [name, reading].flatMap((text) => text.normalize('NFKC').split(/[\s,・·]+/u))
  const locals = [signInName, mail].map((text) => text.replace(/@.*$/u, ''))
  // 花子 山田 is no better than 山田 花子.
  const turned = [name, reading].map((text) => text.normalize('NFKC').split(/\s+/u).toReversed().join(''))
  return new Set([...whole, ...parts, ...locals, ...turned].map((text) => withoutSigns(foldAnswer(text))))
}
