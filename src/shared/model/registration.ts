import { z } from 'zod'
import { instant, languages, line, personId } from './common'
import { securityQuestion } from './questions'
import { codeChannel, deliveryStates, identityDocuments, methodType, proofKinds } from './verification'

/** The in-person identity check that every change of a person's methods at the desk rests on; an approver agrees to it. */
export const identityCheck = z.object({
  personId,
  document: z.enum(identityDocuments),
  photoMatches: z.literal(true),
  nameMatches: z.literal(true),
})

export const methodLabel = line(40).pipe(z.string().min(1))

export const enrolmentStart = identityCheck.extend({ label: methodLabel })

/** Directory fields that may be offered for registration, unconfirmed. */
const offeredFields = ['mobile', 'telephone', 'mail'] as const
const offeredField = z.enum(offeredFields)

/** A number, as the person in front of the desk says it, or the directory's; confirmed by a code sent to it. */
export const phoneStart = enrolmentStart.extend({
  type: z.enum(['mobile', 'alternative', 'office']).default('mobile'),
  /** Empty when `offer` names the directory's. */
  number: line(40),
  offer: z.enum(['mobile', 'telephone']).nullable().default(null),
  /** Digits to dial after the call is answered; office numbers only. */
  extension: line(12).default(''),
  channel: z.enum(['sms', 'voice']).default('sms'),
  language: z.enum(languages),
})

export const mailStart = enrolmentStart.extend({
  /** Empty when the directory's is taken. */
  address: line(320),
  offer: z.enum(['mail']).nullable().default(null),
  language: z.enum(languages),
})

/** Proves again that the person has a method, or for the first time that an imported one is theirs. */
export const confirmationStart = identityCheck.extend({
  methodId: z.uuid(),
  /** `null` for an app: nothing is sent. */
  channel: codeChannel.nullable(),
  language: z.enum(languages),
})

/** A number, address or app waiting for its code. */
export const codeEnrolment = z.object({
  enrolmentId: z.uuid(),
  type: methodType,
  /** Last four digits, or the masked address; empty for an app. */
  masked: z.string(),
  /** `null` for an app: the code is on the person's telephone. */
  channel: codeChannel.nullable(),
  delivery: z.enum(deliveryStates),
  /** When another code may be sent. */
  resendAt: instant,
  /** When the code in the message ends. */
  codeExpiresAt: instant,
  expiresAt: instant,
  /** Ways in which another code may be sent. */
  channels: z.array(codeChannel),
  /** `own-domain`: an address of the organisation itself is out of reach for somebody who forgot the password. */
  warning: z.enum(['own-domain']).nullable(),
})
export type CodeEnrolment = z.infer<typeof codeEnrolment>

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

/** Questions to choose from; the person types the answers, the agent looks away. */
export const questionsEnrolment = z.object({
  enrolmentId: z.uuid(),
  questions: z.array(securityQuestion),
  /** How many must be answered. */
  required: z.int(),
  expiresAt: instant,
})
export type QuestionsEnrolment = z.infer<typeof questionsEnrolment>

/** A key may be made now by whoever stands at the machine. */
export const keyEnrolment = z.object({ enrolmentId: z.uuid(), expiresAt: instant })
export type KeyEnrolment = z.infer<typeof keyEnrolment>

/** One registered method on the person's card. */
const registeredSummary = z.object({
  id: z.uuid(),
  type: methodType,
  kind: z.enum(proofKinds),
  label: z.string(),
  /** Last four digits of a number, masked address; empty for the others. */
  masked: z.string(),
  isDefault: z.boolean(),
  registeredAt: instant,
  /** `null`: imported, does not count until the person has proven it. */
  confirmedAt: instant.nullable(),
  dueForConfirmation: z.boolean(),
  /** Ways in which a code can prove it again, here and now; none for an app, a key and answers. */
  channels: z.array(codeChannel),
  lastUsedAt: instant.nullable(),
})

/** What is registered for a person, for their card; the end of a registration shows it as well (ARTICLE.md row 10). */
export const registrationSummary = z.object({
  methods: z.array(registeredSummary),
  /** Kinds that a check wants. */
  required: z.int(),
  /** Kinds that the policy wants to be registered. */
  toRegister: z.int(),
  /** Kinds that count now. */
  counting: z.int(),
  /** Enough usable kinds for a check. */
  ready: z.boolean(),
  /** One more kind than a check wants: losing one locks nobody out. */
  backup: z.boolean(),
  /** Types that can be registered here and now; the rest with the reason. */
  types: z.array(
    z.object({
      type: methodType,
      refusal: z.enum(['not-in-policy', 'no-gateway', 'no-key-reader', 'limit', 'not-for-privileged']).nullable(),
      /** Ways in which a code can confirm a new one; none for an app, a key and answers. */
      channels: z.array(codeChannel),
    }),
  ),
  /** What the directory holds and nobody has registered yet; masked, offered where policy allows. */
  offers: z.array(z.object({ field: offeredField, masked: z.string() })),
  /** The person's data was erased: nothing is registered, and nothing can be any more. */
  erased: z.boolean(),
})
export type RegistrationSummary = z.infer<typeof registrationSummary>
