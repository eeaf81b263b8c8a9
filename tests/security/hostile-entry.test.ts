import fc from 'fast-check'
import type { Entry } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createDirectory } from '../../src/main/directory'
import type { DirectorySession } from '../../src/main/directory/directory'
import { askedFor, Attributes, readable } from '../../src/main/directory/values'
import { personCard, personSummary } from '../../src/shared/model/person'
import type { TestDirectory } from '../support/organisation'
import { silentLog } from '../support/silent-log'
import { startSlapd } from '../support/slapd'

/** What a person may write into their own entry, or a hostile server into anybody's, is shown to agents all day. */

const turned = /[\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}\u200b\u2060\ufeff]/u

describe('readable', () => {
  it('keeps names of all kinds as they are', () => {
    for (const name of ['山田 花子', 'Søren Ø’Brien', '𠮷野 家', 'ﾔﾏﾀﾞ', 'علي', '👩‍👩‍👧 Müller', '<b>x</b>', '"; --'])
      expect(readable(name)).toBe(name)
  })

  it.each([
    ['an override of the direction', 'Sato \u202eirusom\u202c', 'Sato irusom'],
    ['isolates', '\u2066a\u2069\u200f', 'a'],
    ['a letter without width', 'sa\u200bto\ufeff', 'sato'],
    ['NUL and line breaks', 'one\u0000two\r\nthree\u2028four', 'one two three four'],
  ])('takes out %s', (_what, text, shown) => {
    expect(readable(text)).toBe(shown)
  })

  it('is one line of at most 256 characters, whatever it was, and stays so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
        const shown = readable(text)
        expect([...shown].length).toBeLessThanOrEqual(256)
        expect(shown).not.toMatch(turned)
        expect(shown.isWellFormed()).toBe(true)
      }),
    )
    expect([...readable('𠮷'.repeat(1_000_000))].length).toBe(256)
  })
})

describe('an entry with names of its own', () => {
  it('cannot reach what was not asked for, however an attribute is called', () => {
    const entry = JSON.parse('{"dn":"cn=x","__proto__":["yes"],"constructor":["y"],"CN":["x"]}') as Entry
    const attributes = new Attributes(entry, askedFor(['cn']))

    expect(attributes.text('cn')).toBe('x')
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(attributes.has(name)).toBe(false)
      expect(attributes.texts(name)).toEqual([])
    }
  })
})

describe('a hostile person on OpenLDAP', { timeout: 60_000 }, () => {
  let server: TestDirectory
  let session: DirectorySession
  beforeAll(async () => {
    server = await startSlapd()
    await server.replace('ogawa.yuto', 'displayName', ['\u202e<img src=x onerror=alert(1)>\u0007'])
    await server.replace('ogawa.yuto', 'title', ['𠮷'.repeat(100_000)])
    await server.replace('ogawa.yuto', 'mobile', ['no digits at all', '1'.repeat(5000)])
    await server.replace(
      'ogawa.yuto',
      'ou',
      Array.from({ length: 10_000 }, (_, index) => `department ${index}`),
    )
    session = await createDirectory({ config: server.config, clock: systemClock(), log: silentLog }).signIn(
      'sato.misaki',
      server.password,
    )
  }, 120_000)
  afterAll(async () => {
    await session.close()
    await server.stop()
  })

  it('is found and shown like anybody, in bounds', async () => {
    const { people } = await session.search('ogawa.yuto', 5)
    const [found] = people
    expect(people).toHaveLength(1)
    expect(personSummary.parse(found).name).toBe('<img src=x onerror=alert(1)>')

    const { card } = await session.card(found?.id ?? '')
    expect(personCard.parse(card)).toEqual(card)
    expect([...card.title]).toHaveLength(256)
    expect(card.numbers.map(({ field }) => field)).toEqual(['telephone'])
    expect(JSON.stringify(card).length).toBeLessThan(20_000)
  })
})
