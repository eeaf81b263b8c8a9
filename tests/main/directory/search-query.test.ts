import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder, parseQuery } from '../../../src/main/directory/search-query'

describe('parseQuery', () => {
  it('parts words at any white space and control character', () => {
    expect(parseQuery(' 山田　花子\t\u0000x').map(({ text }) => text)).toEqual(['山田', '花子', 'x'])
  })

  it('folds widths and tries both kana', () => {
    const [word] = parseQuery('ｻﾄｳ')
    expect(word?.text).toBe('サトウ')
    expect(word?.spellings).toEqual(['サトウ', 'さとう', 'ｻﾄｳ'])
    expect(parseQuery('ＹＡ')[0]?.text).toBe('YA')
  })

  it('cuts names that were typed without a space', () => {
    expect(parseQuery('山田花子')[0]?.cuts).toEqual([
      ['山', '田花子'],
      ['山田', '花子'],
      ['山田花', '子'],
    ])
    expect(parseQuery('𠮷野')[0]?.cuts).toEqual([['𠮷', '野']])
    expect(parseQuery('yamada')[0]?.cuts).toEqual([])
  })

  it('needs two Latin letters or digits, or one kanji or kana', () => {
    for (const query of ['', ' ', 'y', '1', 'a b', '\u0000', 'é'])
      expect(() => parseQuery(query), query).toThrowError(expect.objectContaining({ code: 'search-too-short' }))
    for (const query of ['ya', '12', '林', 'さ', 'ア', 'ｱ', 'y 林', '々'])
      expect(parseQuery(query).length).toBeGreaterThan(0)
  })

  it('never makes a word of nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (query) => {
        for (const word of parseQuery(`林 ${query}`)) for (const text of word.spellings) expect(text).not.toBe('')
      }),
    )
  })
})

describe('inOrder', () => {
  it('sorts by reading, then by name', () => {
    const person = (name: string, reading: string) => ({ name, reading, userId: name })
    const people = [person('山田', 'やまだ'), person('Adams', ''), person('青木', 'あおき'), person('阿部', 'あべ')]
    expect(inOrder(people).map(({ name }) => name)).toEqual(['Adams', '青木', '阿部', '山田'])
  })
})
