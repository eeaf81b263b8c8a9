import { z } from 'zod'
import { instant } from './common'
import { requestId } from './request'

/**
 * What kind of evidence a method gives (DESIGN.md §5.4). SMS and voice of one number are one kind.
 */
export const proofKinds = ['app', 'phone', 'key', 'mail', 'knowledge', 'attested'] as const
const proofKind = z.enum(proofKinds)
export type ProofKind = z.infer<typeof proofKind>

/** What is registered. A number's three uses are one kind of proof; `office` may have an extension. */
export const methodTypes = ['app', 'mobile', 'alternative', 'office', 'key', 'mail', 'questions'] as const
export const methodType = z.enum(methodTypes)
export type MethodType = z.infer<typeof methodType>

/** How a code travels. */
export const codeChannels = ['sms', 'voice', 'mail'] as const
export const codeChannel = z.enum(codeChannels)
export type CodeChannel = z.infer<typeof codeChannel>

/**
 * A sent code. `accepted`: the gateway took it; `unknown`: no answer came, it may have been sent. Calls: `ringing`, `answered`, then
 * `delivered` once it was spoken to the end, or `busy`, `no-answer`.
 */
export const deliveryStates = [
  'sending',
  'accepted',
  'ringing',
  'answered',
  'delivered',
  'busy',
  'no-answer',
  'failed',
  'unknown',
] as const
const deliveryState = z.enum(deliveryStates)
export type DeliveryState = z.infer<typeof deliveryState>

/** The code that was sent last for one method of one request. */
const sentCode = z.object({
  sentAt: instant,
  expiresAt: instant,
  delivery: deliveryState,
  triesLeft: z.int(),
  /** `used-up`: three wrong tries; `passed`: it matched. */
  state: z.enum(['live', 'expired', 'used-up', 'passed']),
})
export type SentCode = z.infer<typeof sentCode>

/** Whether a code can be sent now, and if not, why. */
const sending = z.object({
  refusal: z.enum(['too-soon', 'too-many', 'no-gateway', 'not-a-mobile']).nullable(),
  /** When the refusal ends by itself. */
  possibleAt: instant.nullable(),
  /** Sends left for this number within 24 hours. */
  left: z.int(),
  code: sentCode.nullable(),
})
export type Sending = z.infer<typeof sending>

/** A method that the person registered, as an agent may see it: no seed, no number, no answer (DESIGN.md §5.5). */
const registeredMethod = z.object({
  id: z.uuid(),
  kind: proofKind,
  /** Name that was given at registration, such as "Pixel 9"; for a directory number its field. */
  label: z.string(),
  /** Last four digits of a number; empty for an app. */
  masked: z.string(),
  /** `directory`: not registered; the policy lets a number count that is unchanged in the directory for 7 days. */
  source: z.enum(['registered', 'directory']),
  /** `null` for a method that nothing is sent for. */
  sending: sending.nullable(),
  registeredAt: instant,
  lastUsedAt: instant.nullable(),
  /** Why it cannot be used for this request, or `null` when it can. */
  unusable: z.enum(['cooling-down', 'registered-after-request', 'not-for-privileged', 'not-in-policy']).nullable(),
  /** End of the waiting time of a `cooling-down` method. */
  usableAt: instant.nullable(),
  /** The authenticator's clock is off by about this many seconds (several checks in a row); 0 when it is right. */
  driftSeconds: z.number(),
})
export type RegisteredMethod = z.infer<typeof registeredMethod>

/** A passed check, as the checking panel shows it. */
const proofSummary = z.object({
  id: z.uuid(),
  kind: proofKind,
  label: z.string(),
  provenAt: instant,
  expiresAt: instant,
  /** `waiting`: attested, the approver has not spoken yet. */
  state: z.enum(['waiting', 'valid', 'expired', 'spent', 'refused']),
  approvedBy: z.string().nullable(),
})
export type ProofSummary = z.infer<typeof proofSummary>

export const attestationKinds = ['in-person', 'call-back'] as const
const attestationKind = z.enum(attestationKinds)
export type AttestationKind = z.infer<typeof attestationKind>

export const identityDocuments = [
  'employee-card',
  'driving-licence',
  'my-number-card',
  'passport',
  'residence-card',
  'known-by-manager',
] as const

/** What an agent attests (DESIGN.md §5.4). No document numbers: they are not needed and must not be kept. */
export const attestation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('in-person'),
    document: z.enum(identityDocuments),
    photoMatches: z.literal(true),
    nameMatches: z.literal(true),
  }),
  z.object({
    kind: z.literal('call-back'),
    field: z.enum(['mobile', 'telephone']),
    /** The agent hung up and dialled the directory's number themselves. */
    dialledByAgent: z.literal(true),
    /** The person who answered gave their name unprompted and confirmed that they had asked for help. */
    personAnswered: z.literal(true),
  }),
])
export type Attestation = z.infer<typeof attestation>

/** What the gate still wants for this request, in words of the policy. */
export const verificationStatus = z.object({
  requestId,
  methods: z.array(registeredMethod),
  proofs: z.array(proofSummary),
  /** How many proofs of different kinds the policy asks for here. */
  required: z.int(),
  /** Of which so many must be strong (app, key). */
  requiredStrong: z.int(),
  /** A second person must agree before the write (attested proof, or a privileged target). */
  approvalRequired: z.boolean(),
  /** Everything is there: a reset or an unlock may be asked for now. */
  satisfied: z.boolean(),
  /** The earliest end of the proofs that satisfy the gate. */
  satisfiedUntil: instant.nullable(),
  privileged: z.boolean(),
  /** Nobody may act on this target from here, whatever is proven: why, or `null`. */
  blocked: z.enum(['self', 'privileged-by-phone', 'privileged-needs-strong']).nullable(),
  /** Failed checks of this person in the last 24 h, over all agents. */
  failures: z.int(),
  failureLimit: z.int(),
  /** Checks are closed until then, unless an approver reopens them. */
  closedUntil: instant.nullable(),
  /** Failures at earlier requests or with other agents: the next agent is warned. */
  warn: z.boolean(),
  /** Ways in which a person with too few methods may be proofed here; empty when they have enough. */
  attestations: z.array(attestationKind),
  /** Directory numbers that a call-back may use (unchanged for 7 days), masked. */
  callBackNumbers: z.array(z.object({ field: z.enum(['mobile', 'telephone']), masked: z.string() })),
})
export type VerificationStatus = z.infer<typeof verificationStatus>

/** Match or no match, and what follows; never the code itself. */
export const checkResult = z.object({
  matched: z.boolean(),
  /** `replayed`: this code was accepted before; the person waits for the next one. */
  /** `not-sent`, `expired`, `used-up`: there is no code to compare with; nothing was counted as a try. */
  hint: z.enum(['replayed', 'malformed', 'not-sent', 'expired', 'used-up']).nullable(),
  remaining: z.int(),
  status: verificationStatus,
})
export type CheckResult = z.infer<typeof checkResult>
