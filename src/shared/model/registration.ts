import { z } from 'zod'
import { instant, languages, line, personId } from './common'
import { deliveryStates, identityDocuments } from './verification'

/** The in-person identity check that every change of a person's methods at the desk rests on; an approver agrees to it. */
const identityCheck = z.object({
  personId,
  document: z.enum(identityDocuments),
  photoMatches: z.literal(true),
  nameMatches: z.literal(true),
})

export const enrolmentStart = identityCheck.extend({ label: line(40).pipe(z.string().min(1)) })

/** A mobile number, as the person in front of the desk says it; confirmed by a code sent to it. */
export const phoneStart = enrolmentStart.extend({ number: line(40), language: z.enum(languages) })

/** A number waiting for the code that was sent to it. */
export const phoneEnrolment = z.object({
  enrolmentId: z.uuid(),
  /** Last four digits. */
  masked: z.string(),
  delivery: z.enum(deliveryStates),
  /** When another code may be sent. */
  resendAt: instant,
  /** When the code in the message ends. */
  codeExpiresAt: instant,
  expiresAt: instant,
})
export type PhoneEnrolment = z.infer<typeof phoneEnrolment>

/** A telephone was lost or replaced: its method ends, and the person may be confirmed another way or register anew. */
export const methodRemoval = identityCheck.extend({ methodId: z.uuid() })

/** An authenticator app waiting for its first code. Shown once, on screen, to the person who stands at the desk. */
export const appEnrolment = z.object({
  enrolmentId: z.uuid(),
  /** QR code as rows of modules, `1` dark: the renderer draws it, no image URL is needed. */
  qr: z.array(z.string()),
  /** The key for typing, in groups of four letters (base32). */
  typedKey: z.string(),
  issuer: z.string(),
  account: z.string(),
  expiresAt: instant,
})
export type AppEnrolment = z.infer<typeof appEnrolment>

/** What is registered for a person, for their card. */
export const registrationSummary = z.object({
  methods: z.array(
    z.object({
      id: z.uuid(),
      kind: z.string(),
      label: z.string(),
      /** Last four digits of a number; empty for an app. */
      masked: z.string(),
      registeredAt: instant,
      lastUsedAt: instant.nullable(),
    }),
  ),
  required: z.int(),
  /** Enough usable kinds for a check. */
  ready: z.boolean(),
})
export type RegistrationSummary = z.infer<typeof registrationSummary>
