import { describe, expect, it } from 'vitest'
import { inSrvOrder, isInDomain } from '../../../src/main/directory/discovery'

describe('inSrvOrder', () => {
  const record = (name: string, priority: number, weight: number) => ({ name, priority, weight, port: 389 })

  it('goes by priority first', () => {
    const records = [record('c', 20, 0), record('a', 0, 1), record('b', 10, 500)]
    expect(inSrvOrder(records).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('prefers weight within a priority, and leaves none out', () => {
    const records = [record('light', 0, 0), record('heavy', 0, 98)]
    expect(inSrvOrder(records, () => 0.5).map(({ name }) => name)).toEqual(['heavy', 'light'])
    expect(inSrvOrder(records, () => 0).map(({ name }) => name)).toEqual(['light', 'heavy'])
    expect(inSrvOrder(records, () => 0.999_999)).toHaveLength(2)
  })
})

describe('isInDomain', () => {
  it('takes the domain and what lies below it, nothing that only looks so', () => {
    for (const target of ['dc1.corp.example', 'DC1.Corp.Example.', 'corp.example'])
      expect(isInDomain(target, 'corp.example')).toBe(true)
    for (const target of ['evilcorp.example', 'corp.example.evil.test', 'dc1.example', ''])
      expect(isInDomain(target, 'corp.example')).toBe(false)
  })
})
