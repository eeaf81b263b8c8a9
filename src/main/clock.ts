import { AppError } from '../shared/errors'

/** The only source of the present in main; injected everywhere, so that tests and `--clock-offset` can move it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number
  /** The same instant as ISO 8601 with milliseconds and `Z`. */
  iso(): string
}

/** The machine's clock, moved by a fixed offset in milliseconds (unpackaged runs and tests only). */
export function systemClock(offsetMs = 0): Clock {
  const now = (): number => Date.now() + offsetMs
  return { now, iso: () => new Date(now()).toISOString() }
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const maxDurationMs = 100 * 365 * unitMs.d

/**
 * Milliseconds of a duration that a person types: `90s`, `8d`, `-5m`, `1h30m` (units ms, s, m, h, d, w; one sign in front).
 * Throws `invalid-input` for anything else and beyond 100 years.
 */
export function parseDuration(text: string): number {
  const refusal = new AppError('invalid-input', { field: 'duration', value: text.slice(0, 40) })
  const match = /^(?<sign>[+-]?)(?<parts>(?:\d{1,13}(?:ms|[smhdw]))+)$/u.exec(text)
  const parts = match?.groups?.['parts']
  if (parts === undefined) throw refusal

  let total = 0
  for (const [, amount, unit] of parts.matchAll(/(\d+)(ms|[smhdw])/gu)) {
    if (isUnit(unit)) total += Number(amount) * unitMs[unit]
  }
  if (total > maxDurationMs) throw refusal
  return match?.groups?.['sign'] === '-' && total > 0 ? -total : total
}

function isUnit(text: string | undefined): text is keyof typeof unitMs {
  return text !== undefined && Object.hasOwn(unitMs, text)
}
