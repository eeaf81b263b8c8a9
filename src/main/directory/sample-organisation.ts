import document from '../../../resources/sample-organisation.json'

const accounts = [
  'normal',
  'disabled',
  'password-expired',
  'must-change',
  'smart-card-required',
  'account-expired',
  'password-never-expires',
] as const
const policies = ['default', 'strict'] as const

export interface SamplePolicy {
  readonly minLength: number
  readonly complexity: boolean
  readonly historyLength: number
  readonly minAgeSeconds: number
  readonly maxAgeSeconds: number
  readonly lockoutThreshold: number
  readonly lockoutSeconds: number
}

export interface SamplePerson {
  readonly userId: string
  /** Changes when a test renames the person. */
  name: string
  readonly family: string
  readonly given: string
  readonly reading: string
  readonly mail: string
  readonly department: string
  readonly title: string
  readonly employeeNumber: string
  readonly office: string
  readonly telephone: string
  readonly mobile: string
  readonly manager: string
  readonly account: (typeof accounts)[number]
  readonly policy: (typeof policies)[number]
  /** On OpenLDAP the DN is made of the name, with whatever signs it has, not of the user ID. */
  readonly namedByCn: boolean
}

interface SampleGroup {
  readonly name: string
  readonly description: string
  members: string[]
  readonly groups: string[]
}

export interface SampleOrganisation {
  readonly organisation: string
  /** Everyone's password at seed: made-up people only. */
  readonly password: string
  readonly policies: Readonly<Record<(typeof policies)[number], SamplePolicy>>
  readonly roles: Readonly<Record<'agent' | 'approver' | 'admin' | 'auditor', readonly string[]>>
  readonly protectedGroups: readonly string[]
  readonly groups: readonly SampleGroup[]
  readonly people: readonly SamplePerson[]
}

/** The made-up company of `resources/sample-organisation.json`, a fresh copy: the built-in sample and the test servers' seed. */
export function sampleOrganisation(): SampleOrganisation {
  const copy = structuredClone(document)
  return {
    ...copy,
    people: copy.people.map((person) => ({
      ...person,
      account: oneOf(accounts, person.account),
      policy: oneOf(policies, person.policy),
    })),
  }
}

function oneOf<T extends string>(known: readonly T[], value: string): T {
  const found = known.find((each) => each === value)
  if (found === undefined) throw new TypeError(`the sample organisation says "${value}"`)
  return found
}
