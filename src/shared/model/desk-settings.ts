import { z } from 'zod'
import { line } from './common'
import { directoryKinds, type Role } from './operator'
import { deliveryStates } from './verification'

/*
 * What an admin can set, as the wizard and the settings screen edit it: the content of the configuration file. The shape is checked
 * here; what the values may be is decided by main's own schema (`config/schema.ts`), which names the field that is wrong.
 */

const dnText = line(1000)
const dns = z.array(dnText).max(100)

const directorySettings = z.object({
  kind: z.enum(['auto', 'active-directory', 'openldap']),
  servers: z.array(line(300)).max(20),
  domain: line(253).nullable(),
  site: line(63).nullable(),
  /** PEM of the pinned certificate authority; `null`: the system's. */
  ca: z.string().max(100_000).nullable(),
  peopleBase: dnText.nullable(),
  bindDn: dnText.nullable(),
  protectedGroups: dns,
})
export type DirectorySettings = z.infer<typeof directorySettings>

export const mailSecurities = ['tls', 'starttls'] as const

const mailboxSettings = z.object({
  host: line(253),
  port: z.int().min(1).max(65_535),
  security: z.enum(mailSecurities),
  userName: line(320),
  folder: line(200),
  ca: z.string().max(100_000).nullable(),
  /** How old mails may be that are taken at the first connection. */
  startDays: z.int().min(0).max(365),
  /** Directory account that matches mails to people while nobody is signed in; `null`: they wait. Its secret: `intake.password`. */
  identity: line(256).nullable(),
})
export type MailboxSettings = z.infer<typeof mailboxSettings>

export const smsPresets = ['kannel', 'twilio', 'vonage', 'json', 'custom'] as const
export const gatewayEscapings = ['query', 'form', 'json', 'none'] as const

/**
 * An SMS gateway over HTTP. Texts may hold `{to}` (E.164), `{digits}` (the same without `+`), `{text}`, `{code}` and `{language}`
 * (`ja`, `en`) for a gateway with words of its own, `{sender}`, `{id}` (the desk's own id of the message), `{secret:NAME}`, `{basic:NAME:NAME}` (two secrets as RFC 7617 wants them after `Basic `), and what the
 * text needs to be sent in: `{coding}` is `0` or `2` (Kannel), `{alphabet}` is `text` or `unicode` (Vonage). Each is escaped for
 * where it stands, none of what it stands for is expanded again, and other braces are left alone. `http:` reaches this machine only:
 * numbers, codes and secrets travel to another one over TLS.
 */
const httpGateway = {
  method: z.enum(['GET', 'POST', 'PUT']),
  url: line(2000),
  headers: z.array(z.object({ name: line(100), value: line(2000) })).max(20),
  contentType: line(100),
  body: z.string().max(10_000),
  /** How values are escaped in `body`. */
  escaping: z.enum(gatewayEscapings),
  sender: line(50),
  successStatuses: z.array(z.int().min(200).max(299)).min(1).max(20),
  /** The answer must hold this text, white space apart; empty: the status alone decides. */
  successText: line(200),
  /** JSON path such as `messages.0.message-id`, or empty: where the gateway's id of the message stands. */
  idPath: line(200),
  ca: z.string().max(100_000).nullable(),
  timeoutSeconds: z.int().min(1).max(60),
  /** Hosts that may be spoken to, `host` (the scheme's own port) or `host:port`; the URL's own must be among them. */
  allowedHosts: z.array(line(300)).min(1).max(20),
  /** Country of numbers without a prefix, ISO 3166 alpha-2. */
  region: line(2),
}
const states = z.array(line(50)).max(20)

const smsSettings = z.object({
  preset: z.enum(smsPresets),
  ...httpGateway,
  /** Asked for the state of delivery, `{messageId}` in the URL; `null`: the gateway cannot be asked. */
  delivery: z.object({ url: line(2000), statePath: line(200), delivered: states, failed: states }).nullable(),
})
export type SmsSettings = z.infer<typeof smsSettings>

export const voicePresets = ['twilio', 'asterisk', 'json', 'custom'] as const
export const englishVoices = ['en-US', 'en-GB'] as const

/**
 * A gateway that calls and speaks. Its texts hold what those of SMS may, and `{spokenText}` (the text escaped for XML), `{language}`
 * (`ja-JP`, or the English of `englishVoice`), `{code}` for a gateway that speaks with words of its own, and `{extension}`: a parameter
 * of form or query that ends in it is left out for a number without one.
 */
const voiceSettings = z.object({
  preset: z.enum(voicePresets),
  ...httpGateway,
  /** Asked how the call is, `{messageId}` in the URL; `null`: the gateway cannot be asked. */
  delivery: z
    .object({
      url: line(2000),
      statePath: line(200),
      ringing: states,
      answered: states,
      delivered: states,
      busy: states,
      noAnswer: states,
      failed: states,
      /** HTTP statuses that mean: the call is over, and how it last was decides. */
      goneStatuses: z.array(z.int().min(400).max(499)).max(20),
    })
    .nullable(),
  englishVoice: z.enum(englishVoices),
})
export type VoiceSettings = z.infer<typeof voiceSettings>

/** The server that takes mails with codes; its secret is `smtp.password`. In the file: `smtp`. */
const mailOutSettings = z.object({
  host: line(253),
  port: z.int().min(1).max(65_535),
  /** Insisted on: nothing is sent in clear. */
  security: z.enum(mailSecurities),
  /** `null`: the server asks for no sign-in. */
  userName: line(320).nullable(),
  from: line(254),
  /** `null`: the organisation's name. */
  fromName: line(100).nullable(),
  ca: z.string().max(100_000).nullable(),
})
export type MailOutSettings = z.infer<typeof mailOutSettings>

/** `rpId`: the name that keys are registered for; with another one no registered key works any more. */
const securityKeySettings = z.object({ rpId: line(253) })

export const callSchemes = ['tel', 'sip', 'callto'] as const

/** How a number is handed to the program that makes calls; `host`: after the `@` of a SIP address. */
const callSettings = z.object({ scheme: z.enum(callSchemes), host: line(253).nullable() })
export type CallSettings = z.infer<typeof callSettings>

export const scopes = ['none', 'selected', 'all'] as const

const ssprSettings = z.object({
  scope: z.enum(scopes),
  /** In scope when `selected`; nested members count. */
  groups: dns,
  /** Groups and containers whose people's passwords are kept elsewhere. */
  managedElsewhere: dns,
  /** Groups and containers whose passwords this directory holds, but a self-service portal elsewhere cannot write back to it. */
  withoutWriteBack: dns,
})
export type SsprSettings = z.infer<typeof ssprSettings>

/** The policy fields of the configuration file, by their names there. */
const policySettings = z.record(line(60), z.union([z.int(), z.boolean()]))

export const deskSettings = z.object({
  organisation: line(100),
  directory: directorySettings,
  roles: z.object({ agent: dns, approver: dns, admin: dns, auditor: dns } satisfies Record<Role, z.ZodType>),
  mailbox: mailboxSettings.nullable(),
  sms: smsSettings.nullable(),
  voice: voiceSettings.nullable(),
  mailOut: mailOutSettings.nullable(),
  /** `null`: security keys are no method here. */
  securityKey: securityKeySettings.nullable(),
  calls: callSettings,
  /** The organisation's own mail domains: an address there is worth little to a person who cannot sign in. */
  mailDomains: z.array(line(253)).max(100),
  sspr: ssprSettings,
  policy: policySettings,
  links: z.array(line(253)).max(100),
})
export type DeskSettings = z.infer<typeof deskSettings>

/**
 * Passwords and keys for the above, by name: `mailbox.password`, `intake.password`, `smtp.password`, `sms.NAME` and `voice.NAME` for
 * `{secret:NAME}`. They go one way: no call answers them. A name that is not given keeps its value.
 */
export const secretValues = z.record(
  z.string().regex(/^(?:mailbox\.password|intake\.password|smtp\.password|(?:sms|voice)\.[A-Za-z0-9_-]{1,40})$/u),
  z.string().min(1).max(4096),
)
export type SecretValues = z.infer<typeof secretValues>

/** The settings in force, and whether they can be changed from here. */
export const settingsEdit = z.object({
  settings: deskSettings,
  /** Names of secrets that are kept or given by a file. */
  secrets: z.array(z.string()),
  file: z.string().nullable(),
  /** `read-only-file`: this user may not write it; saving makes a copy and names the command to put it in place. */
  writable: z.enum(['yes', 'read-only-file', 'sample']),
})
export type SettingsEdit = z.infer<typeof settingsEdit>

/** What came of saving: written, or a copy and the line to run as the system's administrator. */
export const settingsSaved = z.object({
  written: z.boolean(),
  file: z.string(),
  /** Empty when written. */
  copy: z.string(),
  command: z.string(),
})
export type SettingsSaved = z.infer<typeof settingsSaved>

/** One certificate that a server showed. */
const certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  /** SHA-256, `AB:CD:…`. */
  fingerprint: z.string(),
  isAuthority: z.boolean(),
  /** For pinning, when it is an authority; else empty. */
  pem: z.string(),
})
export type Certificate = z.infer<typeof certificate>

/** What a first look at a directory found, before anybody binds. */
export const directoryProbe = z.object({
  /** Servers that the address stands for, in order; from DNS when it is a domain. */
  servers: z.array(z.string()),
  domain: z.string().nullable(),
  /** The one that answered; `null`: none did. */
  reached: z.string().nullable(),
  /** Whether the connection can be trusted: by the system's or the given authority, or not yet. */
  trust: z.enum(['system', 'pinned', 'untrusted']),
  /** The server's own certificate first, as far as it sent them. */
  chain: z.array(certificate),
  kind: z.enum(directoryKinds).nullable(),
  namingContexts: z.array(z.string()),
  problem: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
})
export type DirectoryProbe = z.infer<typeof directoryProbe>

/** An entry that can be chosen as base or group. */
export const directoryEntry = z.object({ dn: z.string(), name: z.string(), description: z.string() })
export type DirectoryEntry = z.infer<typeof directoryEntry>

/** A try-out of mailbox or gateway. */
export const connectionTrial = z.object({
  ok: z.boolean(),
  /** `null` when it worked. */
  problem: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  /** What was seen: messages in the folder, the gateway's status. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type ConnectionTrial = z.infer<typeof connectionTrial>

/** What became of the message or call that was tried last; `null`: the gateway cannot be asked, or not any more. */
export const trialState = z.object({ state: z.enum(deliveryStates) }).nullable()
export type TrialState = z.infer<typeof trialState>

export { directorySettings, mailboxSettings, mailOutSettings, smsSettings, voiceSettings }
