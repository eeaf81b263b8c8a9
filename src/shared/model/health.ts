import { z } from 'zod'
import { instant } from './common'

export const healthParts = ['directory', 'mailbox', 'sms', 'voice', 'mail-out', 'store', 'clock'] as const

/** `off`: not set up. `unknown`: not asked yet, or nobody is there to ask with. */
const healthStates = ['ok', 'warning', 'down', 'off', 'unknown'] as const

/** What is the matter; `health.<part>.<code>` in the catalogues says it, and what can be done now. */
export const healthCodes = [
  'ok',
  'off',
  'unknown',
  // directory, mailbox, gateway
  'unreachable',
  'certificate',
  'tls-refused',
  'refused',
  'timeout',
  'other-server',
  'connecting',
  'secret-missing',
  'folder-missing',
  'identity-refused',
  'desk-closed',
  'failing',
  // store
  'disk-low',
  // clock
  'clock-off',
] as const
export type HealthCode = (typeof healthCodes)[number]

/** One part of the health line. */
const healthPart = z.object({
  part: z.enum(healthParts),
  state: z.enum(healthStates),
  code: z.enum(healthCodes),
  /** Host names, seconds, counts: what the sentence names. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Since when it is so. */
  since: instant,
  checkedAt: instant.nullable(),
})
export type HealthPart = z.infer<typeof healthPart>

export const health = z.object({ parts: z.array(healthPart) })
export type Health = z.infer<typeof health>
