import { z } from 'zod'
import { instant, line, paragraph, personId } from './common'

/** Where a request stands. `open → claimed → done | refused | expired`; the rules are in `domain/requests.ts`. */
export const requestStates = ['open', 'claimed', 'done', 'refused', 'expired'] as const
const requestState = z.enum(requestStates)
export type RequestState = z.infer<typeof requestState>

/** Why the person cannot sign in (article row 1). */
export const enteredReasons = ['forgot', 'never-got', 'locked-out'] as const
export const enteredReason = z.enum(enteredReasons)
/** `not-said`: a mail that names nobody's trouble, only the person. */
export const requestReasons = [...enteredReasons, 'not-said'] as const
export const requestReason = z.enum(requestReasons)
export type RequestReason = z.infer<typeof requestReason>

/** How an agent enters a request. `walk-in`: the person stands at the desk. */
export const enteredChannels = ['phone', 'walk-in'] as const
export const enteredChannel = z.enum(enteredChannels)
/** How the request reached the desk. `mail`: an untrusted claim from the mailbox. */
export const requestChannels = [...enteredChannels, 'mail'] as const
const requestChannel = z.enum(requestChannels)
export type RequestChannel = z.infer<typeof requestChannel>

/**
 * Which of the article's three errors this person meets (rows 12–14): as last diagnosed. `none`: self-service would have
 * worked, such as for somebody who lost the telephone.
 */
export const requestCauses = ['managed-elsewhere', 'not-enabled', 'not-registered', 'none'] as const
export const requestCause = z.enum(requestCauses)
export type RequestCause = z.infer<typeof requestCause>

export const requestId = z.uuid()

/** An operator as a request remembers them. */
export const holder = z.object({ id: personId, name: z.string() })
export type Holder = z.infer<typeof holder>

/** One request in the queue. Names are as they were when it was entered; the card re-reads the directory. */
export const resetRequest = z.object({
  id: requestId,
  /** Short number that people say aloud, counted per desk from 1. */
  number: z.int(),
  personId,
  personName: z.string(),
  personReading: z.string(),
  personUserId: z.string(),
  personDepartment: z.string(),
  channel: requestChannel,
  reason: requestReason,
  state: requestState,
  holder: holder.nullable(),
  /** `null`: the desk itself made it from a mail. */
  createdBy: holder.nullable(),
  createdAt: instant,
  /** How often the person asked again meanwhile; those mails are folded into this request. */
  repeats: z.int(),
  lastAskedAt: instant,
  /** By when the policy wants it done; `null` once it is closed. */
  dueAt: instant.nullable(),
  /** As last diagnosed; `null`: not yet. */
  cause: requestCause.nullable(),
  updatedAt: instant,
  /** When an untouched request expires; `null` once it is closed. */
  expiresAt: instant.nullable(),
  /** Grows with every change: a write names the version that its writer saw. */
  version: z.int(),
})
export type ResetRequest = z.infer<typeof resetRequest>

export const requestEventKinds = [
  'created',
  'claimed',
  'released',
  'handed-over',
  'note',
  'reset',
  'unlocked',
  'done',
  'refused',
  'expired',
  'reopened',
  'repeated',
] as const

/** One line of a request's history: who did what, and the note or reason they typed. */
export const requestEvent = z.object({
  id: z.int(),
  at: instant,
  kind: z.enum(requestEventKinds),
  by: holder.nullable(),
  text: z.string(),
})
export type RequestEvent = z.infer<typeof requestEvent>

export const requestAges = ['any', 'due-soon', 'overdue', 'last-day', 'older'] as const

export const requestFilter = z.object({
  states: z.array(requestState).max(5).default(['open', 'claimed']),
  holder: z.enum(['anyone', 'me', 'nobody']).default('anyone'),
  causes: z
    .array(z.enum([...requestCauses, 'unknown']))
    .max(requestCauses.length + 1)
    .default([]),
  channels: z.array(requestChannel).max(requestChannels.length).default([]),
  /** `due-soon` and `overdue` by the policy's due time; `last-day` and `older`: entered within 24 h, or before. */
  age: z.enum(requestAges).default('any'),
  text: line(100).default(''),
})
export type RequestFilter = z.input<typeof requestFilter>

/** `due`: what is due first, closed ones last. */
export const requestSorts = ['due', 'newest', 'oldest', 'updated'] as const
export const requestSort = z.enum(requestSorts)
export type RequestSort = z.infer<typeof requestSort>

/** A filter that an operator keeps under a name. */
export const requestView = z.object({
  id: z.uuid(),
  name: line(40).pipe(z.string().min(1)),
  filter: requestFilter,
  sort: requestSort,
})
export type RequestView = z.infer<typeof requestView>

export const note = paragraph(2000)
export const reasonText = paragraph(500)
