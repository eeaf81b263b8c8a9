import { describe, expect, it } from 'vitest'
import { assertChecksOpen, failureBounds, failureView, reportBounds } from '../../../src/main/domain/failures'
import { defaultPolicy } from '../../../src/main/domain/policy'

const now = Date.parse('2026-11-23T09:00:00.000Z')
const context = { now, requestId: 'this', policy: defaultPolicy }
const later = '2026-11-23T09:00:00.001Z'

describe('failureBounds', () => {
  it('counts five in 24 hours and closes for 24 hours', () => {
    expect(failureBounds(now, defaultPolicy)).toEqual({
      windowStart: '2026-11-22T09:00:00.000Z',
      closedUntil: '2026-11-24T09:00:00.000Z',
      limit: 5,
    })
  })
})

describe('failureView', () => {
  it('counts down and does not warn of this request’s own failures', () => {
    expect(failureView({ count: 0, closedUntil: null, requestIds: [], reportedAt: null }, context)).toEqual({
      failures: 0,
      failureLimit: 5,
      closedUntil: null,
      reportedAt: null,
      warn: false,
      remaining: 5,
    })
    expect(failureView({ count: 3, closedUntil: null, requestIds: ['this'], reportedAt: null }, context)).toMatchObject(
      {
        warn: false,
        remaining: 2,
      },
    )
  })

  it('warns the next agent of failures at other requests and of closed checks', () => {
    expect(failureView({ count: 1, closedUntil: null, requestIds: ['other'], reportedAt: null }, context).warn).toBe(
      true,
    )
    expect(failureView({ count: 5, closedUntil: later, requestIds: ['this'], reportedAt: null }, context)).toEqual({
      failures: 5,
      failureLimit: 5,
      closedUntil: later,
      reportedAt: null,
      warn: true,
      remaining: 0,
    })
  })

  it('warns of a false caller whom an agent reported', () => {
    const reported = { count: 0, closedUntil: null, requestIds: [], reportedAt: new Date(now).toISOString() }
    expect(failureView(reported, context)).toMatchObject({ warn: true, reportedAt: reported.reportedAt })
  })

  it('forgets a closure that is over', () => {
    const over = { count: 0, closedUntil: new Date(now).toISOString(), requestIds: [], reportedAt: null }
    expect(failureView(over, context)).toMatchObject({ closedUntil: null, warn: false, remaining: 5 })
  })

  it('leaves one try where the limit was lowered below what was counted: the next failure closes', () => {
    expect(
      failureView({ count: 9, closedUntil: null, requestIds: ['this'], reportedAt: null }, context).remaining,
    ).toBe(1)
  })
})

describe('reportBounds', () => {
  it('closes checks for the policy’s hours from now', () => {
    const hour = 60 * 60
    expect(reportBounds(now, { failureWindowSeconds: hour, reportClosureSeconds: 2 * hour })).toEqual({
      windowStart: new Date(now - hour * 1000).toISOString(),
      closedUntil: new Date(now + 2 * hour * 1000).toISOString(),
    })
  })
})

describe('assertChecksOpen', () => {
  const closed = (closedUntil: string | null) => () => {
    assertChecksOpen({ count: 5, closedUntil, requestIds: [], reportedAt: null }, now)
  }

  it('refuses while checks are closed', () => {
    expect(closed(null)).not.toThrow()
    expect(closed(new Date(now).toISOString())).not.toThrow()
    expect(closed(later)).toThrow(expect.objectContaining({ code: 'checks-closed', params: { until: later } }))
  })

  it('takes a time that it cannot read for closed', () => {
    expect(closed('soon')).toThrow('checks-closed')
  })
})
