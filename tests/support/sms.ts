import type { SmsConfig } from '../../src/main/config'
import type { SecretReader } from '../../src/main/gateways/sms'
import type { SmsSettings } from '../../src/shared/model/desk-settings'

/** Settings as the configuration hands them on. */
export function smsConfig(settings: SmsSettings, changes: Partial<SmsConfig> = {}): SmsConfig {
  const { timeoutSeconds, ...rest } = settings
  return { ...rest, caFile: null, timeoutMs: timeoutSeconds * 1000, ...changes }
}

/** Secrets by their full names, `sms.NAME`. */
export function secretsFrom(values: Readonly<Record<string, string>>): SecretReader {
  return async (name) => values[name] ?? null
}
