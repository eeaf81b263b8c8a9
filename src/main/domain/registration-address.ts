/** RFC 5321 §4.5.3.1: a path of 256 octets with its brackets, 64 of them before the `@`. */
const addressLength = 254
const localLength = 64

/** RFC 5322 §3.2.3 `dot-atom-text`: no quotes, no comments, no spaces, nothing that a header or an SMTP command could mean. */
const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/u
/** RFC 1035 §2.3.1, at least two labels; the last one is no number (RFC 3696 §2). */
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u

/**
 * A mail address as a person typed it, full width or not, as it is kept and sent to: `local@domain` with the domain in ASCII (IDNA, UTS
 * 46) and lower case. `null` for what is none, and for local parts beyond ASCII, which few servers take (RFC 6531).
 */
export function readAddress(typed: string): string | null {
  const text = typed.normalize('NFKC').trim()
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(0, at))
  const domain = asciiDomain(text.slice(at + 1))
  if (local.length > localLength || !dotAtom.test(local) || domain === null) return null
  const address = `${local}@${domain}`
  return address.length <= addressLength ? address : null
}

/** Whether two addresses reach the same person; hardly a server tells upper and lower case apart (RFC 5321 §2.4 lets it). */
export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Whether the address lies in one of these domains or below. */
export function isWithinDomains(address: string, domains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return domains.some((each) => {
    const own = asciiDomain(each)
    return own !== null && (domain === own || domain.endsWith(`.${own}`))
  })
}

/** All that anybody sees of an address (DESIGN.md §5.5): `h…o@e…e.jp`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const dot = domain.lastIndexOf('.')
  return `${ends(address.slice(0, Math.max(0, at)))}@${ends(domain.slice(0, Math.max(0, dot)))}${domain.slice(dot)}`
}

function ends(text: string): string {
  const letters = [...text]
  const [first = ''] = letters
  return letters.length < 4 ? `${first}…` : `${first}…${letters.at(-1) ?? ''}`
}

/** `new URL` would take paths, ports and credentials for parts of their own: only what comes back as one host is a domain. */
function asciiDomain(text: string): string | null {
  if (/[\s/\\?#@:%[\]<>^|]/u.test(text)) return null
  const url = URL.parse(`https://${text}/`)
  return url !== null && domainName.test(url.hostname) ? url.hostname : null
}
