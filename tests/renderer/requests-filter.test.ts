import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dueOf } from '../../src/renderer/src/components/requests/request-due'
import { formatSpan } from '../../src/renderer/src/lib/format'
import {
  belongs,
  compareRequests,
  narrowing,
  sameFilter,
  viewFilters,
  type QueueFilter,
} from '../../src/renderer/src/stores/queue-filter'
import { requestSorts, requestStates, type ResetRequest } from '../../src/shared/model/request'
import { anOperator } from './support/api'
import { aRequest } from './support/work'

const now = Date.parse('2026-11-23T03:00:00.000Z')
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
const me = anOperator().id
const other = { id: '00000000-0000-4000-8000-000000000002@dc=example', name: '鈴木 健' }
const reader = { operatorId: me, now }

const anyRequest: fc.Arbitrary<ResetRequest> = fc
  .record({
    number: fc.integer({ min: 1, max: 9 }),
    state: fc.constantFrom(...requestStates),
    created: fc.integer({ min: -3000, max: 0 }),
    updated: fc.integer({ min: -3000, max: 0 }),
    due: fc.integer({ min: -3000, max: 3000 }),
  })
  .map(({ number, state, created, updated, due }) =>
    aRequest({
      number,
      state,
      createdAt: at(created),
      updatedAt: at(updated),
      dueAt: state === 'open' || state === 'claimed' ? at(due) : null,
    }),
  )

describe('belongs', () => {
  const open = aRequest({
    state: 'open',
    holder: null,
    createdAt: at(-60),
    dueAt: at(30),
    cause: null,
    channel: 'mail',
  })
  const cases: readonly (readonly [string, Partial<QueueFilter>, Partial<ResetRequest>, boolean | null])[] = [
    ['any active one', {}, {}, true],
    ['no closed one', {}, { state: 'done', dueAt: null }, false],
    ['every state where none is named', { states: [] }, { state: 'expired', dueAt: null }, true],
    ['what nobody holds', { holder: 'nobody' }, {}, true],
    ['not what somebody holds', { holder: 'nobody' }, { holder: other }, false],
    ['mine', { holder: 'me' }, { holder: { id: me, name: '' } }, true],
    ['not theirs', { holder: 'me' }, { holder: other }, false],
    ['what is not diagnosed', { causes: ['unknown'] }, {}, true],
    ['not another cause', { causes: ['not-enabled'] }, { cause: 'not-registered' }, false],
    ['a channel', { channels: ['mail'] }, {}, true],
    ['not another channel', { channels: ['phone', 'walk-in'] }, {}, false],
    ['overdue from the very instant', { age: 'overdue' }, { dueAt: at(0) }, true],
    ['not overdue before', { age: 'overdue' }, { dueAt: at(1) }, false],
    ['of the last day', { age: 'last-day' }, {}, true],
    ['not older', { age: 'older' }, {}, false],
    ['older', { age: 'older' }, { createdAt: at(-1441) }, true],
    ['due soon: main knows', { age: 'due-soon' }, {}, null],
    ['not due soon when overdue', { age: 'due-soon' }, { dueAt: at(-1) }, false],
    ['a text: main knows', { text: 'ヤマダ' }, {}, null],
    ['a text, but a state that does not fit', { text: 'ヤマダ' }, { state: 'done' }, false],
  ]

  it.each(cases)('%s', (_name, filter, change, expected) => {
    expect(belongs({ ...open, ...change }, { ...viewFilters.active, ...filter }, reader)).toBe(expected)
  })

  it('finds every request in the view of its state, and in no other of the two', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const views = [viewFilters.active, viewFilters.closed].filter((view) => belongs(request, view, reader))
        expect(views).toHaveLength(1)
      }),
    )
  })
})

describe('compareRequests', () => {
  it.each(requestSorts)('%s orders any queue the same from either side', (sort) => {
    const compare = compareRequests[sort]
    fc.assert(
      fc.property(anyRequest, anyRequest, anyRequest, (one, two, three) => {
        expect(Math.sign(compare(one, two)) + Math.sign(compare(two, one))).toBe(0)
        if (compare(one, two) <= 0 && compare(two, three) <= 0) expect(compare(one, three)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('puts what is due first first, and closed ones last', () => {
    const soon = aRequest({ number: 1, dueAt: at(5) })
    const late = aRequest({ number: 2, dueAt: at(-5) })
    const closed = aRequest({ number: 3, state: 'done', dueAt: null, createdAt: at(-9000) })
    expect([closed, soon, late].sort(compareRequests.due)).toEqual([late, soon, closed])
  })
})

describe('sameFilter', () => {
  it('knows a view by its parts in any order, whatever is searched for', () => {
    const { active } = viewFilters
    expect(sameFilter({ ...active, states: ['claimed', 'open'], text: 'x' }, active)).toBe(true)
    expect(sameFilter({ ...active, channels: ['mail'] }, active)).toBe(false)
    expect(sameFilter(viewFilters.overdue, active)).toBe(false)
  })

  it('counts only what narrows', () => {
    expect(narrowing(viewFilters.active)).toBe(0)
    expect(narrowing(viewFilters.closed)).toBe(0)
    expect(narrowing({ ...viewFilters.active, causes: ['none'], channels: ['mail'], age: 'older', holder: 'me' })).toBe(
      4,
    )
  })
})

describe('dueOf', () => {
  it('says how long is left, how long it is over, and nothing for a closed one', () => {
    expect(dueOf(null, now, 3600)).toBeNull()
    expect(dueOf(at(40), now, 3600)).toEqual({ kind: 'soon', seconds: 2400 })
    expect(dueOf(at(240), now, 3600)?.kind).toBe('later')
    expect(dueOf(at(-120), now, 3600)).toEqual({ kind: 'over', seconds: 7200 })
  })

  it('is said in one short unit, never longer than it is', () => {
    expect(formatSpan(2400, 'en')).toBe('40 mins')
    expect(formatSpan(7199, 'en')).toBe('1 hr')
    expect(formatSpan(20, 'en')).toBe('1 min')
    expect(formatSpan(7200, 'ja')).toMatch(/^2 ?時間$/u)
  })
})
