import { AppError } from '../../../shared/errors'
import { certificateFault } from '../../domain/certificate-faults'

/** What nodemailer and Node put on their errors; everything is optional, nothing is trusted. */
interface SmtpFacts {
  readonly code: string
  /** Of Node or OpenSSL, under nodemailer's own. */
  readonly originalCode: string
  readonly command: string
  /** The server's reply; 0 when there was none. */
  readonly status: number
  /** RFC 3463; empty where the server gives none. */
  readonly enhanced: string
}

/** RFC 5321 §4.2.3: the mailbox is not there, not allowed or badly named. RFC 3463 §3.8: `X.7` speaks of the sender's rights instead. */
const aboutTheRecipient: ReadonlySet<number> = new Set([550, 551, 552, 553])

/**
 * What a failed connection or command means. The cause keeps codes for the log only: words of a server may quote the address, and a
 * command may hold the password.
 */
export function mailError(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error

  const { code, originalCode, command, status, enhanced } = factsOf(error)
  const verb = /^[A-Z]+/u.exec(command)?.[0] ?? ''
  const cause = new Error(`smtp: ${[code, originalCode, verb, status || '', enhanced].filter(Boolean).join(' ')}`)
  if (certificateFault(originalCode) !== null) return new AppError('mail-certificate', { host }, { cause })
  const isTls = code === 'ETLS' || originalCode.startsWith('ERR_SSL') || originalCode === 'EPROTO'
  if (isTls) return new AppError('mail-tls-refused', { host }, { cause })
  if (verb === 'RCPT' && aboutTheRecipient.has(status) && !enhanced.startsWith('5.7.')) {
    return new AppError('mail-recipient-refused', { status }, { cause })
  }
  if (status >= 400) return new AppError('mail-refused', { status }, { cause })
  return new AppError('mail-unreachable', { host }, { cause })
}

function factsOf(error: unknown): SmtpFacts {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
  const text = (name: string): string => {
    const value = field(name)
    return typeof value === 'string' ? value : ''
  }
  const status = field('responseCode')
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    status: typeof status === 'number' ? status : 0,
    enhanced: /^\d{3}[ -](?<enhanced>[245]\.\d{1,3}\.\d{1,3})\b/u.exec(text('response'))?.groups?.['enhanced'] ?? '',
  }
}
