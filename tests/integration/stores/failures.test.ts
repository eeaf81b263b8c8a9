import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aPersonId, at } from '../../support/stores'

describeStores('FailureStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  const day = 86_400
  const failureOf = (personId: string, second: number, requestId = randomUUID()) => ({
    personId,
    agentId: aPersonId(),
    requestId,
    at: at(second),
    windowStart: at(second - day),
    limit: 3,
    closedUntil: at(second + day),
  })

  it('counts over all agents and desks and closes at the limit', async () => {
    const personId = aPersonId()
    const [one, two] = [randomUUID(), randomUUID()]

    expect(await stores.failures.add(failureOf(personId, 1, one))).toEqual({
      count: 1,
      closedUntil: null,
      requestIds: [one],
      reportedAt: null,
    })
    expect((await other.failures.add(failureOf(personId, 2, one))).closedUntil).toBeNull()
    expect(await stores.failures.add(failureOf(personId, 3, two))).toEqual({
      count: 3,
      closedUntil: at(3 + day),
      requestIds: [one, two],
      reportedAt: null,
    })

    expect((await other.failures.state(personId, at(3 - day), at(4))).closedUntil).toBe(at(3 + day))
    expect(await other.failures.state(aPersonId(), at(0), at(4))).toEqual({
      count: 0,
      closedUntil: null,
      requestIds: [],
      reportedAt: null,
    })
  })

  it('forgets failures that leave the window, and opens when the closure is over', async () => {
    const personId = aPersonId()
    for (const second of [1, 2, 3]) await stores.failures.add(failureOf(personId, second))

    expect(await stores.failures.state(personId, at(1), at(1 + day))).toMatchObject({
      count: 2,
      closedUntil: at(3 + day),
    })
    expect(await stores.failures.state(personId, at(3), at(3 + day))).toEqual({
      count: 0,
      closedUntil: null,
      requestIds: [],
      reportedAt: null,
    })
  })

  it('starts again after an approver reopened', async () => {
    const personId = aPersonId()
    for (const second of [1, 2, 3]) await stores.failures.add(failureOf(personId, second))

    await other.failures.reopen(personId, at(4))

    expect(await stores.failures.state(personId, at(0), at(5))).toEqual({
      count: 0,
      closedUntil: null,
      requestIds: [],
      reportedAt: null,
    })
    expect(await stores.failures.add(failureOf(personId, 6))).toMatchObject({ count: 1, closedUntil: null })
    await other.failures.reopen(aPersonId(), at(4))
  })

  it('loses no failure when desks race, and closes for exactly those at or beyond the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (attempts) => {
        const personId = aPersonId()
        const answers = await Promise.all(
          Array.from({ length: attempts }, (_, index) =>
            (index % 2 === 0 ? stores : other).failures.add(failureOf(personId, 10)),
          ),
        )
        const counts = answers.map((answer) => answer.count).toSorted((one, two) => one - two)
        expect(counts).toEqual(Array.from({ length: attempts }, (_, index) => index + 1))
        for (const answer of answers) expect(answer.closedUntil !== null).toBe(answer.count >= 3)
      }),
      { numRuns: 20 },
    )
  })

  it('closes at once when a false caller is reported, remembers it until somebody reopens, and keeps the count', async () => {
    const personId = aPersonId()
    await stores.failures.add(failureOf(personId, 1))
    const report = { personId, at: at(2), windowStart: at(2 - day), closedUntil: at(2 + day) }

    expect(await stores.failures.report(report)).toMatchObject({
      count: 1,
      closedUntil: at(2 + day),
      reportedAt: at(2),
    })
    expect(await other.failures.state(personId, at(0), at(3))).toMatchObject({
      closedUntil: at(2 + day),
      reportedAt: at(2),
    })
    // A later closure is not shortened by an earlier report, nor by one that closes for less.
    const less = { ...report, at: at(1), closedUntil: at(10) }
    expect(await other.failures.report(less)).toMatchObject({ closedUntil: at(2 + day), reportedAt: at(2) })

    await other.failures.reopen(personId, at(4))
    expect(await stores.failures.state(personId, at(0), at(5))).toMatchObject({
      count: 0,
      closedUntil: null,
      reportedAt: null,
    })
  })

  it('reports somebody of whom no failure is known', async () => {
    const personId = aPersonId()
    const report = { personId, at: at(2), windowStart: at(0), closedUntil: at(9) }
    expect(await stores.failures.report(report)).toEqual({
      count: 0,
      closedUntil: at(9),
      requestIds: [],
      reportedAt: at(2),
    })
    expect(await stores.failures.state(aPersonId(), at(0), at(3))).toMatchObject({
      closedUntil: null,
      reportedAt: null,
    })
  })

  it.each([
    'update failure_heads set closed_until = null',
    'update failure_heads set reported_at = null',
    'update failure_heads set reopened_seq = last_seq',
    'update failure_heads set last_seq = 0',
    'delete from failures',
    'delete from failures where seq = 1',
    "update failures set at = '2020-01-01T00:00:00.000Z'",
    "update failures set request_id = 'x'",
  ])('does not open by another hand: %s', async (statement) => {
    const personId = aPersonId()
    for (let second = 1; second <= 3; second++) await stores.failures.add(failureOf(personId, second))
    await stores.failures.report({ personId, at: at(4), windowStart: at(0), closedUntil: at(day) })
    await desks().change(statement)

    for (const attempt of [
      () => other.failures.state(personId, at(0), at(5)),
      () => other.failures.add(failureOf(personId, 5)),
      () => other.failures.report({ personId, at: at(5), windowStart: at(0), closedUntil: at(day) }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'store-tampered' })
    }
  })
})
