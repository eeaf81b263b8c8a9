import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAgainstPolicy, temporaryPassword, temporaryPasswordLength } from '../../../src/main/domain/passwords'
import { digits, firstSyllables, isUnfit, syllables } from '../../../src/main/domain/syllables'

const hanako = { userId: 'yamada.hanako', name: '山田 花子' }
const complex = { minLength: 14, complexity: true }

const owner = fc.record({
  userId: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('kana', 'mika', 'ren', 'tanaka')),
  name: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('Mika Tanaka', 'Yuki, Hana', '佐藤 美咲'),
  ),
})

describe('temporaryPassword', () => {
  it('says its words and digits in one shape, of the length that was promised', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 128 }), owner, (minimum, person) => {
        const password = temporaryPassword(minimum, person)
        expect(password).toMatch(/^(?:[A-Z][a-z]{7}-){2,}[2-9]{3}$/u)
        expect(password).toHaveLength(temporaryPasswordLength(minimum))
        expect(password.length).toBeGreaterThanOrEqual(Math.max(14, minimum))

        const pairs = password
          .toLowerCase()
          .slice(0, -4)
          .split('-')
          .flatMap((word) => word.match(/../gu) ?? [])
        expect(pairs.every((pair) => syllables.includes(pair))).toBe(true)
      }),
    )
  })

  it('is never longer than it must be', () => {
    expect(temporaryPasswordLength(0)).toBe(21)
    expect(temporaryPasswordLength(21)).toBe(21)
    expect(temporaryPasswordLength(22)).toBe(30)
    expect(temporaryPasswordLength(30)).toBe(30)
  })

  it('has no character that is read as another', () => {
    const seen = new Set(Array.from({ length: 2000 }, () => temporaryPassword(14, hanako)).join(''))
    // Of 2 and Z, 5 and S, 6 and G, 8 and B the digit stays and the capital is left out.
    for (const lookalike of '0OoDQ1lI|ZSGB') expect(seen).not.toContain(lookalike)
    expect([...seen].every((character) => /[A-Za-z2-9-]/u.test(character))).toBe(true)
  })

  it('meets what Windows asks for and never holds a name of its owner', () => {
    fc.assert(
      fc.property(owner, (person) => {
        expect(checkAgainstPolicy(temporaryPassword(14, person), complex, person)).toEqual([])
      }),
    )
  })

  it('avoids a name that its syllables can form', () => {
    const person = { userId: 'ka-', name: 'x' }
    for (let round = 0; round < 500; round += 1) {
      expect(temporaryPassword(14, person).toLowerCase()).not.toContain('ka-')
    }
  })

  it('fails rather than give a password that holds its owner’s name', () => {
    // A part that is in every candidate cannot exist in a directory: hyphens end parts and user IDs are whole.
    const everything = { userId: 'x', name: syllables.flatMap((one) => [...'aiue'].map((v) => one + v)).join(' ') }
    expect(() => temporaryPassword(14, everything)).not.toThrow()
    const impossible = { userId: 'x', name: syllables.flatMap((one) => syllables.map((two) => one + two)).join(' ') }
    expect(() => temporaryPassword(14, impossible)).toThrow('no temporary password')
  })

  it('has at least 53 bits: every place is drawn evenly from all its sounds', () => {
    const bits = 2 * Math.log2(firstSyllables.length) + 6 * Math.log2(syllables.length) + 3 * Math.log2(digits.length)
    expect(bits).toBeGreaterThanOrEqual(53)

    const draws = 20_000
    const places = Array.from({ length: 11 }, () => new Map<string, number>())
    const passwords = new Set<string>()
    for (let draw = 0; draw < draws; draw += 1) {
      const password = temporaryPassword(14, hanako)
      passwords.add(password)
      const [one = '', two = '', last = ''] = password.toLowerCase().split('-')
      const drawn = [...((one + two).match(/../gu) ?? []), ...last]
      drawn.forEach((part, place) => places[place]?.set(part, (places[place].get(part) ?? 0) + 1))
    }

    expect(passwords.size).toBe(draws)
    places.forEach((counts, place) => {
      const choices = place >= 8 ? digits : place % 4 === 0 ? firstSyllables : syllables
      const expected = draws / choices.length
      const chiSquare = choices.reduce((sum, part) => sum + ((counts.get(part) ?? 0) - expected) ** 2 / expected, 0)
      expect([...counts.keys()].sort()).toEqual([...choices].sort())
      // Words that are left out tilt it a little; eight standard deviations catch a place that is not drawn at random.
      expect(chiSquare).toBeLessThan(choices.length - 1 + 8 * Math.sqrt(2 * (choices.length - 1)))
    })
  })

  it('forms no word that nobody wants to read out', () => {
    expect(isUnfit('Kamebaka-Hasuregu-472')).toBe(true)
    expect(isUnfit('Kametani-Hasuregu-472')).toBe(false)
    for (let round = 0; round < 2000; round += 1) expect(isUnfit(temporaryPassword(14, hanako))).toBe(false)
  })
})

describe('checkAgainstPolicy', () => {
  const none = { userId: '', name: '' }

  it('names every problem that can be told before the write', () => {
    expect(checkAgainstPolicy('Sakura-Fubuki-1', complex, hanako)).toEqual([])
    expect(checkAgainstPolicy('Sakura-1', complex, none)).toEqual(['too-short'])
    expect(checkAgainstPolicy('sakurafubukimai', complex, none)).toEqual(['too-simple'])
    expect(checkAgainstPolicy('aA', { minLength: 3, complexity: true }, none)).toEqual(['too-short', 'too-simple'])
    expect(checkAgainstPolicy('Yamada.Hanako-12', complex, hanako)).toEqual(['contains-user-id'])
  })

  it('counts five kinds of characters', () => {
    const kinds = (password: string) => checkAgainstPolicy(password, { minLength: 0, complexity: true }, none)
    expect(kinds('aA1')).toEqual([])
    expect(kinds('a1-')).toEqual([])
    expect(kinds('a1あ')).toEqual([])
    expect(kinds('a1')).toEqual(['too-simple'])
    expect(kinds('あい')).toEqual(['too-simple'])
    expect(kinds('äÄß')).toEqual(['too-simple'])
  })

  it('finds the account name whole and parts of the name from three characters on, whatever their case', () => {
    const kato = { userId: 'kato', name: 'Katō-Meyer, Jo Ann #hr_team' }
    const of = (password: string) => checkAgainstPolicy(password, { minLength: 0, complexity: true }, kato)
    expect(of('X1-KATOx')).toEqual(['contains-user-id'])
    expect(of('X1-kat')).toEqual([])
    expect(of('X1-meyerx')).toEqual(['contains-name'])
    expect(of('X1-aNN')).toEqual(['contains-name'])
    expect(of('X1-Team')).toEqual(['contains-name'])
    expect(of('X1-jo-hr')).toEqual([])
    expect(of('KATO-Meyer-1')).toEqual(['contains-user-id', 'contains-name'])
  })

  it('does not count a short account name', () => {
    expect(checkAgainstPolicy('X1-jo', { minLength: 0, complexity: true }, { userId: 'jo', name: '' })).toEqual([])
  })

  it('asks for length only where the directory does', () => {
    expect(checkAgainstPolicy('yamada.hanako', { minLength: 8, complexity: false }, hanako)).toEqual([])
    expect(checkAgainstPolicy('short', { minLength: 8, complexity: false }, hanako)).toEqual(['too-short'])
  })
})
