import { randomInt } from 'node:crypto'

/** Capital letters and digits that nobody takes for one another, on a screen or by ear over a bad line. */
const alphabet = 'ACEFHJKMNPRTUWXY347'
const length = 5

/** What the desk reads out to prove itself; never six digits, so that nobody takes it for the code of a check. */
export function newReverseCode(): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
