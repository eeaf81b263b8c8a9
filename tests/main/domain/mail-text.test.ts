import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeWords } from '../../../src/main/domain/code-words'
import { codeMail, reverseMail } from '../../../src/main/domain/mail-text'

const organisation = fc.string({ unit: 'binary', maxLength: 100 })
const language = fc.constantFrom('ja' as const, 'en' as const)

describe('codeMail', () => {
  it('has the code in its body alone, and neither link nor line break where none belongs', () => {
    fc.assert(
      fc.property(language, organisation, fc.integer({ min: 1, max: 10 }), (into, name, minutes) => {
        const { subject, text } = codeMail(into, { code: '042917', minutes, organisation: name })
        expect(subject).not.toMatch(/\p{Cc}|042917/u)
        expect(subject.isWellFormed()).toBe(true)
        expect(text.split('042917').length).toBeGreaterThanOrEqual(2)
        expect(text).toContain(String(minutes))
      }),
    )
    for (const into of ['ja', 'en'] as const) {
      const { text } = codeMail(into, { code: '042917', minutes: 5, organisation: 'さくら商事' })
      expect(text).not.toMatch(/https?:|www\.|\{/u)
    }
  })

  it('says whom to tell the code', () => {
    expect(codeMail('en', { code: '042917', minutes: 5, organisation: 'Sakura' }).text).toContain(
      'Tell it to nobody but the help desk that you called yourself.',
    )
    expect(codeMail('ja', { code: '042917', minutes: 5, organisation: '' })).toMatchObject({
      subject: 'ヘルプデスク 確認コード',
      text: expect.stringContaining('ご自分から問い合わせたヘルプデスクの担当者だけ') as unknown,
    })
  })
})

describe('reverseMail', () => {
  it('says that the desk tells the code, and that a stranger cannot', () => {
    expect(reverseMail('en', { code: '4711', organisation: 'Sakura' }).text).toContain(
      'Whoever cannot tell you this code is not the help desk',
    )
    expect(reverseMail('ja', { code: '4711', organisation: 'さくら商事' }).text).toContain('4711')
    expect(reverseMail('ja', { code: '4711', organisation: 'さくら商事' }).subject).not.toContain('4711')
  })
})

describe('codeWords', () => {
  it('has a subject for mails alone, and other words where the desk says the code', () => {
    const message = { code: '042917', minutes: 5, organisation: 'Sakura' }
    for (const channel of ['sms', 'voice', 'mail'] as const) {
      for (const into of ['ja', 'en'] as const) {
        const check = codeWords(channel, 'check', into, message)
        expect(check.subject === '').toBe(channel !== 'mail')
        expect(codeWords(channel, 'enrol', into, message)).toEqual(check)
        expect(codeWords(channel, 'reverse', into, message).text).not.toBe(check.text)
      }
    }
  })
})
