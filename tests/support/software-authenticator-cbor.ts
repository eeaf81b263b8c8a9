/**
 * CBOR as CTAP2 wants it (CTAP 2.1 §8), written for the software key alone: the app's side uses a library, and a mistake of either is
 * seen by the other. Reading refuses whatever is not canonical, as strict keys do.
 */
export type Item = number | string | boolean | Buffer | Item[] | Map<Item, Item>

export function write(item: Item): Buffer {
  if (typeof item === 'number') return item >= 0 ? head(0, item) : head(1, -1 - item)
  if (typeof item === 'boolean') return Buffer.of(item ? 0xf5 : 0xf4)
  if (typeof item === 'string') {
    const text = Buffer.from(item, 'utf8')
    return Buffer.concat([head(3, text.length), text])
  }
  if (Buffer.isBuffer(item)) return Buffer.concat([head(2, item.length), item])
  if (Array.isArray(item)) return Buffer.concat([head(4, item.length), ...item.map(write)])
  const entries = Array.from(item, ([key, value]) => [write(key), write(value)] as const)
  entries.sort(([a], [b]) => inOrder(a, b))
  return Buffer.concat([head(5, entries.length), ...entries.flat()])
}

/** Throws for anything that is not one canonical item. */
export function read(bytes: Buffer): Item {
  const [item, end] = readAt(bytes, 0, 0)
  if (end !== bytes.length) throw new Error('more than one item')
  return item
}

function readAt(bytes: Buffer, at: number, level: number): readonly [Item, number] {
  if (level > 4) throw new Error('nested deeper than four levels')
  const first = bytes.readUInt8(at)
  const major = first >> 5
  if (major === 7) {
    if (first === 0xf4 || first === 0xf5) return [first === 0xf5, at + 1]
    throw new Error(`simple value ${first}`)
  }
  const [count, body] = readHead(bytes, at)
  switch (major) {
    case 0:
      return [count, body]
    case 1:
      return [-1 - count, body]
    case 2:
    case 3: {
      if (body + count > bytes.length) throw new Error('text or bytes cut')
      const part = bytes.subarray(body, body + count)
      return [major === 2 ? Buffer.from(part) : part.toString('utf8'), body + count]
    }
    case 4: {
      const list: Item[] = []
      let next = body
      for (let i = 0; i < count; i += 1) {
        const [item, end] = readAt(bytes, next, level + 1)
        list.push(item)
        next = end
      }
      return [list, next]
    }
    case 5: {
      const map = new Map<Item, Item>()
      let next = body
      let before: Buffer | undefined
      for (let i = 0; i < count; i += 1) {
        const [key, keyEnd] = readAt(bytes, next, level + 1)
        const encoded = bytes.subarray(next, keyEnd)
        if (before !== undefined && inOrder(before, encoded) >= 0) throw new Error('keys out of order')
        before = encoded
        const [value, end] = readAt(bytes, keyEnd, level + 1)
        map.set(key, value)
        next = end
      }
      return [map, next]
    }
    default:
      throw new Error(`major type ${major}`)
  }
}

/** CTAP2's order: lower major type first, then shorter, then by bytes. */
function inOrder(a: Buffer, b: Buffer): number {
  return a.readUInt8(0) >> 5 !== b.readUInt8(0) >> 5
    ? (a.readUInt8(0) >> 5) - (b.readUInt8(0) >> 5)
    : a.length - b.length || Buffer.compare(a, b)
}

function head(major: number, count: number): Buffer {
  const type = major << 5
  if (count < 24) return Buffer.of(type | count)
  if (count < 0x100) return Buffer.of(type | 24, count)
  if (count < 0x10000) return Buffer.of(type | 25, count >> 8, count & 0xff)
  const long = Buffer.alloc(5)
  long.writeUInt8(type | 26)
  long.writeUInt32BE(count, 1)
  return long
}

function readHead(bytes: Buffer, at: number): readonly [number, number] {
  const info = bytes.readUInt8(at) & 0x1f
  if (info < 24) return [info, at + 1]
  const [count, size, least] =
    info === 24
      ? [bytes.readUInt8(at + 1), 1, 24]
      : info === 25
        ? [bytes.readUInt16BE(at + 1), 2, 0x100]
        : info === 26
          ? [bytes.readUInt32BE(at + 1), 4, 0x10000]
          : [0, 0, 1]
  if (count < least) throw new Error('length not in its shortest form')
  return [count, at + 1 + size]
}
