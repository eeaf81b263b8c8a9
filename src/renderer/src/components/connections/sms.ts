import type { smsPresets as presetNames, SmsSettings } from '../../../../shared/model/desk-settings'
import { smsPresets } from '../../../../shared/sms-presets'

type PresetName = (typeof presetNames)[number]

export const presetOrder: readonly PresetName[] = ['kannel', 'twilio', 'vonage', 'json', 'custom']

/** The settings that a preset starts from; `own` begins empty. What does not depend on the gateway is taken over. */
export function settingsOf(preset: PresetName, from: SmsSettings | null): SmsSettings {
  const start: SmsSettings =
    preset === 'custom'
      ? { ...(from ?? smsPresets.json.settings), preset: 'custom' }
      : structuredClone(smsPresets[preset].settings)
  return from === null
    ? start
    : { ...start, sender: from.sender, region: from.region, ca: from.ca, timeoutSeconds: from.timeoutSeconds }
}

/** Names of the secrets that the texts of a gateway ask for, each once, in their order. */
export function secretsOf(sms: SmsSettings): string[] {
  const texts = [sms.url, ...sms.headers.map(({ value }) => value), sms.body, sms.delivery?.url ?? '']
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
export function withUrl(sms: SmsSettings, url: string): SmsSettings {
  const [only, ...more] = sms.allowedHosts
  const host = hostOf(url)
  const follows = more.length === 0 && (only === undefined || only === '' || only === hostOf(sms.url))
  return { ...sms, url, allowedHosts: follows && host !== '' ? [host] : sms.allowedHosts }
}
