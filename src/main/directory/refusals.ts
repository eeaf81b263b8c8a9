import { ResultCodeError } from 'ldapts'
import { AppError } from '../../shared/errors'
import type { ErrorCode } from '../../shared/errors'
import { certificateFault } from '../domain/certificate-faults'

/** The connection is gone or was never there: nothing is known about what was being asked. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** The connection was gone before the request was sent: nothing of it left this machine. */
export class NotSent extends ConnectionLost {}

/** The server did not answer in time; the client has dropped the connection. */
export class OperationTimedOut extends ConnectionLost {}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What went wrong before anything was sent, as a refusal: `directory-certificate`, `-timeout` or `-unreachable`. */
export function connectRefusal(error: unknown, server: string): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const reason = certificateFault(code)
  if (reason !== null) return new AppError('directory-certificate', { server, reason }, { cause: error })
  const timedOut = code === 'ETIMEDOUT' || (error instanceof Error && /timeout|timed out/iu.test(error.message))
  return new AppError(timedOut ? 'directory-timeout' : 'directory-unreachable', { server }, { cause: error })
}

/** Result code of an LDAP answer (RFC 4511 §4.1.9); `null`: this is no answer of the server. */
export function resultCodeOf(error: unknown): number | null {
  return error instanceof ResultCodeError ? error.code : null
}

/** ldapts says a lost connection and a time-out with plain errors. */
export function lossOf(error: unknown): ConnectionLost | null {
  if (error instanceof ConnectionLost) return error
  if (!(error instanceof Error) || error instanceof ResultCodeError || error instanceof AppError) return null
  if (/Operation timed out/u.test(error.message)) return new OperationTimedOut(error.message, { cause: error })
  const lost =
    /^(Connection closed before|Socket error|Socket connection not established|Connection timeout)/u.test(
      error.message,
    ) ||
    ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(
      codeOf(error),
    )
  return lost ? new ConnectionLost(error.message, { cause: error }) : null
}

/** `data 775` of Active Directory's bind answer. The prose around it differs between servers and versions. */
const bindData: Readonly<Record<string, ErrorCode>> = {
  '530': 'sign-in-hours',
  '531': 'sign-in-workstation',
  '532': 'sign-in-expired',
  '533': 'sign-in-disabled',
  '701': 'sign-in-account-expired',
  '773': 'sign-in-must-change',
  '775': 'sign-in-locked',
}

/** Errors of the password policy response control (draft-behera-ldap-password-policy §6.2) at a bind. */
const bindPolicy: Readonly<Record<number, ErrorCode>> = {
  0: 'sign-in-expired',
  1: 'sign-in-locked',
  2: 'sign-in-must-change',
}

/**
 * A bind answer in our words: Active Directory's `data xxx`, OpenLDAP's response control, else "wrong". `null` when the
 * bind succeeded and may be used (a must-change bind succeeds on OpenLDAP and may not).
 */
export function bindRefusal(error: unknown, policyError: number | undefined, server: string): unknown {
  const byPolicy = policyError === undefined ? undefined : bindPolicy[policyError]
  if (error === null) return byPolicy === undefined ? null : new AppError(byPolicy)
  const resultCode = resultCodeOf(error)
  if (resultCode === null) {
    const loss = lossOf(error)
    if (loss === null) return error
    const code = loss instanceof OperationTimedOut ? 'directory-timeout' : 'directory-unreachable'
    return new AppError(code, { server }, { cause: error })
  }
  if (resultCode === 49) {
    const message = error instanceof Error ? error.message : ''
    const data = /\bdata ([0-9a-f]+)/iu.exec(message)?.[1]?.toLowerCase() ?? ''
    return new AppError(byPolicy ?? bindData[data] ?? 'sign-in-wrong', {}, { cause: error })
  }
  // noSuchObject and invalidDNSyntax say that there is no such person: the same answer as a wrong password.
  if (resultCode === 32 || resultCode === 34) return new AppError('sign-in-wrong', {}, { cause: error })
  if (resultCode === 8 || resultCode === 13) return new AppError('directory-tls-required', { server }, { cause: error })
  return refusal(error, server)
}

/** Any other definite answer of the server as a refusal; what is no answer passes through. */
export function refusal(error: unknown, server: string): unknown {
  const resultCode = resultCodeOf(error)
  if (resultCode === null) {
    const loss = lossOf(error)
    if (loss === null) return error
    const code = loss instanceof OperationTimedOut ? 'directory-timeout' : 'directory-unreachable'
    return new AppError(code, { server }, { cause: error })
  }
  if (resultCode === 50) return new AppError('directory-refused-rights', { server }, { cause: error })
  if (resultCode === 32) return new AppError('person-not-found', {}, { cause: error })
  if (resultCode === 51 || resultCode === 52) return new AppError('directory-unreachable', { server }, { cause: error })
  return new AppError('directory-refused', { server, resultCode }, { cause: error })
}

/** Why a policy refused a password; `disabled`: an unlock would enable an account that an administrator closed. */
export type PolicyReason = 'history' | 'too-short' | 'complexity' | 'min-age' | 'not-allowed' | 'disabled' | 'unknown'

/** The same errors of the response control at a password write. */
const writePolicy: Readonly<Record<number, PolicyReason>> = {
  3: 'not-allowed',
  4: 'not-allowed',
  5: 'complexity',
  6: 'too-short',
  7: 'min-age',
  8: 'history',
}

/** A refused password write in our words. Active Directory says no more than "constraint"; Samba's prose does. */
export function passwordRefusal(error: unknown, policyError: number | undefined, server: string): unknown {
  const resultCode = resultCodeOf(error)
  const message = error instanceof Error ? error.message : ''
  const byPolicy = policyError === undefined ? undefined : writePolicy[policyError]
  if (resultCode !== null && byPolicy !== undefined)
    return new AppError('directory-refused-policy', { server, reason: byPolicy }, { cause: error })
  // 0000052D: ERROR_PASSWORD_RESTRICTION; 53 with 0000001F is a badly encoded or unencrypted value, not a policy.
  if (resultCode === 19 || (resultCode === 53 && /0000052D/iu.test(message)))
    return new AppError('directory-refused-policy', { server, reason: reasonInProse(message) }, { cause: error })
  return refusal(error, server)
}

function reasonInProse(message: string): PolicyReason {
  if (/too short/iu.test(message)) return 'too-short'
  if (/complexity/iu.test(message)) return 'complexity'
  if (/history/iu.test(message)) return 'history'
  if (/too young|recently|minimum age/iu.test(message)) return 'min-age'
  return 'unknown'
}
