import { readFileSync } from 'node:fs'
import type { DirectoryConfig } from '../../src/main/config'
import { sampleOrganisation } from '../../src/main/directory/sample-organisation'

/** The made-up company that every test server is seeded with. */
export const organisation = sampleOrganisation()

/** What a bind as that person answers; `other:<message>` is something that no test expects. */
export type BindAnswer =
  'ok' | 'wrong' | 'locked' | 'must-change' | 'expired' | 'disabled' | 'account-expired' | `other:${string}`

/** `directory` section of a configuration file: what `DirectoryConfig` is read from. `caFile` stands in for `ca`. */
export type DirectoryFileConfig = Omit<DirectoryConfig, 'ca'>

/** A configuration file that points at a test server. Its policy asks for one method, since one kind exists. */
export interface ConfigDocument {
  readonly version: 1
  readonly organisation: string
  readonly directory: Omit<DirectoryFileConfig, 'roles'>
  readonly roles: DirectoryFileConfig['roles']
  readonly policy: { readonly methodsRequired: number }
}

/** A real directory server, seeded with the sample organisation. */
export interface TestDirectory {
  readonly kind: 'openldap' | 'active-directory'
  readonly host: string
  /** LDAPS and StartTLS port. */
  readonly ldapsPort: number
  readonly ldapPort: number
  readonly baseDn: string
  readonly caFile: string
  /** Everyone's password at seed. */
  readonly password: string
  /** For the configuration file. */
  readonly directoryConfig: DirectoryFileConfig
  /** The same with the CA read: for `createDirectory`. */
  readonly config: DirectoryConfig
  /** A whole configuration file: `JSON.stringify` it. */
  readonly configDocument: ConfigDocument
  /** DN of a person now. */
  dn(userId: string): Promise<string>
  /** Locks by wrong binds, as a person does it. */
  lock(userId: string): Promise<void>
  bindAs(userId: string, password: string): Promise<BindAnswer>
  /** As the server's administrator: unlocks and needs no change at next sign-in. */
  setPassword(userId: string, password: string): Promise<void>
  /** As the server's administrator: other family name in name, DN and `cn`; the user ID stays. */
  rename(userId: string, name: string): Promise<void>
  /** As the server's administrator: replaces the values of one attribute; none removes it. */
  replace(userId: string, attribute: string, values: readonly string[]): Promise<void>
  /** As the server's administrator: adds a person to a group, or removes them. */
  setMember(group: string, userId: string, member: boolean): Promise<void>
  stop(): Promise<void>
}

/** The configuration as `createDirectory` wants it. */
export function withCa(file: DirectoryFileConfig): DirectoryConfig {
  return { ...file, ca: file.caFile === null ? null : readFileSync(file.caFile, 'utf8') }
}

/** The same as a whole configuration file. */
export function configDocument(file: DirectoryFileConfig): ConfigDocument {
  const { roles, ...directory } = file
  return { version: 1, organisation: organisation.organisation, directory, roles, policy: { methodsRequired: 1 } }
}
