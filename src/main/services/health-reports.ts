import type { AppError, ErrorCode } from '../../shared/errors'
import type { HealthCode, HealthPart } from '../../shared/model/health'

/** What one part says of itself now. */
export type HealthReport = Pick<HealthPart, 'state' | 'code' | 'params'>

export const fine: HealthReport = { state: 'ok', code: 'ok', params: {} }
export const unknown: HealthReport = { state: 'unknown', code: 'unknown', params: {} }
export const off: HealthReport = { state: 'off', code: 'off', params: {} }

const failures: Readonly<Partial<Record<ErrorCode, HealthCode>>> = {
  'directory-unreachable': 'unreachable',
  'directory-no-server': 'unreachable',
  'directory-timeout': 'timeout',
  'directory-certificate': 'certificate',
  'directory-tls-required': 'tls-refused',
  'directory-refused': 'refused',
  'directory-refused-rights': 'refused',
  'mailbox-unreachable': 'unreachable',
  'mailbox-certificate': 'certificate',
  'mailbox-tls-refused': 'tls-refused',
  'mailbox-refused': 'refused',
  'mailbox-folder-missing': 'folder-missing',
  'sms-unreachable': 'unreachable',
  'sms-unknown': 'timeout',
  'sms-certificate': 'certificate',
  'sms-refused': 'refused',
  'voice-unreachable': 'unreachable',
  'voice-unknown': 'timeout',
  'voice-certificate': 'certificate',
  'voice-refused': 'refused',
  'mail-unreachable': 'unreachable',
  'mail-unknown': 'timeout',
  'mail-certificate': 'certificate',
  'mail-tls-refused': 'tls-refused',
  'mail-refused': 'refused',
  'secret-missing': 'secret-missing',
  'audit-unavailable': 'desk-closed',
  'desk-closed': 'desk-closed',
}

/** A refusal as a part of the health line tells it. */
export function failureReport(error: AppError): HealthReport {
  // An address that is not there says nothing against the server that knows it.
  if (error.code === 'mail-recipient-refused') return fine
  return { state: 'down', code: failures[error.code] ?? 'failing', params: error.params }
}

/** An app's code counts for one step of 30 s each way (RFC 6238 §5.2): time to say it is before that. */
const clockTolerance = 20

/**
 * This machine's clock against the server's. `sentAt` and `backAt` in milliseconds around the question: the answer may be from any
 * moment between them, and that much is not held against the clock.
 */
export function clockReport(serverTime: string | null, sentAt: number, backAt: number): HealthReport {
  if (serverTime === null) return unknown
  const travel = (backAt - sentAt) / 2
  const ahead = sentAt + travel - Date.parse(serverTime)
  const seconds = Math.round(Math.max(0, Math.abs(ahead) - travel) / 1000)
  if (seconds <= clockTolerance) return { ...fine, params: { seconds } }
  return { state: 'warning', code: 'clock-off', params: { seconds, direction: ahead > 0 ? 'ahead' : 'behind' } }
}

const mebibyte = 1024 * 1024
/** Below this an audit row may soon not be written, and the desk would close. */
const lowSpace = 500 * mebibyte

/** The disk that the desk's own data lies on. */
export function diskReport(freeBytes: number): HealthReport {
  const params = { freeMegabytes: Math.floor(freeBytes / mebibyte) }
  return freeBytes < lowSpace ? { state: 'warning', code: 'disk-low', params } : { ...fine, params }
}

/** `host:port` of the first configured server (`ldaps://host`); `null` where none is named: the directory is discovered. */
export function preferredServer(servers: readonly string[]): string | null {
  const [, scheme = '', host = '', port = ''] =
    /^(ldaps?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?\/?$/iu.exec(servers[0] ?? '') ?? []
  if (host === '') return null
  return `${host}:${port === '' ? (scheme.toLowerCase() === 'ldaps' ? 636 : 389) : port}`
}

/** The server that answers, and the one that should. */
export function serverReport(server: string, preferred: string | null): HealthReport {
  if (preferred === null || preferred.toLowerCase() === server.toLowerCase()) return { ...fine, params: { server } }
  return { state: 'warning', code: 'other-server', params: { server, preferred } }
}
