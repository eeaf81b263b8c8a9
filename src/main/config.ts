import type { DirectoryKind, Role } from '../shared/model/operator'
import type { Policy } from './domain/policy'

/** Reads and validates the configuration. Filled in by the configuration floor; the shape is what everything else uses. */
export interface DeskConfig {
  readonly source: 'machine' | 'user' | 'command-line' | 'sample'
  /** Absolute path; `null` for the sample organisation. */
  readonly file: string | null
  readonly organisation: string
  readonly directory: DirectoryConfig
  readonly policy: Policy
  /** Hosts that `openExternal` may open, https only. */
  readonly externalHosts: readonly string[]
}

export interface DirectoryConfig {
  readonly kind: DirectoryKind | 'auto'
  /** In order of preference: `ldaps://host:636`, `ldap://host:389` (StartTLS, never in clear). Empty: discovered from `domain`. */
  readonly servers: readonly string[]
  /** DNS domain whose SRV records name the domain controllers; `null`: only `servers`. */
  readonly domain: string | null
  readonly site: string | null
  /** DNS servers to ask instead of the system's, `host:port`. */
  readonly dnsServers: readonly string[]
  /** PEM of the pinned CA; `null`: the system's. */
  readonly ca: string | null
  readonly caFile: string | null
  /** Search base for people; `null`: the default naming context. */
  readonly peopleBase: string | null
  /** OpenLDAP: how a user ID becomes a bind DN, `{user}` escaped. Tried in order until a person of that DN exists. AD needs none. */
  readonly bindDn: string | null
  /** Attributes that hold a phonetic reading, in order. */
  readonly readingAttributes: readonly string[]
  /** DNs of groups whose members are privileged besides the built-in ones. */
  readonly protectedGroups: readonly string[]
  readonly roles: Readonly<Record<Role, readonly string[]>>
  readonly connectTimeoutMs: number
  readonly operationTimeoutMs: number
}
