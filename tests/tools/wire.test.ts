import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../tools/chromium-host/wire'

describe('the wire between page and main', () => {
  it('brings any plain data over as the structured clone does', () => {
    const leaf = [
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      // JSON knows no negative zero.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    ]
    fc.assert(
      fc.property(fc.anything({ values: leaf, maxDepth: 4 }), (value) => {
        expect(decode(encode(value))).toStrictEqual(structuredClone(value))
      }),
    )
  })

  it('keeps undefined apart from a missing key, and a key named __proto__ an ordinary key', () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"b":1}')
    const back = decode(encode(value))
    expect(Object.keys(back ?? {})).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect(Object.keys(decode(encode({ a: undefined })) ?? {})).toEqual(['a'])
  })

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  it.each([() => undefined, Symbol('x'), 1n, new Map(), new Date(0), new Uint8Array(1), Number.NaN, cycle])(
    'refuses what the contract never carries (%#)',
    (value) => {
      expect(() => encode({ value })).toThrow('could not be cloned')
    },
  )
})
