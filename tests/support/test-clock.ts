import type { Clock } from '../../src/main/clock'

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now: number

  constructor(start = '2026-04-01T00:00:00.000Z') {
    this.#now = Date.parse(start)
  }

  now(): number {
    return this.#now
  }

  iso(): string {
    return new Date(this.#now).toISOString()
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000
  }
}
