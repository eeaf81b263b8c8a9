import type { Cbor } from './cbor'

/** Readers of decoded CBOR. Each throws a plain Error when the value has another type; nothing is taken on trust. */

export type CborMap = ReadonlyMap<number | string, Cbor>

const mostItems = 64

export function map(value: Cbor): CborMap {
  if (typeof value === 'object' && value !== null && 'get' in value) return value
  throw new Error('no map')
}

export function bytes(value: Cbor): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new Error('no bytes')
}

export function bool(value: Cbor): boolean {
  if (typeof value === 'boolean') return value
  throw new Error('no boolean')
}

/** A whole number from 0 that a JavaScript number holds exactly. */
export function uint(value: Cbor): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Error('no number')
}

export function ints(value: Cbor): readonly number[] {
  return items(value).map((item) => uint(item))
}

export function texts(value: Cbor): readonly string[] {
  return items(value).map((item) => {
    if (typeof item === 'string') return item
    throw new Error('no text')
  })
}

/** What a map has under a key; `undefined` when it has nothing there. */
export function optional(value: CborMap, key: number | string): Cbor | undefined {
  return value.get(key)
}

export function field(value: CborMap, key: number | string): Cbor {
  const item = value.get(key)
  if (item === undefined) throw new Error('missing field')
  return item
}

function items(value: Cbor): readonly Cbor[] {
  if (isList(value) && value.length <= mostItems) return value
  throw new Error('no list')
}

/** `Array.isArray` knows no read-only lists. */
function isList(value: Cbor): value is readonly Cbor[] {
  return Array.isArray(value)
}
