import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalDetails, draftRow } from '../../../src/main/audit/facts'
import {
  canonicalPersonal,
  canonicalRow,
  genesisHash,
  readRow,
  rowHash,
  rowValues,
  sealRow,
} from '../../../src/main/audit/row'
import { ana, anEvent } from './support'

/** RFC 8785, written from its text and not from the code under test. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${members.map(([key, member]) => `${jcs(key)}:${jcs(member)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

const anyText = fc.string({ unit: 'binary', maxLength: 60 })
const anyDetails = fc.dictionary(
  fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/u),
  fc.oneof(anyText, fc.double(), fc.boolean()),
)

const aRow = fc
  .record({ name: anyText, target: anyText, outcome: anyText, details: anyDetails, seq: fc.integer({ min: 1 }) })
  .map(({ name, target, outcome, details, seq }) => {
    const event = anEvent({ actor: { id: ana.id, name }, target: { id: 't', name: target }, details })
    const entry = { at: '2026-01-01T00:00:00.000Z', operationId: 'o', phase: 'result', outcome, notes: {} } as const
    return sealRow(draftRow(event, entry), seq, genesisHash('origin'))
  })

describe('canonicalRow and canonicalPersonal', () => {
  it('are what RFC 8785 asks for, whatever the values', () => {
    fc.assert(
      fc.property(aRow, (row) => {
        for (const text of [canonicalRow(row), canonicalPersonal(row), row.details]) {
          expect(text).toBe(jcs(JSON.parse(text)))
        }
      }),
    )
  })

  it('sort the facts and write numbers as ECMAScript does', () => {
    expect(canonicalDetails({ b: 1e21, a: true, B: 'ignored: keys start small', 'a-b': 'é"\n' })).toBe(
      '{"a":true,"a-b":"é\\"\\n","b":1e+21}',
    )
  })
})

describe('rowHash', () => {
  it('survives the way through the table', () => {
    fc.assert(
      fc.property(aRow, (row) => {
        const read = readRow(rowValues(row))
        expect(read).toEqual(row)
      }),
    )
  })

  it('changes with every column', () => {
    fc.assert(
      fc.property(aRow, fc.nat(), anyText, (row, pick, text) => {
        const columns = ['at', 'operationId', 'phase', 'action', 'outcome', 'actorId', 'targetId', 'requestId'] as const
        const column = columns[pick % columns.length] ?? 'at'
        fc.pre(row[column] !== text && text.isWellFormed())
        expect(rowHash({ ...row, [column]: text }, genesisHash('origin'))).not.toEqual(row.hash)
        expect(rowHash(row, genesisHash('other'))).not.toEqual(row.hash)
      }),
    )
  })

  it('never holds the replacement character, so that undecodable bytes cannot hash the same', () => {
    fc.assert(
      fc.property(aRow, (row) => {
        expect(JSON.stringify(rowValues(row))).not.toContain('\uFFFD')
      }),
    )
    expect(canonicalDetails({ a: '\uFFFD \uD800' })).toBe('{"a":"? ?"}')
  })

  it('hides equal names behind different commitments', () => {
    const entry = { at: 'a', operationId: 'o', phase: 'intent', outcome: 'started', notes: {} } as const
    const [one, two] = [1, 1].map((seq) => sealRow(draftRow(anEvent(), entry), seq, genesisHash('origin')))
    expect(one?.commitment).not.toEqual(two?.commitment)
    expect(one === undefined ? '' : canonicalRow(one)).not.toContain('山田')
  })
})
