import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultList, freeLabel, importColumns, isFault, readHeader, readRow } from '../../../src/main/domain/imports'
import { messages } from '../../../src/shared/i18n'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { createNumberReader } from '../../../src/main/gateways/sms/number'

const readNumber = createNumberReader('JP')
const places = readHeader(importColumns)
if ('missing' in places) throw new Error('the header of the template lacks a column')
const read = (cells: readonly string[], policy = defaultPolicy) =>
  readRow({ line: 2, cells }, places, { policy, readNumber })

describe('faultList', () => {
  const words = messages.en.imports.problem
  const cellOf = (userId: string): string =>
    faultList(['a'], [{ line: 2, userId, column: 'userId', problem: 'user-unknown' }], words).split('\r\n')[1] ?? ''

  it.each(['=1+1', '+81', '-1', '@x', ' =1', '＝1', '＠x'])('lets %j be no formula', (userId) => {
    expect(cellOf(userId).replace(/^2,"?/u, '')).toMatch(/^'/u)
  })

  it('gives whatever a user ID holds back as one cell', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '=', '@', ' ', '山', "'") }), (userId) => {
        const text = faultList(['h'], [{ line: 2, userId, column: 'userId', problem: 'limit' }], words)
        const [, row] = parse(text, { bom: true, relaxColumnCount: true })
        expect(row).toEqual(['2', expect.stringMatching(/^(?!\s*[=@])/u), 'userId', words.limit])
        expect([userId, `'${userId}`]).toContain(row?.[1])
      }),
    )
  })
})

describe('readRow', () => {
  it('reads numbers as people write them', () => {
    for (const value of [
      '090-1234-5678',
      '09012345678',
      '+81 90 1234 5678',
      '０９０－１２３４－５６７８',
      "'09012345678",
    ]) {
      expect(read(['yamada.hanako', 'mobile', value, '', '']), value).toMatchObject({ to: '+819012345678' })
    }
  })

  it('leaves out what policy does not use', () => {
    const policy = { ...defaultPolicy, allowMail: false }
    expect(read(['a', 'mail', 'a@example.jp'], policy)).toMatchObject({ problem: 'not-in-policy' })
  })

  it('answers a number, an address, or a problem for whatever a file holds', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('mobile', 'office', 'mail', 'key', '090-1234-5678', 'a@example.jp', '=1+1', '4021'),
    )
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 8 }), (cells) => {
        const answer = read(cells)
        if (isFault(answer)) {
          expect([...answer.userId].length).toBeLessThanOrEqual(100)
          return
        }
        expect(answer.to).toMatch(answer.type === 'mail' ? /^[!-~]+@[a-z0-9.-]+$/u : /^\+[1-9]\d{1,14}$/u)
        expect(answer.extension).toMatch(/^\d{0,11}$/u)
        expect(answer.userId + answer.label).not.toMatch(/\p{Cc}/u)
        expect([...answer.label].length).toBeLessThanOrEqual(40)
      }),
    )
  })
})

describe('freeLabel', () => {
  it('finds a name that is free and not too long', () => {
    expect(freeLabel('mobile', new Set())).toBe('mobile')
    expect(freeLabel('mobile', new Set(['mobile', 'mobile 2']))).toBe('mobile 3')
    const long = '名'.repeat(40)
    expect(freeLabel(long, new Set([long]))).toBe(`${'名'.repeat(38)} 2`)
  })
})
