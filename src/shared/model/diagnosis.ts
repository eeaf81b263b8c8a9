import { z } from 'zod'
import { instant } from './common'
import { requestCause } from './request'

/** The exact reason behind a cause (ARTICLE.md rows 12–14). */
export const diagnosisReasons = [
  // managed-elsewhere
  'password-elsewhere',
  'no-write-back',
  'smart-card',
  // not-enabled
  'organisation-off',
  'not-in-scope',
  // not-registered
  'no-method',
  'too-few-methods',
  'methods-waiting',
  // none
  'ready',
] as const

/** What else stands in the way of a sign-in, whatever self-service says. */
export const obstacles = [
  'disabled',
  'account-expired',
  'locked',
  'must-change',
  'password-expired',
  'privileged',
] as const

/** What the desk, an admin or somebody else can do about it, in the order in which to offer it. */
export const diagnosisFixes = [
  'reset-here',
  'unlock-here',
  'enable-account',
  'refer',
  'add-to-scope',
  'turn-on',
  'register-in-person',
  'wait',
  'use-self-service',
] as const

/** Why self-service failed for this person, and what mends it. Worded in the reader's and in the caller's language. */
export const diagnosis = z.object({
  cause: requestCause,
  reason: z.enum(diagnosisReasons),
  /** Microsoft's code for the same fact, such as `SSPR_0013`; `null` where it has none (DOMAIN.md A5). */
  microsoftCode: z.string().nullable(),
  obstacles: z.array(z.enum(obstacles)),
  fixes: z.array(z.enum(diagnosisFixes)),
  /** Kinds of methods that count for this person now, and how many the policy asks for. */
  registered: z.int(),
  required: z.int(),
  /** Name of the group or container that decided; empty where none did. */
  decidedBy: z.string(),
  at: instant,
})
export type Diagnosis = z.infer<typeof diagnosis>
