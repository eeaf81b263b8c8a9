import type { CustomQuestion, SecurityQuestion } from '../../../../shared/model/questions'

const shortest = 3

type QuestionFault = 'short' | 'repeated'

/** What keeps a question from being saved, for each language. */
export interface QuestionFaults {
  readonly ja: QuestionFault | null
  readonly en: QuestionFault | null
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()

/** Faults of each question, in their order. Main decides again. */
export function questionFaults(
  custom: readonly CustomQuestion[],
  ready: readonly SecurityQuestion[],
): readonly QuestionFaults[] {
  return custom.map((question, index) => {
    // A retired one is no longer offered: its words are free, and it may keep them.
    const others = question.retired ? [] : [...ready, ...custom.filter((other, at) => at !== index && !other.retired)]
    const fault = (language: 'ja' | 'en'): QuestionFault | null => {
      const text = fold(question[language])
      if ([...text].length < shortest) return 'short'
      return others.some((other) => fold(other[language]) === text) ? 'repeated' : null
    }
    return { ja: fault('ja'), en: fault('en') }
  })
}

export function newQuestion(): CustomQuestion {
  return { id: crypto.randomUUID(), ja: '', en: '', retired: false }
}
