import { AppError } from '../../../shared/errors'
import { certificateFault } from '../../domain/certificate-faults'

/** What imapflow and Node put on their errors; everything is optional, nothing is trusted. */
interface ImapFacts {
  readonly code: string
  readonly authenticationFailed: boolean
  readonly tlsFailed: boolean
  readonly responseStatus: string
  readonly responseText: string
}

/** What a failed connection or command means. The cause keeps words for the log only, and no command: that may hold the password. */
export function mailboxError(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error

  const facts = factsOf(error)
  const cause = new Error(`imap: ${[facts.code, facts.responseStatus, messageOf(error)].filter(Boolean).join(' ')}`)
  if (certificateFault(facts.code) !== null) return new AppError('mailbox-certificate', { host }, { cause })
  if (facts.authenticationFailed) return new AppError('mailbox-refused', { host }, { cause })
  const isTls = facts.tlsFailed || facts.code.startsWith('ERR_SSL') || facts.code === 'EPROTO'
  if (isTls && facts.code !== 'UPGRADE_TIMEOUT') return new AppError('mailbox-tls-refused', { host }, { cause })
  return new AppError('mailbox-unreachable', { host }, { cause })
}

/** The server answered the command with NO or BAD; the connection goes on. */
export function isRefusedCommand(error: unknown): boolean {
  const { responseStatus } = factsOf(error)
  return responseStatus === 'NO' || responseStatus === 'BAD'
}

function factsOf(error: unknown): ImapFacts {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
  const text = (name: string): string => {
    const value = field(name)
    return typeof value === 'string' ? value : ''
  }
  return {
    code: text('code'),
    authenticationFailed: field('authenticationFailed') === true,
    tlsFailed: field('tlsFailed') === true,
    responseStatus: text('responseStatus'),
    responseText: text('responseText'),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : ''
}
