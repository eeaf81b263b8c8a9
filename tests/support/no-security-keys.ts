import { AppError } from '../../src/shared/errors'
import type { SecurityKeys } from '../../src/main/gateways/security-key'

/** A machine at which no security key can be used. */
export function noSecurityKeys(): SecurityKeys {
  const refuse = (): Promise<never> => Promise.reject(new AppError('key-not-available', { reason: 'no-library' }))
  return {
    availability: () => Promise.resolve({ available: false, reason: 'no-library' }),
    create: refuse,
    assert: refuse,
    close: () => Promise.resolve(),
  }
}
