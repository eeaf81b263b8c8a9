import fc from 'fast-check'
import { BerReader, BerWriter } from 'ldapts'
import type { Filter } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { anyOf, equals, inChain, searchFilter } from '../../../src/main/directory/filters'
import type { SearchAttributes } from '../../../src/main/directory/filters'
import { parseQuery } from '../../../src/main/directory/search-query'

const attributes: SearchAttributes = {
  names: ['cn', 'uid'],
  family: 'sn',
  given: 'givenName',
  readings: ['cn;lang-ja;phonetic'],
  numbers: ['employeeNumber'],
  containsFromBytes: 4,
}
const people = equals('objectClass', 'person')

/** Attribute and value texts of a filter, read from its bytes as a server reads them. */
function texts(filter: Filter): { tag: number; children: number; strings: string[] } {
  const writer = new BerWriter()
  filter.write(writer)
  const reader = new BerReader(writer.buffer)
  const tag = reader.peek() ?? 0
  const strings: string[] = []
  let children = 0
  const walk = (bytes: Buffer, depth: number): void => {
    let at = 0
    while (at < bytes.length) {
      const kind = bytes[at] ?? 0
      let length = bytes[at + 1] ?? 0
      let head = 2
      if (length > 0x80) {
        const size = length - 0x80
        length = bytes.readUIntBE(at + 2, size)
        head += size
      }
      const content = bytes.subarray(at + head, at + head + length)
      if (depth === 1) children += 1
      if ((kind & 0x20) !== 0) walk(content, depth + 1)
      else strings.push(content.toString('utf8'))
      at += head + length
    }
  }
  walk(writer.buffer, 0)
  return { tag, children, strings }
}

describe('searchFilter', () => {
  it('keeps what was typed inside values, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2, unit: 'binary' }), (typed) => {
        const query = `ab${typed.toWellFormed()}`
        const words = parseQuery(query)
        const filter = texts(searchFilter(people, words, attributes))
        // An "and" of the people and the search: typed text can add neither a branch nor an attribute.
        expect(filter.tag).toBe(0xa0)
        expect(filter.children).toBe(2)
        const known = new Set([
          'objectClass',
          'person',
          'cn',
          'uid',
          'sn',
          'givenName',
          'employeeNumber',
          'cn;lang-ja;phonetic',
        ])
        const spellings = new Set(words.flatMap((word) => [word.text, ...word.spellings, ...word.cuts.flat()]))
        const foreign = filter.strings.filter((text) => !known.has(text) && !spellings.has(text))
        expect(
          foreign.filter((text) => !/^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}ー]+$/u.test(text)),
        ).toEqual([])
      }),
    )
  })

  it('looks inside values only where an index helps', () => {
    const text = (query: string): string => String(searchFilter(people, parseQuery(query), attributes))
    expect(text('yama')).toContain('(uid=*yama*)')
    expect(text('yam')).toContain('(uid=yam*)')
    expect(text('yam')).not.toContain('*yam*')
    expect(text('山田花')).toContain('(cn=*山田花*)')
    expect(text('山田')).not.toContain('*山田*')
    const never = String(searchFilter(people, parseQuery('yamada'), { ...attributes, containsFromBytes: null }))
    expect(never).not.toContain('=*')
  })

  it('asks for employee numbers by words with a digit only', () => {
    expect(String(searchFilter(people, parseQuery('E01'), attributes))).toContain('(employeeNumber=E01*)')
    expect(String(searchFilter(people, parseQuery('yamada'), attributes))).not.toContain('employeeNumber')
  })
})

describe('equals', () => {
  it('takes a value as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(texts(equals('uid', value)).strings).toEqual(['uid', value.toWellFormed()])
      }),
    )
  })
})

describe('inChain', () => {
  it('names the rule, the attribute and the DN', () => {
    const dn = 'CN=部長会\\, \\"役員\\" #1,DC=x'
    expect(texts(inChain('memberOf', dn)).strings).toEqual(['1.2.840.113556.1.4.1941', 'memberOf', dn])
    expect(texts(anyOf('objectSid', ['S-1', 'S-2'])).children).toBe(2)
  })
})
