const maxCharacters = 65_536
const maxNodes = 4_096
const maxDepth = 8

/**
 * Whether a value from the page is plain data of a sane size: at most 65,536 characters, 4,096 values, 8 levels. Checked
 * before the schemas, whose cost grows with what they are given. Objects with a prototype other than `Object`'s and the
 * keys that change prototypes are refused.
 */
export function isPlainAndSmall(root: unknown): boolean {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }]
  let characters = 0
  let nodes = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    nodes += 1
    if (typeof value === 'string') characters += value.length
    if (nodes > maxNodes || characters > maxCharacters || depth > maxDepth) return false
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return false
      continue
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false
    if (Array.isArray(value) && value.length > maxNodes) return false
    for (const [key, child] of Object.entries(value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') return false
      characters += key.length
      waiting.push({ value: child, depth: depth + 1 })
      if (waiting.length > maxNodes) return false
    }
  }
  return true
}
