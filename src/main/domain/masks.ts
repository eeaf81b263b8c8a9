/** A telephone number as an agent may see it: bullets and the last four digits, never all of a short one (DESIGN.md §5.5). */
export function maskNumber(number: string): string {
  const digits = number.normalize('NFKC').replace(/\D/gu, '')
  const shown = Math.min(4, Math.floor(digits.length / 2))
  return `••••${shown === 0 ? '' : digits.slice(-shown)}`
}
