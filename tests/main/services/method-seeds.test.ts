import { describe, expect, it } from 'vitest'
import { sealSeed, withSeed } from '../../../src/main/services/method-seeds'
import { testVault } from '../../support/vault'

const vault = testVault()
const seed = Buffer.from('12345678901234567890')
const method = { id: 'method', personId: 'person', secret: sealSeed(vault, 'person', 'method', seed) }
const read = async (opened: Uint8Array): Promise<string> => Buffer.from(opened).toString()

describe('withSeed', () => {
  it('lends the seed and wipes what it lent', async () => {
    let lent: Uint8Array = new Uint8Array()
    const text = await withSeed(vault, method, async (opened) => {
      lent = opened
      return read(opened)
    })

    expect(text).toBe('12345678901234567890')
    expect([...lent]).toEqual(Array.from({ length: 20 }, () => 0))
  })

  it.each([
    ['another method', { ...method, id: 'method-2' }],
    ['another person', { ...method, personId: 'person-2' }],
  ])('opens no seed that was moved to %s', async (_where, moved) => {
    await expect(withSeed(vault, moved, read)).rejects.toMatchObject({ code: 'store-tampered' })
  })

  it('opens no seed of another installation', async () => {
    await expect(withSeed(testVault(), method, read)).rejects.toMatchObject({ code: 'store-tampered' })
  })
})
