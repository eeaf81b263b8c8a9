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
