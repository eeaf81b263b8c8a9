/** How many digits an authenticator app shows. */
export const codeLength = 6

/** A code as main wants it, from what was typed, pasted or dictated: full-width digits, spaces and hyphens are fine. */
export function normaliseCode(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\-‐-―−・.,、。]/gu, '')
}

/** Whether this can be sent: exactly six digits. */
export function isWholeCode(code: string): boolean {
  return new RegExp(`^\\d{${codeLength}}$`, 'u').test(code)
}
