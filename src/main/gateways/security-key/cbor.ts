import { decode, encode, rfc8949EncodeOptions, Tokenizer, Type } from 'cborg'
import type { DecodeOptions } from 'cborg/interface'

/** A value as CTAP2 writes it; maps keep numbers and texts as keys apart. */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

/** Levels within each other; CTAP 2.1 §8 allows four, attestation statements of a key may have one more. */
const deepest = 6

const strictly = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
} satisfies DecodeOptions

/** CTAP2 canonical form (CTAP 2.1 §8): shortest lengths, keys in the order of their encoded bytes. */
export function encodeCbor(value: Cbor): Uint8Array {
  return encode(value, rfc8949EncodeOptions)
}

/**
 * Reads what a device sent, whole and strictly. Throws an Error for anything else, never without bound: lengths beyond the
 * bytes at hand, nesting, repeated keys, tags.
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const value: unknown = decode(bytes, { ...strictly, tokenizer: new ShallowTokenizer(bytes, strictly) })
  return asCbor(value)
}

/** What CTAP2 has no use for, such as a map with lists as keys, is refused. */
function asCbor(value: unknown): Cbor {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(asCbor)
  if (value instanceof Map) {
    return new Map(
      Array.from(value, ([key, item]: [unknown, unknown]) => {
        if (typeof key !== 'number' && typeof key !== 'string') throw new Error('CBOR map key')
        return [key, asCbor(item)]
      }),
    )
  }
  throw new Error('CBOR value')
}

/** Ends a nesting bomb before the decoder, which calls itself for every level, has followed it. */
class ShallowTokenizer extends Tokenizer {
  readonly #open: number[] = []

  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next()
    const count = typeof token.value === 'number' ? token.value : 0
    while (this.#open.at(-1) === 0) this.#open.pop()
    const left = this.#open.pop()
    if (left !== undefined) this.#open.push(left - 1)
    if (Type.equals(token.type, Type.array)) this.#open.push(count)
    if (Type.equals(token.type, Type.map)) this.#open.push(count * 2)
    if (this.#open.length > deepest) throw new Error('CBOR is nested too deep.')
    return token
  }
}
