import { isIP } from 'node:net'
import { z } from 'zod'
import type { Policy } from '../domain/policy'
import { defaultPolicy } from '../domain/policy'
import { isDistinguishedName } from './dn'
import { calls, mailbox, secretFiles, securityKey, smtp, sspr } from './gateways-schema'
import { sms, voice } from './http-gateways-schema'
import { store } from './store-schema'
import type { ConfigProblem } from './problems'
import { dn, dnsName, filePath, isHost, many, oneLine, text } from './text'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const attribute = text(100, (name) => /^[A-Za-z][A-Za-z0-9-]*(?:;[A-Za-z0-9-]+)*$/u.test(name), 'not-an-attribute')
const bindDn = text(
  1000,
  (template) => template.split('{user}').length === 2 && isDistinguishedName(template.replace('{user}', 'x')),
  'not-a-dn-template',
)

/** `ldaps://host[:636]` or `ldap://host[:389]` (StartTLS), normalised so that the port is always there. */
const server = z
  .string()
  .min(1)
  .max(300)
  .transform((value, context) => {
    const answer = parseServer(value)
    if (typeof answer === 'string') {
      context.issues.push({ code: 'custom', message: answer, input: value })
      return z.NEVER
    }
    return answer.url
  })

function parseServer(value: string): { url: string } | ConfigProblem {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(value)?.[1]?.toLowerCase()
  if (scheme === undefined) return 'not-a-server'
  if (scheme !== 'ldaps' && scheme !== 'ldap') return 'server-scheme'
  const match = /^(?<host>\[[0-9a-f:.]+\]|[^:/?#@[\]]+)(?::(?<port>\d{1,5}))?\/?$/iu.exec(
    value.slice(scheme.length + 3),
  )
  const host = match?.groups?.['host']
  const port = Number(match?.groups?.['port'] ?? (scheme === 'ldaps' ? 636 : 389))
  if (host === undefined || port < 1 || port > 65_535) return 'not-a-server'
  return isHost(host) ? { url: `${scheme}://${host.toLowerCase()}:${port}` } : 'not-a-server'
}

/** An IP address with or without port; `node:dns` takes `192.0.2.53:53` and `[2001:db8::53]:53`. */
const dnsServer = z
  .string()
  .max(100)
  .refine((value) => isDnsServer(value), 'not-a-dns-server')
  .transform((value) => (isIP(value) === 4 ? `${value}:53` : isIP(value) === 6 ? `[${value}]:53` : value))

function isDnsServer(value: string): boolean {
  if (isIP(value) !== 0) return true
  const match = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<four>[\d.]+)):(?<port>\d{1,5})$/iu.exec(value)
  const { six, four, port } = match?.groups ?? {}
  return (isIP(six ?? '') === 6 || isIP(four ?? '') === 4) && Number(port) >= 1 && Number(port) <= 65_535
}

const directory = z
  .strictObject({
    kind: z.enum(['auto', 'active-directory', 'openldap']).default('auto'),
    servers: many(server).default([]),
    domain: dnsName.nullable().default(null),
    site: text(63, (value) => /^[\p{L}\p{N}_-]+$/u.test(value), 'not-a-dns-name')
      .nullable()
      .default(null),
    dnsServers: many(dnsServer).default([]),
    caFile: filePath.nullable().default(null),
    peopleBase: dn.nullable().default(null),
    bindDn: bindDn.nullable().default(null),
    readingAttributes: many(attribute).default(['msDS-PhoneticDisplayName']),
    protectedGroups: many(dn).default([]),
    connectTimeoutMs: z.int().min(100).max(60_000).default(5000),
    operationTimeoutMs: z.int().min(500).max(120_000).default(15_000),
  })
  .superRefine((value, context) => {
    const problem = (path: string, message: ConfigProblem): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (value.servers.length === 0 && value.domain === null) problem('servers', 'needs-server-or-domain')
    if (value.kind === 'openldap' && value.bindDn === null) problem('bindDn', 'needs-bind-dn')
  })

const roles = z.strictObject({
  agent: many(dn).default([]),
  approver: many(dn).default([]),
  admin: many(dn).default([]),
  auditor: many(dn).default([]),
})

const whole = (min: number, max: number, value: number) => z.int().min(min).max(max).default(value)

const policy = z
  .strictObject({
    methodsRequired: whole(1, 4, defaultPolicy.methodsRequired),
    proofMinutes: whole(1, 10, defaultPolicy.proofSeconds / minute),
    failureLimit: whole(1, 20, defaultPolicy.failureLimit),
    failureWindowHours: whole(1, 168, defaultPolicy.failureWindowSeconds / hour),
    closureHours: whole(1, 168, defaultPolicy.closureSeconds / hour),
    coolDownDays: whole(1, 90, defaultPolicy.coolDownSeconds / day),
    totpStepSeconds: whole(30, 60, defaultPolicy.totpStepSeconds),
    totpToleranceSteps: whole(0, 2, defaultPolicy.totpToleranceSteps),
    enrolmentMinutes: whole(1, 60, defaultPolicy.enrolmentSeconds / minute),
    temporaryPasswordLength: whole(14, 64, defaultPolicy.temporaryPasswordLength),
    clipboardSeconds: whole(5, 120, defaultPolicy.clipboardSeconds),
    idleLockMinutes: whole(1, 60, defaultPolicy.idleLockSeconds / minute),
    requestExpiryDays: whole(1, 90, defaultPolicy.requestExpirySeconds / day),
    auditKeepDays: whole(90, 3650, defaultPolicy.auditKeepDays),
    dueHours: whole(1, 240, defaultPolicy.dueSeconds / hour),
    dueSoonMinutes: whole(0, 1440, defaultPolicy.dueSoonSeconds / minute),
    foldHours: whole(1, 168, defaultPolicy.foldSeconds / hour),
    codeMinutes: whole(1, 10, defaultPolicy.codeSeconds / minute),
    codeTries: whole(1, 5, defaultPolicy.codeTries),
    resendMinutes: whole(1, 60, defaultPolicy.resendSeconds / minute),
    sendsPerDay: whole(1, 50, defaultPolicy.sendsPerDay),
    directoryNumbers: z.boolean().default(defaultPolicy.directoryNumbers),
    methodsToRegister: whole(1, 6, defaultPolicy.methodsToRegister),
    questionsToRegister: whole(3, 10, defaultPolicy.questionsToRegister),
    questionsToAsk: whole(1, 5, defaultPolicy.questionsToAsk),
    reconfirmDays: whole(0, 730, defaultPolicy.reconfirmSeconds / day),
    approvalMinutes: whole(1, 60, defaultPolicy.approvalSeconds / minute),
    reportClosureHours: whole(1, 168, defaultPolicy.reportClosureSeconds / hour),
    allowApp: z.boolean().default(defaultPolicy.allowApp),
    allowSms: z.boolean().default(defaultPolicy.allowSms),
    allowVoice: z.boolean().default(defaultPolicy.allowVoice),
    allowCallBack: z.boolean().default(defaultPolicy.allowCallBack),
    allowKey: z.boolean().default(defaultPolicy.allowKey),
    allowMail: z.boolean().default(defaultPolicy.allowMail),
    allowQuestions: z.boolean().default(defaultPolicy.allowQuestions),
    callBackNeedsApproval: z.boolean().default(defaultPolicy.callBackNeedsApproval),
    offerDirectoryData: z.boolean().default(defaultPolicy.offerDirectoryData),
  })
  .superRefine(({ questionsToAsk, questionsToRegister }, context) => {
    if (questionsToAsk <= questionsToRegister) return
    const params = { expected: `≤ ${questionsToRegister}` }
    context.addIssue({ code: 'custom', path: ['questionsToAsk'], message: 'too-big' satisfies ConfigProblem, params })
  })

/** Every field of a configuration file; `docs/configuration.md` describes each, and a test holds the page to it. */
export const configSchema = z.strictObject({
  version: z.literal(1),
  organisation: oneLine(100),
  directory,
  roles: roles.prefault({}),
  policy: policy.prefault({}),
  links: many(dnsName).default([]),
  mailbox: mailbox.nullable().default(null),
  sms: sms.nullable().default(null),
  voice: voice.nullable().default(null),
  smtp: smtp.nullable().default(null),
  securityKey: securityKey.nullable().default(null),
  calls: calls.prefault({}),
  mailDomains: many(dnsName).default([]),
  store,
  sspr: sspr.prefault({}),
  secretFiles,
})
export type ConfigFile = z.output<typeof configSchema>

/** The file's policy, written in minutes, hours and days, as the rules use it: in seconds. */
export function policyOf(file: ConfigFile['policy']): Policy {
  return Object.freeze({
    methodsRequired: file.methodsRequired,
    proofSeconds: file.proofMinutes * minute,
    failureLimit: file.failureLimit,
    failureWindowSeconds: file.failureWindowHours * hour,
    closureSeconds: file.closureHours * hour,
    coolDownSeconds: file.coolDownDays * day,
    totpStepSeconds: file.totpStepSeconds,
    totpToleranceSteps: file.totpToleranceSteps,
    enrolmentSeconds: file.enrolmentMinutes * minute,
    temporaryPasswordLength: file.temporaryPasswordLength,
    clipboardSeconds: file.clipboardSeconds,
    idleLockSeconds: file.idleLockMinutes * minute,
    requestExpirySeconds: file.requestExpiryDays * day,
    auditKeepDays: file.auditKeepDays,
    dueSeconds: file.dueHours * hour,
    dueSoonSeconds: file.dueSoonMinutes * minute,
    foldSeconds: file.foldHours * hour,
    codeSeconds: file.codeMinutes * minute,
    codeTries: file.codeTries,
    resendSeconds: file.resendMinutes * minute,
    sendsPerDay: file.sendsPerDay,
    directoryNumbers: file.directoryNumbers,
    methodsToRegister: file.methodsToRegister,
    questionsToRegister: file.questionsToRegister,
    questionsToAsk: file.questionsToAsk,
    reconfirmSeconds: file.reconfirmDays * day,
    approvalSeconds: file.approvalMinutes * minute,
    reportClosureSeconds: file.reportClosureHours * hour,
    allowApp: file.allowApp,
    allowSms: file.allowSms,
    allowVoice: file.allowVoice,
    allowCallBack: file.allowCallBack,
    allowKey: file.allowKey,
    allowMail: file.allowMail,
    allowQuestions: file.allowQuestions,
    callBackNeedsApproval: file.callBackNeedsApproval,
    offerDirectoryData: file.offerDirectoryData,
  })
}

/** The same the other way: what a file would have to say for this policy. */
export function policyFields(policy: Policy): ConfigFile['policy'] {
  return {
    methodsRequired: policy.methodsRequired,
    proofMinutes: policy.proofSeconds / minute,
    failureLimit: policy.failureLimit,
    failureWindowHours: policy.failureWindowSeconds / hour,
    closureHours: policy.closureSeconds / hour,
    coolDownDays: policy.coolDownSeconds / day,
    totpStepSeconds: policy.totpStepSeconds,
    totpToleranceSteps: policy.totpToleranceSteps,
    enrolmentMinutes: policy.enrolmentSeconds / minute,
    temporaryPasswordLength: policy.temporaryPasswordLength,
    clipboardSeconds: policy.clipboardSeconds,
    idleLockMinutes: policy.idleLockSeconds / minute,
    requestExpiryDays: policy.requestExpirySeconds / day,
    auditKeepDays: policy.auditKeepDays,
    dueHours: policy.dueSeconds / hour,
    dueSoonMinutes: policy.dueSoonSeconds / minute,
    foldHours: policy.foldSeconds / hour,
    codeMinutes: policy.codeSeconds / minute,
    codeTries: policy.codeTries,
    resendMinutes: policy.resendSeconds / minute,
    sendsPerDay: policy.sendsPerDay,
    directoryNumbers: policy.directoryNumbers,
    methodsToRegister: policy.methodsToRegister,
    questionsToRegister: policy.questionsToRegister,
    questionsToAsk: policy.questionsToAsk,
    reconfirmDays: policy.reconfirmSeconds / day,
    approvalMinutes: policy.approvalSeconds / minute,
    reportClosureHours: policy.reportClosureSeconds / hour,
    allowApp: policy.allowApp,
    allowSms: policy.allowSms,
    allowVoice: policy.allowVoice,
    allowCallBack: policy.allowCallBack,
    allowKey: policy.allowKey,
    allowMail: policy.allowMail,
    allowQuestions: policy.allowQuestions,
    callBackNeedsApproval: policy.callBackNeedsApproval,
    offerDirectoryData: policy.offerDirectoryData,
  }
}
