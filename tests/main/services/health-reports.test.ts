import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clockReport,
  diskReport,
  failureReport,
  fine,
  preferredServer,
  serverReport,
} from '../../../src/main/services/health-reports'
import { AppError, errorCodes } from '../../../src/shared/errors'
import { healthCodes } from '../../../src/shared/model/health'

const now = Date.parse('2026-11-23T09:00:00.000Z')
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()

describe('clockReport', () => {
  it('warns beyond 20 seconds, and says in which direction', () => {
    expect(clockReport(iso(now), now, now)).toEqual({ state: 'ok', code: 'ok', params: { seconds: 0 } })
    expect(clockReport(iso(now - 20_000), now, now)).toMatchObject({ state: 'ok' })
    expect(clockReport(iso(now - 21_000), now, now)).toEqual({
      state: 'warning',
      code: 'clock-off',
      params: { seconds: 21, direction: 'ahead' },
    })
    expect(clockReport(iso(now + 90_000), now, now)).toMatchObject({ params: { seconds: 90, direction: 'behind' } })
  })

  it('does not blame the clock for a slow network', () => {
    // Answered at any moment of those 30 seconds.
    expect(clockReport(iso(now + 29_000), now, now + 30_000)).toMatchObject({ state: 'ok' })
    expect(clockReport(iso(now + 60_000), now, now + 30_000)).toMatchObject({
      state: 'warning',
      params: { seconds: 30 },
    })
  })

  it('knows nothing where the server does not tell', () => {
    expect(clockReport(null, now, now)).toEqual({ state: 'unknown', code: 'unknown', params: {} })
  })

  it('warns exactly when no moment between question and answer fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), fc.integer({ min: 0, max: 60_000 }), (off, took) => {
        const { state } = clockReport(iso(now + off), now, now + took)
        const nearest = off < 0 ? -off : off > took ? off - took : 0
        if (nearest > 21_000) expect(state).toBe('warning')
        if (nearest < 20_000) expect(state).toBe('ok')
      }),
    )
  })
})

describe('failureReport', () => {
  it('has a word of the health line for every refusal', () => {
    for (const code of errorCodes.filter((each) => each !== 'mail-recipient-refused')) {
      const report = failureReport(new AppError(code, { server: 'dc1:636' }))
      expect(healthCodes).toContain(report.code)
      expect(report).toMatchObject({ state: 'down', params: { server: 'dc1:636' } })
    }
    expect(failureReport(new AppError('mailbox-certificate')).code).toBe('certificate')
    expect(failureReport(new AppError('sms-refused')).code).toBe('refused')
    expect(failureReport(new AppError('store-tampered')).code).toBe('failing')
    for (const channel of ['voice', 'mail'] as const) {
      const codes = (['unreachable', 'certificate', 'refused', 'unknown'] as const).map(
        (fault) => failureReport(new AppError(`${channel}-${fault}`)).code,
      )
      expect(codes).toEqual(['unreachable', 'certificate', 'refused', 'timeout'])
    }
  })

  it('holds an address that is not there against nobody', () => {
    expect(failureReport(new AppError('mail-recipient-refused', { status: 550 }))).toEqual(fine)
  })
})

describe('diskReport', () => {
  it('warns while there is still room to act', () => {
    const mebibyte = 1024 * 1024
    expect(diskReport(500 * mebibyte)).toEqual({ state: 'ok', code: 'ok', params: { freeMegabytes: 500 } })
    expect(diskReport(500 * mebibyte - 1)).toMatchObject({ state: 'warning', code: 'disk-low' })
    expect(diskReport(0)).toMatchObject({ code: 'disk-low', params: { freeMegabytes: 0 } })
  })
})

describe('serverReport', () => {
  it('warns when another server than the first one answers', () => {
    expect(serverReport('DC1:636', 'dc1:636')).toMatchObject({ state: 'ok', params: { server: 'DC1:636' } })
    expect(serverReport('dc2:636', 'dc1:636')).toEqual({
      state: 'warning',
      code: 'other-server',
      params: { server: 'dc2:636', preferred: 'dc1:636' },
    })
    expect(serverReport('dc2:636', null)).toMatchObject({ state: 'ok' })
  })
})

describe('preferredServer', () => {
  it.each([
    [['ldaps://dc1.example', 'ldaps://dc2.example'], 'dc1.example:636'],
    [['ldap://dc1.example/'], 'dc1.example:389'],
    [['ldaps://[::1]:3636'], '[::1]:3636'],
    [[], null],
  ])('reads %j as %s', (servers, expected) => {
    expect(preferredServer(servers)).toBe(expected)
  })
})
