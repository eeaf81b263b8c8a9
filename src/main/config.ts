import { dirname, join, resolve } from 'node:path'
import { AppError } from '../shared/errors'
import type { CallSettings, SmsSettings, SsprSettings, VoiceSettings } from '../shared/model/desk-settings'
import type { DirectoryKind, Role } from '../shared/model/operator'
import sample from '../../resources/sample-organisation.json'
import { readAuthority } from './config/authority'
import { invalid, type ConfigProblem } from './config/problems'
import { assertOnlyOwnerWrites, isThere, readConfigText, fieldName, type ConfigText } from './config/read'
import { policyOf, type ConfigFile } from './config/schema'
import { readSecretFile } from './config/secret-file'
import { validate } from './config/validate'
import { defaultPolicy, type Policy } from './domain/policy'

export { authorityFingerprint } from './config/authority'

/** The configuration as everything else uses it: validated, defaults filled in, paths absolute, times in seconds. */
export interface DeskConfig {
  readonly source: 'machine' | 'user' | 'command-line' | 'sample'
  /** Absolute path; `null` for the sample organisation. */
  readonly file: string | null
  readonly organisation: string
  readonly directory: DirectoryConfig
  readonly policy: Policy
  /** Hosts that `openExternal` may open, https only. */
  readonly externalHosts: readonly string[]
  /** `null`: no mailbox is set up. */
  readonly mailbox: MailboxConfig | null
  /** `null`: no gateway is set up. */
  readonly sms: SmsConfig | null
  /** `null`: no gateway that calls is set up. */
  readonly voice: VoiceConfig | null
  /** `null`: no mail is sent. */
  readonly smtp: SmtpConfig | null
  /** RP ID of security keys (WebAuthn); `null`: they are no method here. */
  readonly securityKey: { readonly rpId: string } | null
  readonly calls: CallSettings
  /** The organisation's own mail domains, in lower case. */
  readonly mailDomains: readonly string[]
  readonly store: StoreConfig
  /** For whom self-service password reset is on, as far as the file says. */
  readonly sspr: SsprSettings
  /** Files that hold secrets in place of the vault, by secret name; absolute paths, 0600. For machines that nobody sets up by hand. */
  readonly secretFiles: Readonly<Record<string, string>>
}

/** Where "contact administrator" mails arrive. The secret is `mailbox.password`. */
export interface MailboxConfig {
  readonly host: string
  readonly port: number
  /** `starttls` is insisted on, never merely tried. */
  readonly security: 'tls' | 'starttls'
  readonly userName: string
  readonly folder: string
  /** PEM of the pinned CA; `null`: the system's. */
  readonly ca: string | null
  readonly caFile: string | null
  readonly startDays: number
  /** User ID that matches mails while nobody is signed in; its secret is `intake.password`. */
  readonly identity: string | null
}

/** An SMS gateway over HTTP; presets are written out in full here. Texts hold `{to}`, `{text}`, `{sender}`, `{id}`, `{secret:NAME}`. */
export interface SmsConfig extends Omit<SmsSettings, 'ca' | 'timeoutSeconds'> {
  readonly ca: string | null
  readonly caFile: string | null
  readonly timeoutMs: number
}

/** A gateway that calls, over HTTP; as {@link SmsConfig}. */
export interface VoiceConfig extends Omit<VoiceSettings, 'ca' | 'timeoutSeconds'> {
  readonly ca: string | null
  readonly caFile: string | null
  readonly timeoutMs: number
}

/** The server that takes mails. The secret is `smtp.password`. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  /** `starttls` is insisted on, never merely tried. */
  readonly security: 'tls' | 'starttls'
  /** `null`: without a sign-in. */
  readonly userName: string | null
  readonly from: string
  /** `null`: the organisation's name. */
  readonly fromName: string | null
  readonly ca: string | null
  readonly caFile: string | null
}

/** Where the desk's data is kept: in a file of this machine, or on a server that desks share. The secret is `store.password`. */
export type StoreConfig =
  | { readonly kind: 'sqlite' }
  | {
      readonly kind: 'postgresql'
      readonly host: string
      readonly port: number
      readonly database: string
      readonly user: string
      /** `null`: the first of the role's own search path. */
      readonly schema: string | null
      /** PEM of the pinned CA; `null`: the system's. */
      readonly ca: string | null
      readonly caFile: string | null
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

/** Where to look for the configuration. */
export interface ConfigPlaces {
  /** `--config FILE` of an unpackaged run; counts as machine-wide. */
  readonly commandLineFile: string | null
  /** A user's own `config.json` lies in here. */
  readonly userDataDir: string
  /** See {@link machineConfigPath}. */
  readonly machineFile: string
}

/**
 * Reads the one file that counts: the command line's, else the machine's, else the user's. A file that is there but cannot be
 * used is an error and never gives way to the next one (DESIGN.md §5.13). Never writes.
 * Throws `config-missing`, `config-unreadable`, `config-invalid`, `config-untrusted-source`.
 */
export function loadConfig(places: ConfigPlaces): DeskConfig {
  if (places.commandLineFile !== null) return read(resolve(places.commandLineFile), 'command-line')

  if (isThere(places.machineFile)) {
    return read(resolve(places.machineFile), 'machine')
  }
  const userFile = join(places.userDataDir, 'config.json')
  if (isThere(userFile)) return read(resolve(userFile), 'user')
  throw new AppError('config-missing', { file: places.machineFile })
}

/** Where an administrator's file lies on this kind of machine. */
export function machineConfigPath(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (platform === 'win32') return `${env['ProgramData'] ?? 'C:\\ProgramData'}\\SSPR Desk\\config.json`
  if (platform === 'darwin') return '/Library/Application Support/SSPR Desk/config.json'
  return '/etc/sspr-desk/config.json'
}

/**
 * The built-in sample organisation: nothing to connect to, nothing to configure. One method is enough to check a caller
 * there, because only one registers in this version.
 */
export function sampleConfig(): DeskConfig {
  const groupDn = (name: string): string => `cn=${name},ou=groups,dc=sakura,dc=example`
  return {
    source: 'sample',
    file: null,
    organisation: sample.organisation,
    directory: {
      kind: 'sample',
      servers: [],
      domain: null,
      site: null,
      dnsServers: [],
      ca: null,
      caFile: null,
      peopleBase: null,
      bindDn: null,
      readingAttributes: [],
      protectedGroups: sample.protectedGroups.map(groupDn),
      roles: {
        agent: sample.roles.agent.map(groupDn),
        approver: sample.roles.approver.map(groupDn),
        admin: sample.roles.admin.map(groupDn),
        auditor: sample.roles.auditor.map(groupDn),
      },
      connectTimeoutMs: 5000,
      operationTimeoutMs: 15_000,
    },
    policy: { ...defaultPolicy, methodsRequired: 1 },
    externalHosts: [],
    mailbox: null,
    sms: null,
    voice: null,
    smtp: null,
    securityKey: null,
    calls: { scheme: 'tel', host: null },
    mailDomains: [],
    store: { kind: 'sqlite' },
    // Each of the three errors is met by somebody of the sample.
    sspr: {
      scope: 'selected',
      groups: [groupDn('sspr-users')],
      managedElsewhere: [groupDn('partner-accounts')],
      withoutWriteBack: [],
    },
    secretFiles: {},
  }
}

function read(file: string, source: 'machine' | 'user' | 'command-line'): DeskConfig {
  const text = readConfigText(file)
  if (source === 'user') assertNothingPrivileged(text)
  if (source === 'machine') assertOnlyOwnerWrites(file, process.platform)
  const config = configOf(text, source)
  if (source !== 'machine') return config
  const { directory, mailbox, sms, voice, smtp } = config
  const store = config.store.kind === 'postgresql' ? config.store : null
  for (const { caFile } of [directory, mailbox, sms, voice, smtp, store].filter((part) => part !== null)) {
    if (caFile !== null) assertOnlyOwnerWrites(caFile, process.platform)
  }
  return config
}

/**
 * A parsed file as a configuration; files that it names are looked for beside it. Throws `config-invalid`.
 * What is asked of the file itself, such as who may write it, has been asked before. `authorities`: certificates, by file name,
 * that will lie beside it and do not yet.
 */
export function configOf(
  text: ConfigText,
  source: Exclude<DeskConfig['source'], 'sample'>,
  authorities: ReadonlyMap<string, string> = new Map(),
): DeskConfig {
  const content = validate(text)
  const pinned = (section: PinnedSection, name: string | null): Pick<SmsConfig, 'ca' | 'caFile'> =>
    pinnedBy(text, section, name, authorities)
  const { directory, mailbox, sms, voice, smtp, store } = content
  return {
    source,
    file: text.file,
    organisation: content.organisation,
    directory: { ...directory, ...pinned('directory', directory.caFile), roles: content.roles },
    policy: policyOf(content.policy),
    externalHosts: content.links,
    mailbox: mailbox === null ? null : { ...mailbox, ...pinned('mailbox', mailbox.caFile) },
    sms: sms === null ? null : gateway(sms, pinned('sms', sms.caFile)),
    voice: voice === null ? null : gateway(voice, pinned('voice', voice.caFile)),
    smtp: smtp === null ? null : { ...smtp, ...pinned('smtp', smtp.caFile) },
    securityKey: content.securityKey,
    calls: content.calls,
    mailDomains: content.mailDomains,
    store: store.kind === 'sqlite' ? store : { ...store, ...pinned('store', store.caFile) },
    sspr: content.sspr,
    secretFiles: secretFilesOf(text, content.secretFiles),
  }
}

function gateway<T extends NonNullable<ConfigFile['sms'] | ConfigFile['voice']>>(
  { timeoutSeconds, ...settings }: T,
  authority: Pick<SmsConfig, 'ca' | 'caFile'>,
): Omit<T, 'timeoutSeconds'> & Pick<SmsConfig, 'ca' | 'caFile' | 'timeoutMs'> {
  return { ...settings, ...authority, timeoutMs: timeoutSeconds * 1000 }
}

type PinnedSection = 'directory' | 'mailbox' | 'sms' | 'voice' | 'smtp' | 'store'

/** The certificates of a section's `caFile`, and where it lies. */
function pinnedBy(
  text: ConfigText,
  section: PinnedSection,
  name: string | null,
  authorities: ReadonlyMap<string, string>,
): Pick<SmsConfig, 'ca' | 'caFile'> {
  if (name === null) return { ca: null, caFile: null }
  const caFile = resolve(dirname(text.file), name)
  const toCome = authorities.get(name)
  if (toCome !== undefined) return { ca: toCome, caFile }
  const authority = readAuthority(caFile)
  if ('problem' in authority) throw wrongFile(text, [section, 'caFile'], authority.problem, caFile)
  return { ca: authority.pem, caFile }
}

/** Each is read once here, so that a wrong one is told with its line and not when the secret is needed. */
function secretFilesOf(text: ConfigText, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).map(([name, path]) => {
      const file = resolve(dirname(text.file), path)
      const answer = readSecretFile(file)
      if ('problem' in answer) throw wrongFile(text, ['secretFiles', name], answer.problem, file)
      return [name, file]
    }),
  )
}

function wrongFile(text: ConfigText, path: readonly string[], problem: ConfigProblem, expected: string): AppError {
  return invalid({ file: text.file, line: text.lineOf(path), field: fieldName(path), problem, expected })
}

/** Who may do what, what a check takes and where its codes go is never taken from a file that the user can write. */
function assertNothingPrivileged(text: ConfigText): void {
  const paths = [
    ['roles'],
    ['policy'],
    ['directory', 'protectedGroups'],
    ['sspr'],
    ['sms'],
    ['voice'],
    ['smtp'],
    ['securityKey'],
    ['calls'],
    ['mailDomains'],
    ['store'],
    ['mailbox'],
    ['secretFiles'],
  ]
  for (const path of paths) {
    if (!text.has(path)) continue
    throw new AppError('config-untrusted-source', { file: text.file, field: fieldName(path), line: text.lineOf(path) })
  }
}
