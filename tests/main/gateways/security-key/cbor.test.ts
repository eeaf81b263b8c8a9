import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCbor, encodeCbor } from '../../../../src/main/gateways/security-key/cbor'

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

/** A number within so many lists, or maps, each the only thing in the next. */
const inLists = (levels: number): Uint8Array => bytes(...Array.from({ length: levels }, () => 0x81), 0)
const inMaps = (levels: number): Uint8Array => bytes(...Array.from({ length: levels }, () => [0xa1, 0x01]).flat(), 0)

describe('decodeCbor', () => {
  it.each([
    ['lists', inLists],
    ['maps', inMaps],
  ])('follows %s six levels deep and no further', (_name, nested) => {
    expect(() => decodeCbor(nested(6))).not.toThrow()
    expect(() => decodeCbor(nested(7))).toThrow('nested too deep')
    // Far beyond what the decoder could follow itself.
    expect(() => decodeCbor(nested(3000))).toThrow('nested too deep')
  })

  it('counts what stands beside each other as one level', () => {
    const wide = encodeCbor(Array.from({ length: 200 }, (_, at) => [at, new Map([[1, [at]]])]))
    expect(decodeCbor(wide)).toHaveLength(200)
  })

  it.each([
    ['a repeated key', bytes(0xa2, 0x01, 0x01, 0x01, 0x02)],
    ['a list without an announced end', bytes(0x9f, 0x01, 0xff)],
    ['a map without an announced end', bytes(0xbf, 0x01, 0x01, 0xff)],
    ['a tag', bytes(0xc2, 0x41, 0x01)],
    ['a list as a key', bytes(0xa1, 0x81, 0x01, 0x01)],
    ['undefined', bytes(0xf7)],
    ['infinity', bytes(0xf9, 0x7c, 0x00)],
    ['a number longer than it need be', bytes(0x18, 0x01)],
    ['a number beyond all safe ones', bytes(0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['something behind its end', bytes(0x01, 0x01)],
    ['nothing', bytes()],
  ])('refuses %s', (_name, message) => {
    expect(() => decodeCbor(message)).toThrow()
  })

  it('reads or refuses whatever comes, and reads what was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        try {
          decodeCbor(message)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
          expect(error).not.toBeInstanceOf(RangeError)
        }
      }),
    )
    const value = new Map<number | string, number | string | Uint8Array>([
      [1, 'fmt'],
      [-7, 3],
      ['authData', bytes(1, 2, 3)],
    ])
    expect(decodeCbor(encodeCbor(value))).toEqual(value)
  })
})
