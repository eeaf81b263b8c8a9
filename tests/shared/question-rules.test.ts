import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareAnswer, foldAnswer } from '../../src/shared/question-rules'

describe('foldAnswer', () => {
  it.each([
    ['Tokyo Tower', 'tokyotower'],
    ['ＴＯＫＹＯ　ｔｏｗｅｒ', 'tokyotower'],
    ['シイタケ', 'しいたけ'],
    ['ｼｲﾀｹ', 'しいたけ'],
    [' しい たけ ', 'しいたけ'],
    ['ガ', 'が'],
    ['ｶﾞ', 'が'],
    ['か\u3099', 'が'],
    ['㍿', '株式会社'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
    ['\u200bpiano\u00ad', 'piano'],
  ])('folds %s', (answer, folded) => {
    expect(foldAnswer(answer)).toBe(folded)
  })

  it('keeps apart what is heard as another word', () => {
    expect(foldAnswer('ハト')).not.toBe(foldAnswer('バト'))
    expect(foldAnswer('おばさん')).not.toBe(foldAnswer('おばあさん'))
  })

  it('changes nothing the second time, and never heeds case, width or spaces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (answer) => {
        const folded = foldAnswer(answer)
        expect(foldAnswer(folded)).toBe(folded)
        expect(foldAnswer([...answer].join(' '))).toBe(foldAnswer([...answer].join('')))
        expect(folded).not.toMatch(/[\s\p{Cc}]/u)
      }),
    )
  })
})

describe('bareAnswer', () => {
  it('sees through punctuation and marks', () => {
    expect(bareAnswer('Yamada.Hanako！')).toBe(bareAnswer('yamada hanako'))
    expect(bareAnswer('子どものころ、どこに？')).toBe(bareAnswer('子どものころどこに'))
    expect(bareAnswer('！？…')).toBe('')
  })
})
