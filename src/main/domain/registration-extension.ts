/** Dialled after the call is answered: digits alone, for switchboards take stars and pauses for commands. */
const extensionDigits = /^\d{1,11}$/u

/** The digits of an extension as people type them; empty stays empty. `null` when that is none. */
export function readExtension(typed: string): string | null {
  const digits = typed.normalize('NFKC').replace(/[\s\-\u2010-\u2015\u2212\u30fc]/gu, '')
  return digits === '' || extensionDigits.test(digits) ? digits : null
}
