import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditStore } from '../../src/main/audit/audit'
import { openAudit } from '../../src/main/audit/store'
import { systemClock } from '../../src/main/clock'
import type { Clock } from '../../src/main/clock'
import { sampleConfig } from '../../src/main/config'
import { createDirectory } from '../../src/main/directory'
import type { Directory } from '../../src/main/directory/directory'
import { defaultPolicy } from '../../src/main/domain/policy'
import type { Mailbox } from '../../src/main/gateways/mailbox'
import { createImapMailbox } from '../../src/main/gateways/mailbox/imap-mailbox'
import { readRawMail } from '../../src/main/gateways/mailbox/parse'
import type { Log } from '../../src/main/log'
import { IntakeService } from '../../src/main/services/intake'
import type { IntakeParts } from '../../src/main/services/intake'
import type { Acting } from '../../src/main/services/session'
import { openStores } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import { createVault, openVault, writeKeyFile } from '../../src/main/vault'
import type { SecretVault } from '../../src/main/vault'
import { AppError } from '../../src/shared/errors'
import type { IntakeMail } from '../../src/shared/model/intake'
import type { ResetRequest } from '../../src/shared/model/request'
import { silentLog } from './silent-log'

/** Where the mailbox is and how to get in; a `TestMailbox` is one, and it passes through JSON. */
export interface MailboxAccess {
  readonly host: string
  readonly port: number
  readonly userName: string
  readonly password: string
  readonly folder: string
  readonly ca: string
}

export interface IntakeOptions {
  /** Keeps stores, audit and key; the same folder is the same desk again. */
  readonly folder: string
  readonly access: MailboxAccess
  /** User ID that matches while nobody is signed in. */
  readonly identity?: string | null
  readonly directory?: Directory
  readonly clock?: Clock
  readonly log?: Log
  readonly secrets?: Readonly<Record<string, string | null>>
  readonly startDays?: number
  /** Puts something between the service and its parts. */
  readonly around?: (parts: IntakeParts) => IntakeParts
}

/** The intake on a real mailbox, real stores and a real audit, with the sample organisation unless told. */
export interface TestIntake {
  readonly intake: IntakeService
  readonly stores: Stores
  readonly audit: AuditStore
  readonly vault: SecretVault
  readonly directory: Directory
  readonly events: { readonly name: string; readonly payload: unknown }[]
  readonly reports: { readonly state: string; readonly code: string }[]
  readonly entered: string[]
  /** Somebody sits down at the desk; the waiting mails are looked up. */
  signIn(userId: string): Promise<Acting>
  signOut(): void
  mails(): Promise<IntakeMail[]>
  requests(): Promise<ResetRequest[]>
  /** Resolves when this holds; asks again and again, for at most a minute. */
  until(holds: () => Promise<boolean> | boolean): Promise<void>
  close(): Promise<void>
}

const samplePassword = 'Sakura-Fubuki-1'

export async function openIntake(options: IntakeOptions): Promise<TestIntake> {
  const { folder, access, identity = null, clock = systemClock(), log = silentLog, secrets = {} } = options
  const vault = await vaultOf(folder, clock)
  const stores = await openStores({ file: join(folder, 'desk.db'), vault, log })
  const audit = openAudit({ file: join(folder, 'audit.db'), vault, clock, log })
  const directory = options.directory ?? createDirectory({ config: sampleConfig().directory, clock, log })
  const events: TestIntake['events'] = []
  const reports: TestIntake['reports'] = []
  const entered: string[] = []
  let present: Acting | null = null

  const passwords = { 'mailbox.password': access.password, 'intake.password': samplePassword, ...secrets }
  const imap: Mailbox = createImapMailbox({ ...access, security: 'starttls' }, log, { poll: 200, silence: 5000 })
  const parts: IntakeParts = {
    mails: stores.mails,
    templates: stores.templates,
    audit,
    vault,
    clock,
    policy: defaultPolicy,
    emit: (name, payload) => events.push({ name, payload }),
    log,
    read: readRawMail,
    mailbox: { settings: { ...access, startDays: options.startDays ?? 7, identity }, imap },
    secret: async (name) => new Map<string, string | null>(Object.entries(passwords)).get(name) ?? null,
    directory,
    present: () => present,
    report: (_part, report) => reports.push(report),
    onEntered: (ids) => entered.push(...ids),
  }
  const intake = new IntakeService(options.around?.(parts) ?? parts)

  return {
    intake,
    stores,
    audit,
    vault,
    directory,
    events,
    reports,
    entered,
    async signIn(userId) {
      present = await actingOf(directory, userId)
      await intake.onSessionBegin()
      return present
    },
    signOut() {
      present = null
    },
    mails: () =>
      pages(
        (cursor) => stores.mails.list({ show: 'all', cursor, limit: 500 }),
        (page) => page.mails,
      ),
    requests: () =>
      pages(
        (cursor) =>
          stores.requests.list({
            states: [],
            holderId: null,
            causes: [],
            channels: [],
            due: { from: null, until: null },
            created: { from: null, until: null },
            sort: 'oldest',
            text: '',
            cursor,
            limit: 500,
          }),
        (page) => page.requests,
      ),
    async until(holds) {
      const deadline = performance.now() + 60_000
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error(`it did not come to that: ${JSON.stringify(reports.at(-1))}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async close() {
      await intake.stop()
      await stores.close()
      audit.close()
    },
  }
}

async function vaultOf(folder: string, clock: Clock): Promise<SecretVault> {
  const file = join(folder, 'vault.key')
  const protection = { kind: 'key-file', file } as const
  if (existsSync(file)) return openVault({ dir: folder, protection })
  writeKeyFile(file)
  return (await createVault({ dir: folder, protection, clock })).vault
}

async function actingOf(directory: Directory, userId: string): Promise<Acting> {
  const session = await directory.signIn(userId, samplePassword)
  const operator = { ...session.person, roles: await session.roles() }
  return {
    operator,
    directory: session,
    async current(...wanted) {
      const roles = await session.roles()
      if (!wanted.some((role) => roles.includes(role))) throw new AppError('role-required', { role: wanted[0] })
      return { ...operator, roles }
    },
  }
}

async function pages<P extends { readonly nextCursor: string | null }, T>(
  read: (cursor: string | null) => Promise<P>,
  rows: (page: P) => readonly T[],
): Promise<T[]> {
  const all: T[] = []
  let cursor: string | null = null
  do {
    const page: P = await read(cursor)
    all.push(...rows(page))
    cursor = page.nextCursor
  } while (cursor !== null)
  return all
}
