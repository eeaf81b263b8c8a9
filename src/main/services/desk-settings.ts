import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { AppError, errorCodes } from '../../shared/errors'
import type {
  DeskSettings,
  DirectorySettings,
  SecretValues,
  SettingsEdit,
  SettingsSaved,
} from '../../shared/model/desk-settings'
import { configOf } from '../config'
import type { DeskConfig, SmsConfig, VoiceConfig } from '../config'
import { parseConfigText, readConfigText } from '../config/read'
import { asSettings, draftOf, draftOfFile, settingsOf } from '../config/settings'
import type { ConfigDraft } from '../config/settings'
import { fileHash, mayWrite, place } from '../config/write'
import { secretsOf } from '../domain/gateway-template'
import { actorOf } from './audit-subjects'
import { isSameGateway, isSameMailbox, isSameMailServer } from './connections'
import type { ConnectionsService, ProbeDirectory, SettingsDesk } from './connections'
import type { DesktopPort } from './desktop'
import type { WaitingSecrets } from './secrets'
import type { Acting } from './session'
import { changesOf } from './settings-changes'
import type { SetupService } from './setup'

export interface DeskSettingsParts {
  readonly setup: Pick<
    SetupService<SettingsDesk>,
    'isUnconfigured' | 'desk' | 'opened' | 'lookAgain' | 'reload' | 'expect'
  >
  /** The configuration as its file is now; as the set-up loads it. */
  readonly loadConfig: () => DeskConfig
  readonly connections: Pick<ConnectionsService, 'signedInTo' | 'forget'>
  readonly probeDirectory: ProbeDirectory
  readonly waiting: WaitingSecrets
  readonly desktop: Pick<DesktopPort, 'askOpenFile'>
  /** Where a first configuration goes: the command line's file, else the machine's. */
  readonly file: string
  readonly source: 'command-line' | 'machine'
  /** Copies that somebody with more rights puts in place lie in here, under `settings`. */
  readonly userDataDir: string
  readonly platform: NodeJS.Platform
}

/**
 * Writes the configuration file: at the end of the wizard, and whenever an admin changes a setting. Nothing is written that the desk
 * could not be opened with, and nothing over what somebody else changed meanwhile.
 */
export class DeskSettingsService {
  readonly #parts: DeskSettingsParts
  /** Of the file as the editor was given it; `null`: nobody edits. */
  #given: string | null = null

  constructor(parts: DeskSettingsParts) {
    this.#parts = parts
  }

  /**
   * The wizard's end. The secrets wait for the installation key. Throws `not-available` where a configuration works already,
   * `settings-lock-out` without a group of admins, `setting-invalid`, `config-not-written`, and what a directory answers to which nobody
   * has signed in.
   */
  async finish(settings: DeskSettings, secrets: SecretValues): Promise<SettingsSaved> {
    const { file, waiting, connections } = this.#parts
    await this.#assertUnconfigured()
    if (settings.roles.admin.length === 0) throw new AppError('settings-lock-out')

    // Nothing is taken over from a file that was refused: it may be anybody's.
    const { draft, config } = asSettings(() => {
      const made = draftOf(settings, file, {})
      return { draft: made, config: this.#check(made, file) }
    })
    // Once the file is there the wizard is over: it must not lead to a sign-in that nobody can pass.
    if (connections.signedInTo(settings.directory) === null) await this.#assertReachable(config)
    await this.#assertUnconfigured()
    const saved = this.#place(draft, file)
    waiting.keep(secrets, hashOf(draft))
    return this.#enter(saved)
  }

  /** An expert's own file in place of the wizard; `null` when the dialog was cancelled. Throws `not-available`, `config-…`. */
  async chooseFile(): Promise<SettingsSaved | null> {
    const { desktop, file } = this.#parts
    await this.#assertUnconfigured()
    const chosen = await desktop.askOpenFile({ extensions: ['json'] })
    if (chosen === null) return null
    await this.#assertUnconfigured()

    // Judged under its own name, so that a fault names the file that the person chose.
    const { value } = parseConfigText(chosen.name, chosen.text)
    const draft = draftOfFile(chosen.text, value, dirname(chosen.name))
    this.#check(draft, chosen.name)
    this.#check(draft, file)
    return this.#enter(this.#place(draft, file))
  }

  /** As the admin at the desk: the file as it is now. Throws `role-required`, `config-…`. */
  async edit(): Promise<SettingsEdit> {
    const desk = this.#parts.setup.desk()
    return desk.session.withOperator(async (acting) => {
      await acting.current('admin')
      const secrets = await desk.secrets.names()
      if (desk.config.source === 'sample') {
        return { settings: settingsOf(desk.config), secrets, file: null, writable: 'sample' }
      }
      const { config, file } = this.#now()
      // Before it is read: what is changed in between counts as changed.
      this.#given = fileHash(file)
      const writable = mayWrite(file, this.#parts.platform) ? 'yes' : 'read-only-file'
      return { settings: settingsOf(config), secrets, file, writable }
    })
  }

  /**
   * As the admin at the desk; ends the session and opens the desk anew. A copy takes effect when it has been put in place. Throws
   * `setting-invalid`, `config-changed`, `config-not-written`, `settings-lock-out`, `secret-missing` where a password would go to
   * another server than the one it was entered for, and what the directory answers.
   */
  async save(settings: DeskSettings, secrets: SecretValues): Promise<SettingsSaved> {
    const { setup } = this.#parts
    const desk = setup.desk()
    const { saved, hash } = await desk.session.withOperator((acting) => this.#save(desk, acting, settings, secrets))
    // After the work of this session: opening anew waits for it.
    if (saved.written) {
      await setup.reload()
      const opened = setup.opened()
      // Only what this save took out of use: a file that somebody else put there says nothing about what may go.
      if (opened !== null) await opened.secrets.keepOnly(secretsIn(opened.config))
    } else setup.expect(() => fileHash(saved.file) === hash)
    return saved
  }

  async #save(
    desk: SettingsDesk,
    acting: Acting,
    settings: DeskSettings,
    secrets: SecretValues,
  ): Promise<{ saved: SettingsSaved; hash: string }> {
    if (desk.config.source === 'sample') throw new AppError('not-available')
    await acting.current('admin')
    const { config: before, file } = this.#now()
    const seen = fileHash(file)
    if (this.#given === null || this.#given !== seen) throw new AppError('config-changed', { file })

    const { draft, after } = asSettings(() => {
      const made = draftOf(settings, file, readConfigText(file).value)
      return { draft: made, after: this.#check(made, file) }
    })
    const entered = Object.keys(secrets).toSorted().join(' ')
    const details = {
      ...changesOf(settingsOf(before), settingsOf(after)),
      ...(entered === '' ? {} : { secrets: entered }),
    }
    const event = { action: 'settings.save', actor: actorOf(acting), details } as const
    return desk.recorder.record(event, async (scope) => {
      await this.#assertKeepsAdmins(acting, before, after, settings.directory)
      await this.#assertSecretsFit(desk, before, after, secrets)
      if (fileHash(file) !== seen) throw new AppError('config-changed', { file })
      const saved = this.#place(draft, file)
      if (!saved.written) scope.outcome('copied')
      const hash = hashOf(draft)
      this.#parts.waiting.keep(secrets, hash)
      return { saved, hash }
    })
  }

  /** By the disk as it is now: a file that came meanwhile is in force, and nobody at the wizard may write over it. */
  async #assertUnconfigured(): Promise<void> {
    const { setup } = this.#parts
    await setup.lookAgain()
    if (!setup.isUnconfigured()) throw new AppError('not-available')
  }

  async #enter(saved: SettingsSaved): Promise<SettingsSaved> {
    if (!saved.written) return saved
    await this.#parts.connections.forget()
    await this.#parts.setup.lookAgain()
    return saved
  }

  #check(draft: ConfigDraft, file: string): DeskConfig {
    return configOf(parseConfigText(file, draft.text), this.#parts.source, draft.authorities)
  }

  #place(draft: ConfigDraft, file: string): SettingsSaved {
    const { userDataDir, platform } = this.#parts
    return place(draft, { file, copyFolder: join(userDataDir, 'settings'), platform })
  }

  #now(): { readonly config: DeskConfig; readonly file: string } {
    const config = this.#parts.loadConfig()
    if (config.file === null) throw new AppError('not-available')
    return { config, file: config.file }
  }

  /**
   * Whoever saves must be an admin afterwards too, by the directory's own word, and the directory must be one that can be spoken to.
   * Where people sign in otherwise than now, only a sign-in with the new settings shows that anybody can.
   */
  async #assertKeepsAdmins(
    acting: Acting,
    before: DeskConfig,
    after: DeskConfig,
    settings: DirectorySettings,
  ): Promise<void> {
    const trial = this.#parts.connections.signedInTo(settings)
    const directory = trial ?? acting.directory
    const groups = await directory.belongsTo(directory.person.id, after.directory.roles.admin)
    if (groups.length === 0) throw new AppError('settings-lock-out')
    if (trial !== null) return

    const [old, next] = [before.directory, after.directory]
    const signIn = (of: DeskConfig['directory']): string =>
      // Without a template OpenLDAP looks for the one who signs in under the base.
      JSON.stringify([
        of.kind,
        of.bindDn,
        of.bindDn === null && acting.directory.kind === 'openldap' ? of.peopleBase : '',
      ])
    if (signIn(next) !== signIn(old)) throw new AppError('settings-lock-out')
    const address = (of: DeskConfig['directory']): string => JSON.stringify([of.servers, of.domain, of.site, of.ca])
    if (address(next) !== address(old)) await this.#assertReachable(after)
  }

  /** Throws why the directory cannot be spoken to: `directory-…`. */
  async #assertReachable({ directory }: DeskConfig): Promise<void> {
    const { servers, domain, ca, dnsServers } = directory
    const { problem } = await this.#parts.probeDirectory(servers[0] ?? domain ?? '', ca, dnsServers)
    if (problem === null) return
    const code = errorCodes.find((known) => known === problem.code) ?? 'directory-unreachable'
    throw new AppError(code, problem.params)
  }

  /** A password goes to the server that it was entered for: for another one it is entered anew. */
  async #assertSecretsFit(
    desk: SettingsDesk,
    before: DeskConfig,
    after: DeskConfig,
    secrets: SecretValues,
  ): Promise<void> {
    const { mailbox, smtp } = after
    const needed: string[] = []
    if (mailbox !== null && (before.mailbox === null || !isSameMailbox(mailbox, before.mailbox))) {
      needed.push('mailbox.password')
    }
    if (mailbox !== null && mailbox.identity !== null && !isSameDirectory(before, after)) needed.push('intake.password')
    for (const part of ['sms', 'voice'] as const) {
      const [old, next] = [before[part], after[part]]
      if (next !== null && (old === null || !isSameGateway(next, old))) needed.push(...gatewaySecrets(part, next))
    }
    if (smtp !== null && smtp.userName !== null && (before.smtp === null || !isSameMailServer(smtp, before.smtp))) {
      needed.push('smtp.password')
    }
    const kept = new Set(await desk.secrets.names())
    const name = needed.find((each) => secrets[each] === undefined && kept.has(each) && !(each in after.secretFiles))
    if (name !== undefined) throw new AppError('secret-missing', { name })
  }
}

/** Names of the secrets that the gateway's request asks for. */
function gatewaySecrets(part: 'sms' | 'voice', gateway: SmsConfig | VoiceConfig): string[] {
  const { url, body, delivery, headers } = gateway
  const texts = [url, body, delivery?.url ?? '', ...headers.map(({ value }) => value)]
  return secretsOf(texts).map((name) => `${part}.${name}`)
}

/** Names of all secrets that this configuration has a use for. */
function secretsIn({ mailbox, sms, voice, smtp }: DeskConfig): string[] {
  return [
    ...(mailbox === null ? [] : ['mailbox.password']),
    ...(mailbox === null || mailbox.identity === null ? [] : ['intake.password']),
    ...(sms === null ? [] : gatewaySecrets('sms', sms)),
    ...(voice === null ? [] : gatewaySecrets('voice', voice)),
    ...(smtp === null || smtp.userName === null ? [] : ['smtp.password']),
  ]
}

/** As `fileHash` answers it once the draft is in place. */
function hashOf({ text }: ConfigDraft): string {
  return createHash('sha256').update(text).digest('hex')
}

function isSameDirectory(one: DeskConfig, other: DeskConfig): boolean {
  const key = ({ directory: { servers, domain, site, ca }, mailbox }: DeskConfig): string =>
    JSON.stringify([servers, domain, site, ca, mailbox?.identity ?? null])
  return key(one) === key(other)
}
