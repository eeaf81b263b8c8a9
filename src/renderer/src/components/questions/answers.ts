import type { SecurityQuestion } from '../../../../shared/model/questions'
import { answerLength, bareAnswer, foldAnswer } from '../../../../shared/question-rules'

/** One question that the person chose (empty: none yet) and what they typed. */
export interface AnswerRow {
  readonly questionId: string
  readonly answer: string
}

type AnswerFault = 'missing' | 'short' | 'long' | 'signs' | 'repeated' | 'sameAsQuestion' | 'account'

/** What keeps a row from being registered; both `null`: nothing. */
export interface RowFaults {
  readonly question: boolean
  readonly answer: AnswerFault | null
}

/** What is wrong with each row, for the person who types; the later one of two equal answers is at fault. */
export function faultsOf(
  rows: readonly AnswerRow[],
  questions: readonly SecurityQuestion[],
  userId: string,
): readonly RowFaults[] {
  return rows.map(({ questionId, answer }, index) => {
    const question = questions.find(({ id }) => id === questionId)
    const earlier = rows.slice(0, index).map((row) => row.answer)
    return { question: question === undefined, answer: faultOf(answer, question ?? null, earlier, userId) }
  })
}

function faultOf(
  answer: string,
  question: SecurityQuestion | null,
  earlier: readonly string[],
  userId: string,
): AnswerFault | null {
  const folded = foldAnswer(answer)
  const length = [...folded].length
  if (length === 0) return 'missing'
  if (length < answerLength.min) return 'short'
  if (length > answerLength.max) return 'long'
  const bare = bareAnswer(answer)
  if (bare === '') return 'signs'
  if (question !== null && [question.ja, question.en].some((text) => bareAnswer(text) === bare)) return 'sameAsQuestion'
  if (bare === bareAnswer(userId)) return 'account'
  return earlier.some((other) => foldAnswer(other) === folded) ? 'repeated' : null
}
