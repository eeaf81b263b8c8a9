/** All that anybody sees of a number in E.164 (DESIGN.md §5.5): its last four digits. */
export function maskNumber(number: string): string {
  return `••••${number.slice(-4)}`
}
