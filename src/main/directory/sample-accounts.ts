import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { AccountState } from '../../shared/model/person'
import type { Clock } from '../clock'
import type { PolicyReason } from './refusals'
import type { SampleOrganisation, SamplePerson, SamplePolicy } from './sample-organisation'

/** What the sample knows of an account besides the person: what changes while it runs. */
interface SampleAccount {
  passwords: string[]
  passwordChangedAt: number
  mustChange: boolean
  lockedAt: number | null
  failures: number
  lastSignInAt: number | null
}

const day = 86_400_000

/** The accounts of the sample organisation, in memory: they lock, expire and remember passwords as a directory's do. */
export class SampleAccounts {
  readonly organisation: SampleOrganisation
  readonly clock: Clock
  readonly #accounts = new Map<string, SampleAccount>()

  constructor(organisation: SampleOrganisation, clock: Clock) {
    this.organisation = organisation
    this.clock = clock
    for (const person of organisation.people) {
      this.#accounts.set(person.userId, {
        passwords: [organisation.password],
        passwordChangedAt: clock.now() - (person.account === 'password-expired' ? 200 : 1) * day,
        mustChange: person.account === 'must-change',
        lockedAt: null,
        failures: 0,
        lastSignInAt: null,
      })
    }
  }

  policyOf(person: SamplePerson): SamplePolicy {
    const policy = this.organisation.policies[person.policy]
    return person.account === 'password-never-expires' ? { ...policy, maxAgeSeconds: 0 } : policy
  }

  /** The bind: throws `sign-in-…` as a directory answers, and counts failures. */
  signIn(userId: string, password: string): SamplePerson {
    const person = this.organisation.people.find((each) => each.userId === userId.toLowerCase())
    if (person === undefined) throw new AppError('sign-in-wrong')
    const account = this.#account(person)
    const state = this.state(person)
    if (state.locked) throw new AppError('sign-in-locked')
    if (account.passwords[0] !== password) {
      account.failures += 1
      const { lockoutThreshold } = this.policyOf(person)
      if (account.failures >= lockoutThreshold) account.lockedAt = this.clock.now()
      throw new AppError('sign-in-wrong')
    }
    if (state.disabled) throw new AppError('sign-in-disabled')
    if (state.accountExpired) throw new AppError('sign-in-account-expired')
    if (state.passwordExpired) throw new AppError('sign-in-expired')
    if (state.mustChange) throw new AppError('sign-in-must-change')
    account.failures = 0
    account.lastSignInAt = this.clock.now()
    return person
  }

  state(person: SamplePerson): AccountState {
    const account = this.#account(person)
    const { lockoutSeconds, maxAgeSeconds } = this.policyOf(person)
    const now = this.clock.now()
    const ends = account.lockedAt === null || lockoutSeconds === 0 ? null : account.lockedAt + lockoutSeconds * 1000
    const locked = account.lockedAt !== null && (ends === null || ends > now)
    const expires = maxAgeSeconds === 0 ? null : account.passwordChangedAt + maxAgeSeconds * 1000
    const accountExpired = person.account === 'account-expired'
    return {
      locked,
      lockedAt: locked ? iso(account.lockedAt) : null,
      unlocksAt: locked ? iso(ends) : null,
      disabled: person.account === 'disabled',
      accountExpiresAt: accountExpired ? iso(account.passwordChangedAt) : null,
      accountExpired,
      passwordChangedAt: iso(account.passwordChangedAt),
      passwordExpiresAt: iso(expires),
      passwordNeverExpires: maxAgeSeconds === 0,
      passwordExpired: expires !== null && expires <= now && !account.mustChange,
      mustChange: account.mustChange,
      smartCardRequired: person.account === 'smart-card-required',
      badPasswordCount: account.failures,
      lastSignInAt: iso(account.lastSignInAt),
      readAt: this.clock.iso(),
    }
  }

  /** Sets a password, unlocks and requires a change; throws `directory-refused-policy` as a policy would. */
  resetPassword(person: SamplePerson, password: string, server: string): void {
    const account = this.#account(person)
    const policy = this.policyOf(person)
    const refuse = (reason: PolicyReason): AppError => new AppError('directory-refused-policy', { server, reason })
    if ([...password].length < policy.minLength) throw refuse('too-short')
    if (policy.complexity && !isComplex(password)) throw refuse('complexity')
    if (account.passwords.slice(0, policy.historyLength).includes(password)) throw refuse('history')
    account.passwords.unshift(password)
    account.passwordChangedAt = this.clock.now()
    account.mustChange = true
    this.unlock(person)
  }

  unlock(person: SamplePerson): void {
    const account = this.#account(person)
    account.lockedAt = null
    account.failures = 0
  }

  #account(person: SamplePerson): SampleAccount {
    const account = this.#accounts.get(person.userId)
    if (account === undefined) throw new AppError('person-not-found')
    return account
  }
}

function iso(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}

/** Three of four kinds of characters, as Active Directory asks for them. */
function isComplex(password: string): boolean {
  return [/\p{Lu}/u, /\p{Ll}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length >= 3
}

/** A made-up but lasting GUID: the same person has the same one at every start. */
export function sampleGuid(userId: string): string {
  const hex = createHash('sha256').update(userId).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
