import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldTarget, type FoldingCase } from '../../../src/main/domain/folding'

const day = 86_400
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 23, 0, 0, seconds)).toISOString()

const open: FoldingCase = { id: 'open', state: 'open', createdAt: at(0), closedAt: null }
const closed = (
  id: string,
  createdAt: number,
  closedAt: number,
  state: FoldingCase['state'] = 'done',
): FoldingCase => ({
  id,
  state,
  createdAt: at(createdAt),
  closedAt: at(closedAt),
})

describe('foldTarget', () => {
  it.each([
    ['nothing there', [], 10, null],
    ['an open case, however old', [{ ...open, createdAt: at(-90 * day) }], 10, 'open'],
    ['a claimed case', [{ ...open, state: 'claimed' as const }], 10, 'open'],
    ['an open case beside one that was answered', [closed('done', 0, 2000), open], 10, 'open'],
    ['answered long after the mail came', [closed('done', 0, 2000)], 10, 'done'],
    ['refused long after the mail came: nobody was helped', [closed('no', 0, 2000, 'refused')], 10, null],
    ['answered ten minutes after the mail came', [closed('done', 0, 610)], 10, 'done'],
    ['answered a moment less after it: clocks differ', [closed('done', 0, 609)], 10, null],
    ['refused a moment less after it: clocks differ', [closed('no', 0, 609, 'refused')], 10, null],
    ['answered in the very moment', [closed('done', 0, 10)], 10, null],
    ['answered before the mail came', [closed('done', 0, 9)], 10, null],
    ['answered long before the mail came', [closed('done', -2000, -1000)], 10, null],
    ['expired: nobody answered', [closed('over', 0, 2000, 'expired')], 10, null],
    ['entered after the mail, on the telephone', [closed('call', 15, 2000)], 10, 'call'],
    ['entered a day before', [closed('done', 10 - day, 2000)], 10, 'done'],
    ['entered more than a day before', [closed('done', 9 - day, 2000)], 10, null],
    ['entered more than a day after a mail that lay about', [closed('done', 11 + day, 12 + day)], 10, null],
    ['two answers: the later one', [closed('one', 0, 2000), closed('two', 5, 3000)], 10, 'two'],
    ['two answers of which one came too soon', [closed('one', 0, 2000), closed('two', 5, 600)], 10, 'one'],
  ])('with %s', (_, cases, receivedAt, wanted) => {
    expect(foldTarget(cases, at(receivedAt), day)?.id ?? null).toBe(wanted)
  })

  const someCase = fc
    .record({
      id: fc.uuid(),
      state: fc.constantFrom(
        'open' as const,
        'claimed' as const,
        'done' as const,
        'refused' as const,
        'expired' as const,
      ),
      createdAt: fc.integer({ min: -3 * day, max: 3 * day }),
      lasted: fc.integer({ min: 0, max: 3 * day }),
    })
    .map(({ id, state, createdAt, lasted }): FoldingCase => ({
      id,
      state,
      createdAt: at(createdAt),
      closedAt: state === 'open' || state === 'claimed' ? null : at(createdAt + lasted),
    }))
  const someCases = fc.uniqueArray(someCase, { selector: ({ id }) => id, maxLength: 6 })
  const received = fc.integer({ min: -3 * day, max: 3 * day }).map(at)

  it('never hides somebody who asks after the answer, nor an open case', () => {
    fc.assert(
      fc.property(someCases, received, fc.integer({ min: 0, max: 2 * day }), (cases, receivedAt, foldSeconds) => {
        const target = foldTarget(cases, receivedAt, foldSeconds)
        const isOpen = cases.some(({ state }) => state === 'open' || state === 'claimed')
        if (isOpen) expect(['open', 'claimed']).toContain(target?.state)
        else if (target !== null) {
          expect(target.state).toBe('done')
          expect(Date.parse(target.closedAt ?? '') - Date.parse(receivedAt)).toBeGreaterThanOrEqual(600_000)
          expect(Math.abs(Date.parse(target.createdAt) - Date.parse(receivedAt))).toBeLessThanOrEqual(
            foldSeconds * 1000,
          )
        }
      }),
    )
  })

  it('does not depend on the order in which the cases are given', () => {
    fc.assert(
      fc.property(someCases, received, (cases, receivedAt) => {
        // One open case at most, as the store sees to it, and no two answers in one moment.
        const open = cases.filter(({ closedAt }) => closedAt === null).slice(0, 1)
        const given = [...open, ...cases.filter(({ closedAt }) => closedAt !== null)]
        fc.pre(new Set(given.map(({ closedAt }) => closedAt)).size === given.length)
        expect(foldTarget(given, receivedAt, day)).toEqual(foldTarget(given.toReversed(), receivedAt, day))
      }),
    )
  })
})
