import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choiceFilter, choiceWords } from '../../../src/main/directory/choices'
import { exactFilter, exactName, holdsExactly, isExactly } from '../../../src/main/directory/exact-name'
import { equals } from '../../../src/main/directory/filters'
import { Attributes } from '../../../src/main/directory/values'

const entry = (values: Record<string, string | string[]>): Attributes =>
  new Attributes({ dn: 'cn=x', ...values }, new Set(['uid', 'mail']))

/** Any UTF-16 code unit: halves of surrogates and control characters too. */
const anyUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code))

describe('exactName', () => {
  it('folds case and width, and trims', () => {
    expect(exactName(' Yamada.Hanako\u3000')).toBe('yamada.hanako')
    expect(exactName('ＹＡＭＡＤＡ')).toBe('yamada')
    expect(exactName('か\u3099')).toBe('が')
  })

  it.each(['', ' \t ', 'a\u0000b', 'a\nb', '\u007f', 'a'.repeat(321)])('takes %j for nobody’s name', (text) => {
    expect(exactName(text)).toBeNull()
  })

  it('answers what is itself an exact name, never empty and without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (text) => {
        const name = exactName(text)
        if (name === null) return
        expect(name).not.toBe('')
        expect(name).not.toMatch(/\p{Cc}/u)
        expect(isExactly(name, text.trim())).toBe(true)
      }),
    )
  })
})

describe('holdsExactly', () => {
  it('wants the whole value: an accent, a beginning or another person’s name is none', () => {
    const found = entry({ uid: 'Müller', mail: ['anna@sakura.example', 'a.mueller@sakura.example'] })
    expect(holdsExactly(found, 'müller', ['uid', 'mail'])).toBe(true)
    expect(holdsExactly(found, 'a.mueller@sakura.example', ['uid', 'mail'])).toBe(true)
    for (const name of ['muller', 'mülle', 'müller ', 'anna', '*', ''])
      expect(holdsExactly(found, name, ['uid', 'mail'])).toBe(false)
  })

  it('is not caught by attributes that were not asked for', () => {
    expect(holdsExactly(entry({ description: 'yamada.hanako' }), 'yamada.hanako', ['uid', 'description'])).toBe(false)
  })
})

describe('exactFilter', () => {
  it('holds whatever is looked for as a value, byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const name = exactName(text)
        if (name === null) return
        const filters = Reflect.get(exactFilter(name, ['uid', 'mail']), 'filters') as { value: unknown }[]
        expect(filters.map(({ value }) => value)).toEqual([name, name])
      }),
    )
  })
})

describe('choiceFilter', () => {
  it('is the kind alone while nothing is typed, spaces and control characters included', () => {
    const kind = equals('objectClass', 'group')
    for (const query of ['', '  ', '\u0000', '\n']) expect(choiceFilter(kind, query, ['cn'])).toBe(kind)
    expect(choiceWords(' a\u0000b  c ')).toBe('a b c')
  })
})
