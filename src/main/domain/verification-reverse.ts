import { randomInt } from 'node:crypto'
import type { CodeChannel } from '../../shared/model/verification'

/** Capital letters and digits that nobody takes for one another, on a screen or by ear over a bad line. */
const alphabet = 'ACEFHJKMNPRTUWXY347'
/** A call says digits one by one (`voice-text.ts`), and has no words for letters. */
const spoken = '0123456789'
const length = 5

/** What the desk reads out to prove itself; never six digits, so that nobody takes it for the code of a check. */
export function newReverseCode(channel: CodeChannel): string {
  const characters = channel === 'voice' ? spoken : alphabet
  return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('')
}
