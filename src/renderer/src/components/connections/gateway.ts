import type {
  SecretValues,
  smsPresets as smsPresetNames,
  SmsSettings,
  voicePresets as voicePresetNames,
  VoiceSettings,
} from '../../../../shared/model/desk-settings'
import { smsPresets } from '../../../../shared/sms-presets'
import { voicePresets } from '../../../../shared/voice-presets'

/** What a gateway for messages and one for calls have in common: a request over HTTP. */
export type GatewaySettings = Omit<SmsSettings, 'preset' | 'delivery'>
/** Names of the parts, as words, fields and secrets begin with them. */
export type GatewayPart = 'sms' | 'voice'
/** Where a gateway is asked what became of a message or call. */
export interface AskedState {
  readonly url: string
  readonly statePath: string
}
type Gateway = GatewaySettings & { readonly delivery: { readonly url: string } | null }

type SmsPreset = (typeof smsPresetNames)[number]
type VoicePreset = (typeof voicePresetNames)[number]

export const smsPresetOrder: readonly SmsPreset[] = ['kannel', 'twilio', 'vonage', 'json', 'custom']
export const voicePresetOrder: readonly VoicePreset[] = ['twilio', 'asterisk', 'json', 'custom']

/** What does not depend on the gateway is taken over. */
function begun<G extends GatewaySettings>(start: G, from: G | null): G {
  if (from === null) return start
  const { sender, region, ca, timeoutSeconds } = from
  return { ...start, sender, region, ca, timeoutSeconds }
}

/** The settings that a preset starts from; an own request begins as what stood there. */
export function smsSettingsOf(preset: SmsPreset, from: SmsSettings | null): SmsSettings {
  if (preset !== 'custom') return begun(structuredClone(smsPresets[preset].settings), from)
  return { ...(from ?? structuredClone(smsPresets.json.settings)), preset }
}

/** The same for calls. */
export function voiceSettingsOf(preset: VoicePreset, from: VoiceSettings | null): VoiceSettings {
  if (preset !== 'custom') {
    const start = structuredClone(voicePresets[preset].settings)
    return { ...begun(start, from), englishVoice: from?.englishVoice ?? start.englishVoice }
  }
  return { ...(from ?? structuredClone(voicePresets.json.settings)), preset }
}

/** Names of the secrets that the texts of a gateway ask for, each once, in their order. */
export function secretsOf(gateway: Gateway): string[] {
  const texts = [gateway.url, ...gateway.headers.map(({ value }) => value), gateway.body, gateway.delivery?.url ?? '']
  const names = texts.flatMap((text) =>
    [
      ...text.matchAll(
        /\{(?:secret:(?<one>[A-Za-z0-9_-]{1,40})|basic:(?<user>[A-Za-z0-9_-]{1,40}):(?<pass>[A-Za-z0-9_-]{1,40}))\}/gu,
      ),
    ]
      .flatMap(({ groups }) => [groups?.['one'], groups?.['user'], groups?.['pass']])
      .filter((name) => name !== undefined),
  )
  return [...new Set(names)]
}

/** `host` or `host:port` of an address with placeholders in it; '' while it is none. */
export function hostOf(url: string): string {
  return /^https?:\/\/(?<host>[^/?#@\s{}]+)(?:[/?#]|$)/iu.exec(url)?.groups?.['host']?.toLowerCase() ?? ''
}

/** Another address; the hosts that may be spoken to follow as long as they were just its own. */
export function withUrl<G extends GatewaySettings>(gateway: G, url: string): G {
  const [only, ...more] = gateway.allowedHosts
  const host = hostOf(url)
  const follows = more.length === 0 && (only === undefined || only === '' || only === hostOf(gateway.url))
  return { ...gateway, url, allowedHosts: follows && host !== '' ? [host] : gateway.allowedHosts }
}

/** What was typed for the names that a gateway asks for: only that leaves the screen. */
export function typedFor(part: GatewayPart, names: readonly string[], secrets: SecretValues): SecretValues {
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => names.some((one) => name === `${part}.${one}`)))
}
