/** One `type=value` of a DN, unescaped. */
interface AttributeValue {
  readonly type: string
  readonly value: string
}

/** Escapes one value for a DN (RFC 4514 §2.4): what a template or an RDN takes. */
export function escapeDnValue(value: string): string {
  return (
    value
      .replace(/["+,;<>=\\]/gu, (character) => `\\${character}`)
      // eslint-disable-next-line no-control-regex -- control characters are just what is escaped here
      .replace(/[\u0000-\u001f\u007f]/gu, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .replace(/^[ #]/u, (character) => `\\${character}`)
      .replace(/ $/u, '\\ ')
  )
}

/** Parts of a DN from the entry up, each a list (multi-valued RDNs); `null` when it is not a DN. */
function parseDn(dn: string): AttributeValue[][] | null {
  const parts: AttributeValue[][] = []
  if (dn === '') return parts
  let position = 0
  let current: AttributeValue[] = []
  while (position <= dn.length) {
    const equals = dn.indexOf('=', position)
    if (equals < 0) return null
    const type = dn.slice(position, equals).trim().toLowerCase()
    if (type === '') return null
    const bytes: number[] = []
    let kept = 0
    let end = equals + 1
    while (dn[end] === ' ') end += 1
    for (; end < dn.length && !/[,+;]/u.test(dn[end] ?? ''); end += 1) {
      const character = dn[end] ?? ''
      if (character !== '\\') {
        const point = dn.codePointAt(end) ?? 0
        const text = String.fromCodePoint(point)
        bytes.push(...Buffer.from(text))
        end += text.length - 1
        if (character !== ' ') kept = bytes.length
        continue
      }
      const hex = dn.slice(end + 1, end + 3)
      if (/^[0-9a-f]{2}$/iu.test(hex)) {
        bytes.push(Number.parseInt(hex, 16))
        end += 2
      } else {
        const point = dn.codePointAt(end + 1)
        if (point === undefined) return null
        const text = String.fromCodePoint(point)
        bytes.push(...Buffer.from(text))
        end += text.length
      }
      kept = bytes.length
    }
    current.push({ type, value: Buffer.from(bytes.slice(0, kept)).toString('utf8') })
    if (end >= dn.length) {
      parts.push(current)
      return parts
    }
    if (dn[end] !== '+') {
      parts.push(current)
      current = []
    }
    position = end + 1
  }
  return parts
}

/** A form of a DN that two spellings of the same name share: types and values without case, one way of escaping. */
export function normaliseDn(dn: string): string {
  const parts = parseDn(dn)
  if (parts === null) return dn.toLowerCase()
  return parts
    .map((part) =>
      part
        .map(({ type, value }) => `${type}=${escapeDnValue(value.normalize('NFC').toLowerCase())}`)
        .toSorted()
        .join('+'),
    )
    .join(',')
}

/** The first value of a DN, such as a group's or a manager's name. */
export function nameOfDn(dn: string): string {
  return parseDn(dn)?.[0]?.[0]?.value ?? dn
}

/** Whether `dn` is `base` or lies below it. */
export function isWithin(dn: string, base: string): boolean {
  const [inner, outer] = [normaliseDn(dn), normaliseDn(base)]
  return outer === '' || inner === outer || inner.endsWith(`,${outer}`)
}

/** DNS name of a naming context made of `dc=` parts: `ad.sakura.example`. Empty when it has none. */
export function dnsDomainOf(dn: string): string {
  const parts = parseDn(dn) ?? []
  return parts
    .flatMap((part) => part.filter(({ type }) => type === 'dc'))
    .map(({ value }) => value)
    .join('.')
}
