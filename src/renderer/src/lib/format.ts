import type { Language } from '../../../shared/model/common'

const locales: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' }

/**
 * How much of a date is shown. `seconds` is for the audit, where order within a minute matters; `clock` for what was read
 * just now.
 */
export type DateStyle = 'date' | 'time' | 'minutes' | 'seconds' | 'clock'

const styles: Readonly<Record<DateStyle, Intl.DateTimeFormatOptions>> = {
  date: { year: 'numeric', month: 'short', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minutes: { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  seconds: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
}

/** A UTC instant in the reader's language and this machine's time zone. */
export function formatDate(at: string | number, language: Language, style: DateStyle = 'minutes'): string {
  return new Intl.DateTimeFormat(locales[language], styles[style]).format(new Date(at))
}

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** "3 minutes ago", "2 日後"; below a minute "now" (今). `now` in milliseconds. */
export function formatRelative(at: string | number, now: number, language: Language): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000)
  const format = new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' })
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return format.format(0, 'second')
}

/** A span of seconds, its two largest units: "1 hour 5 minutes", "9 分 30 秒". */
export function formatDuration(seconds: number, language: Language): string {
  const total = Math.max(0, Math.round(seconds))
  const parts = [
    ['day', Math.floor(total / 86_400)],
    ['hour', Math.floor((total % 86_400) / 3_600)],
    ['minute', Math.floor((total % 3_600) / 60)],
    ['second', total % 60],
  ] as const
  const first = parts.findIndex(([, value]) => value > 0)
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([, value]) => value > 0)
  return shown
    .map(([unit, value]) =>
      new Intl.NumberFormat(locales[language], {
        style: 'unit',
        unit,
        unitDisplay: language === 'ja' ? 'short' : 'long',
      }).format(value),
    )
    .join(' ')
}

/** A countdown such as `4:05`, in full seconds that are left; 0:00 once it is over. */
export function formatCountdown(until: string, now: number): string {
  const left = Math.max(0, Math.floor((Date.parse(until) - now) / 1000))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(value)
}

/** Whole sentences as one text: Japanese puts no space between them. */
export function joinSentences(sentences: readonly string[], language: Language): string {
  return sentences.join(language === 'ja' ? '' : ' ')
}

/** A span of seconds in its largest unit, whole and short: "40 min", "2 時間"; below a minute, less than one minute is one. */
export function formatSpan(seconds: number, language: Language): string {
  const total = Math.max(60, Math.abs(seconds))
  const [unit, size] = steps.find(([, step]) => total >= step) ?? steps[2]
  return new Intl.NumberFormat(locales[language], { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(total / size),
  )
}
