import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryPassword } from '../../../src/main/domain/passwords'
import { spell } from '../../../src/main/domain/spelling'

describe('spell', () => {
  it('says syllables, digits and hyphens in both languages', () => {
    expect(spell('Kame-47')).toEqual([
      { text: 'Ka', en: 'capital Kilo, lower Alfa', ja: '大文字 キングのK、小文字 アメリカのa「か」' },
      { text: 'me', en: 'lower Mike, Echo', ja: '小文字 メキシコのm、エジプトのe「め」' },
      { text: '-', en: 'hyphen', ja: 'ハイフン（横棒）' },
      { text: '4', en: 'digit four', ja: '数字の4（よん）' },
      { text: '7', en: 'digit seven', ja: '数字の7（なな）' },
    ])
  })

  it('says any other password character by character', () => {
    expect(spell('Qx!l')).toEqual([
      { text: 'Q', en: 'capital Quebec', ja: '大文字 クイーンのQ' },
      { text: 'x', en: 'lower X-ray', ja: '小文字 エックスレイのx' },
      { text: '!', en: '!', ja: '!' },
      { text: 'l', en: 'lower Lima', ja: '小文字 ロンドンのl' },
    ])
    expect(spell('01').map(({ en, ja }) => [en, ja])).toEqual([
      ['digit zero', '数字の0（ゼロ）'],
      ['digit one', '数字の1（いち）'],
    ])
    expect(spell('')).toEqual([])
  })

  it('adds and loses nothing of any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
        expect(
          spell(text)
            .map((entry) => entry.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })

  it('says every part of a temporary password so that it can be told from all others', () => {
    for (let round = 0; round < 200; round += 1) {
      const password = temporaryPassword(14, { userId: 'yamada.hanako', name: '山田 花子' })
      const entries = spell(password)
      expect(entries).toHaveLength(13)
      for (const { text, ja, en } of entries) {
        expect(en).not.toBe(text)
        expect(ja).not.toBe(text)
        if (/^[A-Z]/u.test(text)) expect([ja.startsWith('大文字'), en.startsWith('capital')]).toEqual([true, true])
        if (/^[a-z]/u.test(text)) expect([ja.startsWith('小文字'), en.startsWith('lower')]).toEqual([true, true])
        if (/^[A-Za-z]/u.test(text)) expect(ja).toMatch(/「[ぁ-ん]{1,2}」$/u)
      }
    }
  })
})
