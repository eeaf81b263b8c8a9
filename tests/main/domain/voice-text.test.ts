import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spokenCode, spokenReverse } from '../../../src/main/domain/voice-text'
import { codeSpoken } from '../../support/voice-sink'

const code = fc.stringMatching(/^[0-9]{4,8}$/u)
const organisation = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.stringMatching(/^[ぁ-んァ-ヶ一-龠ー]{0,100}$/u),
)

describe.each([
  ['spokenCode', spokenCode],
  ['spokenReverse', spokenReverse],
] as const)('%s', (_name, spoken) => {
  it.each(['ja', 'en'] as const)('says every digit of any code on its own, twice, in %s', (language) => {
    fc.assert(
      fc.property(code, (digits) => {
        const text = spoken(language, { code: digits, organisation: 'さくら商事' })
        expect(codeSpoken(text, language)).toEqual([digits, digits])
        // Figures would be read as one number, or as "double three".
        expect(text).not.toMatch(/[0-9]/u)
      }),
    )
  })

  it('is one line of well-formed text, whatever the organisation is called', () => {
    fc.assert(
      fc.property(organisation, fc.constantFrom('ja' as const, 'en' as const), (name, language) => {
        const text = spoken(language, { code: '042917', organisation: name })
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toMatch(/\p{Cc}/u)
        expect(text.length).toBeLessThan(600)
      }),
    )
  })
})

describe('spokenCode', () => {
  it('says who calls, and whom to tell the code', () => {
    expect(spokenCode('ja', { code: '0472', organisation: 'さくら商事' })).toBe(
      'こちらは、さくら商事のヘルプデスクです。確認コードをお伝えします。ゼロ。よん。なな。にー。もう一度お伝えします。ゼロ。よん。なな。にー。このコードは、ご自分から問い合わせたヘルプデスクの担当者だけにお伝えください。失礼いたします。',
    )
    expect(spokenCode('en', { code: '0472', organisation: ' ' })).toBe(
      'Hello. This is a call from the help desk. Here is your code. zero. four. seven. two. Once more. zero. four. seven. two. Tell it only to the help desk that you called yourself. Goodbye.',
    )
  })

  it('reads no placeholder out of a name', () => {
    expect(spokenCode('en', { code: '1111', organisation: '{digits}' })).toContain('the help desk of {digits}.')
  })
})
