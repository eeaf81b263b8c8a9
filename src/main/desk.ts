import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Handlers } from '../shared/contract'
import type { DeskEventName, DeskEvents } from '../shared/events'
import { openAudit } from './audit/store'
import type { Clock } from './clock'
import { loadConfig, sampleConfig } from './config'
import type { DeskConfig } from './config'
import { fileHash } from './config/write'
import { freeBytes } from './desk/free-space'
import { writePrivateFile } from './desk/private-file'
import { storePlace } from './desk/store-place'
import { createVaultKeeper } from './desk/vault-keeper'
import { createDirectory } from './directory'
import { probeDirectory } from './directory/probe'
import { createAuthenticatorApp } from './gateways/authenticator-app'
import { createSmtpMailGateway } from './gateways/mail-out/smtp-mail'
import { readCsvFile } from './gateways/import-file/csv-file'
import { createImapMailbox } from './gateways/mailbox/imap-mailbox'
import { readRawMail } from './gateways/mailbox/parse'
import type { SecurityKeys } from './gateways/security-key'
import { createRelyingParty } from './gateways/security-key/relying-party'
import { createHttpSmsGateway } from './gateways/sms/http-gateway'
import { createNumberReader } from './gateways/sms/number'
import { createHttpVoiceGateway } from './gateways/voice/http-gateway'
import { createHandlers } from './ipc/handlers'
import type { Log } from './log'
import { deskActor } from './services/audit-subjects'
import type { DesktopPort } from './services/desktop'
import { ConnectionsService } from './services/connections'
import type { ProbeDirectory } from './services/connections'
import { DeskSettingsService } from './services/desk-settings'
import { EventHub } from './services/events'
import { PreferencesService } from './services/preferences'
import { SecretsService, WaitingSecrets } from './services/secrets'
import { SetupService } from './services/setup'
import { createWorkplace } from './services/workplace'
import type { Workplace } from './services/workplace'
import { openStores } from './stores/database'
import type { ProtectionKind, SafeStorage, SecretVault } from './vault'

export interface DeskOptions {
  readonly userDataDir: string
  /** From the command line, unpackaged runs only; `null`: where configurations belong. */
  readonly configFile: string | null
  readonly machineConfigFile: string
  /** Keeps the installation key of an unattended machine; made at set-up when it does not exist. */
  readonly vaultKeyFile: string | null
  readonly clock: Clock
  readonly log: Log
  readonly desktop: DesktopPort
  /** `null` where the operating system offers none. */
  readonly safeStorage: SafeStorage | null
  readonly version: string
  /** Makes what talks with the security keys at this machine; nothing is started before the first use. */
  readonly securityKeys: () => SecurityKeys
  /** Another maker of directories; tests put theirs around the real one. */
  readonly createDirectory?: typeof createDirectory
}

/** The whole application without Electron: app, tests and tools use it alike. */
export interface Desk {
  readonly handlers: Handlers
  /** The answer stops listening. */
  on<N extends DeskEventName>(name: N, listener: (payload: DeskEvents[N]) => void): () => void
  /** The person left the computer: locks the session. */
  computerLocked(): void
  close(): Promise<void>
}

const secondMs = 1000
/** Of numbers in the directory where no gateway says otherwise. */
const defaultRegion = 'JP'
const sweepMs = 60 * secondMs

/**
 * Puts the floors together. Never throws for a missing or broken configuration, key or store: the desk then stands in the
 * phase that says so, and waits for a person.
 */
export async function createDesk(options: DeskOptions): Promise<Desk> {
  const { log } = options
  const events = new EventHub()
  const preferences = new PreferencesService()
  const waiting = new WaitingSecrets()
  const load = (): DeskConfig =>
    loadConfig({
      commandLineFile: options.configFile,
      userDataDir: options.userDataDir,
      machineFile: options.machineConfigFile,
    })
  const setup = new SetupService<Workplace>({
    loadConfig: load,
    sampleConfig,
    vaultKeeper: (config) => createVaultKeeper({ ...options, ...placeOf(config, options) }),
    open: (config, vault, kept) => openWorkplace(config, vault, kept, { ...options, events, preferences, waiting }),
    configPath: options.configFile ?? options.machineConfigFile,
    clock: options.clock,
    log,
  })
  const probe: ProbeDirectory = (address, ca, dnsServers) => probeDirectory({ address, ca, dnsServers, log })
  const connections = new ConnectionsService({
    ...options,
    setup,
    probeDirectory: probe,
    createDirectory: (config) => (options.createDirectory ?? createDirectory)({ config, clock: options.clock, log }),
    createMailbox: (config) => createImapMailbox(config, log),
    createSmsGateway: (config, secrets) => createHttpSmsGateway(config, secrets, log),
    createVoiceGateway: (config, secrets) => createHttpVoiceGateway(config, secrets, log),
    createMailGateway: (config, secrets) => createSmtpMailGateway(config, secrets, log),
    createNumberReader,
  })
  const deskSettings = new DeskSettingsService({
    ...options,
    setup,
    loadConfig: load,
    connections,
    probeDirectory: probe,
    waiting,
    file: options.configFile ?? options.machineConfigFile,
    source: options.configFile === null ? 'machine' : 'command-line',
    platform: process.platform,
  })
  // A sign-in for a try-out ends with the session of whoever made it: its password and connection go too.
  events.on('session-changed', () => void connections.forget())
  await setup.start()

  const idle = setInterval(() => setup.opened()?.session.lockWhenIdle(), secondMs)
  const expiry = setInterval(() => {
    const desk = setup.opened()
    if (desk !== null) void sweep(desk, log)
  }, sweepMs)
  idle.unref()
  expiry.unref()

  return {
    handlers: createHandlers({ setup, preferences, connections, deskSettings }),
    on: (name, listener) => events.on(name, listener),
    computerLocked: () => setup.opened()?.session.lock('computer-locked'),
    close: async () => {
      clearInterval(idle)
      clearInterval(expiry)
      await connections.forget()
      await setup.close()
    },
  }
}

/**
 * The sample organisation has a folder and a key file of its own: it needs no set-up, and nothing of it can be mistaken for, or
 * opened as, data of the real desk.
 */
function placeOf(config: DeskConfig, options: DeskOptions): { dir: string; keyFile: string | null } {
  if (config.source !== 'sample') return { dir: options.userDataDir, keyFile: options.vaultKeyFile }
  const dir = join(options.userDataDir, 'sample')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  return { dir, keyFile: join(dir, 'vault.key') }
}

async function openWorkplace(
  config: DeskConfig,
  vault: SecretVault,
  kept: ProtectionKind,
  options: DeskOptions & {
    readonly events: EventHub
    readonly preferences: PreferencesService
    readonly waiting: WaitingSecrets
  },
): Promise<Workplace> {
  const { clock, log, desktop, version, events, preferences } = options
  const { dir: dataFolder } = placeOf(config, options)
  const auditFile = join(dataFolder, 'audit.db')
  const open: { close(): unknown }[] = []
  try {
    const stores = await openStores({ ...storePlace(config, join(dataFolder, 'desk.db')), vault, log })
    open.unshift(stores)
    const audit = openAudit({ file: auditFile, vault, clock, log, onClosed: () => events.emit('desk-closed', {}) })
    open.unshift(audit)
    await preferences.attach(stores.preferences)

    const secrets = new SecretsService({ files: config.secretFiles, store: stores.secrets, vault, log })
    if (config.file !== null) await options.waiting.sealIn(secrets, fileHash(config.file))
    const workplace = createWorkplace({
      config,
      directory: (options.createDirectory ?? createDirectory)({ config: config.directory, clock, log }),
      stores,
      audit,
      vault,
      kept,
      app: createAuthenticatorApp(),
      gateways: {
        sms: config.sms === null ? null : createHttpSmsGateway(config.sms, secrets.reader(), log),
        voice: config.voice === null ? null : createHttpVoiceGateway(config.voice, secrets.reader(), log),
        mail:
          config.smtp === null
            ? null
            : createSmtpMailGateway(
                { ...config.smtp, fromName: config.smtp.fromName ?? config.organisation },
                secrets.reader(),
                log,
              ),
      },
      keys: config.securityKey === null ? null : options.securityKeys(),
      relyingParty: createRelyingParty(),
      mailbox: config.mailbox === null ? null : createImapMailbox(config.mailbox, log),
      readMail: readRawMail,
      readImportFile: readCsvFile,
      secrets,
      readNumber: createNumberReader(config.sms?.region ?? config.voice?.region ?? defaultRegion),
      desktop,
      preferences,
      emit: events.emit,
      clock,
      log,
      version,
      dataFolder,
      auditFile,
      freeBytes: () => freeBytes(dataFolder),
      writeFile: writePrivateFile,
    })
    audit.append({ action: 'desk.started', actor: deskActor, details: { version } }, 'succeeded')
    await sweep(workplace, log)
    workplace.intake.start()
    return workplace
  } catch (error) {
    // Whoever tries again must find the files free.
    for (const each of open) await each.close()
    throw error
  }
}

/** The minute's turn. A request that cannot be read is told to whoever opens it; it must not keep everybody from the others. */
async function sweep(desk: Workplace, log: Log): Promise<void> {
  try {
    await desk.requests.sweep()
  } catch (error) {
    log.error({ err: error }, 'requests could not be expired')
  }
  try {
    await desk.privacy.sweep()
  } catch (error) {
    log.error({ err: error }, 'people who were erased could not be taken out of the audit')
  }
  await desk.notifications.sweep()
  await desk.health.sweep()
}
