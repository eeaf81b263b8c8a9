import type { AccountState } from '../../shared/model/person'
import type { Clock } from '../clock'
import { nameOfDn } from './dn'
import type { Attributes } from './values'
import { generalizedTimeToInstant } from './values'

/** Operational attributes of slapo-ppolicy(5) on a person; they come only when asked for by name. */
export const stateAttributes = [
  'pwdAccountLockedTime',
  'pwdFailureTime',
  'pwdChangedTime',
  'pwdReset',
  'pwdPolicySubentry',
  'pwdGraceUseTime',
  'pwdStartTime',
  'pwdEndTime',
  'pwdLastSuccess',
  'authTimestamp',
]

/** What a policy entry says. */
export const policyAttributes = [
  'cn',
  'pwdMinLength',
  'pwdInHistory',
  'pwdMinAge',
  'pwdMaxAge',
  'pwdLockout',
  'pwdMaxFailure',
  'pwdLockoutDuration',
  'pwdGraceAuthNLimit',
]

export interface Ppolicy {
  readonly name: string
  readonly minLength: number
  readonly historyLength: number
  readonly minAgeSeconds: number
  /** 0: passwords do not expire. */
  readonly maxAgeSeconds: number
  /** 0: no lock-out. */
  readonly lockoutThreshold: number
  /** 0: until somebody unlocks. */
  readonly lockoutSeconds: number
}

/** A policy entry as numbers; `null` when there is none. */
export function readPolicy(entry: Attributes | null): Ppolicy | null {
  if (entry === null) return null
  const number = (name: string): number => entry.number(name) ?? 0
  const locks = entry.text('pwdLockout').toUpperCase() === 'TRUE'
  return {
    name: entry.text('cn') || nameOfDn(entry.dn),
    minLength: number('pwdMinLength'),
    historyLength: number('pwdInHistory'),
    minAgeSeconds: number('pwdMinAge'),
    maxAgeSeconds: number('pwdMaxAge'),
    lockoutThreshold: locks ? number('pwdMaxFailure') : 0,
    lockoutSeconds: number('pwdLockoutDuration'),
  }
}

/** `000001010000Z`: closed by an administrator for good, not locked by failures (slapo-ppolicy(5)). */
export function isPermanentLock(entry: Attributes): boolean {
  return entry.text('pwdAccountLockedTime').startsWith('00000101')
}

function after(instant: string | null, seconds: number): string | null {
  return instant === null ? null : new Date(Date.parse(instant) + seconds * 1000).toISOString()
}

/** State of an account from its ppolicy attributes and the policy in force, by this machine's clock. */
export function openLdapState(entry: Attributes, policy: Ppolicy | null, clock: Clock): AccountState {
  const now = clock.now()
  const permanent = isPermanentLock(entry)
  const lockedAt = permanent ? null : generalizedTimeToInstant(entry.text('pwdAccountLockedTime'))
  const ends = policy !== null && policy.lockoutSeconds > 0 ? after(lockedAt, policy.lockoutSeconds) : null
  const locked = lockedAt !== null && (ends === null || Date.parse(ends) > now)

  const passwordChangedAt = generalizedTimeToInstant(entry.text('pwdChangedTime'))
  const maxAge = policy?.maxAgeSeconds ?? 0
  const passwordExpiresAt = maxAge > 0 ? after(passwordChangedAt, maxAge) : null
  const accountExpiresAt = generalizedTimeToInstant(entry.text('pwdEndTime'))
  const startsAt = generalizedTimeToInstant(entry.text('pwdStartTime'))
  const ended = accountExpiresAt !== null && Date.parse(accountExpiresAt) <= now

  return {
    locked,
    lockedAt: locked ? lockedAt : null,
    unlocksAt: locked ? ends : null,
    disabled: permanent || (startsAt !== null && Date.parse(startsAt) > now),
    accountExpiresAt,
    accountExpired: ended,
    passwordChangedAt,
    passwordExpiresAt,
    passwordNeverExpires: policy !== null && maxAge === 0,
    passwordExpired: passwordExpiresAt !== null && Date.parse(passwordExpiresAt) <= now,
    mustChange: entry.text('pwdReset').toUpperCase() === 'TRUE',
    smartCardRequired: false,
    badPasswordCount: entry.texts('pwdFailureTime').length,
    lastSignInAt: generalizedTimeToInstant(entry.first('pwdLastSuccess', 'authTimestamp')),
    readAt: clock.iso(),
  }
}
