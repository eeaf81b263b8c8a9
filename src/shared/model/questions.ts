import { z } from 'zod'
import { instant, line } from './common'

/** Length of a question, in characters (Microsoft: 3–200). */
const questionText = line(200).pipe(z.string().min(3))

/** A question of the organisation's own. One that was answered keeps its id for good: its words may be mended, not its meaning. */
export const customQuestion = z.object({
  id: z.uuid(),
  ja: questionText,
  en: questionText,
  /** No longer offered at registration; those who answered it keep it. */
  retired: z.boolean(),
})
export type CustomQuestion = z.infer<typeof customQuestion>

export const customQuestionLimit = 20

/** A question as people choose it. */
export const securityQuestion = z.object({
  id: z.string().min(1).max(60),
  ja: z.string(),
  en: z.string(),
  custom: z.boolean(),
})
export type SecurityQuestion = z.infer<typeof securityQuestion>

/** What the person typed; it leaves the page once and is kept as a hash. */
export const questionAnswer = z.object({ questionId: z.string().min(1).max(60), answer: z.string().max(200) })
export type QuestionAnswer = z.infer<typeof questionAnswer>

/** Questions that were drawn for a check. */
export const drawnQuestions = z.object({
  drawId: z.uuid(),
  questions: z.array(securityQuestion),
  expiresAt: instant,
})
export type DrawnQuestions = z.infer<typeof drawnQuestions>
