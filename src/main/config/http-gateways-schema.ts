import { z } from 'zod'
import { englishVoices, gatewayEscapings, smsPresets, voicePresets } from '../../shared/model/desk-settings'
import type { SmsSettings, VoiceSettings } from '../../shared/model/desk-settings'
import { smsPresets as readySms } from '../../shared/sms-presets'
import { voicePresets as readyVoice } from '../../shared/voice-presets'
import { allowsAddress, isHostAndPort, parseGatewayUrl } from './gateway-url'
import type { ConfigProblem } from './problems'
import { filePath, machineText, text } from './text'

const gatewayUrl = z
  .string()
  .max(2000)
  .superRefine((value, context) => {
    const answer = parseGatewayUrl(value)
    if (typeof answer === 'string') context.addIssue({ code: 'custom', message: answer })
  })
const deliveryUrl = gatewayUrl.refine((url) => url.includes('{messageId}'), 'needs-message-id' satisfies ConfigProblem)
/** RFC 9110 §5.1: a token. */
const headerName = text(100, (name) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u.test(name), 'not-a-header')
const allowedHost = text(300, isHostAndPort, 'not-a-host').transform((entry) => entry.toLowerCase())
const states = z.array(machineText(50)).max(20)

/** What a file may say of any gateway over HTTP; a preset says the rest. */
const fields = {
  method: z.enum(['GET', 'POST', 'PUT']).optional(),
  url: gatewayUrl.optional(),
  headers: z
    .array(z.strictObject({ name: headerName, value: machineText(2000) }))
    .max(20)
    .optional(),
  contentType: machineText(100).optional(),
  body: z.string().max(10_000).optional(),
  escaping: z.enum(gatewayEscapings).optional(),
  sender: machineText(50).optional(),
  successStatuses: z.array(z.int().min(200).max(299)).min(1).max(20).optional(),
  successText: machineText(200).optional(),
  idPath: machineText(200).optional(),
  caFile: filePath.nullable().default(null),
  timeoutSeconds: z.int().min(1).max(60).optional(),
  allowedHosts: z.array(allowedHost).min(1).max(20).optional(),
  region: text(2, (region) => /^[A-Za-z]{2}$/u.test(region), 'not-a-region')
    .transform((region) => region.toUpperCase())
    .optional(),
}

const smsFields = z.strictObject({
  preset: z.enum(smsPresets).default('custom'),
  ...fields,
  delivery: z
    .strictObject({ url: deliveryUrl, statePath: machineText(200), delivered: states, failed: states })
    .nullable()
    .optional(),
})

const voiceFields = z.strictObject({
  preset: z.enum(voicePresets).default('custom'),
  ...fields,
  delivery: z
    .strictObject({
      url: deliveryUrl,
      statePath: machineText(200),
      ringing: states.default([]),
      answered: states.default([]),
      delivered: states.default([]),
      busy: states.default([]),
      noAnswer: states.default([]),
      failed: states.default([]),
      goneStatuses: z.array(z.int().min(400).max(499)).max(20).default([]),
    })
    .nullable()
    .optional(),
  englishVoice: z.enum(englishVoices).optional(),
})

/** What a gateway without a preset begins with: nothing of its own but an empty address, which the file must give. */
const plain = {
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
  timeoutSeconds: readySms.json.settings.timeoutSeconds,
  allowedHosts: [],
  region: readySms.json.settings.region,
} satisfies Partial<SmsSettings & VoiceSettings>

type Fields = z.output<z.ZodObject<typeof fields>>
type Base = Omit<SmsSettings & VoiceSettings, 'preset' | 'delivery' | 'englishVoice'>
/** What zod's own contexts of both sections have in common. */
interface Context {
  addIssue(issue: {
    readonly code: 'custom'
    readonly path: PropertyKey[]
    readonly message: ConfigProblem
    readonly params?: Record<string, unknown>
  }): void
}

/** Written out in full whatever the file left to its preset; `null` after a refusal of the address. */
function completed(
  file: Fields,
  base: Base,
  deliveryUrl: string | null,
  context: Context,
): (Omit<Base, 'ca'> & { caFile: string | null }) | null {
  const refuse = (path: readonly PropertyKey[], problem: ConfigProblem, expected?: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message: problem, params: { expected } })
  const full = {
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
    caFile: file.caFile,
    timeoutSeconds: file.timeoutSeconds ?? base.timeoutSeconds,
    region: file.region ?? base.region,
  }

  const address = parseGatewayUrl(full.url)
  if (typeof address === 'string') {
    refuse(['url'], full.url === '' ? 'missing' : address)
    return null
  }
  // An address of the organisation's own allows its own host and no other one, unless the file says which.
  const own = file.url === undefined ? base.allowedHosts : [`${address.host}:${address.port}`]
  const allowedHosts = file.allowedHosts ?? own
  const asked: [string[], string][] = [[['url'], full.url]]
  if (deliveryUrl !== null) asked.push([['delivery', 'url'], deliveryUrl])
  for (const [path, url] of asked) {
    const target = parseGatewayUrl(url)
    if (typeof target === 'string') refuse(path, target)
    else if (!allowedHosts.some((entry) => allowsAddress(entry, target))) refuse(path, 'host-not-allowed', target.host)
  }
  return { ...full, allowedHosts }
}

/** Whom the message goes to, and what it says, must stand somewhere. */
function saysBoth({ url, body }: Pick<Base, 'url' | 'body'>, said: RegExp): boolean {
  return /\{(?:to|digits)\}/u.test(`${url}\n${body}`) && said.test(`${url}\n${body}`)
}

/** `sms`: a gateway that sends text messages. */
export const sms = smsFields.transform((file, context) => {
  const base = file.preset === 'custom' ? plain : readySms[file.preset].settings
  const delivery = file.delivery === undefined ? base.delivery : file.delivery
  const full = completed(file, base, delivery?.url ?? null, context)
  if (full === null) return z.NEVER
  if (!saysBoth(full, /\{text\}/u)) context.addIssue(atUrl('needs-to-and-text'))
  return { preset: file.preset, ...full, delivery }
})

/** `voice`: a gateway that calls and speaks. */
export const voice = voiceFields.transform((file, context) => {
  const base = file.preset === 'custom' ? plain : readyVoice[file.preset].settings
  const delivery = file.delivery === undefined ? base.delivery : file.delivery
  const full = completed(file, base, delivery?.url ?? null, context)
  if (full === null) return z.NEVER
  if (!saysBoth(full, /\{(?:text|spokenText|code)\}/u)) context.addIssue(atUrl('needs-to-and-spoken'))
  const englishVoice = file.englishVoice ?? readyVoice.json.settings.englishVoice
  return { preset: file.preset, ...full, delivery, englishVoice }
})

function atUrl(message: ConfigProblem): { code: 'custom'; path: string[]; message: ConfigProblem } {
  return { code: 'custom', path: ['url'], message }
}
