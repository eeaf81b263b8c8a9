import type { CustomQuestion, SecurityQuestion } from '../../../../shared/model/questions'
import { foldAnswer } from '../../../../shared/question-rules'

const shortest = 3

type QuestionFault = 'short' | 'repeated'

/** What keeps a question from being saved, for each language. */
export interface QuestionFaults {
  readonly ja: QuestionFault | null
  readonly en: QuestionFault | null
}

/** Faults of each question, in their order. Main decides again. */
export function questionFaults(
  custom: readonly CustomQuestion[],
  ready: readonly SecurityQuestion[],
): readonly QuestionFaults[] {
  return custom.map((question, index) => {
    // A retired one is no longer offered: its words are free, and it may keep them.
    const others = question.retired ? [] : [...ready, ...custom.filter((other, at) => at !== index && !other.retired)]
    const fault = (language: 'ja' | 'en'): QuestionFault | null => {
      if ([...question[language].trim()].length < shortest) return 'short'
      const text = foldAnswer(question[language])
      return others.some((other) => foldAnswer(other[language]) === text) ? 'repeated' : null
    }
    return { ja: fault('ja'), en: fault('en') }
  })
}

export function newQuestion(): CustomQuestion {
  return { id: crypto.randomUUID(), ja: '', en: '', retired: false }
}
