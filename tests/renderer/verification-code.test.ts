import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWholeCode, normaliseCode } from '../../src/renderer/src/components/verification/code'

const fullWidth = (digits: string) => [...digits].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')

describe('normaliseCode', () => {
  it.each([
    ['123456', '123456'],
    ['１２３４５６', '123456'],
    [' 123 456 ', '123456'],
    ['１２３　４５６', '123456'],
    ['123-456', '123456'],
    ['１２３ー４５６', '123ー456'],
    ['12a456', '12a456'],
  ])('makes %j into %j', (typed, expected) => {
    expect(normaliseCode(typed)).toBe(expected)
  })

  it('takes any six digits, however they are written and spaced', () => {
    const digit = fc.integer({ min: 0, max: 9 }).map(String)
    const space = fc.constantFrom('', ' ', '　', '-', '‐', '−', '\t')
    fc.assert(
      fc.property(fc.array(fc.tuple(digit, fc.boolean(), space), { minLength: 6, maxLength: 6 }), (parts) => {
        const typed = parts.map(([one, wide, after]) => (wide ? fullWidth(one) : one) + after).join('')
        const code = normaliseCode(typed)
        expect(code).toBe(parts.map(([one]) => one).join(''))
        expect(isWholeCode(code)).toBe(true)
      }),
    )
  })

  it('never makes a whole code of what is none', () => {
    for (const typed of ['', '12345', '1234567', 'abcdef', '12345x', '１２３４５', '٣٤٥٦٧٨']) {
      expect(isWholeCode(normaliseCode(typed))).toBe(false)
    }
  })
})
