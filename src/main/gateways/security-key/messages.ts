import { z } from 'zod'
import { keyAvailability, keyPrompt } from '../../../shared/model/security-key'

/** What the app and the process that talks with keys say to each other. Both sides read strictly: neither trusts the other. */

const longestId = 2048
const most = 64

const base64url = z
  .string()
  .max(longestId)
  .regex(/^[A-Za-z0-9_-]+$/u)
const rpId = z
  .string()
  .max(253)
  .regex(/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/u)
const name = z.string().min(1).max(256)
const talk = z.int().nonnegative()

const creation = z.strictObject({
  kind: z.literal('create'),
  rpId,
  rpName: name,
  challenge: base64url,
  userHandle: base64url,
  userName: name,
  exclude: z.array(base64url).max(most),
})
const assertion = z.strictObject({
  kind: z.literal('assert'),
  rpId,
  challenge: base64url,
  allow: z.array(base64url).max(most),
})

/** From the app. `talk` numbers a conversation; a PIN belongs to the prompt that was shown last. */
export const toProcess = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('availability'), talk }),
  z.strictObject({ type: z.literal('start'), talk, request: z.discriminatedUnion('kind', [creation, assertion]) }),
  z.strictObject({ type: z.literal('pin'), talk, pin: z.string().max(256) }),
  z.strictObject({ type: z.literal('cancel'), talk }),
])
export type ToProcess = z.infer<typeof toProcess>

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('create'),
    credentialId: base64url,
    clientDataJson: base64url,
    attestationObject: z.string().max(16_384),
  }),
  z.strictObject({
    kind: z.literal('assert'),
    credentialId: base64url,
    clientDataJson: base64url,
    authenticatorData: base64url,
    signature: base64url,
  }),
])

/** The refusals that the process may tell; anything else is `key-failed`. */
export const keyErrorCodes = [
  'key-not-available',
  'key-cancelled',
  'key-timeout',
  'key-pin-blocked',
  'key-pin-not-set',
  'key-already-registered',
  'key-unknown',
  'key-failed',
] as const

export const fromProcess = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('available'), talk, availability: keyAvailability }),
  z.strictObject({ type: z.literal('prompt'), talk, prompt: keyPrompt }),
  z.strictObject({ type: z.literal('pin-wanted'), talk }),
  z.strictObject({ type: z.literal('done'), talk, outcome }),
  z.strictObject({
    type: z.literal('failed'),
    talk,
    code: z.enum(keyErrorCodes),
    params: z.record(z.string().max(32), z.string().max(64)),
  }),
])
export type FromProcess = z.infer<typeof fromProcess>
