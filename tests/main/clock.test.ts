import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration, systemClock } from '../../src/main/clock'

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['8d', 691_200_000],
    ['-5m', -300_000],
    ['+1h30m', 5_400_000],
    ['250ms', 250],
    ['2w', 1_209_600_000],
    ['-0s', 0],
  ])('reads %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds))

  it.each(['', '5', 's', '1.5h', '1h -5m', '5 m', '5M', '1y', '--5m', '99999999999w', '1e3s', 'x'.repeat(100_000)])(
    'refuses %.20s',
    (text) => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    },
  )

  it('adds its parts up', () => {
    const amount = fc.integer({ min: 0, max: 999 })
    fc.assert(
      fc.property(amount, amount, amount, (days, hours, seconds) => {
        expect(parseDuration(`${days}d${hours}h${seconds}s`)).toBe(((days * 24 + hours) * 3600 + seconds) * 1000)
      }),
    )
  })
})

describe('systemClock', () => {
  it('is moved by its offset and says the same instant both ways', () => {
    const clock = systemClock(parseDuration('8d'))
    const before = Date.now()
    expect(clock.now() - before).toBeGreaterThanOrEqual(691_200_000)
    expect(clock.iso()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
  })
})
