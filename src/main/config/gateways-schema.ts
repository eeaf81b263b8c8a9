import { z } from 'zod'
import { mailSecurities, scopes, smsEscapings, smsPresets } from '../../shared/model/desk-settings'
import type { SmsSettings } from '../../shared/model/desk-settings'
import { smsPresets as presets } from '../../shared/sms-presets'
import { allowsAddress, isHostAndPort, parseGatewayUrl } from './gateway-url'
import type { ConfigProblem } from './problems'
import { dn, filePath, isHost, machineText, many, oneLine, text } from './text'

const host = text(253, isHost, 'not-a-host').transform((name) => name.toLowerCase())
const port = z.int().min(1).max(65_535)

/** The usual ports: RFC 8314 §3.2, RFC 9051 §2.1. */
const mailPorts = { tls: 993, starttls: 143 } as const

/** `mailbox`: where "contact administrator" mails arrive. */
export const mailbox = z
  .strictObject({
    host,
    port: port.optional(),
    security: z.enum(mailSecurities).default('tls'),
    userName: oneLine(320),
    folder: oneLine(200).default('INBOX'),
    caFile: filePath.nullable().default(null),
    startDays: z.int().min(0).max(365).default(7),
    identity: oneLine(256).nullable().default(null),
  })
  .transform((value) => ({ ...value, port: value.port ?? mailPorts[value.security] }))

const gatewayUrl = z
  .string()
  .max(2000)
  .superRefine((value, context) => {
    const answer = parseGatewayUrl(value)
    if (typeof answer === 'string') context.addIssue({ code: 'custom', message: answer })
  })
/** RFC 9110 §5.1: a token. */
const headerName = text(100, (name) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u.test(name), 'not-a-header')
const allowedHost = text(300, isHostAndPort, 'not-a-host').transform((entry) => entry.toLowerCase())

const delivery = z.strictObject({
  url: gatewayUrl.refine((url) => url.includes('{messageId}'), 'needs-message-id' satisfies ConfigProblem),
  statePath: machineText(200),
  delivered: z.array(machineText(50)).max(20),
  failed: z.array(machineText(50)).max(20),
})

/** What a gateway without a preset begins with: nothing of its own but an empty address, which the file must give. */
const plain: SmsSettings = {
  preset: 'custom',
  method: 'POST',
  url: '',
  headers: [],
  contentType: '',
  body: '',
  escaping: 'none',
  sender: '',
  successStatuses: [200],
  successText: '',
  idPath: '',
  delivery: null,
  ca: null,
  timeoutSeconds: presets.json.settings.timeoutSeconds,
  allowedHosts: [],
  region: presets.json.settings.region,
}

/** What a file may say of the gateway; a preset says the rest. */
const smsFields = z.strictObject({
  preset: z.enum(smsPresets).default('custom'),
  method: z.enum(['GET', 'POST', 'PUT']).optional(),
  url: gatewayUrl.optional(),
  headers: z
    .array(z.strictObject({ name: headerName, value: machineText(2000) }))
    .max(20)
    .optional(),
  contentType: machineText(100).optional(),
  body: z.string().max(10_000).optional(),
  escaping: z.enum(smsEscapings).optional(),
  sender: machineText(50).optional(),
  successStatuses: z.array(z.int().min(200).max(299)).min(1).max(20).optional(),
  successText: machineText(200).optional(),
  idPath: machineText(200).optional(),
  delivery: delivery.nullable().optional(),
  caFile: filePath.nullable().default(null),
  timeoutSeconds: z.int().min(1).max(60).optional(),
  allowedHosts: z.array(allowedHost).min(1).max(20).optional(),
  region: text(2, (region) => /^[A-Za-z]{2}$/u.test(region), 'not-a-region')
    .transform((region) => region.toUpperCase())
    .optional(),
})

/** `sms`: a gateway over HTTP, written out in full whatever the file left to its preset. */
export const sms = smsFields.transform((file, context) => {
  const refuse = (path: readonly PropertyKey[], problem: ConfigProblem, expected?: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message: problem, params: { expected } })
  const base = file.preset === 'custom' ? plain : presets[file.preset].settings
  const full = {
    preset: file.preset,
    method: file.method ?? base.method,
    url: file.url ?? base.url,
    headers: file.headers ?? base.headers,
    contentType: file.contentType ?? base.contentType,
    body: file.body ?? base.body,
    escaping: file.escaping ?? base.escaping,
    sender: file.sender ?? base.sender,
    successStatuses: file.successStatuses ?? base.successStatuses,
    successText: file.successText ?? base.successText,
    idPath: file.idPath ?? base.idPath,
    delivery: file.delivery === undefined ? base.delivery : file.delivery,
    caFile: file.caFile,
    timeoutSeconds: file.timeoutSeconds ?? base.timeoutSeconds,
    region: file.region ?? base.region,
  }

  const address = parseGatewayUrl(full.url)
  if (typeof address === 'string') {
    refuse(['url'], full.url === '' ? 'missing' : address)
    return z.NEVER
  }
  // An address of the organisation's own allows its own host and no other one, unless the file says which.
  const own = file.url === undefined ? base.allowedHosts : [`${address.host}:${address.port}`]
  const allowedHosts = file.allowedHosts ?? own
  const said = `${full.url}\n${full.body}`
  if (!/\{(?:to|digits)\}/u.test(said) || !said.includes('{text}')) refuse(['url'], 'needs-to-and-text')
  const asked: [string[], string][] = [[['url'], full.url]]
  if (full.delivery !== null) asked.push([['delivery', 'url'], full.delivery.url])
  for (const [path, url] of asked) {
    const target = parseGatewayUrl(url)
    if (typeof target === 'string') refuse(path, target)
    else if (!allowedHosts.some((entry) => allowsAddress(entry, target))) refuse(path, 'host-not-allowed', target.host)
  }
  return { ...full, allowedHosts }
})

/** `sspr`: for whom self-service password reset is on. */
export const sspr = z.strictObject({
  scope: z.enum(scopes).default('none'),
  groups: many(dn).default([]),
  managedElsewhere: many(dn).default([]),
  withoutWriteBack: many(dn).default([]),
})

const secretName = /^(?:mailbox\.password|intake\.password|sms\.[A-Za-z0-9_-]{1,40})$/u

/** `secretFiles`: files that hold secrets, by the secrets' names. */
export const secretFiles = z
  .record(z.string(), filePath)
  .superRefine((files, context) => {
    for (const name of Object.keys(files)) {
      if (!secretName.test(name)) context.addIssue({ code: 'custom', path: [name], message: 'not-a-secret' })
    }
  })
  .default({})
