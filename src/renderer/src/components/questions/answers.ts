import type { SecurityQuestion } from '../../../../shared/model/questions'

/** DESIGN.md §6; main decides again. Lengths in characters, after folding. */
export const answerLength = { min: 3, max: 40 } as const

/** One question that the person chose (empty: none yet) and what they typed. */
export interface AnswerRow {
  readonly questionId: string
  readonly answer: string
}

type AnswerFault = 'missing' | 'short' | 'long' | 'repeated' | 'sameAsQuestion' | 'account'

/** What keeps a row from being registered; both `null`: nothing. */
export interface RowFaults {
  readonly question: boolean
  readonly answer: AnswerFault | null
}

/** Letters that look or sound alike are one: NFKC, no capitals, single spaces. */
export function foldAnswer(answer: string): string {
  return answer.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()
}

/** What is wrong with each row, for the person who types; the later one of two equal answers is at fault. */
export function faultsOf(
  rows: readonly AnswerRow[],
  questions: readonly SecurityQuestion[],
  userId: string,
): readonly RowFaults[] {
  const folded = rows.map(({ answer }) => foldAnswer(answer))
  return rows.map(({ questionId }, index) => {
    const answer = folded[index] ?? ''
    const question = questions.find(({ id }) => id === questionId)
    return {
      question: question === undefined,
      answer: faultOf(answer, question ?? null, folded.slice(0, index), foldAnswer(userId)),
    }
  })
}

function faultOf(
  answer: string,
  question: SecurityQuestion | null,
  earlier: readonly string[],
  userId: string,
): AnswerFault | null {
  const length = [...answer].length
  if (length === 0) return 'missing'
  if (length < answerLength.min) return 'short'
  if (length > answerLength.max) return 'long'
  if (earlier.includes(answer)) return 'repeated'
  if (question !== null && [question.ja, question.en].some((text) => foldAnswer(text) === answer)) {
    return 'sameAsQuestion'
  }
  return answer === userId ? 'account' : null
}
