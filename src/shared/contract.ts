import { z } from 'zod'
import type { DeskEventName, DeskEvents } from './events'
import type { Result } from './errors'
import { languages, line, nothing, personId } from './model/common'
import {
  connectionTrial,
  deskSettings,
  directoryEntry,
  directoryProbe,
  directorySettings,
  mailboxSettings,
  secretValues,
  settingsEdit,
  settingsSaved,
  mailOutSettings,
  smsSettings,
  trialState,
  voiceSettings,
} from './model/desk-settings'
import { diagnosis } from './model/diagnosis'
import { health } from './model/health'
import { intakeMail, intakeMailDetail, intakeTemplate, mailFilter, mailMatch, templateTrial } from './model/intake'
import { sessionStatus } from './model/operator'
import { personCard, personSummary } from './model/person'
import {
  enteredChannel,
  enteredReason,
  holder,
  note,
  reasonText,
  requestEvent,
  requestFilter,
  requestId,
  requestSort,
  requestView,
  resetRequest,
} from './model/request'
import { importOutcome, importPreview, importProgress } from './model/imports'
import { erasure, revealed } from './model/privacy'
import {
  customQuestion,
  customQuestionLimit,
  drawnQuestions,
  questionAnswer,
  securityQuestion,
} from './model/questions'
import {
  appEnrolment,
  codeEnrolment,
  confirmationStart,
  enrolmentStart,
  identityCheck,
  keyEnrolment,
  mailStart,
  methodLabel,
  methodRemoval,
  phoneStart,
  questionsEnrolment,
  registrationSummary,
} from './model/registration'
import { keyAvailability, keyTalkState } from './model/security-key'
import { threat } from './model/threat'
import {
  attestation,
  callBackEvidence,
  checkResult,
  codeChannel,
  reverseCheck,
  verificationStatus,
  waitingApproval,
} from './model/verification'
import { resetOutcome, resetPreview } from './model/reset'
import { auditFilter, auditRow, auditVerdict } from './model/audit'
import { preferences, settingsView } from './model/settings'

const ofRequest = z.object({ requestId })
const ofMethod = ofRequest.extend({ methodId: z.uuid() })
const ofPersonMethod = z.object({ personId, methodId: z.uuid() })
const ofEnrolment = z.object({ enrolmentId: z.uuid() })
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
      input: z.object({ filter: requestFilter, sort: requestSort.default('due'), ...page }),
      output: z.object({
        requests: z.array(resetRequest),
        nextCursor: z.string().nullable(),
        /** Counted up to 1,000; `totalCapped`: there are more. */
        total: z.int(),
        totalCapped: z.boolean(),
      }),
    },
    get: {
      input: ofRequest,
      output: z.object({ request: resetRequest, events: z.array(requestEvent) }),
    },
    create: {
      input: z.object({ personId, channel: enteredChannel, reason: enteredReason, note, claim: z.boolean() }),
      output: resetRequest,
    },
    claim: { input: seenRequest, output: resetRequest },
    release: { input: seenRequest, output: resetRequest },
    handOver: { input: seenRequest.extend({ operatorId: personId, note }), output: resetRequest },
    addNote: { input: ofRequest.extend({ text: note }), output: requestEvent },
    /** Closes a request that needed no write, such as "remembered it"; a reset closes its request by itself. */
    complete: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    refuse: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    /** Refuses many for one reason; each is told its own outcome: `null` refused, else the code that kept it. */
    refuseMany: {
      input: z.object({ requests: z.array(seenRequest).min(1).max(100), reason: reasonText }),
      output: z.array(z.object({ requestId, code: z.string().nullable() })),
    },
    reopen: { input: seenRequest.extend({ reason: reasonText }), output: resetRequest },
    /** Filters that this operator keeps. */
    views: { input: nothing, output: z.array(requestView) },
    saveView: { input: requestView, output: z.array(requestView) },
    removeView: { input: z.object({ viewId: z.uuid() }), output: z.array(requestView) },
    /** Who a request can be handed to: members of the agent groups. */
    operators: { input: nothing, output: z.array(holder) },
  },
  /** Mails of the intake: what became of them, and what waits for a person. */
  intake: {
    list: {
      input: z.object({ filter: mailFilter, ...page }),
      output: z.object({ mails: z.array(intakeMail), nextCursor: z.string().nullable(), toSort: z.int() }),
    },
    get: { input: z.object({ mailId: z.uuid() }), output: intakeMailDetail },
    /** Mails behind one request, newest first; at most 50. */
    ofRequest: { input: ofRequest, output: z.array(intakeMailDetail) },
    /** A person says whose mail it is: a new request, or folded into the open one. */
    match: { input: mailMatch, output: resetRequest },
    dismiss: { input: z.object({ mailId: z.uuid(), reason: reasonText }), output: intakeMail },
    templates: { input: nothing, output: z.array(intakeTemplate) },
    /** Those that a new desk has. */
    readyTemplates: { input: nothing, output: z.array(intakeTemplate) },
    saveTemplates: { input: z.object({ templates: z.array(intakeTemplate).max(50) }), output: z.array(intakeTemplate) },
    /** `raw`: a whole mail with headers, or just its text. */
    tryTemplates: {
      input: z.object({ raw: z.string().max(200_000), templates: z.array(intakeTemplate).max(50) }),
      output: templateTrial,
    },
  },
  diagnosis: {
    /** Diagnoses anew and keeps the cause with the request. */
    ofRequest: { input: ofRequest, output: diagnosis },
    ofPerson: { input: z.object({ personId }), output: diagnosis },
  },
  verification: {
    status: { input: ofRequest, output: verificationStatus },
    /** Sends a code to the method's own number or address, which is never part of the input (DESIGN.md §5.4). */
    sendCode: {
      input: ofMethod.extend({ channel: codeChannel, language: z.enum(languages) }),
      output: verificationStatus,
    },
    checkCode: { input: ofMethod.extend({ code: z.string().max(64) }), output: checkResult },
    /** The questions that wait for answers; the same ones until they were answered. */
    drawQuestions: { input: ofMethod, output: drawnQuestions },
    /** What the caller says, as the agent types it: match or no match of the whole. */
    checkAnswers: {
      input: ofMethod.extend({ drawId: z.uuid(), answers: z.array(questionAnswer).max(10) }),
      output: checkResult,
    },
    /** Asks the key that is plugged in here; the answer comes when it was touched, or when it was given up. */
    checkKey: { input: ofMethod, output: checkResult },
    /** Hands the registered, or the directory's, number to the telephone program of this machine; the page never sees it. */
    dial: {
      input: ofRequest.extend({ methodId: z.uuid().nullable(), field: z.enum(['mobile', 'telephone']).nullable() }),
      output: nothing,
    },
    /** The agent called the registered number back. */
    attestCallBack: { input: ofMethod.extend({ evidence: callBackEvidence, note }), output: verificationStatus },
    /** Sends the person a short code that the desk reads out to them. */
    reverseCheck: {
      input: ofMethod.extend({ channel: codeChannel, language: z.enum(languages) }),
      output: reverseCheck,
    },
    /** A false caller: refuses the request, closes checks of this person at once, and tells everybody. */
    report: { input: ofRequest.extend({ reason: reasonText }), output: verificationStatus },
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
    /** In person like the app: the number is said by the person who stands there and proven by a code sent to it. */
    startPhone: { input: phoneStart.extend({ approver: credentials }), output: codeEnrolment },
    startMail: { input: mailStart.extend({ approver: credentials }), output: codeEnrolment },
    /** An imported method, or one that is due to be confirmed again. */
    startConfirmation: { input: confirmationStart.extend({ approver: credentials }), output: codeEnrolment },
    startQuestions: { input: identityCheck.extend({ approver: credentials }), output: questionsEnrolment },
    startKey: { input: enrolmentStart.extend({ approver: credentials }), output: keyEnrolment },
    /** The code of an app, number or address. */
    confirm: { input: ofEnrolment.extend({ code: z.string().max(64) }), output: registrationSummary },
    /** How the code of an enrolment stands: it was delivered, the phone rings, nobody answered. */
    enrolment: { input: ofEnrolment, output: codeEnrolment },
    resend: { input: ofEnrolment.extend({ channel: codeChannel }), output: codeEnrolment },
    saveAnswers: {
      input: ofEnrolment.extend({ answers: z.array(questionAnswer).max(20) }),
      output: registrationSummary,
    },
    /** Makes a credential on the key that is plugged in here; answers when it was touched, or when it was given up. */
    createKey: { input: ofEnrolment, output: registrationSummary },
    cancel: { input: ofEnrolment, output: nothing },
    rename: { input: ofPersonMethod.extend({ label: methodLabel }), output: registrationSummary },
    setDefault: { input: ofPersonMethod, output: registrationSummary },
    /** In person, agreed by an approver under their own bind, like the registration. */
    remove: { input: methodRemoval.extend({ approver: credentials }), output: registrationSummary },
  },
  approvals: {
    /** Everything that waits for an approver, at every desk on the same store. */
    list: { input: nothing, output: z.array(waitingApproval) },
    /** As the approver who is signed in, under their own bind. */
    decide: {
      input: z.object({ proofId: z.uuid(), approve: z.boolean(), reason: reasonText }),
      output: z.array(waitingApproval),
    },
  },
  threat: {
    get: { input: nothing, output: threat },
    /** Admins only. */
    set: { input: z.object({ heightened: z.boolean(), reason: reasonText }), output: threat },
  },
  securityKey: {
    availability: { input: nothing, output: keyAvailability },
    /** What the key at this machine waits for. */
    state: { input: nothing, output: keyTalkState },
    /** As its owner typed it. */
    pin: { input: z.object({ pin: z.string().max(256) }), output: nothing },
    cancel: { input: nothing, output: nothing },
  },
  questions: {
    /** Those of the product and the organisation's own. */
    catalogue: {
      input: nothing,
      output: z.object({ ready: z.array(securityQuestion), custom: z.array(customQuestion) }),
    },
    /** Admins only. */
    saveCustom: {
      input: z.object({ questions: z.array(customQuestion).max(customQuestionLimit) }),
      output: z.array(customQuestion),
    },
  },
  /** Registrations of many people from a CSV file. Admins only. */
  imports: {
    /** Asks for a file and checks every row; `null` when the dialog was cancelled. Nothing is written. */
    choose: { input: nothing, output: importPreview.nullable() },
    apply: { input: z.object({ importId: z.uuid() }), output: importOutcome },
    discard: { input: z.object({ importId: z.uuid() }), output: nothing },
    progress: { input: nothing, output: importProgress },
    /** Saves an empty file with its columns; `null` when the dialog was cancelled. */
    saveTemplate: { input: nothing, output: z.object({ file: z.string() }).nullable() },
    /** Saves which rows are left out and why, in words of this language; `null` when the dialog was cancelled. */
    saveBadRows: {
      input: z.object({ importId: z.uuid(), language: z.enum(languages) }),
      output: z.object({ file: z.string() }).nullable(),
    },
  },
  /** Admins only. */
  privacy: {
    /** One registered number or address in full. */
    reveal: { input: z.object({ methodId: z.uuid(), reason: reasonText }), output: revealed },
    /** Saves all that the desk keeps of a person; `null` when the dialog was cancelled. */
    export: { input: z.object({ personId }), output: z.object({ file: z.string() }).nullable() },
    erase: { input: z.object({ personId, reason: reasonText, approver: credentials }), output: erasure },
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
  health: {
    status: { input: nothing, output: health },
    /** Asks every part now. */
    check: { input: nothing, output: health },
  },
  /**
   * Try-outs of what is about to be set up. Open to whoever stands before a desk without a configuration; afterwards to a
   * signed-in admin only.
   */
  connections: {
    /** `address`: a DNS domain, a host, or `ldaps://host`. Connects without binding and shows what the server shows. */
    probe: { input: z.object({ address: line(300), ca: z.string().max(100_000).nullable() }), output: directoryProbe },
    /** Asks for a file with certificate authorities; `null` when the dialog was cancelled. */
    chooseAuthority: { input: nothing, output: z.object({ pem: z.string(), fingerprint: z.string() }).nullable() },
    /** Binds with these settings so that bases and groups can be looked up; main keeps the connection for 10 minutes. */
    signIn: {
      input: z.object({ directory: directorySettings, credentials }),
      output: z.object({ name: z.string(), kind: z.string(), peopleBase: z.string() }),
    },
    /** Groups whose name begins with the words; as the one who signed in for the set-up, or the admin at the desk. */
    groups: { input: z.object({ query: line(100) }), output: z.array(directoryEntry) },
    bases: { input: z.object({ query: line(100) }), output: z.array(directoryEntry) },
    mailbox: {
      input: z.object({ mailbox: mailboxSettings, password: z.string().max(4096).nullable() }),
      output: connectionTrial,
    },
    /** Really sends one message; the number is the admin's own. `secrets`: what was typed; others are taken from the vault. */
    sms: { input: z.object({ sms: smsSettings, secrets: secretValues, number: line(40) }), output: connectionTrial },
    /** Really calls the admin's own number and says a sentence in this language. */
    voice: {
      input: z.object({
        voice: voiceSettings,
        secrets: secretValues,
        number: line(40),
        language: z.enum(languages),
      }),
      output: connectionTrial,
    },
    /** Really sends one mail to the admin's own address. `password`: `null` takes the stored one. */
    mailOut: {
      input: z.object({
        mailOut: mailOutSettings,
        password: z.string().max(4096).nullable(),
        address: line(254),
        language: z.enum(languages),
      }),
      output: connectionTrial,
    },
    /** Asks the gateway what became of the message or call of the last try-out, for two minutes after it. */
    trialState: { input: z.object({ channel: codeChannel }), output: trialState },
  },
  setup: {
    /** Ends the wizard: writes the configuration file, or a copy when this user may not write there. */
    finish: { input: z.object({ settings: deskSettings, secrets: secretValues }), output: settingsSaved },
    /** An expert's file, checked and put in place of the wizard; `null` when the dialog was cancelled. */
    chooseFile: { input: nothing, output: settingsSaved.nullable() },
  },
  settings: {
    view: { input: nothing, output: settingsView },
    edit: { input: nothing, output: settingsEdit },
    /** Admins only, audited; ends the session so that everything starts anew with the new settings. */
    save: { input: z.object({ settings: deskSettings, secrets: secretValues }), output: settingsSaved },
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
