import type { IntakeTemplate } from '../../../../shared/model/intake'

/** What a template still lacks; the words are in `settings.templates.problems`. */
type TemplateProblem = 'name' | 'pattern' | 'marks' | 'everything'

export function newTemplate(name: string, language: IntakeTemplate['language']): IntakeTemplate {
  return {
    id: crypto.randomUUID(),
    name,
    enabled: true,
    language,
    senders: [],
    marks: [],
    marksNeeded: 1,
    userPatterns: [],
    reason: 'not-said',
  }
}

/** Whether a pattern names the user in exactly one place. */
export function isPattern(text: string): boolean {
  return text.split('{user}').length === 2
}

/** The problems of one template in the order of its fields. Main decides. */
export function problemsOf(template: IntakeTemplate): TemplateProblem[] {
  const { name, senders, marks, marksNeeded, userPatterns } = template
  return [
    ...(name.trim() === '' ? (['name'] as const) : []),
    ...(marksNeeded > marks.length ? (['marks'] as const) : []),
    ...(senders.length === 0 && marksNeeded === 0 ? (['everything'] as const) : []),
    ...(userPatterns.length === 0 || !userPatterns.every(isPattern) ? (['pattern'] as const) : []),
  ]
}

/** Whether it can be saved: one that takes every mail is allowed, for a mailbox that a form alone writes to. */
export function isFinished(template: IntakeTemplate): boolean {
  return problemsOf(template).every((problem) => problem === 'everything')
}

/** The list with one entry a place higher or lower: the first template that fits wins. */
export function moved(list: readonly IntakeTemplate[], index: number, by: 1 | -1): IntakeTemplate[] {
  const next = [...list]
  const [one] = next.splice(index, 1)
  if (one !== undefined) next.splice(index + by, 0, one)
  return next
}
