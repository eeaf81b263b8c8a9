import type { Log } from '../../src/main/log'

/** For tests that are not about the log. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
