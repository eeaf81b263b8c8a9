/** One part of what is bound by a MAC or as associated data. */
export type Part = string | number | null

/**
 * Joins parts so that no two different lists give the same bytes: type tag, length (32 bits, big endian), bytes.
 * `('a', 'bc')` and `('ab', 'c')` differ, and so do `1`, `'1'` and `null`.
 */
export function joinParts(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => tagged(part)))
}

function tagged(part: Part): Buffer[] {
  const bytes = Buffer.from(part === null ? '' : String(part), 'utf8')
  const head = Buffer.alloc(5)
  head.write(part === null ? 'z' : typeof part === 'string' ? 's' : 'n', 'latin1')
  head.writeUInt32BE(bytes.length, 1)
  return [head, bytes]
}
