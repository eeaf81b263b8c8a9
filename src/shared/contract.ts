import { z } from 'zod'
import type { DeskEventName, DeskEvents } from './events'
import type { Result } from './errors'
import { line, nothing, personId } from './model/common'
import { sessionStatus } from './model/operator'
import { personCard, personSummary } from './model/person'
import {
  holder,
  note,
  reasonText,
  requestChannel,
  requestEvent,
  requestFilter,
  requestId,
  requestReason,
  resetRequest,
} from './model/request'
import { attestation, checkResult, verificationStatus } from './model/verification'
import { appEnrolment, enrolmentStart, methodRemoval, registrationSummary } from './model/registration'
import { resetOutcome, resetPreview } from './model/reset'
import { auditFilter, auditRow, auditVerdict } from './model/audit'
import { preferences, settingsView } from './model/settings'

const ofRequest = z.object({ requestId })
const ofReset = z.object({ resetId: z.uuid() })

/** A request as its writer saw it: a write names the version, so that two agents cannot overwrite each other unseen. */
const seenRequest = z.object({ requestId, version: z.int() })

/** User IDs and passwords are passed on as typed: trimming or normalising them would change what they are. */
const credentials = z.object({ userId: line(256), password: z.string().max(1024) })

const page = { cursor: z.string().max(200).nullable().default(null), limit: z.int().min(1).max(500).default(100) }

/**
 * Every call between the screens and main: input and output schema. `Api` and `Handlers` are derived from it, so a call
 * without a handler or a preload method does not compile. The operator is never part of an input: main adds the one who
 * is signed in.
 */
export const contract = {
  session: {
    status: { input: nothing, output: sessionStatus },
    signIn: { input: credentials, output: sessionStatus },
    /** Binds again after the idle lock; only the same person may. */
    unlock: { input: z.object({ password: z.string().max(1024) }), output: sessionStatus },
    lock: { input: nothing, output: sessionStatus },
    signOut: { input: nothing, output: sessionStatus },
    /** The person at the keyboard did something: puts the idle lock off. */
    touch: { input: nothing, output: nothing },
    /** Uses the built-in sample organisation in place of a configuration file. */
    useSample: { input: nothing, output: sessionStatus },
    openExternal: { input: z.object({ url: z.url().max(2000) }), output: nothing },
  },
  vault: {
    /** Makes the installation key; the recovery key is in this one answer only. */
    create: {
      input: z.object({ passphrase: z.string().max(1024).nullable() }),
      output: z.object({ recoveryKey: z.string(), status: sessionStatus }),
    },
    /** How this machine can keep the key: by the operating system, or under a passphrase. */
    protection: { input: nothing, output: z.object({ kind: z.enum(['safe-storage', 'passphrase', 'key-file']) }) },
    unlock: { input: z.object({ passphrase: z.string().max(1024) }), output: sessionStatus },
    recover: {
      input: z.object({ recoveryKey: line(200), passphrase: z.string().max(1024).nullable() }),
      output: sessionStatus,
    },
  },
  people: {
    search: {
      input: z.object({ query: line(100), limit: z.int().min(1).max(100).default(20) }),
      output: z.object({ people: z.array(personSummary), more: z.boolean() }),
    },
    card: { input: z.object({ personId }), output: personCard },
  },
  requests: {
    list: {
      input: z.object({ filter: requestFilter, ...page }),
      output: z.object({ requests: z.array(resetRequest), nextCursor: z.string().nullable(), total: z.int() }),
    },
    get: {
      input: ofRequest,
      output: z.object({ request: resetRequest, events: z.array(requestEvent) }),
    },
    create: {
      input: z.object({ personId, channel: requestChannel, reason: requestReason, note, claim: z.boolean() }),
      output: resetRequest,
    },
    claim: { input: seenRequest, output: resetRequest },
    release: { input: seenRequest, output: resetRequest },
    handOver: { input: seenRequest.extend({ operatorId: personId, note }), output: resetRequest },
    addNote: { input: ofRequest.extend({ text: note }), output: requestEvent },
    /** Closes a request that needed no write, such as "remembered it"; a reset closes its request by itself. */
    complete: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    refuse: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    reopen: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    /** Who a request can be handed to: members of the agent groups. */
    operators: { input: nothing, output: z.array(holder) },
  },
  verification: {
    status: { input: ofRequest, output: verificationStatus },
    checkCode: { input: ofRequest.extend({ methodId: z.uuid(), code: z.string().max(64) }), output: checkResult },
    attest: { input: ofRequest.extend({ attestation, note }), output: verificationStatus },
    /** An approver agrees, or does not, at this desk under their own bind; nothing of them is kept. */
    decide: {
      input: ofRequest.extend({ proofId: z.uuid(), approve: z.boolean(), reason: reasonText, approver: credentials }),
      output: verificationStatus,
    },
    /** An approver reopens checks that too many failures closed. */
    reopenChecks: {
      input: ofRequest.extend({ reason: reasonText, approver: credentials }),
      output: verificationStatus,
    },
  },
  registration: {
    list: { input: z.object({ personId }), output: registrationSummary },
    /** In person: identity check by the agent, agreed by an approver under their own bind, then the QR code. */
    startApp: { input: enrolmentStart.extend({ approver: credentials }), output: appEnrolment },
    confirmApp: {
      input: z.object({ enrolmentId: z.uuid(), code: z.string().max(64) }),
      output: registrationSummary,
    },
    cancelApp: { input: z.object({ enrolmentId: z.uuid() }), output: nothing },
    /** In person, agreed by an approver under their own bind, like the registration. */
    remove: { input: methodRemoval.extend({ approver: credentials }), output: registrationSummary },
  },
  reset: {
    preview: { input: ofRequest, output: resetPreview },
    perform: { input: ofRequest, output: resetOutcome },
    unlock: { input: ofRequest, output: resetOutcome },
    /** Reads the same server again after an unknown outcome. */
    recheck: { input: ofRequest, output: resetOutcome },
    /** To the clipboard; cleared after 30 s if it still holds the password. */
    copyPassword: { input: ofReset, output: z.object({ seconds: z.int() }) },
    /** The agent has read it out: main forgets it too. */
    dismiss: { input: ofReset, output: nothing },
  },
  audit: {
    list: {
      input: z.object({ filter: auditFilter, ...page }),
      output: z.object({ rows: z.array(auditRow), nextCursor: z.string().nullable(), total: z.int() }),
    },
    verify: { input: nothing, output: auditVerdict },
    /** Saves a copy for `npm run audit:verify`; `null` when the file dialog was cancelled. */
    saveCopy: { input: nothing, output: z.object({ file: z.string() }).nullable() },
  },
  settings: {
    view: { input: nothing, output: settingsView },
    preferences: { input: nothing, output: preferences },
    setPreferences: { input: preferences, output: preferences },
  },
} as const

type Calls = typeof contract
export type Feature = keyof Calls

interface Call {
  readonly input: z.ZodType
  readonly output: z.ZodType
}

type In<C> = C extends Call ? z.input<C['input']> : never
type Parsed<C> = C extends Call ? z.output<C['input']> : never
type Out<C> = C extends Call ? z.output<C['output']> : never

/** What the page sees as `window.api`. */
export type Api = {
  readonly [F in Feature]: {
    readonly [M in keyof Calls[F]]: undefined extends In<Calls[F][M]>
      ? () => Promise<Result<Out<Calls[F][M]>>>
      : (input: In<Calls[F][M]>) => Promise<Result<Out<Calls[F][M]>>>
  }
} & {
  /** Listens to a push from main; the answer stops listening. */
  readonly on: <N extends DeskEventName>(name: N, listener: (payload: DeskEvents[N]) => void) => () => void
}

/** What main must answer. A call without a handler does not compile. */
export type Handlers = {
  readonly [F in Feature]: {
    readonly [M in keyof Calls[F]]: (input: Parsed<Calls[F][M]>) => Promise<Out<Calls[F][M]>> | Out<Calls[F][M]>
  }
}

/** The value that a successful call answers: `Answer<'people', 'card'>`. */
export type Answer<F extends Feature, M extends keyof Calls[F]> = Out<Calls[F][M]>
