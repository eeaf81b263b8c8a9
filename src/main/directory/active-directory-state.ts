import type { AccountState, PasswordPolicy, PersonSummary } from '../../shared/model/person'
import type { Clock } from '../clock'
import { dnsDomainOf } from './dn'
import type { Attributes } from './values'
import { filetimeNever, filetimeToInstant, generalizedTimeToInstant, intervalSeconds } from './values'

/** State of an account; the `msDS-…Computed` ones are constructed and come with a base read by name only. */
export const stateAttributes = [
  'userAccountControl',
  'msDS-User-Account-Control-Computed',
  'msDS-UserPasswordExpiryTimeComputed',
  'msDS-ResultantPSO',
  'lockoutTime',
  'accountExpires',
  'pwdLastSet',
  'badPwdCount',
  'lastLogon',
  'lastLogonTimestamp',
]

export const domainPolicyAttributes = [
  'minPwdLength',
  'pwdProperties',
  'pwdHistoryLength',
  'minPwdAge',
  'maxPwdAge',
  'lockoutThreshold',
  'lockoutDuration',
]

export const psoAttributes = [
  'cn',
  'msDS-MinimumPasswordLength',
  'msDS-PasswordComplexityEnabled',
  'msDS-PasswordHistoryLength',
  'msDS-MinimumPasswordAge',
  'msDS-MaximumPasswordAge',
  'msDS-LockoutThreshold',
  'msDS-LockoutDuration',
]

/** userAccountControl bits (MS-ADTS 2.2.16). */
const accountDisabled = 0x2
const lockedOut = 0x10
const dontExpirePassword = 0x1_0000
const smartCardRequired = 0x4_0000
const passwordExpired = 0x80_0000

/** pwdProperties bit DOMAIN_PASSWORD_COMPLEX (MS-SAMR 2.2.3.5). */
const complexityRequired = 0x1

export type AdPolicy = Omit<PasswordPolicy, 'historyOnReset'>

/** The domain's policy. `source` says whether it is known to be the person's. */
export function readDomainPolicy(domain: Attributes | null, source: 'policy' | 'default'): AdPolicy {
  return {
    source: domain?.has('minPwdLength') === true ? source : 'none',
    name: domain === null ? '' : dnsDomainOf(domain.dn),
    minLength: domain?.number('minPwdLength') ?? 0,
    complexity: ((domain?.number('pwdProperties') ?? 0) & complexityRequired) !== 0,
    historyLength: domain?.number('pwdHistoryLength') ?? 0,
    minAgeSeconds: intervalSeconds(domain?.bigint('minPwdAge') ?? null),
    maxAgeSeconds: intervalSeconds(domain?.bigint('maxPwdAge') ?? null),
    lockoutThreshold: domain?.number('lockoutThreshold') ?? 0,
    lockoutSeconds: intervalSeconds(domain?.bigint('lockoutDuration') ?? null),
  }
}

/** A fine-grained policy (msDS-PasswordSettings). */
export function readPso(pso: Attributes): AdPolicy {
  return {
    source: 'policy',
    name: pso.text('cn'),
    minLength: pso.number('msDS-MinimumPasswordLength') ?? 0,
    complexity: pso.text('msDS-PasswordComplexityEnabled').toUpperCase() === 'TRUE',
    historyLength: pso.number('msDS-PasswordHistoryLength') ?? 0,
    minAgeSeconds: intervalSeconds(pso.bigint('msDS-MinimumPasswordAge')),
    maxAgeSeconds: intervalSeconds(pso.bigint('msDS-MaximumPasswordAge')),
    lockoutThreshold: pso.number('msDS-LockoutThreshold') ?? 0,
    lockoutSeconds: intervalSeconds(pso.bigint('msDS-LockoutDuration')),
  }
}

/** "Password never expires" on the account: then "must change" has no effect on it. */
export function neverExpires(entry: Attributes): boolean {
  return ((entry.number('userAccountControl') ?? 0) & dontExpirePassword) !== 0
}

/** State of an account as Active Directory computes it; a `lockoutTime` alone is no lock (MS-ADTS 3.1.1.4.5.17). */
export function activeDirectoryState(entry: Attributes, policy: AdPolicy, clock: Clock): AccountState {
  const now = clock.now()
  const control = entry.number('userAccountControl') ?? 0
  const computed = entry.number('msDS-User-Account-Control-Computed') ?? 0
  const locked = (computed & lockedOut) !== 0
  const lockedAt = locked ? filetimeToInstant(entry.bigint('lockoutTime')) : null
  const unlocksAt =
    lockedAt === null || policy.lockoutSeconds === 0
      ? null
      : new Date(Date.parse(lockedAt) + policy.lockoutSeconds * 1000).toISOString()

  const pwdLastSet = entry.bigint('pwdLastSet')
  const expiry = entry.bigint('msDS-UserPasswordExpiryTimeComputed')
  const smartCard = (control & smartCardRequired) !== 0
  const mustChange = pwdLastSet === 0n && !smartCard && !neverExpires(entry)
  const accountExpiresAt = filetimeToInstant(entry.bigint('accountExpires'))
  const signIns = ['lastLogon', 'lastLogonTimestamp'].flatMap((name) => filetimeToInstant(entry.bigint(name)) ?? [])

  return {
    locked,
    lockedAt,
    unlocksAt,
    disabled: (control & accountDisabled) !== 0,
    accountExpiresAt,
    accountExpired: accountExpiresAt !== null && Date.parse(accountExpiresAt) <= now,
    passwordChangedAt: filetimeToInstant(pwdLastSet),
    passwordExpiresAt: filetimeToInstant(expiry),
    passwordNeverExpires: expiry === null ? neverExpires(entry) : expiry >= filetimeNever,
    passwordExpired: (computed & passwordExpired) !== 0 && !mustChange,
    mustChange,
    smartCardRequired: smartCard,
    badPasswordCount: entry.number('badPwdCount'),
    lastSignInAt: signIns.toSorted().at(-1) ?? null,
    readAt: clock.iso(),
  }
}

/** `lockoutTime` stays when a lock has run out; by a finer policy of the person it may still last. */
export function lockInList(entry: Attributes, policy: AdPolicy, clock: Clock): PersonSummary['lock'] {
  const lockedAt = filetimeToInstant(entry.bigint('lockoutTime'))
  if (lockedAt === null) return 'unlocked'
  const lasts = policy.lockoutSeconds === 0 || Date.parse(lockedAt) + policy.lockoutSeconds * 1000 > clock.now()
  return lasts ? 'locked' : 'unknown'
}

/** Last originating change of one attribute, by the replication metadata; of the entry where that cannot be read. */
export function attributeChangedAt(entry: Attributes, attribute: string): string | null {
  for (const xml of entry.texts('msDS-ReplAttributeMetaData')) {
    if (!xml.toLowerCase().includes(`<pszattributename>${attribute.toLowerCase()}</`)) continue
    const time = /<ftimeLastOriginatingChange>([^<]+)<\//iu.exec(xml)?.[1] ?? ''
    const milliseconds = Date.parse(time)
    if (!Number.isNaN(milliseconds)) return new Date(milliseconds).toISOString()
  }
  return generalizedTimeToInstant(entry.text('whenChanged'))
}
