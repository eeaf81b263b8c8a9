import { z } from 'zod'
import { instant } from './common'
import { accountState, passwordPolicy } from './person'
import { requestId, resetRequest } from './request'

/** Something that stops a reset from letting the person sign in, or that the agent must know before it. */
export const resetConcerns = [
  'smart-card-required',
  'disabled',
  'account-expired',
  'password-never-expires',
  'policy-may-differ',
  'history-not-enforced',
  'rights-unclear',
] as const

/** What the reset dialog shows before anything is written. */
export const resetPreview = z.object({
  requestId,
  policy: passwordPolicy,
  state: accountState,
  /** The write would not help or is not allowed: nothing is offered. */
  blockers: z.array(z.enum(resetConcerns)),
  warnings: z.array(z.enum(resetConcerns)),
  passwordLength: z.int(),
})
export type ResetPreview = z.infer<typeof resetPreview>

/** One character or syllable of a temporary password and how to say it. */
const spelledCharacter = z.object({ text: z.string(), ja: z.string(), en: z.string() })
export type SpelledCharacter = z.infer<typeof spelledCharacter>

/** The temporary password: in this one answer, on screen, and nowhere else (DESIGN.md §5.6). */
const shownPassword = z.object({
  /** Handle for copying and for closing; the password stays in main until then. */
  resetId: z.uuid(),
  password: z.string(),
  spelling: z.array(spelledCharacter),
})
export type ShownPassword = z.infer<typeof shownPassword>

/** What is true after a write, as the directory says itself. */
export const resetOutcome = z.object({
  /**
   * `succeeded`: written and read back. `partly`: the password is set, a second write (must change) failed.
   * `unknown`: no answer came; the directory decides, "check again" reads it. `not-written`: "check again" found that
   * nothing was written; the check of the caller is used up, a further write needs a new one.
   */
  outcome: z.enum(['succeeded', 'partly', 'unknown', 'not-written']),
  action: z.enum(['reset', 'unlock']),
  shown: shownPassword.nullable(),
  /** Read back after the write; `null` when the directory could not be read. */
  state: accountState.nullable(),
  /** By what was read back: not locked, not disabled, not expired, no smart card required. */
  canSignIn: z.boolean().nullable(),
  mustChange: z.boolean().nullable(),
  /** Parts that did not take effect. */
  missed: z.array(z.enum(['must-change', 'unlock'])),
  server: z.string(),
  at: instant,
  request: resetRequest,
  /** The write is done but could not be recorded: the desk is closed until the audit store is mended. */
  auditFailed: z.boolean(),
})
export type ResetOutcome = z.infer<typeof resetOutcome>
