/**
 * The policy of the configuration file as its forms show it: least, most and default of every number, in the unit of its name
 * (DESIGN.md §6). `config/schema.ts` decides; a test holds this list to it.
 */
export const policyNumbers = {
  methodsRequired: { min: 1, max: 4, standard: 2 },
  proofMinutes: { min: 1, max: 10, standard: 10 },
  failureLimit: { min: 1, max: 20, standard: 5 },
  failureWindowHours: { min: 1, max: 168, standard: 24 },
  closureHours: { min: 1, max: 168, standard: 24 },
  coolDownDays: { min: 1, max: 90, standard: 7 },
  enrolmentMinutes: { min: 1, max: 60, standard: 10 },
  totpStepSeconds: { min: 30, max: 60, standard: 30 },
  totpToleranceSteps: { min: 0, max: 2, standard: 1 },
  codeMinutes: { min: 1, max: 10, standard: 5 },
  codeTries: { min: 1, max: 5, standard: 3 },
  resendMinutes: { min: 1, max: 60, standard: 2 },
  sendsPerDay: { min: 1, max: 50, standard: 10 },
  dueHours: { min: 1, max: 240, standard: 4 },
  dueSoonMinutes: { min: 0, max: 1440, standard: 60 },
  foldHours: { min: 1, max: 168, standard: 24 },
  requestExpiryDays: { min: 1, max: 90, standard: 7 },
  temporaryPasswordLength: { min: 14, max: 64, standard: 14 },
  clipboardSeconds: { min: 5, max: 120, standard: 30 },
  idleLockMinutes: { min: 1, max: 60, standard: 5 },
  auditKeepDays: { min: 90, max: 3650, standard: 1095 },
  methodsToRegister: { min: 1, max: 6, standard: 2 },
  questionsToRegister: { min: 3, max: 10, standard: 5 },
  questionsToAsk: { min: 1, max: 5, standard: 3 },
  reconfirmDays: { min: 0, max: 730, standard: 180 },
  approvalMinutes: { min: 1, max: 60, standard: 10 },
  reportClosureHours: { min: 1, max: 168, standard: 24 },
} as const satisfies Readonly<Record<string, PolicyNumber>>

interface PolicyNumber {
  readonly min: number
  readonly max: number
  readonly standard: number
}

export type PolicyNumberName = keyof typeof policyNumbers

/** What is on or off, and how it stands unless the file says otherwise. */
export const policySwitches = {
  directoryNumbers: false,
  allowApp: true,
  allowSms: true,
  allowVoice: true,
  allowCallBack: true,
  allowKey: true,
  allowMail: true,
  allowQuestions: true,
  callBackNeedsApproval: true,
  offerDirectoryData: true,
} as const
