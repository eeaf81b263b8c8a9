import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Api } from '../../src/shared/contract'
import type { Result } from '../../src/shared/errors'
import type { DeskSettings, SettingsSaved } from '../../src/shared/model/desk-settings'
import { sampleConfig } from '../../src/main/config'
import { settingsOf } from '../../src/main/config/settings'
import { createDesk } from '../../src/main/desk'
import type { Desk, DeskOptions } from '../../src/main/desk'
import { createLog } from '../../src/main/log'
import { SampleDirectory } from '../../src/main/directory/memory'
import { FakeDesktop, ok, pageOf, seedPassword } from './desk'
import { TestClock } from './test-clock'
import { noSecurityKeys } from './no-security-keys'

/** A desk that nobody has set up, in a folder of its own, as the wizard finds it. */
export interface FreshDesk {
  readonly api: Api
  readonly desk: Desk
  readonly desktop: FakeDesktop
  readonly clock: TestClock
  readonly folder: string
  /** Where the configuration is to go. */
  readonly configFile: string
  /** Reasons with which sessions ended or locked. */
  readonly ended: string[]
  /** The app is started again on the same folder. */
  restart(): Promise<FreshDesk>
  close(options?: { readonly keepFolder: boolean }): Promise<void>
}

/** Without `real` every directory is the sample organisation with the roles of the configuration. */
export async function freshDesk(
  options: Partial<DeskOptions> & { readonly folder?: string; readonly real?: boolean } = {},
): Promise<FreshDesk> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sspr-fresh-'))
  const clock = new TestClock()
  const desktop = new FakeDesktop()
  const configFile = join(folder, 'machine', 'config.json')
  const desk = await createDesk({
    userDataDir: folder,
    configFile: null,
    machineConfigFile: configFile,
    vaultKeyFile: null,
    clock,
    log: createLog({ file: join(folder, 'log', 'desk.log'), clock, level: 'debug' }),
    desktop,
    safeStorage: null,
    securityKeys: noSecurityKeys,
    version: '0.0.0',
    ...(options.real === true ? {} : { createDirectory: (parts) => new SampleDirectory(parts) }),
    ...options,
  })
  const ended: string[] = []
  desk.on('session-changed', ({ reason }) => ended.push(reason))
  const close = async ({ keepFolder } = { keepFolder: false }): Promise<void> => {
    await desk.close()
    if (!keepFolder) rmSync(folder, { recursive: true, force: true })
  }
  const restart = async (): Promise<FreshDesk> => {
    await close({ keepFolder: true })
    return freshDesk({ ...options, folder })
  }
  return { api: pageOf(desk), desk, desktop, clock, folder, configFile, ended, restart, close }
}

/** Settings as the wizard ends with them: the sample organisation's role groups, on a server that nobody asks. */
export function wizardSettings(changes: Partial<DeskSettings> = {}): DeskSettings {
  const sample = settingsOf(sampleConfig())
  return {
    ...sample,
    directory: {
      ...sample.directory,
      kind: 'openldap',
      servers: ['ldaps://ldap.sakura.example:636'],
      bindDn: 'uid={user},ou=people,dc=sakura,dc=example',
    },
    ...changes,
  }
}

const admin = { userId: 'tanaka.hiroshi', password: seedPassword }
export const passphrase = 'tamago-yaki-oishii-desu'

/** The end of the wizard, after the sign-in that it asks for. */
export async function finish(
  { api }: FreshDesk,
  settings: DeskSettings = wizardSettings(),
  secrets: Record<string, string> = {},
): Promise<Result<SettingsSaved>> {
  await ok(api.connections.signIn({ directory: settings.directory, credentials: admin }))
  return api.setup.finish({ settings, secrets })
}

/** The wizard to its end: file and key are made, nobody is signed in. */
export async function setUp(
  desk: FreshDesk,
  settings: DeskSettings = wizardSettings(),
  secrets: Record<string, string> = {},
): Promise<void> {
  await ok(finish(desk, settings, secrets))
  await ok(desk.api.vault.create({ passphrase }))
}
