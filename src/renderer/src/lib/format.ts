import type { Language } from '../../../shared/model/common'

const locales: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' }

/** Formatters are dear to make, and a list asks for the same few with every row. */
function once<K extends string, F>(make: (language: Language, kind: K) => F): (language: Language, kind: K) => F {
  const made = new Map<string, F>()
  return (language, kind) => {
    const key = `${language} ${kind}`
    const formatter = made.get(key) ?? make(language, kind)
    made.set(key, formatter)
    return formatter
  }
}

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

const dates = once((language, style: DateStyle) => new Intl.DateTimeFormat(locales[language], styles[style]))

/** A UTC instant in the reader's language and this machine's time zone. */
export function formatDate(at: string | number, language: Language, style: DateStyle = 'minutes'): string {
  return dates(language, style).format(new Date(at))
}

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

const relatives = once((language) => new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' }))

/** "3 minutes ago", "2 日後"; below a minute "now" (今). `now` in milliseconds. */
export function formatRelative(at: string | number, now: number, language: Language): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000)
  const format = relatives(language, '')
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

const spans = once(
  (language, unit: (typeof steps)[number][0]) =>
    new Intl.NumberFormat(locales[language], { style: 'unit', unit, unitDisplay: 'short' }),
)

/** A span of seconds in its largest unit, whole and short: "40 mins", "2 時間"; less than a minute is one. */
export function formatSpan(seconds: number, language: Language): string {
  const total = Math.max(60, Math.abs(seconds))
  const [unit, size] = steps.find(([, step]) => total >= step) ?? steps[2]
  return spans(language, unit).format(Math.floor(total / size))
}
