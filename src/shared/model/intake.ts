import { z } from 'zod'
import { instant, languages, line, personId } from './common'
import { personSummary } from './person'
import { requestId, requestReason } from './request'

/**
 * Where a mail stands. `waiting`: understood, the directory could not be asked yet (nobody is signed in). `unclear`: a person
 * must look at it. `request`: it became a request or was folded into one. `dismissed`: a person said that it is none.
 */
export const mailStates = ['waiting', 'unclear', 'request', 'dismissed'] as const
const mailState = z.enum(mailStates)
export type MailState = z.infer<typeof mailState>

/** Why a person must look at a mail. */
export const mailTroubles = [
  /** No template fits. */
  'not-understood',
  /** A template fits, but no user name was found where it should be. */
  'nobody-named',
  'several-people',
  /** The directory knows nobody of that name. */
  'unknown-person',
  /** One name that fits several people. */
  'ambiguous-person',
  /** Broken beyond reading, or without any text. */
  'unreadable',
] as const
const mailTrouble = z.enum(mailTroubles)
export type MailTrouble = z.infer<typeof mailTrouble>

/** One mail of the intake. Everything in it is an untrusted claim; nothing of it is ever contact data (DESIGN.md §5.4). */
export const intakeMail = z.object({
  id: z.uuid(),
  /** When the mail server took it (INTERNALDATE), not what the mail says of itself. */
  receivedAt: instant,
  /** The sender as the mail claims: inert text, at most 320 characters. */
  from: z.string(),
  subject: z.string(),
  /** Name of the template that fitted; `null`: none did. */
  template: z.string().nullable(),
  state: mailState,
  trouble: mailTrouble.nullable(),
  /** User names as the mail gives them, each once; at most 10. */
  named: z.array(z.string()),
  requestId: requestId.nullable(),
  requestNumber: z.int().nullable(),
  /** The text was longer than what is kept. */
  cut: z.boolean(),
})
export type IntakeMail = z.infer<typeof intakeMail>

/** A mail with its text, and whom the directory knows under the names in it. */
export const intakeMailDetail = z.object({
  mail: intakeMail,
  /** Plain text, at most 10,000 characters; from HTML only what is text. Shown, never rendered. */
  text: z.string(),
  candidates: z.array(personSummary),
})
export type IntakeMailDetail = z.infer<typeof intakeMailDetail>

/**
 * How mails of one sender and language are read. Patterns are plain text with placeholders, never regular expressions:
 * `{user}` is the user name, UPN or mail address, `{any}` anything up to the next word of the pattern on the same line.
 */
export const intakeTemplate = z.object({
  id: z.uuid(),
  name: line(60).pipe(z.string().min(1)),
  enabled: z.boolean(),
  language: z.enum(languages),
  /** Addresses (`desk@example.com`) or domains (`@example.com`); empty: any sender. */
  senders: z.array(line(320)).max(20),
  /** Texts of subject or body; so many of them must be there. */
  marks: z.array(line(200)).max(20),
  marksNeeded: z.int().min(0).max(20),
  /** Each holds `{user}` once, such as `User ID: {user}`. */
  userPatterns: z.array(line(200)).max(20),
  /** What a mail of this kind says of the trouble. */
  reason: requestReason,
})
export type IntakeTemplate = z.infer<typeof intakeTemplate>

/** What the templates make of a pasted mail; nothing is stored. */
export const templateTrial = z.object({
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  template: z.string().nullable(),
  trouble: mailTrouble.nullable(),
  named: z.array(z.string()),
  /** Each template and how far it fitted. */
  readings: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      senderFits: z.boolean(),
      marksFound: z.array(z.string()),
      named: z.array(z.string()),
      fits: z.boolean(),
    }),
  ),
})
export type TemplateTrial = z.infer<typeof templateTrial>

export const mailFilter = z.object({
  /** `to-sort`: waiting or unclear. */
  show: z.enum(['to-sort', 'all']).default('to-sort'),
})

export const mailMatch = z.object({ mailId: z.uuid(), personId })
