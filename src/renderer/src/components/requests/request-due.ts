/** How a request stands to its due time; `seconds` until then, or since. */
export interface Due {
  readonly kind: 'later' | 'soon' | 'over'
  readonly seconds: number
}

/** `null` for a request that is not due any more. `now` in milliseconds; `soonSeconds` by policy. */
export function dueOf(dueAt: string | null, now: number, soonSeconds: number): Due | null {
  if (dueAt === null) return null
  const seconds = Math.round((Date.parse(dueAt) - now) / 1000)
  if (seconds < 0) return { kind: 'over', seconds: -seconds }
  return { kind: seconds <= soonSeconds ? 'soon' : 'later', seconds }
}
