import type { SmsConfig, VoiceConfig } from '../../src/main/config'
import type { CodeMessage, SecretReader } from '../../src/main/gateways/code-gateway'
import type { SmsSettings, VoiceSettings } from '../../src/shared/model/desk-settings'

/** Settings as the configuration hands them on. */
export function smsConfig(settings: SmsSettings, changes: Partial<SmsConfig> = {}): SmsConfig {
  const { timeoutSeconds, ...rest } = settings
  return { ...rest, caFile: null, timeoutMs: timeoutSeconds * 1000, ...changes }
}

/** The same of a gateway that calls. */
export function voiceConfig(settings: VoiceSettings, changes: Partial<VoiceConfig> = {}): VoiceConfig {
  const { timeoutSeconds, ...rest } = settings
  return { ...rest, caFile: null, timeoutMs: timeoutSeconds * 1000, ...changes }
}

/** Secrets by their full names, `sms.NAME`. */
export function secretsFrom(values: Readonly<Record<string, string>>): SecretReader {
  return async (name) => values[name] ?? null
}

/** A message as a gateway gets it, `code 1` to nobody in particular unless told. */
export function codeMessage(said: Partial<CodeMessage> = {}): CodeMessage {
  return {
    id: '1',
    to: '+819012345678',
    extension: '',
    language: 'ja',
    code: '1',
    subject: '',
    text: 'code 1',
    ...said,
  }
}
