import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskNumber } from '../../../src/main/domain/masks'

describe('maskNumber', () => {
  it.each([
    ['+81 90-1234-5678', '••••5678'],
    ['０９０１２３４５６７８', '••••5678'],
    ['03-1234-5678 ext. 21', '••••7821'],
    ['1234', '••••34'],
    ['9', '••••'],
    ['', '••••'],
  ])('shows %j as %j', (number, masked) => {
    expect(maskNumber(number)).toBe(masked)
  })

  it('shows at most four digits and never more than half of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9 ()+-]{0,20}$/u), (text, number) => {
        const digits = (text + number).normalize('NFKC').replace(/\D/gu, '')
        const shown = maskNumber(text + number).replace(/\D/gu, '')
        expect(shown.length).toBeLessThanOrEqual(Math.min(4, digits.length / 2))
        expect(digits.endsWith(shown)).toBe(true)
      }),
    )
  })
})
