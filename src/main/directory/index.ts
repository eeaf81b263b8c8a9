import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import type { Log } from '../log'
import type { Directory } from './directory'
import { LdapDirectory } from './ldap-directory'
import { SampleDirectory } from './memory'

/** What a directory is made of. */
export interface DirectoryOptions {
  readonly config: DirectoryConfig
  readonly clock: Clock
  readonly log: Log
}

/** The directory that the configuration names; `kind: 'sample'` is the built-in one. Connects nothing before `signIn`. */
export function createDirectory(options: DirectoryOptions): Directory {
  return options.config.kind === 'sample' ? new SampleDirectory(options) : new LdapDirectory(options)
}
