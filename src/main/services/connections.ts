import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'
import type {
  ConnectionTrial,
  DirectoryEntry,
  DirectoryProbe,
  DirectorySettings,
  MailboxSettings,
  MailOutSettings,
  SecretValues,
  SmsSettings,
  TrialState,
  VoiceSettings,
} from '../../shared/model/desk-settings'
import type { Operator } from '../../shared/model/operator'
import type { CodeChannel } from '../../shared/model/verification'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import { authorityFingerprint } from '../config'
import type { DeskConfig, DirectoryConfig, MailboxConfig, SmsConfig, SmtpConfig, VoiceConfig } from '../config'
import { checkAuthority } from '../config/authority'
import { trialConfig } from '../config/settings'
import type { Directory, DirectorySession } from '../directory/directory'
import type { CodeGateway, CodeMessage, SecretReader } from '../gateways/code-gateway'
import type { Mailbox } from '../gateways/mailbox'
import type { NumberReader } from '../gateways/sms'
import { actorOf } from './audit-subjects'
import type { DesktopPort } from './desktop'
import type { SecretsService } from './secrets'
import type { Acting } from './session'
import type { Opened, SetupService } from './setup'
import { TrialWatch } from './trial-watch'

/** What trials and settings need of an opened desk. */
export interface SettingsDesk extends Opened {
  readonly config: DeskConfig
  readonly session: Opened['session'] & {
    withOperator<T>(work: (acting: Acting) => T | Promise<T>): Promise<T>
  }
  readonly secrets: SecretsService
  readonly recorder: AuditRecorder
}

/** A first look without a bind; faults are in the answer. `dnsServers`: none for the system's. */
export type ProbeDirectory = (
  address: string,
  ca: string | null,
  dnsServers: readonly string[],
) => Promise<DirectoryProbe>

export interface ConnectionsParts {
  readonly setup: Pick<SetupService<SettingsDesk>, 'isUnconfigured' | 'desk' | 'opened'>
  readonly probeDirectory: ProbeDirectory
  readonly createDirectory: (config: DirectoryConfig) => Directory
  readonly createMailbox: (config: MailboxConfig) => Mailbox
  readonly createSmsGateway: (config: SmsConfig, secrets: SecretReader) => CodeGateway
  readonly createVoiceGateway: (config: VoiceConfig, secrets: SecretReader) => CodeGateway
  readonly createMailGateway: (config: SmtpConfig & { readonly fromName: string }, secrets: SecretReader) => CodeGateway
  readonly createNumberReader: (region: string) => NumberReader
  readonly desktop: Pick<DesktopPort, 'askOpenFile'>
  readonly clock: Clock
}

/** Somebody who signed in to a directory that is not set up yet. */
interface TrialSession {
  readonly directory: DirectorySession
  /** With which settings; another directory needs another sign-in. */
  readonly settings: string
  readonly askedKind: DirectorySettings['kind']
  readonly expiresAt: number
  readonly timer: NodeJS.Timeout
}

const sessionMs = 10 * 60 * 1000
const sendPauseMs = 10 * 1000
const found = 50
/** For a gateway with words of its own: plainly nobody's. */
const trialCode = '000000'
const trialText = 'SSPR Desk: テスト メッセージ / test message'

/**
 * Try-outs of what is about to be set up. Open to anybody while the desk has no configuration that works; afterwards only to an admin
 * at the desk, whose role is read anew each time. A stored password goes to the server that it was stored for and to no other.
 */
export class ConnectionsService {
  readonly #parts: ConnectionsParts
  #trial: TrialSession | null = null
  #binding = false
  /** When each channel last sent something. */
  readonly #lastSent = new Map<CodeGateway['channel'], number>()
  readonly #watch = new TrialWatch()

  constructor(parts: ConnectionsParts) {
    this.#parts = parts
  }

  /** Throws `not-available`, `role-required` and their kin, as every call here. */
  async probe(address: string, ca: string | null): Promise<DirectoryProbe> {
    const dnsServers = this.#parts.setup.opened()?.config.directory.dnsServers ?? []
    return this.#permitted(() => this.#parts.probeDirectory(address, ca === null ? null : pemOf(ca), dnsServers))
  }

  /** `null` when the dialog was cancelled. Throws `authority-invalid` for a file that holds anything but certificates of authorities. */
  async chooseAuthority(): Promise<{ pem: string; fingerprint: string } | null> {
    return this.#permitted(async () => {
      const file = await this.#parts.desktop.askOpenFile({ extensions: ['pem', 'crt', 'cer'] })
      if (file === null) return null
      const pem = pemOf(file.text, file.name)
      return { pem, fingerprint: authorityFingerprint(pem) }
    })
  }

  /**
   * Binds once, as the sign-in screen does; the session serves to look up bases and groups for 10 minutes. Throws `setting-invalid`,
   * `sign-in-…`, `directory-…`.
   */
  async signIn(
    directory: DirectorySettings,
    credentials: { readonly userId: string; readonly password: string },
  ): Promise<{ name: string; kind: string; peopleBase: string }> {
    return this.#permitted(async () => {
      const config = this.#directoryConfig(directory)
      if (this.#binding) throw new AppError('not-available')
      this.#binding = true
      try {
        await this.forget()
        const { userId, password } = credentials
        const session = await this.#parts.createDirectory(config).signIn(userId, password)
        const timer = setTimeout(() => void this.forget(), sessionMs)
        timer.unref()
        const expiresAt = this.#parts.clock.now() + sessionMs
        this.#trial = { directory: session, settings: keyOf(directory), askedKind: directory.kind, expiresAt, timer }
        const { person, kind, directoryId } = session
        return { name: person.name, kind, peopleBase: config.peopleBase ?? directoryId }
      } finally {
        this.#binding = false
      }
    })
  }

  /** Throws `not-signed-in` where nobody has signed in for the set-up. */
  async groups(query: string): Promise<DirectoryEntry[]> {
    return this.#permitted((acting) => this.#lookUp(acting).findGroups(query, found))
  }

  async bases(query: string): Promise<DirectoryEntry[]> {
    return this.#permitted((acting) => this.#lookUp(acting).findBases(query, found))
  }

  /** Opens the folder and counts; nothing is read. `password`: `null` takes the stored one, for the mailbox in force only. */
  async mailbox(mailbox: MailboxSettings, password: string | null): Promise<ConnectionTrial> {
    return this.#permitted(() =>
      trialOf(async () => {
        const config = trialConfig({ mailbox }).mailbox
        if (config === null) throw new AppError('not-available')
        const secret = password ?? (await this.#storedMailPassword(config))
        if (secret === null) throw new AppError('secret-missing', { name: 'mailbox.password' })
        const open = await this.#parts.createMailbox(config).open(secret)
        const { messages } = open
        await open.close()
        return { messages }
      }),
    )
  }

  /**
   * Really sends one message. After one that may have gone out the next waits ten seconds (`trial-too-soon`); after a refusal it
   * does not, so that a corrected key is tried at once. Audited where there is an audit store.
   */
  async sms(sms: SmsSettings, secrets: SecretValues, number: string): Promise<ConnectionTrial> {
    return this.#permitted((acting) =>
      trialOf(async () => {
        const config = trialConfig({ sms }).sms
        if (config === null) throw new AppError('not-available')
        const reader = this.#trialSecrets('sms', config, secrets)
        const gateway = this.#parts.createSmsGateway(config, reader)
        const message = trialMessage({ to: this.#e164(config.region, number), text: trialText })
        return this.#send(gateway, message, hostOf(config.url), acting)
      }),
    )
  }

  /** Really calls, in this language; otherwise as {@link sms}. */
  async voice(
    voice: VoiceSettings,
    secrets: SecretValues,
    number: string,
    language: Language,
  ): Promise<ConnectionTrial> {
    return this.#permitted((acting) =>
      trialOf(async () => {
        const config = trialConfig({ voice }).voice
        if (config === null) throw new AppError('not-available')
        const reader = this.#trialSecrets('voice', config, secrets)
        const gateway = this.#parts.createVoiceGateway(config, reader)
        const { spoken } = messages[language].messages.trial
        const message = trialMessage({ to: this.#e164(config.region, number), language, text: spoken })
        return this.#send(gateway, message, hostOf(config.url), acting)
      }),
    )
  }

  /** Really sends one mail; otherwise as {@link sms}. `password`: `null` takes the stored one, for the server in force only. */
  async mailOut(
    mailOut: MailOutSettings,
    password: string | null,
    address: string,
    language: Language,
  ): Promise<ConnectionTrial> {
    return this.#permitted((acting) =>
      trialOf(async () => {
        const config = trialConfig({ mailOut }).smtp
        if (config === null) throw new AppError('not-available')
        const inForce = this.#parts.setup.opened()?.config ?? null
        const isKnown = inForce !== null && inForce.smtp !== null && isSameMailServer(config, inForce.smtp)
        const stored = isKnown ? this.#storedSecrets() : nothingStored
        const fromName = config.fromName ?? inForce?.organisation ?? 'SSPR Desk'
        const gateway = this.#parts.createMailGateway(
          { ...config, fromName },
          async (name) => password ?? (await stored(name)),
        )
        const { subject, mail: text } = messages[language].messages.trial
        return this.#send(gateway, trialMessage({ to: address, language, subject, text }), config.host, acting)
      }),
    )
  }

  /** What became of the message or call that was tried last; `null`: it cannot be asked, or not any more. */
  async trialState(channel: CodeChannel): Promise<TrialState> {
    return this.#permitted(() => this.#watch.state(channel))
  }

  /**
   * The session of whoever signed in to just this directory for its set-up; `null`: nobody did. It shows that the settings work.
   */
  signedInTo(directory: DirectorySettings): DirectorySession | null {
    const trial = this.#current()
    if (trial === null || trial.settings !== keyOf(directory)) return null
    // What `auto` recognised may be written down afterwards.
    const isKind = directory.kind === trial.askedKind || directory.kind === trial.directory.kind
    return isKind ? trial.directory : null
  }

  /** Ends the session of the set-up and forgets its password, and the keys of what was tried. */
  async forget(): Promise<void> {
    this.#watch.dropAll()
    const trial = this.#trial
    this.#trial = null
    if (trial === null) return
    clearTimeout(trial.timer)
    await trial.directory.close()
  }

  /** `acting`: the admin; `null` before a desk that has no configuration. */
  async #permitted<T>(work: (acting: Acting | null) => Promise<T>): Promise<T> {
    const { setup } = this.#parts
    if (setup.isUnconfigured()) return work(null)
    const desk = setup.opened()
    if (desk === null) throw new AppError('not-available')
    return desk.session.withOperator(async (acting) => {
      const operator: Operator = await acting.current('admin')
      return work({ ...acting, operator })
    })
  }

  #lookUp(acting: Acting | null): DirectorySession {
    const directory = this.#current()?.directory ?? acting?.directory
    if (directory === undefined) throw new AppError('not-signed-in')
    return directory
  }

  #current(): TrialSession | null {
    if (this.#trial !== null && this.#trial.expiresAt <= this.#parts.clock.now()) void this.forget()
    return this.#trial
  }

  /** Timeouts, DNS servers and the like are not set on the screen: those in force apply. */
  #directoryConfig(settings: DirectorySettings): DirectoryConfig {
    const trial = trialConfig({ directory: settings }).directory
    const inForce = this.#parts.setup.opened()?.config
    if (inForce === undefined || inForce.source === 'sample') return trial
    const { dnsServers, connectTimeoutMs, operationTimeoutMs, readingAttributes } = inForce.directory
    return { ...trial, dnsServers, connectTimeoutMs, operationTimeoutMs, readingAttributes }
  }

  async #storedMailPassword(config: MailboxConfig): Promise<string | null> {
    const desk = this.#parts.setup.opened()
    const inForce = desk?.config.mailbox ?? null
    if (desk === null || inForce === null || !isSameMailbox(config, inForce)) return null
    return desk.secrets.reader()('mailbox.password')
  }

  /** What was typed; else what is stored, for the hosts in force only: a key must not go wherever a form says. */
  #trialSecrets(part: 'sms' | 'voice', config: SmsConfig | VoiceConfig, typed: SecretValues): SecretReader {
    const inForce = this.#parts.setup.opened()?.config[part] ?? null
    const stored = inForce !== null && isSameGateway(config, inForce) ? this.#storedSecrets() : nothingStored
    return async (name) => typed[name] ?? (await stored(name))
  }

  #storedSecrets(): SecretReader {
    return this.#parts.setup.opened()?.secrets.reader() ?? nothingStored
  }

  #e164(region: string, number: string): string {
    const phone = this.#parts.createNumberReader(region)(number)
    if (phone === null) throw new AppError('number-invalid')
    return phone.e164
  }

  async #send(
    gateway: CodeGateway,
    message: CodeMessage,
    host: string,
    acting: Acting | null,
  ): Promise<ConnectionTrial['facts']> {
    const { channel } = gateway
    const before = this.#startPause(channel)
    this.#watch.drop(channel)
    const send = async (): Promise<ConnectionTrial['facts']> => {
      const { delivery, messageId } = await gateway.send(message).catch((error: unknown) => {
        this.#lastSent.set(channel, before)
        throw error
      })
      if (delivery === 'unknown') throw new AppError(`${channel}-unknown`)
      this.#watch.start(gateway, messageId)
      return messageId === null ? {} : { messageId }
    }
    if (acting === null) return send()
    const part = channel === 'mail' ? 'smtp' : channel
    const event = { action: 'settings.try', actor: actorOf(acting), details: { part, host } } as const
    return this.#parts.setup.desk().recorder.record(event, send)
  }

  /** Answers when the one before was. */
  #startPause(channel: CodeGateway['channel']): number {
    const now = this.#parts.clock.now()
    const before = this.#lastSent.get(channel) ?? -Infinity
    // A clock that was set back must not close this for as long.
    if (now < before + sendPauseMs && before <= now) throw new AppError('trial-too-soon')
    this.#lastSent.set(channel, now)
    return before
  }
}

const nothingStored: SecretReader = () => Promise.resolve(null)

/** Whether a password that was stored for one mailbox may be shown to the other: same server, same name, no weaker trust. */
export function isSameMailbox(one: MailboxConfig, other: MailboxConfig): boolean {
  const key = ({ host, port, security, userName, ca }: MailboxConfig): string =>
    JSON.stringify([host, port, security, userName, ca])
  return key(one) === key(other)
}

/** The same for the server that takes mails. */
export function isSameMailServer(one: SmtpConfig, other: SmtpConfig): boolean {
  const key = ({ host, port, security, userName, ca }: SmtpConfig): string =>
    JSON.stringify([host, port, security, userName, ca])
  return key(one) === key(other)
}

/** The same for a gateway: it speaks to the same hosts, trusted alike. */
export function isSameGateway(one: SmsConfig | VoiceConfig, other: SmsConfig | VoiceConfig): boolean {
  const known = new Set(other.allowedHosts)
  return one.allowedHosts.every((host) => known.has(host)) && one.ca === other.ca
}

/** What a sign-in depends on. Base and groups are chosen after it; two spellings of one server are told apart. */
function keyOf({ servers, domain, ca, bindDn }: DirectorySettings): string {
  return JSON.stringify([servers, domain, ca, bindDn])
}

function trialMessage(said: Pick<CodeMessage, 'to' | 'text'> & Partial<CodeMessage>): CodeMessage {
  return { id: randomUUID(), extension: '', language: 'ja', code: trialCode, subject: '', ...said }
}

/** `host:port` of an address with placeholders. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? ''
}

/** A refusal is what the trial is for: it is an answer, not an error. */
async function trialOf(work: () => Promise<ConnectionTrial['facts']>): Promise<ConnectionTrial> {
  try {
    return { ok: true, problem: null, facts: await work() }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ok: false, problem: { code: error.code, params: { ...error.params } }, facts: {} }
  }
}

function pemOf(content: string, name = 'CA'): string {
  const authority = checkAuthority(content)
  if ('pem' in authority) return authority.pem
  throw new AppError('authority-invalid', { file: name, reason: authority.problem })
}
