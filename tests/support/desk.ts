import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contract } from '../../src/shared/contract'
import type { Api } from '../../src/shared/contract'
import { AppError, unwrap } from '../../src/shared/errors'
import type { Result } from '../../src/shared/errors'
import { deskEvents } from '../../src/shared/events'
import type { DeskEventName } from '../../src/shared/events'
import type { CallBackEvidence, VerificationStatus } from '../../src/shared/model/verification'
import type { ResetRequest } from '../../src/shared/model/request'
import type { AuditRow } from '../../src/shared/model/audit'
import { sampleConfig } from '../../src/main/config'
import type { DirectoryConfig } from '../../src/main/config'
import { createDesk } from '../../src/main/desk'
import type { Desk } from '../../src/main/desk'
import { createDirectory } from '../../src/main/directory'
import { sampleOrganisation } from '../../src/main/directory/sample-organisation'
import { serve } from '../../src/main/ipc/serve'
import { createLog } from '../../src/main/log'
import type { DesktopPort } from '../../src/main/services/desktop'
import { FaultyDirectory } from './faulty-directory'
import { TestClock } from './test-clock'
import { totpCode } from './totp'
import type { SecurityKeys } from '../../src/main/gateways/security-key'
import { noSecurityKeys } from './no-security-keys'

export const seedPassword = sampleOrganisation().password

/** A desktop without a desktop: remembers what it was asked. */
export class FakeDesktop implements DesktopPort {
  clipboard: string | null = null
  clearAfter: number | null = null
  opened: string[] = []
  dialled: string[] = []
  saveTo: string | null = null
  openFrom: { name: string; text: string } | null = null
  openPath: string | null = null
  readonly notifications: { title: string; body: string; onClick: () => void }[] = []

  async copySecret(secret: string, seconds: number): Promise<void> {
    this.clipboard = secret
    this.clearAfter = seconds
  }

  async forgetSecret(): Promise<void> {
    this.clipboard = null
  }

  async askSaveFile(): Promise<string | null> {
    return this.saveTo
  }

  async askOpenFile(): Promise<{ name: string; text: string } | null> {
    return this.openFrom
  }

  async askOpenPath(): Promise<string | null> {
    return this.openPath
  }

  notify(notification: { title: string; body: string; onClick: () => void }): void {
    this.notifications.push(notification)
  }

  async openExternal(url: string): Promise<void> {
    this.opened.push(url)
  }

  async dial(address: string): Promise<void> {
    this.dialled.push(address)
  }
}

export interface TestDeskOptions {
  /** Of the configuration file; one method is enough unless told. */
  readonly policy?: Readonly<Record<string, number | boolean>>
  /** Further sections of it, such as `sms`. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly links?: readonly string[]
  /** None can be used at this machine unless told. */
  readonly securityKeys?: () => SecurityKeys
  /** An earlier desk's folder: the same stores, opened again. */
  readonly folder?: string
  readonly clock?: TestClock
  /** A real server in place of the sample organisation. */
  readonly server?: DirectoryConfig
}

/** A whole desk on the sample organisation in a folder of its own, called as the page calls it. */
export interface TestDesk {
  readonly api: Api
  readonly desk: Desk
  readonly clock: TestClock
  readonly directory: FaultyDirectory
  readonly desktop: FakeDesktop
  readonly folder: string
  readonly events: { readonly name: DeskEventName; readonly payload: unknown }[]
  close(options?: { readonly keepFolder: boolean }): Promise<void>
}

/** Opens a desk, with its installation key made; nobody is signed in. */
export async function openDesk(options: TestDeskOptions = {}): Promise<TestDesk> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sspr-desk-'))
  const clock = options.clock ?? new TestClock()
  const configFile = join(folder, 'test-config.json')
  writeFileSync(configFile, JSON.stringify(testConfig(options)))
  chmodSync(configFile, 0o600)

  const desktop = new FakeDesktop()
  const log = createLog({ file: join(folder, 'log', 'desk.log'), clock, level: 'debug' })
  const directory = new FaultyDirectory(
    createDirectory({ config: options.server ?? sampleConfig().directory, clock, log }),
  )
  const desk = await createDesk({
    userDataDir: folder,
    configFile,
    machineConfigFile: join(folder, 'machine.json'),
    vaultKeyFile: join(folder, 'vault.key'),
    clock,
    log,
    desktop,
    safeStorage: null,
    securityKeys: options.securityKeys ?? noSecurityKeys,
    version: '0.0.0',
    createDirectory: () => directory,
  })
  const api = pageOf(desk)
  const { phase } = await unwrap(api.session.status())
  if (phase === 'needs-vault') await unwrap(api.vault.create({ passphrase: null }))

  const events: { name: DeskEventName; payload: unknown }[] = []
  for (const name of deskEvents) {
    desk.on(name, (payload) => events.push({ name, payload }))
  }
  const close = async ({ keepFolder } = { keepFolder: false }): Promise<void> => {
    await desk.close()
    if (!keepFolder) rmSync(folder, { recursive: true, force: true })
  }
  return { api, desk, clock, directory, desktop, folder, events, close }
}

function testConfig({ policy = {}, links = [], more = {} }: TestDeskOptions): unknown {
  const { roles } = sampleConfig().directory
  return {
    version: 1,
    organisation: 'さくら商事',
    directory: { kind: 'openldap', servers: ['ldaps://sample.invalid'], bindDn: 'uid={user},dc=sample,dc=invalid' },
    roles,
    policy: { methodsRequired: 1, ...policy },
    links,
    ...more,
  }
}

/** The calls as the page makes them: through the one door, with its checks of sender, input and answer. */
export function pageOf(desk: Desk): Api {
  const call = callerOf(desk)
  const features = Object.entries(contract).map(([feature, methods]) => {
    const calls = Object.keys(methods).map((method): [string, (...args: unknown[]) => Promise<Result<unknown>>] => [
      method,
      (...args) => call(`${feature}.${method}`, ...args),
    ])
    return [feature, Object.fromEntries(calls)] as const
  })
  const on: Api['on'] = (name, listener) => desk.on(name, listener)
  return { ...Object.fromEntries(features), on } as Api
}

/** Sends anything on any channel, as a console in the page could. */
export function callerOf(desk: Desk): (channel: string, ...args: unknown[]) => Promise<Result<unknown>> {
  const channels = new Map<string, (event: unknown, ...args: unknown[]) => Promise<Result<unknown>>>()
  const origin = 'app://desk'
  const frame = { origin, parent: null, detached: false, isDestroyed: () => false, send: () => undefined }
  const log = { warn: () => undefined, error: rememberError }
  serve({
    ipcMain: { handle: (channel: string, listener: never) => channels.set(channel, listener) },
    desk,
    origin,
    mainFrame: () => frame,
    log,
  } as unknown as Parameters<typeof serve>[0])
  return async (channel, ...args) => {
    const listener = channels.get(channel)
    if (listener === undefined) throw new Error(`no such channel: ${channel}`)
    return listener({ senderFrame: frame }, ...args.map((arg) => structuredClone(arg)))
  }
}

/** Errors that nobody expected: a test that meets one must see more than the code `internal`. */
const unexpected: unknown[] = []

function rememberError(fields: object): void {
  unexpected.push('err' in fields ? fields.err : fields)
}

/** The refusal's code, or `ok`. */
export async function codeOf(answer: Promise<Result<unknown>>): Promise<string> {
  const result = await answer
  if (result.ok) return 'ok'
  if (result.code === 'internal') throw new Error('an unexpected error', { cause: unexpected.at(-1) })
  return result.code
}

/** The value; an unexpected error is told with its cause. */
export async function ok<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer
  if (result.ok) return result.value
  if (result.code === 'internal') throw new Error('an unexpected error', { cause: unexpected.at(-1) })
  throw new AppError(result.code, result.params)
}

export async function signIn({ api }: TestDesk, userId = 'sato.misaki', password = seedPassword): Promise<void> {
  await ok(api.session.signIn({ userId, password }))
}

/** Time passes with somebody at the keyboard, so that the idle lock stays away. */
export async function wait({ api, clock }: TestDesk, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 60) {
    clock.advance(Math.min(left, 60))
    await ok(api.session.touch())
  }
}

/** Another operator takes the chair. */
export async function switchTo(desk: TestDesk, userId: string): Promise<void> {
  await ok(desk.api.session.signOut())
  await signIn(desk, userId)
}

export async function personIdOf({ api }: TestDesk, userId: string): Promise<string> {
  const { people } = await ok(api.people.search({ query: userId }))
  const person = people.find((found) => found.userId === userId)
  if (person === undefined) throw new Error(`nobody is called ${userId}`)
  return person.id
}

/** A claimed request of this person. */
export async function openCase(
  desk: TestDesk,
  userId: string,
  options: { readonly channel?: 'phone' | 'walk-in'; readonly claim?: boolean } = {},
): Promise<ResetRequest> {
  const personId = await personIdOf(desk, userId)
  const { channel = 'walk-in', claim = true } = options
  return ok(desk.api.requests.create({ personId, channel, reason: 'forgot', note: '', claim }))
}

export const approver = { userId: 'takahashi.yumi', password: seedPassword }

/** Registers an authenticator app in person; answers the key that the person's app has. */
export async function enrol(desk: TestDesk, userId: string, label = 'Pixel 9'): Promise<string> {
  const personId = await personIdOf(desk, userId)
  const { enrolmentId, typedKey } = await ok(
    desk.api.registration.startApp({
      personId,
      label,
      document: 'employee-card',
      photoMatches: true,
      nameMatches: true,
      approver,
    }),
  )
  await ok(desk.api.registration.confirm({ enrolmentId, code: totpCode(typedKey, desk.clock.now()) }))
  // The confirming code is used up: the next one comes with the next step.
  await wait(desk, 60)
  return typedKey
}

/** Checks the caller by their app; one time step later, so that each call has a code of its own. */
export async function checkApp(desk: TestDesk, request: ResetRequest, typedKey: string): Promise<VerificationStatus> {
  await wait(desk, 30)
  const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
  const [method] = methods
  if (method === undefined) throw new Error('no method is registered')
  const code = totpCode(typedKey, desk.clock.now())
  const { matched, status } = await ok(
    desk.api.verification.checkCode({ requestId: request.id, methodId: method.id, code }),
  )
  if (!matched) throw new Error('the code did not match')
  return status
}

/** A person with an app and a claimed request, checked and ready for the write. */
export async function verifiedCase(
  desk: TestDesk,
  userId = 'yamada.hanako',
): Promise<{ request: ResetRequest; typedKey: string }> {
  const typedKey = await enrol(desk, userId)
  const request = await openCase(desk, userId)
  const status = await checkApp(desk, request, typedKey)
  if (!status.satisfied) throw new Error('the gate is not satisfied')
  return { request, typedKey }
}

export const inPerson = {
  kind: 'in-person',
  document: 'employee-card',
  photoMatches: true,
  nameMatches: true,
} as const

/** Result rows of the audit, oldest first; read by a reader who signs in for it. */
export async function auditRows(desk: TestDesk): Promise<AuditRow[]> {
  await switchTo(desk, 'watanabe.aya')
  const { rows } = await ok(desk.api.audit.list({ filter: {}, limit: 500 }))
  return rows.toReversed()
}

/** What an agent attests of a call that they made. */
export const calledBack = {
  dialledByAgent: true,
  answeredBy: 'the-person',
  asked: ['own-name', 'confirmed-request'],
} satisfies CallBackEvidence
