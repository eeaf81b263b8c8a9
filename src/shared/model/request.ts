import { z } from 'zod'
import { instant, line, paragraph, personId } from './common'

/** Where a request stands. `open → claimed → done | refused | expired`; the rules are in `domain/requests.ts`. */
export const requestStates = ['open', 'claimed', 'done', 'refused', 'expired'] as const
const requestState = z.enum(requestStates)
export type RequestState = z.infer<typeof requestState>

/** Why the person cannot sign in (article row 1). */
export const requestReasons = ['forgot', 'never-got', 'locked-out'] as const
export const requestReason = z.enum(requestReasons)
export type RequestReason = z.infer<typeof requestReason>

/** How the request reached the desk. `walk-in`: the person stands at the desk. */
export const requestChannels = ['phone', 'walk-in'] as const
export const requestChannel = z.enum(requestChannels)
export type RequestChannel = z.infer<typeof requestChannel>

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
  createdBy: holder,
  createdAt: instant,
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

export const requestFilter = z.object({
  states: z.array(requestState).max(5).default(['open', 'claimed']),
  holder: z.enum(['anyone', 'me', 'nobody']).default('anyone'),
  text: line(100).default(''),
})
export type RequestFilter = z.input<typeof requestFilter>

export const note = paragraph(2000)
export const reasonText = paragraph(500)
