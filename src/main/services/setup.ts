import { AppError } from '../../shared/errors'
import type { SessionStatus } from '../../shared/model/operator'
import type { Clock } from '../clock'
import type { DeskConfig } from '../config'
import type { Log } from '../log'
import type { ProtectionKind, SecretVault } from '../vault'
import type { SessionView } from './session'

/** Where the installation key of one data folder is kept, and how. */
export interface VaultKeeper {
  state(): 'absent' | 'present'
  /** What keeps the key, or would keep a new one. */
  protection(): Promise<ProtectionKind>
  create(passphrase: string | null): Promise<{ readonly vault: SecretVault; readonly recoveryKey: string }>
  open(passphrase: string | null): Promise<SecretVault>
  recover(recoveryKey: string, passphrase: string | null): Promise<SecretVault>
}

/** The part of an opened desk that the set-up speaks of. */
export interface Opened {
  readonly session: { view(): SessionView }
  /** The audit store failed after a write. */
  closed(): boolean
  /** Records what was done with the installation key before there was a store to record it in. */
  recordVault(action: 'vault.create' | 'vault.recover'): void
  /** Ends the session first; `settings-changed`: the screens are told why. */
  close(reason?: 'settings-changed'): Promise<void>
}

interface SetupParts<T extends Opened> {
  readonly loadConfig: () => DeskConfig
  readonly sampleConfig: () => DeskConfig
  readonly vaultKeeper: (config: DeskConfig) => VaultKeeper
  /** Opens stores and audit and puts the services together. */
  readonly open: (config: DeskConfig, vault: SecretVault, kept: ProtectionKind) => Promise<T>
  readonly configPath: string
  readonly clock: Clock
  readonly log: Log
}

type Problem = NonNullable<SessionStatus['problem']>

type Stage<T> =
  | { readonly phase: 'needs-config'; readonly problem: null }
  | { readonly phase: 'config-broken'; readonly problem: Problem; readonly config: DeskConfig | null }
  | { readonly phase: 'needs-vault'; readonly problem: null; readonly config: DeskConfig; readonly keeper: VaultKeeper }
  | {
      readonly phase: 'vault-locked'
      readonly problem: Problem | null
      readonly config: DeskConfig
      readonly keeper: VaultKeeper
    }
  | {
      readonly phase: 'opened'
      readonly problem: null
      readonly config: DeskConfig
      readonly kept: ProtectionKind
      readonly vault: SecretVault
      readonly desk: T
    }

/**
 * From the start of the app to the sign-in screen: configuration, installation key, stores. Whatever is missing or broken
 * becomes a phase with a problem to show, never a crash: the person in front of it must learn what to do.
 */
export class SetupService<T extends Opened> {
  readonly #parts: SetupParts<T>
  #stage: Stage<T> = { phase: 'needs-config', problem: null }
  #busy = false
  #reloading: Promise<void> | null = null
  /** Whether a configuration that was saved as a copy has been put in place; `null`: none waits. */
  #isInstalled: (() => boolean) | null = null

  constructor(parts: SetupParts<T>) {
    this.#parts = parts
  }

  /** Goes as far as it can without anybody. */
  async start(): Promise<void> {
    try {
      await this.#enter(this.#parts.loadConfig())
    } catch (error) {
      this.#stage = isMissing(error)
        ? { phase: 'needs-config', problem: null }
        : { phase: 'config-broken', problem: this.#problem(error), config: null }
    }
  }

  /**
   * Looks again while nothing is open: the file may have come or been mended, and "Check again" must see it. With an open desk only
   * for a copy that was waited for.
   */
  async lookAgain(): Promise<void> {
    // Whoever looks meanwhile waits for the end; what went wrong is told to the one who asked for it.
    if (this.#reloading !== null) return this.#reloading.catch(() => undefined)
    const { phase } = this.#stage
    if (phase === 'opened' && this.#isInstalled?.() === true) {
      // The new configuration cannot be used: the desk went on with the old one, and the log says why.
      await this.reload().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'the new configuration could not be loaded')
      })
      return
    }
    if (this.#busy || (phase !== 'needs-config' && phase !== 'config-broken')) return
    await this.#alone(() => this.start())
  }

  /** Whether anybody may set the desk up: there is no configuration, or none that can be used. */
  isUnconfigured(): boolean {
    const { phase, problem } = this.#stage
    return phase === 'needs-config' || (phase === 'config-broken' && problem.code.startsWith('config-'))
  }

  /** A copy of a new configuration waits for somebody to put it in place: "Check again" loads it as soon as it is there. */
  expect(isInstalled: () => boolean): void {
    this.#isInstalled = isInstalled
  }

  /**
   * Opens the desk anew with the configuration as it is now, and with the same key: nobody enters a passphrase again. The session ends.
   * A configuration that cannot be read leaves everything as it is; one that cannot be opened gives way to the one before. Throws
   * what was wrong with it.
   */
  reload(): Promise<void> {
    this.#reloading ??= this.#alone(() => this.#reopen()).finally(() => {
      this.#reloading = null
    })
    return this.#reloading
  }

  /** The opened desk. Throws what is still missing: `config-missing`, `vault-not-set-up`, `vault-locked`, or the problem. */
  desk(): T {
    const stage = this.#stage
    switch (stage.phase) {
      case 'opened':
        return stage.desk
      case 'needs-config':
        throw new AppError('config-missing', { file: this.#parts.configPath })
      case 'needs-vault':
        throw new AppError('vault-not-set-up')
      case 'vault-locked':
        throw new AppError('vault-locked')
      case 'config-broken':
        throw new AppError('not-available')
    }
  }

  /** `null` until a vault is open. */
  opened(): T | null {
    return this.#stage.phase === 'opened' ? this.#stage.desk : null
  }

  status(): SessionStatus {
    const stage = this.#stage
    const config = stage.phase === 'needs-config' ? null : stage.config
    const session = stage.phase === 'opened' ? stage.desk.session.view() : null
    return {
      phase: stage.phase === 'opened' ? stage.desk.session.view().phase : stage.phase,
      problem: stage.problem,
      organisation: config?.organisation ?? '',
      directoryKind: session?.directoryKind ?? null,
      server: session?.server ?? null,
      operator: session?.operator ?? null,
      idleLockSeconds: config?.policy.idleLockSeconds ?? 0,
      dueSoonSeconds: config?.policy.dueSoonSeconds ?? 0,
      closed: stage.phase === 'opened' && stage.desk.closed(),
      // The sample organisation holds made-up people only: nothing there is worth a warning.
      keyFileWarning: stage.phase === 'opened' && stage.kept === 'key-file' && stage.config.source !== 'sample',
      sample: config?.source === 'sample',
      configPath: this.#parts.configPath,
      now: this.#parts.clock.iso(),
    }
  }

  /** Throws `not-available` where a configuration works already. */
  useSample(): Promise<void> {
    return this.#alone(async () => {
      const { phase } = this.#stage
      if (phase !== 'needs-config' && phase !== 'config-broken') throw new AppError('not-available')
      await this.#enter(this.#parts.sampleConfig())
    })
  }

  async protection(): Promise<ProtectionKind> {
    const stage = this.#stage
    if (stage.phase === 'opened') return stage.kept
    if (stage.phase === 'needs-vault' || stage.phase === 'vault-locked') return stage.keeper.protection()
    throw new AppError('config-missing', { file: this.#parts.configPath })
  }

  /** Makes the installation key; the recovery key is in this one answer only. Throws `vault-already-set-up`, `vault-…`. */
  createVault(passphrase: string | null): Promise<{ recoveryKey: string }> {
    return this.#alone(async () => {
      const stage = this.#stage
      if (stage.phase !== 'needs-vault') throw new AppError('vault-already-set-up')
      const { vault, recoveryKey } = await stage.keeper.create(passphrase)
      await this.#openDesk(stage.config, vault, stage.keeper)
      this.opened()?.recordVault('vault.create')
      return { recoveryKey }
    })
  }

  /** Throws `vault-passphrase-wrong`. */
  unlockVault(passphrase: string): Promise<void> {
    return this.#alone(async () => {
      const { config, keeper } = this.#locked()
      await this.#openDesk(config, await keeper.open(passphrase), keeper)
    })
  }

  /** Opens with the recovery key and keeps the key anew. Throws `vault-recovery-key-wrong`. */
  recoverVault(recoveryKey: string, passphrase: string | null): Promise<void> {
    return this.#alone(async () => {
      const { config, keeper } = this.#locked()
      await this.#openDesk(config, await keeper.recover(recoveryKey, passphrase), keeper)
      this.opened()?.recordVault('vault.recover')
    })
  }

  async close(): Promise<void> {
    await this.opened()?.close()
  }

  #locked(): { config: DeskConfig; keeper: VaultKeeper } {
    if (this.#stage.phase === 'vault-locked') return this.#stage
    if (this.#stage.phase === 'needs-vault') throw new AppError('vault-not-set-up')
    throw new AppError('not-available')
  }

  async #reopen(): Promise<void> {
    const stage = this.#stage
    if (stage.phase !== 'opened' || stage.config.source === 'sample') throw new AppError('not-available')
    const { config: before, vault, kept, desk } = stage
    const config = this.#parts.loadConfig()
    this.#isInstalled = null
    await desk.close('settings-changed').catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'the desk could not be closed before it was opened anew')
    })
    try {
      this.#stage = { ...stage, config, desk: await this.#parts.open(config, vault, kept) }
    } catch (error) {
      try {
        this.#stage = { ...stage, desk: await this.#parts.open(before, vault, kept) }
      } catch {
        this.#stage = { phase: 'config-broken', problem: this.#problem(error), config }
      }
      throw error
    }
  }

  async #enter(config: DeskConfig): Promise<void> {
    try {
      const keeper = this.#parts.vaultKeeper(config)
      if (keeper.state() === 'present') return await this.#openKept(config, keeper)
      if (config.source !== 'sample') {
        this.#stage = { phase: 'needs-vault', problem: null, config, keeper }
        return
      }
      const { vault } = await keeper.create(null)
      await this.#openDesk(config, vault, keeper)
    } catch (error) {
      this.#stage = { phase: 'config-broken', problem: this.#problem(error), config }
    }
  }

  async #openKept(config: DeskConfig, keeper: VaultKeeper): Promise<void> {
    const kept = await keeper.protection()
    if (kept === 'passphrase') {
      this.#stage = { phase: 'vault-locked', problem: null, config, keeper }
      return
    }
    try {
      await this.#openDesk(config, await keeper.open(null), keeper)
    } catch (error) {
      // The recovery key still opens a vault whose key store or key file is gone.
      if (!isKeyGone(error)) throw error
      this.#stage = { phase: 'vault-locked', problem: this.#problem(error), config, keeper }
    }
  }

  async #openDesk(config: DeskConfig, vault: SecretVault, keeper: VaultKeeper): Promise<void> {
    const kept = await keeper.protection()
    try {
      const desk = await this.#parts.open(config, vault, kept)
      this.#stage = { phase: 'opened', problem: null, config, kept, vault, desk }
    } catch (error) {
      this.#stage = { phase: 'config-broken', problem: this.#problem(error), config }
    }
  }

  /** Two set-ups at once would make two keys for one folder. */
  async #alone<R>(work: () => Promise<R>): Promise<R> {
    if (this.#busy) throw new AppError('not-available')
    this.#busy = true
    try {
      return await work()
    } finally {
      this.#busy = false
    }
  }

  #problem(error: unknown): Problem {
    if (error instanceof AppError) return { code: error.code, params: { ...error.params } }
    this.#parts.log.error({ err: error }, 'the desk could not be opened')
    return { code: 'internal', params: {} }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'config-missing'
}

function isKeyGone(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'vault-locked' || error.code === 'vault-key-file-wrong')
}
