import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/main/config/schema'
import { policyNumbers, policySwitches } from '../../src/shared/policy-fields'

const file = (policy: Record<string, unknown>): unknown => ({
  version: 1,
  organisation: 'さくら商事',
  directory: { servers: ['ldaps://dc1.example.com'] },
  policy,
})
const accepts = (policy: Record<string, unknown>): boolean => configSchema.safeParse(file(policy)).success

describe('policyNumbers', () => {
  it('names every field of the policy with its default', () => {
    const standards = Object.fromEntries(Object.entries(policyNumbers).map(([name, { standard }]) => [name, standard]))
    expect({ ...standards, ...policySwitches }).toEqual(configSchema.parse(file({})).policy)
  })

  it.each(Object.entries(policyNumbers))('gives the ends of %s as the file takes them', (name, { min, max }) => {
    expect(accepts({ [name]: min })).toBe(true)
    expect(accepts({ [name]: max })).toBe(true)
    expect(accepts({ [name]: min - 1 })).toBe(false)
    expect(accepts({ [name]: max + 1 })).toBe(false)
  })
})
