import { z } from 'zod'

export const keyAvailabilityReasons = [
  'not-set-up',
  'no-library',
  'no-permission',
  'not-this-system',
  'failed',
] as const

/** Whether a security key can be used at this machine. `dialog`: the operating system asks for PIN and touch by itself. */
export const keyAvailability = z.discriminatedUnion('available', [
  z.object({ available: z.literal(true), dialog: z.boolean() }),
  z.object({ available: z.literal(false), reason: z.enum(keyAvailabilityReasons) }),
])
export type KeyAvailability = z.infer<typeof keyAvailability>

/** What the one at the machine is asked for now. */
export const keyPrompt = z.discriminatedUnion('step', [
  /** No key is plugged in yet. */
  z.object({ step: z.literal('insert') }),
  /** More than one is: the one that is touched is meant. */
  z.object({ step: z.literal('choose') }),
  /** `remaining` tries before the key locks itself; `null`: it does not say. `wrong`: the last one did not fit. */
  z.object({ step: z.literal('pin'), remaining: z.int().nullable(), wrong: z.boolean() }),
  z.object({ step: z.literal('touch') }),
  /** The operating system's dialog is open. */
  z.object({ step: z.literal('dialog') }),
  z.object({ step: z.literal('working') }),
])
export type KeyPrompt = z.infer<typeof keyPrompt>

/** The one conversation with a key that this desk may have; `null`: none. */
export const keyTalkState = z.object({ prompt: keyPrompt }).nullable()
export type KeyTalkState = z.infer<typeof keyTalkState>
