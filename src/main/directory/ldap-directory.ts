import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Clock } from '../clock'
import type { DirectoryConfig } from '../config'
import type { Log } from '../log'
import { ActiveDirectorySession, authorityOf } from './active-directory'
import type { Connection } from './connection'
import type { Directory, DirectorySession } from './directory'
import { discover } from './discovery'
import type { FoundServers } from './discovery'
import { dnsDomainOf, escapeDnValue, isWithin } from './dn'
import { parseEndpoint } from './endpoint'
import { all, anyOf, either, equals } from './filters'
import { Links, openFirst } from './links'
import { OpenLdapSession } from './openldap'
import type { Attributes } from './values'
import { guidFromBytes } from './values'

export interface LdapDirectoryOptions {
  readonly config: DirectoryConfig
  readonly clock: Clock
  readonly log: Log
}

/** Capability that only Active Directory names in its rootDSE (MS-ADTS 3.1.1.3.4.3). */
const activeDirectoryCapability = '1.2.840.113556.1.4.800'

/** Active Directory and OpenLDAP over the wire. Nothing is connected before somebody signs in. */
export class LdapDirectory implements Directory {
  readonly #options: LdapDirectoryOptions

  constructor(options: LdapDirectoryOptions) {
    this.#options = options
  }

  async signIn(userId: string, password: string): Promise<DirectorySession> {
    if (password === '') throw new AppError('password-empty')
    // Nobody is called so, and servers written in C end a name at NUL, or take a password that begins with it for an empty one.
    if (/\p{Cc}/u.test(userId) || password.includes('\0')) throw new AppError('sign-in-wrong')
    const { config, log } = this.#options
    const found = await this.#servers()
    const connection = await openFirst(found.endpoints, config, log)
    try {
      return kindOf(connection, config) === 'active-directory'
        ? await this.#signInToActiveDirectory(connection, found, userId, password)
        : await this.#signInToOpenLdap(connection, found, userId, password)
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async #servers(): Promise<FoundServers> {
    const { config } = this.#options
    const { domain } = config
    if (config.servers.length > 0) return { endpoints: config.servers.map(parseEndpoint), authority: null }
    if (domain === null) throw new AppError('directory-no-server')
    return discover({ domain, site: config.site, dnsServers: config.dnsServers })
  }

  async #signInToActiveDirectory(
    connection: Connection,
    found: FoundServers,
    userId: string,
    password: string,
  ): Promise<DirectorySession> {
    const { config, clock } = this.#options
    const base = connection.rootDse.text('defaultNamingContext')
    if (base === '') throw new AppError('directory-kind-unknown', { server: connection.server })
    // Every account has the implicit UPN `sAMAccountName@domain`; a bare name is no bind name (DOMAIN.md B3).
    const bindName = /[@\\]/u.test(userId) ? userId : `${userId}@${dnsDomainOf(base)}`
    await connection.bind(bindName, password)

    const account = userId.replace(/^[^\\]*\\/u, '')
    const accountName = account.replace(/@.*$/u, '')
    const attributes = ['objectGUID', 'displayName', 'cn', 'sAMAccountName', 'userPrincipalName']
    const names = either(anyOf('userPrincipalName', [bindName, account]), equals('sAMAccountName', accountName))
    const candidates = await connection.search(base, { filter: all(equals('objectClass', 'user'), names), attributes })
    const same = (name: string, other: string): boolean => name.toLowerCase() === other.toLowerCase()
    // An explicit UPN wins over the implicit one of another account, as it does for the server.
    const self =
      candidates.find((entry) => same(entry.text('userPrincipalName'), bindName)) ??
      candidates.find((entry) => same(entry.text('sAMAccountName'), accountName))
    const [guid] = self?.buffers('objectGUID') ?? []
    if (self === undefined || guid === undefined) throw new AppError('person-not-found')

    const id: PersonId = `${guidFromBytes(guid)}@${base.toLowerCase()}`
    const authority = found.authority ?? (await authorityOf(connection, base, found.endpoints))
    return new ActiveDirectorySession({
      links: this.#links(connection, { ...found, authority }, bindName, password),
      config,
      clock,
      base,
      peopleBase: config.peopleBase ?? base,
      person: { id, name: self.first('displayName', 'cn'), userId: self.first('sAMAccountName') },
    })
  }

  async #signInToOpenLdap(
    connection: Connection,
    found: FoundServers,
    userId: string,
    password: string,
  ): Promise<DirectorySession> {
    const { config, clock } = this.#options
    const contexts = connection.rootDse.texts('namingContexts')
    const { peopleBase } = config
    const holder = peopleBase === null ? undefined : contexts.find((context) => isWithin(peopleBase, context))
    const base = holder ?? contexts[0] ?? ''
    if (base === '') throw new AppError('directory-kind-unknown', { server: connection.server })

    const bindName = await this.#bindDn(connection, userId, peopleBase ?? base)
    await connection.bind(bindName, password)
    const self = await connection.read(bindName, ['entryUUID', 'cn', 'displayName', 'uid'])
    if (self === null || !self.has('entryUUID')) throw new AppError('person-not-found')

    const id: PersonId = `${self.text('entryUUID').toLowerCase()}@${base.toLowerCase()}`
    return new OpenLdapSession({
      links: this.#links(connection, found, bindName, password),
      config,
      clock,
      base,
      peopleBase: peopleBase ?? base,
      person: { id, name: self.first('displayName', 'cn'), userId: self.first('uid') || userId },
      personDn: self.dn,
    })
  }

  /** The DN to bind with: by the template, else looked up where the server answers that before a bind, else by `uid`. */
  async #bindDn(connection: Connection, userId: string, peopleBase: string): Promise<string> {
    const { bindDn } = this.#options.config
    const escaped = escapeDnValue(userId)
    if (bindDn !== null) return bindDn.replaceAll('{user}', () => escaped)
    const filter = all(equals('objectClass', 'person'), equals('uid', userId))
    const found = await connection.search(peopleBase, { filter, attributes: ['uid'] }).catch((): Attributes[] => [])
    return found.length === 1 && found[0] !== undefined ? found[0].dn : `uid=${escaped},${peopleBase}`
  }

  #links(connection: Connection, found: FoundServers, bindName: string, password: string): Links {
    const { config, log } = this.#options
    return new Links({ connection, ...found, bindName, password, settings: config, log })
  }
}

/** Which directory this is, by its rootDSE; `null`: none that is known here. */
export function recognise(rootDse: Attributes): 'active-directory' | 'openldap' | null {
  if (rootDse.texts('supportedCapabilities').includes(activeDirectoryCapability)) return 'active-directory'
  const classes = [...rootDse.texts('objectClass'), ...rootDse.texts('structuralObjectClass')]
  return classes.some((name) => name.toLowerCase() === 'openldaprootdse') ? 'openldap' : null
}

/** The same; a configured kind must not contradict it. */
function kindOf({ rootDse, server }: Connection, config: DirectoryConfig): 'active-directory' | 'openldap' {
  const kind = recognise(rootDse)
  if (kind === 'active-directory' && config.kind !== 'openldap') return kind
  if (kind !== 'active-directory' && config.kind === 'openldap') return 'openldap'
  if (kind === 'openldap' && config.kind === 'auto') return kind
  throw new AppError('directory-kind-unknown', { server })
}
