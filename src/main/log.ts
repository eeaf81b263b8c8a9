import { mkdirSync, openSync, closeSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import pino from 'pino'
import { AppError } from '../shared/errors'
import type { Clock } from './clock'
import { scrub, scrubText } from './log/scrub'

/** What every floor writes to. Fields are scrubbed of secrets at any depth before anything is written. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface LogOptions {
  /** Absolute path of the file, such as `<userData>/log/desk.log`. */
  readonly file: string
  readonly clock: Clock
  /** `debug` writes debug lines too; `info` unless told. */
  readonly level?: 'debug' | 'info'
}

const rotateAtBytes = 10 * 1024 * 1024
const keptFiles = 3

/**
 * Opens the log: JSON lines, synchronous, readable by this user only. A file beyond 10 MB becomes `.1` at start, three old
 * ones are kept. Where the file cannot be opened the lines go to standard error: a desk without a log file still works.
 */
export function createLog(options: LogOptions): Log {
  const { destination, problem } = openDestination(options.file)
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid },
      timestamp: () => `,"at":"${options.clock.iso()}"`,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const write =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      logger[level]({ fields: scrub(fields) }, scrubText(message))
    }
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  if (problem !== null) log.warn({ error: problem }, 'The log file cannot be written; lines go to standard error.')
  return log
}

function openDestination(file: string): { destination: pino.DestinationStream; problem: unknown } {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    rotate(file)
    closeSync(openSync(file, 'a', 0o600))
    const destination = pino.destination({ dest: file, sync: true, append: true, mode: 0o600 })
    // A full disk must not end the app: without a listener the stream's error would be thrown as uncaught.
    destination.on('error', () => undefined)
    return { destination, problem: null }
  } catch (problem) {
    return { destination: pino.destination({ dest: 2, sync: true }), problem }
  }
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size <= rotateAtBytes) return

  rmSync(`${file}.${keptFiles}`, { force: true })
  for (let number = keptFiles - 1; number >= 1; number--) moveIfThere(`${file}.${number}`, `${file}.${number + 1}`)
  moveIfThere(file, `${file}.1`)
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to)
}

/**
 * Refuses to start a packaged app whose environment would spill secrets or trust: ldapts' debug output prints requests with
 * passwords in them, and Node writes TLS session keys or drops certificate checks when told to.
 * Throws `environment-unsafe` with the variable's name.
 */
export function assertSafeEnvironment(env: Readonly<Record<string, string | undefined>>, packaged: boolean): void {
  if (!packaged) return
  if (debugsLdapts(env['NODE_DEBUG'] ?? '')) throw new AppError('environment-unsafe', { name: 'NODE_DEBUG' })
  if ((env['SSLKEYLOGFILE'] ?? '') !== '') throw new AppError('environment-unsafe', { name: 'SSLKEYLOGFILE' })
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new AppError('environment-unsafe', { name: 'NODE_TLS_REJECT_UNAUTHORIZED' })
  }
  if (/--tls-keylog|--inspect/u.test(env['NODE_OPTIONS'] ?? '')) {
    throw new AppError('environment-unsafe', { name: 'NODE_OPTIONS' })
  }
}

/** `util.debuglog` takes a list in any case, with `*` as wildcard; anything that may match is refused. */
function debugsLdapts(list: string): boolean {
  return list.split(',').some((entry) => {
    const pattern = entry
      .trim()
      .replace(/[|\\{}()[\]^$+?.]/gu, '\\$&')
      .replaceAll('*', '.*')
    return new RegExp(`^${pattern}$`, 'iu').test('ldapts')
  })
}
