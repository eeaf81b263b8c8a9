import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeXml, fillTemplate, secretsOf, withoutParameter } from '../../../src/main/domain/gateway-template'

const text = fc.string({ unit: 'binary', maxLength: 60 })
const values = (value: string): Map<string, string> => new Map([['text', value]])

describe('fillTemplate', () => {
  it('comes back whole from a query and a path', () => {
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(!/^\.{1,2}$/u.test(value))
        const url = new URL(fillTemplate('https://sms.example/a/{text}/b?q={text}&r=1', values(value), 'url'))
        expect(url.searchParams.get('q')).toBe(value)
        expect(url.searchParams.size).toBe(2)
        const [, first = '', second = '', third = ''] = url.pathname.split('/')
        expect([first, decodeURIComponent(second), third]).toEqual(['a', value, 'b'])
        expect(url.hash).toBe('')
      }),
    )
  })

  it('comes back whole from a form', () => {
    fc.assert(
      fc.property(text, (value) => {
        const form = new URLSearchParams(fillTemplate('Body={text}&To=1', values(value), 'form'))
        expect([...form]).toEqual([
          ['Body', value],
          ['To', '1'],
        ])
      }),
    )
  })

  it('comes back whole from a JSON string', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(JSON.parse(fillTemplate('{"text":"{text}","to":["{text}"]}', values(value), 'json'))).toEqual({
          text: value,
          to: [value],
        })
      }),
    )
  })

  it('lets nothing into a header that could end it', () => {
    fc.assert(
      fc.property(text, (value) => {
        let filled: string
        try {
          filled = fillTemplate('Bearer {text}', values(value), 'header')
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-input', params: { field: '{text}' } })
          return
        }
        expect(filled).toBe(`Bearer ${value}`)
        expect(filled).toMatch(/^[\t -~]*$/u)
      }),
    )
    expect(() => fillTemplate('{text}', values('a\r\nX-Evil: 1'), 'header')).toThrow('invalid-input')
  })

  it('expands no value again', () => {
    const both = new Map([
      ['text', '{secret:token} {to}'],
      ['to', '{text}'],
      ['secret:token', 'S3cret'],
    ])

    expect(fillTemplate('{text}|{to}', both, 'none')).toBe('{secret:token} {to}|{text}')
    expect(fillTemplate('{text}', both, 'json')).not.toContain('S3cret')
  })

  it('leaves other braces alone', () => {
    expect(fillTemplate('{"a":{"{text}":{}}} {unknown} {TEXT}', values('x'), 'json')).toBe(
      '{"a":{"x":{}}} {unknown} {TEXT}',
    )
  })

  it.each([['.'], ['..']])('keeps %j from meaning another path', (value) => {
    expect(() => fillTemplate('https://sms.example/messages/{text}', values(value), 'url')).toThrow('invalid-input')
  })

  it('refuses a placeholder that has no value here, and names it alone', () => {
    expect(() => fillTemplate('/{messageId}?{text}', values('x'), 'url')).toThrow(
      expect.objectContaining({ code: 'invalid-input', params: { field: '{messageId}' } }),
    )
    expect(() => fillTemplate('{basic:user:word}', new Map([['secret:user', 'a']]), 'header')).toThrow('invalid-input')
  })

  it('writes two secrets as RFC 7617 wants them, in UTF-8', () => {
    const secrets = new Map([
      ['secret:user', 'Aladdin'],
      ['secret:word', 'open sesamé'],
    ])

    const filled = fillTemplate('Basic {basic:user:word}', secrets, 'header')

    expect(filled).toBe(`Basic ${Buffer.from('Aladdin:open sesamé').toString('base64')}`)
  })
})

describe('secretsOf', () => {
  it('names each secret once, those of basic credentials too', () => {
    expect(secretsOf(['{secret:a}{secret:b}', '{basic:b:c}{to}', '{secret:no spaces}'])).toEqual(['a', 'b', 'c'])
  })
})

describe('escapeXml', () => {
  it('comes back whole from XML, and can end neither element nor attribute', () => {
    const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (value) => {
        const xml = escapeXml(value)
        expect(xml).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|apos);)/u)
        const back = xml.replace(/&(\w+);/gu, (_whole, name: string) => entities[name] ?? '')
        expect(back).toBe(value.toWellFormed())
      }),
    )
  })

  it('leaves out what XML has no place for', () => {
    expect(escapeXml('a\u0000\u001b\ufffeb\n\ud800')).toBe('ab\n\ufffd')
  })
})

describe('withoutParameter', () => {
  it('takes the parameter away that ends in the placeholder, and no other one', () => {
    const form = 'To={to}&SendDigits=wwww{extension}&Twiml=<Say>{extension} {text}</Say>'
    expect(withoutParameter(form, 'extension')).toBe('To={to}&Twiml=<Say>{extension} {text}</Say>')
    expect(withoutParameter('To={to}&keys={extension}', 'extension')).toBe('To={to}')
    expect(withoutParameter('{"keys":"{extension}"}', 'extension')).toBe('{"keys":"{extension}"}')
    expect(withoutParameter('To={to}&text={text}', 'extension')).toBe('To={to}&text={text}')
  })
})
