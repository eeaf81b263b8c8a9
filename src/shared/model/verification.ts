import { z } from 'zod'
import { instant, personId } from './common'
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
  channel: codeChannel,
  sentAt: instant,
  expiresAt: instant,
  delivery: deliveryState,
  triesLeft: z.int(),
  /** `used-up`: three wrong tries; `passed`: it matched. */
  state: z.enum(['live', 'expired', 'used-up', 'passed']),
})
export type SentCode = z.infer<typeof sentCode>

/** A way of reaching the person by a method, and whether it is open now. `call-back`: the agent dials. */
export const methodWays = [...codeChannels, 'call-back'] as const
const methodWay = z.object({
  way: z.enum(methodWays),
  refusal: z.enum(['too-soon', 'too-many', 'no-gateway', 'not-a-mobile', 'not-in-policy']).nullable(),
  /** When the refusal ends by itself. */
  possibleAt: instant.nullable(),
})
export type MethodWay = z.infer<typeof methodWay>

/** What was sent to a number or address so far. */
const sending = z.object({
  /** Sends left for it within 24 hours, whatever the channel. */
  left: z.int(),
  code: sentCode.nullable(),
})
export type Sending = z.infer<typeof sending>

/**
 * `same-kind`: a check of this kind has passed already. `weak`: does not count under heightened threat. `needs-presence`: for somebody
 * at the machine. `no-key-reader`: security keys cannot be used at this machine. `unconfirmed`: imported, nobody has proven it.
 */
export const methodObstacles = [
  'cooling-down',
  'registered-after-request',
  'not-for-privileged',
  'not-in-policy',
  'unconfirmed',
  'same-kind',
  'weak',
  'needs-presence',
  'no-key-reader',
] as const

/** A method that the person registered, as an agent may see it: no seed, no number, no answer (DESIGN.md §5.5). */
const registeredMethod = z.object({
  id: z.uuid(),
  type: methodType,
  kind: proofKind,
  /** Name that was given at registration, such as "Pixel 9"; for a directory number its field. */
  label: z.string(),
  /** Last four digits of a number, `h…o@e…e.jp` of an address; empty for the others. */
  masked: z.string(),
  /** Offered first. */
  isDefault: z.boolean(),
  /** `directory`: not registered; the policy lets a number count that is unchanged in the directory for 7 days. */
  source: z.enum(['registered', 'directory']),
  /** In the order in which they are offered; empty for a method that nothing is sent for. */
  ways: z.array(methodWay),
  /** `null` for a method that nothing is sent for. */
  sending: sending.nullable(),
  registeredAt: instant,
  lastUsedAt: instant.nullable(),
  /** Why it cannot be used for this request, or `null` when it can. */
  unusable: z.enum(methodObstacles).nullable(),
  /** End of the waiting time of a `cooling-down` method. */
  usableAt: instant.nullable(),
  /** It was last proven longer ago than the policy wants; it counts all the same, and every passed check renews it. */
  dueForConfirmation: z.boolean(),
  /** The authenticator's clock is off by about this many seconds (several checks in a row); 0 when it is right. */
  driftSeconds: z.number(),
})
export type RegisteredMethod = z.infer<typeof registeredMethod>

/** `second-person`: an approver agrees to the action on the strength of other proofs; it is evidence of nothing by itself. */
export const attestationKinds = ['in-person', 'call-back', 'second-person'] as const
const attestationKind = z.enum(attestationKinds)
export type AttestationKind = z.infer<typeof attestationKind>

/** A passed check, as the checking panel shows it. */
const proofSummary = z.object({
  id: z.uuid(),
  kind: proofKind,
  /** How it was attested; `null` for a check of a method by the desk itself. */
  attestation: attestationKind.nullable(),
  label: z.string(),
  provenAt: instant,
  expiresAt: instant,
  /** `waiting`: attested, the approver has not spoken yet. */
  state: z.enum(['waiting', 'valid', 'expired', 'spent', 'refused']),
  approvedBy: z.string().nullable(),
})
export type ProofSummary = z.infer<typeof proofSummary>

export const identityDocuments = [
  'employee-card',
  'driving-licence',
  'my-number-card',
  'passport',
  'residence-card',
  'known-by-manager',
] as const

/** What an agent may have asked on a call-back. Facts that a stranger can look up are not among them (NIST SP 800-63B-4: no KBA). */
export const callBackQuestions = ['own-name', 'confirmed-request', 'recognised-voice', 'manager-confirmed'] as const

/** What the agent attests of a call that they made themselves. */
export const callBackEvidence = z.object({
  /** The agent hung up and dialled the number that the desk gave. */
  dialledByAgent: z.literal(true),
  answeredBy: z.enum(['the-person', 'somebody-who-fetched-them']),
  /** That they had asked for help is always among them. */
  asked: z
    .array(z.enum(callBackQuestions))
    .max(callBackQuestions.length)
    .refine((asked) => asked.includes('confirmed-request'), 'confirmed-request'),
})
export type CallBackEvidence = z.infer<typeof callBackEvidence>

/** What an agent attests (DESIGN.md §5.4). No document numbers: they are not needed and must not be kept. */
export const attestation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('in-person'),
    document: z.enum(identityDocuments),
    photoMatches: z.literal(true),
    nameMatches: z.literal(true),
  }),
  callBackEvidence.extend({ kind: z.literal('call-back'), field: z.enum(['mobile', 'telephone']) }),
  z.object({ kind: z.literal('second-person') }),
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
  blocked: z.enum(['self', 'privileged-by-phone', 'privileged-needs-strong', 'heightened-by-phone']).nullable(),
  /** Failed checks of this person in the last 24 h, over all agents. */
  failures: z.int(),
  failureLimit: z.int(),
  /** Checks are closed until then, unless an approver reopens them. */
  closedUntil: instant.nullable(),
  /** Failures at earlier requests or with other agents: the next agent is warned. */
  warn: z.boolean(),
  /** An agent reported a false caller for this person, and no approver has reopened checks since. */
  reportedAt: instant.nullable(),
  /** Heightened threat is on: weak kinds do not count, and an approver is wanted for everybody. */
  heightened: z.boolean(),
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

/** A short code that the desk reads out, so that the person can tell a false help desk. */
export const reverseCheck = z.object({
  code: z.string(),
  expiresAt: instant,
  status: verificationStatus,
})
export type ReverseCheck = z.infer<typeof reverseCheck>

/** What waits for an approver: the list at every desk. */
export const waitingApproval = z.object({
  proofId: z.uuid(),
  requestId,
  requestNumber: z.int(),
  personId,
  personName: z.string(),
  agentName: z.string(),
  kind: proofKind,
  attestation: attestationKind,
  /** Identity document, or masked number that was dialled. */
  label: z.string(),
  /** What the agent wrote with it. */
  note: z.string(),
  action: z.enum(['reset', 'access-code']),
  privileged: z.boolean(),
  askedAt: instant,
  expiresAt: instant,
  /** Why the one who is signed in may not decide it. */
  refusal: z.enum(['own-case', 'own-account']).nullable(),
})
export type WaitingApproval = z.infer<typeof waitingApproval>
