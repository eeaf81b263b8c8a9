import { isIP } from 'node:net'
import { AppError } from '../../shared/errors'

/** One server and how to reach it safely: LDAPS, or LDAP upgraded by StartTLS before anything else is sent. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly tls: 'ldaps' | 'starttls'
}

/** An endpoint from `ldaps://host:636` or `ldap://host:389`; anything else is `config-invalid`. */
export function parseEndpoint(url: string): Endpoint {
  const match = /^(ldaps?):\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s]+)(?::(\d{1,5}))?\/?$/iu.exec(url.trim())
  const [, scheme = '', host = '', port] = match ?? []
  if (match === null) throw new AppError('config-invalid', { field: 'directory.servers', problem: url })
  const secure = scheme.toLowerCase() === 'ldaps'
  return {
    host: host.replace(/^\[|\]$/gu, ''),
    port: port === undefined ? (secure ? 636 : 389) : Number(port),
    tls: secure ? 'ldaps' : 'starttls',
  }
}

/** `host:port`, as people and the audit name a server. */
export function serverName(endpoint: Endpoint): string {
  return `${isIP(endpoint.host) === 6 ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`
}
