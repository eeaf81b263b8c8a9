import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

const codeDigits = 6

/** Six decimal digits, each value as likely as the other (NIST SP 800-63B-4 §3.1.3). */
export function newCode(): string {
  return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0')
}

/** What the caller said as the agent typed it: full width, with spaces or dashes; `null` when that is no code. */
export function readCode(typed: string): string | null {
  const code = typed.normalize('NFKC').replace(/[\s\-\u2010-\u2015\u2212\u30fc]/gu, '')
  return new RegExp(`^[0-9]{${codeDigits}}$`, 'u').test(code) ? code : null
}

/** In constant time, whatever their lengths. */
export function isSameMac(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}
