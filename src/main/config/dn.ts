/**
 * Whether a text is a distinguished name as RFC 4514 §3 writes it: at least one `type=value`, special characters escaped.
 * Scanned by hand, not by one regular expression: a hostile text must not take long.
 */
export function isDistinguishedName(text: string): boolean {
  const parts = splitUnescaped(text, ',').flatMap((rdn) => splitUnescaped(rdn, '+'))
  return parts.every(isAttributeAndValue)
}

function isAttributeAndValue(part: string): boolean {
  const equals = part.indexOf('=')
  if (equals < 1) return false
  const type = part.slice(0, equals).trim()
  if (!/^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)$/u.test(type)) return false
  return isValue(part.slice(equals + 1).replace(/^ +/u, ''))
}

function isValue(value: string): boolean {
  if (value === '') return false
  if (value.startsWith('#')) return /^#(?:[0-9a-f]{2})+$/iu.test(value)
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index)
    if ('"<>;\0'.includes(character)) return false
    if (character !== '\\') continue
    const escaped = /^(?:[0-9a-f]{2}|[ "#+,;<=>\\])/iu.exec(value.slice(index + 1, index + 3))?.[0]
    if (escaped === undefined) return false
    index += escaped.length
  }
  return true
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === separator) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}
