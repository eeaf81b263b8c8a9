import { z } from 'zod'
import { instant, personId } from './common'

/** One row of a search result. */
export const personSummary = z.object({
  id: personId,
  name: z.string(),
  /** Phonetic reading (ふりがな), empty when the directory holds none. */
  reading: z.string(),
  userId: z.string(),
  mail: z.string(),
  department: z.string(),
  employeeNumber: z.string(),
  /** What a glance needs; the card has the whole truth. `unknown`: the directory does not say in a search. */
  lock: z.enum(['locked', 'unlocked', 'unknown']),
  disabled: z.boolean(),
})
export type PersonSummary = z.infer<typeof personSummary>

/** The state of an account, computed as the directory computes it (DOMAIN.md B2, B4). */
export const accountState = z.object({
  locked: z.boolean(),
  lockedAt: instant.nullable(),
  /** When the lock ends by itself; `null` while locked means: only by an unlock. */
  unlocksAt: instant.nullable(),
  disabled: z.boolean(),
  accountExpiresAt: instant.nullable(),
  accountExpired: z.boolean(),
  passwordChangedAt: instant.nullable(),
  /** `null`: never expires or the directory does not say; see `passwordNeverExpires`. */
  passwordExpiresAt: instant.nullable(),
  passwordNeverExpires: z.boolean(),
  passwordExpired: z.boolean(),
  mustChange: z.boolean(),
  smartCardRequired: z.boolean(),
  badPasswordCount: z.number().nullable(),
  lastSignInAt: instant.nullable(),
  /** When the directory was asked, by this machine's clock. */
  readAt: instant,
})
export type AccountState = z.infer<typeof accountState>

/** Why a target counts as privileged: the protected group, or a hint that is no proof alone. */
const privilege = z.object({
  privileged: z.boolean(),
  /** Names of the protected groups that the person is in, directly or through others. */
  groups: z.array(z.string()),
  /** `adminCount=1` without such a membership: once protected, or stale (DOMAIN.md §0.10). */
  adminCountHint: z.boolean(),
})
export type Privilege = z.infer<typeof privilege>

/** A telephone number in the directory, masked: last four digits. Never the number itself (DESIGN.md §5.5). */
const directoryNumber = z.object({
  field: z.enum(['mobile', 'telephone']),
  masked: z.string(),
  /** Last known change of the field or of its entry; `null`: the directory does not say, and it counts as fresh. */
  changedAt: instant.nullable(),
})
export type DirectoryNumber = z.infer<typeof directoryNumber>

/** One person as an agent sees them. */
export const personCard = z.object({
  id: personId,
  name: z.string(),
  reading: z.string(),
  userId: z.string(),
  /** What the person types at the sign-in screen: UPN, or the user ID where there is none. */
  signInName: z.string(),
  mail: z.string(),
  department: z.string(),
  title: z.string(),
  employeeNumber: z.string(),
  office: z.string(),
  manager: z.string(),
  dn: z.string(),
  state: accountState,
  privilege,
  numbers: z.array(directoryNumber),
  /** Direct groups, by name; at most 200. */
  groups: z.array(z.string()),
  groupsTruncated: z.boolean(),
  /** What the directory says that this agent may write here; `null`: it does not say. */
  mayUnlock: z.boolean().nullable(),
  mayRequireChange: z.boolean().nullable(),
})
export type PersonCard = z.infer<typeof personCard>

/** The password policy in force for one person (domain, fine-grained, ppolicy). */
export const passwordPolicy = z.object({
  /** `policy`: read for this person. `default`: the domain's, a finer one may apply and could not be read. `none`: no policy. */
  source: z.enum(['policy', 'default', 'none']),
  name: z.string(),
  minLength: z.number(),
  /** AD "must meet complexity requirements": three of five kinds, no account name or name part of 3 or more characters. */
  complexity: z.boolean(),
  historyLength: z.number(),
  /** Who keeps the history on a reset: the server always, the server when asked (control 2239), or nobody. */
  historyOnReset: z.enum(['enforced', 'not-enforced']),
  minAgeSeconds: z.number(),
  maxAgeSeconds: z.number(),
  lockoutThreshold: z.number(),
  /** 0: until somebody unlocks. */
  lockoutSeconds: z.number(),
})
export type PasswordPolicy = z.infer<typeof passwordPolicy>
