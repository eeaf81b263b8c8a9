import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import type { Log } from '../log'
import type { Directory } from './directory'

/** What a directory is made of. */
export interface DirectoryOptions {
  readonly config: DirectoryConfig
  readonly clock: Clock
  readonly log: Log
}

/** The directory that the configuration names; `kind: 'sample'` is the built-in one. Connects nothing before `signIn`. */
export function createDirectory(options: DirectoryOptions): Directory {
  throw new Error(`not built yet: ${options.config.kind}`)
}
