import { describe, expect, it } from 'vitest'
import { isSameMac, newCode, readCode } from '../../../src/main/domain/sms-code'

describe('newCode', () => {
  it('gives six digits, leading zeros among them', () => {
    const codes = Array.from({ length: 2000 }, newCode)

    expect(codes.every((code) => /^\d{6}$/u.test(code))).toBe(true)
    expect(codes.some((code) => code.startsWith('0'))).toBe(true)
    expect(new Set(codes).size).toBeGreaterThan(1900)
  })
})

describe('readCode', () => {
  it.each([
    ['042917', '042917'],
    [' 042 917 ', '042917'],
    ['042-917', '042917'],
    ['０４２９１７', '042917'],
    ['０４２ー９１７', '042917'],
  ])('takes %j as said', (typed, code) => expect(readCode(typed)).toBe(code))

  it.each([[''], ['04291'], ['0429170'], ['04291a'], ['٠٤٢٩١٧'], ['042917\u0000'], ['+42917'], ['四二九一七〇']])(
    'takes %j for no code',
    (typed) => expect(readCode(typed)).toBeNull(),
  )
})

describe('isSameMac', () => {
  it('compares whole values of any length', () => {
    expect(isSameMac('abc', 'abc')).toBe(true)
    expect(isSameMac('abc', 'abd')).toBe(false)
    expect(isSameMac('abc', 'abcd')).toBe(false)
    expect(isSameMac('', 'a')).toBe(false)
  })
})
