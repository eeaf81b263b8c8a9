import { z } from 'zod'
import { languages } from './common'
import { directoryKind, role } from './operator'

/** What one user of this machine prefers. */
export const preferences = z.object({
  language: z.enum(['system', ...languages]).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Desktop notifications for new and overdue requests. */
  notifications: z.boolean().default(true),
})
export type Preferences = z.infer<typeof preferences>

/** The numbers of DESIGN.md §6 that this slice uses; times in seconds unless the name says otherwise. */
const policyView = z.object({
  methodsRequired: z.int(),
  proofMinutes: z.int(),
  failureLimit: z.int(),
  closureHours: z.int(),
  coolDownDays: z.int(),
  passwordLength: z.int(),
  idleLockMinutes: z.int(),
  requestExpiryDays: z.int(),
  clipboardSeconds: z.int(),
  dueHours: z.int(),
  foldHours: z.int(),
  codeMinutes: z.int(),
  codeTries: z.int(),
  resendMinutes: z.int(),
  sendsPerDay: z.int(),
  directoryNumbers: z.boolean(),
  methodsToRegister: z.int(),
  questionsToRegister: z.int(),
  questionsToAsk: z.int(),
  /** 0: never. */
  reconfirmDays: z.int(),
  approvalMinutes: z.int(),
  reportClosureHours: z.int(),
  allowApp: z.boolean(),
  allowKey: z.boolean(),
  allowSms: z.boolean(),
  allowVoice: z.boolean(),
  allowCallBack: z.boolean(),
  allowMail: z.boolean(),
  allowQuestions: z.boolean(),
  callBackNeedsApproval: z.boolean(),
  offerDirectoryData: z.boolean(),
})
export type PolicyView = z.infer<typeof policyView>

/** Where requests, methods and checks are kept; set in the file only. */
const storeView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sqlite') }),
  z.object({
    kind: z.literal('postgresql'),
    /** `host:port`. */
    server: z.string(),
    database: z.string(),
    /** Empty: the first of the role's own search path. */
    schema: z.string(),
    role: z.string(),
    caFingerprint: z.string(),
  }),
])

/** What the settings screen shows of the configuration: nothing secret is in it. */
export const settingsView = z.object({
  version: z.string(),
  configFile: z.string().nullable(),
  configSource: z.enum(['machine', 'user', 'command-line', 'sample']),
  organisation: z.string(),
  directory: z.object({
    kind: directoryKind,
    servers: z.array(z.string()),
    peopleBase: z.string(),
    caFile: z.string(),
    caFingerprint: z.string(),
  }),
  roles: z.array(z.object({ role, groups: z.array(z.string()) })),
  policy: policyView,
  vault: z.enum(['safe-storage', 'passphrase', 'key-file']),
  dataFolder: z.string(),
  auditFile: z.string(),
  store: storeView,
  preferences,
})
export type SettingsView = z.infer<typeof settingsView>
