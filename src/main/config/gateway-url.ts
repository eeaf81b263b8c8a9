import { isIP } from 'node:net'
import { isHost } from './text'
import type { ConfigProblem } from './problems'

/** Whom an address with placeholders such as `{to}` speaks to; the host in lower case. */
export interface GatewayAddress {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

const placeholder = /\{[A-Za-z][A-Za-z0-9_:-]{0,99}\}/gu

/** Reads it, or says why it cannot be used: placeholders and user names have no place where it decides who is spoken to. */
export function parseGatewayUrl(url: string): GatewayAddress | ConfigProblem {
  const match =
    /^(?<scheme>https?):\/\/(?<host>\[[0-9a-f:.]+\]|[^\s/?#@:[\]{}\\]+)(?::(?<port>\d{1,5}))?(?=[/?]|$)/iu.exec(url)
  const { scheme = '', host = '', port } = match?.groups ?? {}
  const path = url.slice(match?.[0].length ?? 0)
  if (match === null || !isHost(host)) return 'not-a-gateway-url'
  const plain = url.replaceAll(placeholder, 'x')
  // It must say the same when it is parsed: `https://443/` is 0.0.1.187, and a backslash is a slash.
  if (/[\s\\#]/u.test(path) || !URL.canParse(plain)) return 'not-a-gateway-url'
  if (new URL(plain).hostname !== host.toLowerCase()) return 'not-a-gateway-url'
  const secure = scheme.toLowerCase() === 'https'
  const number = port === undefined ? (secure ? 443 : 80) : Number(port)
  if (number < 1 || number > 65_535) return 'not-a-gateway-url'
  if (!secure && !isLoopback(host)) return 'gateway-needs-https'
  return { scheme: secure ? 'https' : 'http', host: host.toLowerCase(), port: number }
}

/** Whether an entry of the allow-list means this address; a host without a port is the one at the usual port. */
export function allowsAddress(entry: string, { scheme, host, port }: GatewayAddress): boolean {
  const usual = scheme === 'https' ? 443 : 80
  const wanted = entry.toLowerCase()
  return wanted === `${host}:${port}` || (wanted === host && port === usual)
}

/** `host` or `host:port` as the allow-list takes it. */
export function isHostAndPort(entry: string): boolean {
  const match = /^(?<host>\[[0-9a-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/iu.exec(entry)
  const { host = '', port } = match?.groups ?? {}
  return isHost(host) && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535))
}

/** A gateway on this very machine may be spoken to in clear: nothing leaves it. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))
}
