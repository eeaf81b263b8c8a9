import { DatabaseError } from 'pg'
import { AppError } from '../../shared/errors'
import { certificateFault } from '../domain/certificate-faults'
import { storeUnavailable, type StoreProblem } from './store-problem'

/** By the first letters of a SQLSTATE (PostgreSQL, appendix A), the most exact ones first. */
const problemsByState: readonly (readonly [string, StoreProblem])[] = [
  ['08', 'unreachable'],
  ['25006', 'no-permission'],
  ['25P03', 'busy'],
  ['28', 'refused'],
  ['3D000', 'missing'],
  ['3F000', 'missing'],
  ['40P01', 'busy'],
  ['42501', 'no-permission'],
  ['53100', 'disk-full'],
  ['53300', 'busy'],
  ['53', 'failed'],
  ['55P03', 'busy'],
  ['57014', 'busy'],
  ['57P', 'unreachable'],
  ['58', 'failed'],
  ['XX001', 'damaged'],
  ['XX002', 'damaged'],
]

/** What Node's sockets say; the library's own messages have no code. */
const unreachableCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])
const messages: readonly (readonly [RegExp, StoreProblem])[] = [
  [/does not support SSL/u, 'no-encryption'],
  [/error establishing an SSL connection/u, 'no-encryption'],
  [/^SASL|password must be a string|unknown authenticat/iu, 'refused'],
  [
    /^Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|was closed/u,
    'unreachable',
  ],
]

/** Faults of the server and of the way to it become `store-unavailable`; anything else is a bug and passes through. */
export function postgresFault(name: string, error: unknown): unknown {
  const problem = problemOf(error)
  return problem === null ? error : storeUnavailable(name, problem, error)
}

/** Whether a connection cannot be used any more after this. */
export function isOver(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.severity === 'FATAL' || error.severity === 'PANIC'
  return true
}

function problemOf(error: unknown): StoreProblem | null {
  if (!(error instanceof Error) || error instanceof AppError) return null
  // A name with several addresses: each has failed in its own way.
  if (error instanceof AggregateError) return problemOf(error.errors[0])
  const code: unknown = Reflect.get(error, 'code')
  if (error instanceof DatabaseError) {
    return problemsByState.find(([start]) => `${error.code}`.startsWith(start))?.[1] ?? null
  }
  if (typeof code === 'string' && certificateFault(code) !== null) return 'certificate'
  if (typeof code === 'string' && unreachableCodes.has(code)) return 'unreachable'
  return messages.find(([pattern]) => pattern.test(error.message))?.[1] ?? null
}
