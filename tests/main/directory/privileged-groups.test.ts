import { describe, expect, it } from 'vitest'
import { privilegedSids } from '../../../src/main/directory/privileged-groups'

const domain = 'S-1-5-21-1-2-3'

describe('privilegedSids', () => {
  it('knows protected groups by number, in whatever language and domain', () => {
    const held = ['S-1-5-32-544', `${domain}-512`, 'S-1-5-21-9-9-9-519', `${domain}-525`, 'S-1-5-32-551']
    expect(privilegedSids(held, new Set())).toEqual(held)
  })

  it('takes no ordinary group for one, however alike its number', () => {
    const ordinary = [
      'S-1-5-32-545',
      `${domain}-513`,
      `${domain}-1512`,
      `${domain}-5120`,
      'S-1-5-11',
      'S-1-1-0',
      'S-1-5-512',
    ]
    expect(privilegedSids(ordinary, new Set())).toEqual([])
  })

  it('adds the groups of the site', () => {
    expect(privilegedSids([`${domain}-1104`], new Set([`${domain}-1104`]))).toEqual([`${domain}-1104`])
  })
})
