/**
 * Every default of DESIGN.md §6 that an administrator can change, in one place. The configuration file's `policy` section
 * overrides single fields. Durations in seconds unless the name says otherwise.
 */
export interface Policy {
  /** Proofs of different kinds that a caller check needs. */
  readonly methodsRequired: number
  /** Life of a proof (NIST SP 800-63B-4 allows 10 minutes for issued codes). */
  readonly proofSeconds: number
  /** Failed checks per target in `failureWindowSeconds`, pooled over all agents, before checks close. */
  readonly failureLimit: number
  readonly failureWindowSeconds: number
  /** How long closed checks stay closed. */
  readonly closureSeconds: number
  /** A new or changed method counts only beside an older one for so long; also the age a call-back number must have. */
  readonly coolDownSeconds: number
  /** RFC 6238: step of 30 s, one step of tolerance each way. */
  readonly totpStepSeconds: number
  readonly totpToleranceSteps: number
  readonly enrolmentSeconds: number
  readonly temporaryPasswordLength: number
  readonly clipboardSeconds: number
  readonly idleLockSeconds: number
  readonly requestExpirySeconds: number
  readonly auditKeepDays: number
  /** A request is due so long after it was entered, and `due soon` so long before that. */
  readonly dueSeconds: number
  readonly dueSoonSeconds: number
  /** A mail that a closed request of the same person has already answered is folded into it, so long after it was entered. */
  readonly foldSeconds: number
  /** Sent codes: life, tries, wait before another one, sends per number in 24 hours. */
  readonly codeSeconds: number
  readonly codeTries: number
  readonly resendSeconds: number
  readonly sendsPerDay: number
  /** Numbers of the directory count as a method when unchanged for `coolDownSeconds`. */
  readonly directoryNumbers: boolean
  /** Methods that a person is asked to register. */
  readonly methodsToRegister: number
  /** Security questions: how many a person answers at registration, and how many of these a check draws. */
  readonly questionsToRegister: number
  readonly questionsToAsk: number
  /** A registration is to be confirmed again so long after the last time; 0: never. */
  readonly reconfirmSeconds: number
  /** How long an approver has to answer. */
  readonly approvalSeconds: number
  /** Checks of a person stay closed so long after an agent refused and reported a caller. */
  readonly reportClosureSeconds: number
  /** Which ways a caller may be checked in. */
  readonly allowApp: boolean
  readonly allowSms: boolean
  readonly allowVoice: boolean
  readonly allowCallBack: boolean
  readonly allowKey: boolean
  readonly allowMail: boolean
  readonly allowQuestions: boolean
  /** A call-back to a registered number counts once a second person agreed. */
  readonly callBackNeedsApproval: boolean
  /** Numbers and addresses of the directory are offered at registration, unconfirmed. */
  readonly offerDirectoryData: boolean
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

export const defaultPolicy: Policy = Object.freeze({
  methodsRequired: 2,
  proofSeconds: 10 * minute,
  failureLimit: 5,
  failureWindowSeconds: day,
  closureSeconds: day,
  coolDownSeconds: 7 * day,
  totpStepSeconds: 30,
  totpToleranceSteps: 1,
  enrolmentSeconds: 10 * minute,
  temporaryPasswordLength: 14,
  clipboardSeconds: 30,
  idleLockSeconds: 5 * minute,
  requestExpirySeconds: 7 * day,
  auditKeepDays: 3 * 365,
  dueSeconds: 4 * hour,
  dueSoonSeconds: hour,
  foldSeconds: day,
  codeSeconds: 5 * minute,
  codeTries: 3,
  resendSeconds: 2 * minute,
  sendsPerDay: 10,
  directoryNumbers: false,
  methodsToRegister: 2,
  questionsToRegister: 5,
  questionsToAsk: 3,
  reconfirmSeconds: 180 * day,
  approvalSeconds: 10 * minute,
  reportClosureSeconds: day,
  allowApp: true,
  allowSms: true,
  allowVoice: true,
  allowCallBack: true,
  allowKey: true,
  allowMail: true,
  allowQuestions: true,
  callBackNeedsApproval: true,
  offerDirectoryData: true,
})
