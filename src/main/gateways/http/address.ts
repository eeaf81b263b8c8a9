import { isIP } from 'node:net'
import { AppError } from '../../../shared/errors'

/** Whom a call speaks to. */
export interface Target {
  readonly url: URL
  readonly secure: boolean
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  /** `host:port`, for errors and the log: never the path, which may hold a number, a text and a secret. */
  readonly name: string
}

/**
 * The filled-in address, if it may be spoken to: on the list by host and port, and over TLS unless it is this machine. Throws
 * `invalid-input {field}`; nothing of the address is in it.
 */
export function targetOf(address: string, allowedHosts: readonly string[]): Target {
  const refusal = new AppError('invalid-input', { field: 'url' })
  if (!URL.canParse(address)) throw refusal
  const url = new URL(address)
  const secure = url.protocol === 'https:'
  if ((!secure && url.protocol !== 'http:') || url.username !== '' || url.password !== '') throw refusal

  const usualPort = secure ? 443 : 80
  const port = url.port === '' ? usualPort : Number(url.port)
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1')
  const allowed = allowedHosts.some((entry) => {
    const wanted = entry.toLowerCase()
    return wanted === `${url.hostname}:${port}` || (wanted === url.hostname && port === usualPort)
  })
  if (!allowed) throw new AppError('invalid-input', { field: 'allowedHosts' })
  if (!secure && !isLoopback(host)) throw refusal
  return { url, secure, host, port, name: `${url.hostname}:${port}` }
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3, RFC 6761 §6.3. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
