/** One value on its way between the page and main, as JSON text can carry it. */
type Wire =
  | { readonly t: 'undefined' }
  | { readonly t: 'value'; readonly v: string | number | boolean | null }
  | { readonly t: 'list'; readonly v: readonly Wire[] }
  | { readonly t: 'object'; readonly v: readonly (readonly [string, Wire])[] }

/**
 * Plain data as text. `undefined` is kept apart from a missing key, as the structured clone does; what the contract never
 * carries (functions, dates, bytes) is an error, as a function is in Electron. Runs in the page too: refers to nothing outside.
 */
export function encode(value: unknown): string {
  const pack = (item: unknown, depth: number): Wire => {
    if (depth > 100) throw new Error('An object could not be cloned: too deep or circular.')
    if (item === undefined) return { t: 'undefined' }
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return { t: 'value', v: item }
    if (typeof item === 'number' && Number.isFinite(item)) return { t: 'value', v: item }
    if (Array.isArray(item)) return { t: 'list', v: item.map((child: unknown) => pack(child, depth + 1)) }
    if (typeof item === 'object') {
      const prototype: unknown = Object.getPrototypeOf(item)
      if (prototype === null || Object.getPrototypeOf(prototype) === null) {
        return { t: 'object', v: Object.entries(item).map(([key, child]) => [key, pack(child, depth + 1)] as const) }
      }
    }
    throw new Error('An object could not be cloned.')
  }
  return JSON.stringify(pack(value, 0))
}

/** The value that {@link encode} was given. A key `__proto__` stays an ordinary key. */
export function decode(text: string): unknown {
  const unpack = (item: Wire): unknown => {
    switch (item.t) {
      case 'undefined':
        return undefined
      case 'value':
        return item.v
      case 'list':
        return item.v.map(unpack)
      case 'object':
        return Object.fromEntries(item.v.map(([key, child]) => [key, unpack(child)]))
    }
  }
  return unpack(JSON.parse(text) as Wire)
}
