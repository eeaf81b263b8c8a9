/** One part of what is bound by a MAC or as associated data. */
export type Part = string | number | null

/** Type tag and length. */
const headBytes = 5

/**
 * Joins parts so that no two different lists give the same bytes: type tag, length (32 bits, big endian), bytes.
 * `('a', 'bc')` and `('ab', 'c')` differ, and so do `1`, `'1'` and `null`.
 */
export function joinParts(parts: readonly Part[]): Buffer {
  const texts = parts.map((part) => (part === null ? '' : String(part)))
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const joined = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headBytes + length, 0))
  let at = 0
  parts.forEach((part, index) => {
    const length = lengths[index] ?? 0
    joined.write(part === null ? 'z' : typeof part === 'string' ? 's' : 'n', at, 'latin1')
    joined.writeUInt32BE(length, at + 1)
    joined.write(texts[index] ?? '', at + headBytes)
    at += headBytes + length
  })
  return joined
}
