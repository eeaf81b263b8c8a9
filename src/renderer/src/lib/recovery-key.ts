/** Whether two groups of a recovery key read the same: either case, no spaces or dashes, O for 0, I and L for 1. */
export function sameGroup(typed: string, group: string): boolean {
  return group !== '' && plain(typed) === plain(group)
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Dash}]/gu, '')
    .replace(/O/gu, '0')
    .replace(/[IL]/gu, '1')
}
