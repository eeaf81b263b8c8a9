import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  commandIds,
  commandsFor,
  findCommands,
  requestQuery,
  type CommandFacts,
} from '../../src/renderer/src/components/palette/commands'
import { fold, score } from '../../src/renderer/src/components/palette/match'
import { i18n, setLanguage } from '../../src/renderer/src/lib/i18n'

const facts: CommandFacts = {
  screens: ['queue', 'call', 'people', 'audit', 'settings'],
  agent: true,
  admin: false,
  request: 12,
  theme: 'system',
  language: 'en',
}

function first(query: string, change: Partial<CommandFacts> = {}, recent: readonly string[] = []): string | undefined {
  return findCommands(query, commandsFor({ ...facts, ...change }, i18n.global.t), recent)[0]?.id
}

describe('fold', () => {
  it('makes no difference between widths, cases and kana', () => {
    expect(fold('ﾛｯｸ')).toBe(fold('ロック'))
    expect(fold('ロック')).toBe('ろっく')
    expect(fold('  Ｌｏｃｋ　THE desk ')).toBe('lock the desk')
  })

  it('changes nothing that was folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
      }),
    )
  })
})

describe('score', () => {
  it('puts the whole before the start, the start before a word, a word before the inside, that before initials', () => {
    const order = ['dark', 'dark mode', 'a dark one', 'undarkened', 'do all rather kindly']
    const scores = order.map((text) => score('dark', [text]))
    expect([...scores].sort((a, b) => b - a)).toEqual(scores)
    expect(new Set(scores).size).toBe(scores.length)
    expect(scores.at(-1)).toBeGreaterThan(0)
  })

  it('wants every word that was typed', () => {
    expect(score('call mode', ['Call mode'])).toBeGreaterThan(0)
    expect(score('call nothing', ['Call mode'])).toBe(0)
    expect(score('', ['Call mode'])).toBe(0)
  })

  it('does not take a single Latin letter for an inside', () => {
    expect(score('e', ['queue'])).toBe(0)
    expect(score('認', ['本人確認'])).toBeGreaterThan(0)
  })

  it('finds every text by itself, by its start, and by any word of it', () => {
    const text = fc.array(fc.stringMatching(/^[a-z]{2,8}$/u), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(text, fc.nat(), (words, pick) => {
        const whole = words.join(' ')
        expect(score(whole, [whole])).toBeGreaterThan(0)
        expect(score(whole.slice(0, 3), [whole])).toBeGreaterThan(0)
        expect(score(words[pick % words.length] ?? '', [whole])).toBeGreaterThan(0)
      }),
    )
  })
})

describe('findCommands', () => {
  it.each([
    ['tsuuwa', 'screen:call'],
    ['でんわ', 'screen:call'],
    ['ツウワ', 'screen:call'],
    ['ろっく', 'lock'],
    ['rikku', undefined],
    ['kurai', 'theme-dark'],
    ['設定', 'screen:settings'],
    ['kansa', 'screen:audit'],
    ['dark', 'theme-dark'],
    ['nihongo', 'language-ja'],
    ['shinki', 'new-request'],
    ['nr', 'new-request'],
  ])('answers %s in both languages alike', (query, id) => {
    for (const language of ['ja', 'en'] as const) {
      setLanguage(language)
      const found = first(query, { request: null, language: 'en' })
      expect(found).toBe(id)
    }
    setLanguage('en')
  })

  it('takes no name of a person for a command', () => {
    for (const name of ['sato.misaki', 'yamada', 'suzuki', 'ogawa', 'tanaka', '山田', '佐藤', 'やまだ']) {
      expect(first(name)).toBeUndefined()
    }
  })

  it('lists everything for an empty query, what was used last first', () => {
    const commands = commandsFor(facts, i18n.global.t)
    const found = findCommands('', commands, ['screen:audit', 'lock'])
    expect(found).toHaveLength(commands.length)
    expect(found.slice(0, 2).map(({ id }) => id)).toEqual(['screen:audit', 'lock'])
  })

  it('lets what was used last win among equals alone', () => {
    expect(first('theme', {}, ['theme-dark'])).toBe('theme-dark')
    expect(first('light', {}, ['theme-dark'])).toBe('theme-light')
  })

  it('offers only what applies', () => {
    const ids = (change: Partial<CommandFacts>) =>
      commandsFor({ ...facts, ...change }, i18n.global.t).map(({ id }) => id)
    expect(ids({})).toEqual(expect.arrayContaining(['call-request', 'new-request', 'theme-dark', 'language-ja']))
    expect(ids({})).not.toContain('language-en')
    expect(ids({})).not.toContain('theme-system')
    expect(ids({ request: null })).not.toContain('call-request')
    expect(ids({ agent: false, screens: ['audit'] })).not.toContain('new-request')
    expect(ids({ agent: false })).not.toContain('call-request')
    expect(ids({ screens: ['audit'] }).filter((id) => id.startsWith('screen:'))).toEqual(['screen:audit'])
  })

  it('has words for every command in both languages', () => {
    for (const language of ['ja', 'en'] as const) {
      setLanguage(language)
      for (const { label, words } of commandsFor({ ...facts, theme: 'dark', language }, i18n.global.t)) {
        expect([label, ...words].filter((word) => word === '' || word.includes('palette.'))).toEqual([])
      }
    }
    setLanguage('en')
    expect(new Set(commandIds).size).toBe(commandIds.length)
  })
})

describe('requestQuery', () => {
  it.each([
    ['#12', '12', true],
    ['＃１２', '12', true],
    ['12', '12', false],
    [' yamada ', 'yamada', false],
    ['#', '', true],
  ])('reads %s', (typed, text, onlyRequests) => {
    expect(requestQuery(typed)).toEqual({ text, onlyRequests })
  })
})
