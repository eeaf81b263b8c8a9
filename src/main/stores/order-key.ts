/** 2020-01-01: keys count seconds from here. */
const epochMs = 1_577_836_800_000
/** Seconds take 30 bits (until 2054), request numbers the 23 below them: 53 bits, what a JavaScript number holds exactly. */
const lastSecond = 2 ** 30 - 1
const numbers = 2 ** 23

/**
 * A request's place in an order of the list: one integer made of a time in seconds and the request's number, unique, so that a
 * page begins after a single value, in the table's indexes and in the search index alike. Times outside of 2020 to 2053 are
 * taken as the nearest end. Throws for a number beyond 8,388,607.
 */
export function orderKey(at: string, number: number): number {
  if (number >= numbers) throw new Error(`request number ${number} has no place in the order`)
  return secondOf(at) * numbers + number
}

/** The least key of this second. */
export function firstKey(at: string): number {
  return secondOf(at) * numbers
}

/** The greatest key of this second. */
export function lastKey(at: string): number {
  return secondOf(at) * numbers + numbers - 1
}

/** Which request a key belongs to: `key % keyModulus`. */
export const keyModulus = numbers

function secondOf(at: string): number {
  return Math.min(lastSecond, Math.max(0, Math.floor((Date.parse(at) - epochMs) / 1000)))
}
