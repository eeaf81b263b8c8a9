import { describe, expect, it } from 'vitest'
import { formatCountdown, formatDuration, formatRelative } from '../../src/renderer/src/lib/format'
import { sameGroup } from '../../src/renderer/src/lib/recovery-key'

const now = Date.parse('2026-11-23T03:00:00.000Z')

describe('formatDuration', () => {
  it.each([
    [0, '0 seconds', '0 秒'],
    [30, '30 seconds', '30 秒'],
    [90, '1 minute 30 seconds', '1 分 30 秒'],
    [3600, '1 hour', '1 時間'],
    [3660, '1 hour 1 minute', '1 時間 1 分'],
    [7 * 86_400, '7 days', '7 日'],
  ])('says %i seconds', (seconds, en, ja) => {
    expect(formatDuration(seconds, 'en')).toBe(en)
    expect(formatDuration(seconds, 'ja')).toBe(ja)
  })
})

describe('formatRelative', () => {
  it('says how long ago or until', () => {
    expect(formatRelative('2026-11-23T02:57:00.000Z', now, 'en')).toBe('3 minutes ago')
    expect(formatRelative('2026-11-23T02:57:00.000Z', now, 'ja')).toBe('3 分前')
    expect(formatRelative('2026-11-25T03:00:00.000Z', now, 'ja')).toBe('明後日')
    expect(formatRelative('2026-11-23T02:59:40.000Z', now, 'en')).toBe('now')
  })
})

describe('formatCountdown', () => {
  it('never goes below zero', () => {
    expect(formatCountdown('2026-11-23T03:04:05.000Z', now)).toBe('4:05')
    expect(formatCountdown('2026-11-23T02:00:00.000Z', now)).toBe('0:00')
  })
})

describe('sameGroup', () => {
  it('reads what looks alike as the same, and nothing else', () => {
    expect(sameGroup(' v6 w0', 'V6W0')).toBe(true)
    expect(sameGroup('V6WO', 'V6W0')).toBe(true)
    expect(sameGroup('Ｖ６Ｗ０', 'V6W0')).toBe(true)
    expect(sameGroup('V6W', 'V6W0')).toBe(false)
    expect(sameGroup('', '')).toBe(false)
  })
})
