import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gsmLength } from '../../../src/main/domain/gsm-alphabet'
import { codeText, reverseText } from '../../../src/main/domain/sms-text'

const organisation = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.stringMatching(/^[ぁ-んァ-ヶ一-龠ー・（）]{0,100}$/u),
  fc.stringMatching(/^[A-Za-z €{}|~^À-ÿ.,&]{0,100}$/u),
)
const message = { code: '042917', minutes: 5, organisation: 'さくら商事' }

describe('codeText', () => {
  it('takes one Japanese message of 70 units, whatever the organisation is called', () => {
    fc.assert(
      fc.property(organisation, fc.integer({ min: 1, max: 10 }), (name, minutes) => {
        const text = codeText('ja', { code: '042917', minutes, organisation: name })
        expect(text.length).toBeLessThanOrEqual(70)
        expect(text.isWellFormed()).toBe(true)
        expect(text).toContain('042917')
        expect(text).toContain(`${minutes}分`)
        expect(text).not.toMatch(/[\r\n]/u)
      }),
    )
  })

  it('takes one English message of 160 characters of the GSM alphabet, whatever the organisation is called', () => {
    fc.assert(
      fc.property(organisation, fc.integer({ min: 1, max: 10 }), (name, minutes) => {
        const text = codeText('en', { code: '042917', minutes, organisation: name })
        expect(gsmLength(text)).not.toBeNull()
        expect(gsmLength(text)).toBeLessThanOrEqual(160)
        expect(text).toContain('042917')
        expect(text).toContain(`${minutes} min`)
      }),
    )
  })

  it('says who sends it, how long it lasts and whom to tell it', () => {
    expect(codeText('ja', message)).toBe(
      'さくら商事 確認コード 042917（5分間有効）。自分から問い合わせたヘルプデスクの担当者だけに伝えてください。',
    )
    expect(codeText('en', { ...message, organisation: 'Sakura Corp.' })).toBe(
      'Sakura Corp.: code 042917, valid for 5 min. Tell it only to the help desk that you called yourself. Nobody else needs it.',
    )
  })

  it('cuts a long name between characters and says so', () => {
    expect(codeText('ja', { ...message, organisation: '株式会社さくら商事ホールディングス東日本統括本部' })).toMatch(
      /^株式会社さくら商事.*… 確認コード 042917/u,
    )
    // A family is one character of eleven units: whole or not at all.
    const families = '👨‍👩‍👧‍👦'.repeat(10)
    expect(codeText('ja', { ...message, organisation: families })).toMatch(/^(?:👨‍👩‍👧‍👦)+… /u)
    expect(
      codeText('en', { ...message, organisation: 'Sakura Trading and Engineering Holdings of Eastern Japan' }),
    ).toMatch(/^Sakura Trading[A-Za-z ]*\.\.\.: code 042917/u)
  })

  it('writes letters that the alphabet lacks without their marks, and no name that it cannot write', () => {
    expect(codeText('en', { ...message, organisation: 'Škoda Çelik' })).toMatch(/^Skoda Çelik: /u)
    expect(codeText('en', message)).toMatch(/^Help desk: code/u)
    expect(codeText('en', { ...message, organisation: ' ' })).toMatch(/^Help desk: code/u)
    expect(codeText('ja', { ...message, organisation: '' })).toMatch(/^ヘルプデスク 確認コード/u)
  })

  it('reads no placeholder out of a name', () => {
    expect(codeText('en', { ...message, organisation: '{code}' })).toContain('{code}: code 042917')
  })
})

describe('reverseText', () => {
  it('is one message too, whatever the organisation is called', () => {
    fc.assert(
      fc.property(organisation, (name) => {
        const ja = reverseText('ja', { code: '042917', organisation: name })
        expect(ja.length).toBeLessThanOrEqual(70)
        const en = reverseText('en', { code: '042917', organisation: name })
        expect(gsmLength(en)).toBeLessThanOrEqual(160)
        for (const text of [ja, en]) expect(text).toContain('042917')
      }),
    )
  })

  it('says that the desk tells the code, and that whoever cannot is a stranger', () => {
    expect(reverseText('en', { code: '042917', organisation: 'Sakura Corp.' })).toBe(
      'Sakura Corp.: the help desk will tell you the code 042917. Whoever cannot is not the help desk: hang up. Do not say it first.',
    )
    expect(reverseText('ja', { code: '042917', organisation: 'さくら商事' })).toBe(
      'さくら商事 当ヘルプデスクから 042917 とお伝えします。この番号を言えない相手は偽者です。ご自分からは言わないでください。',
    )
  })
})
