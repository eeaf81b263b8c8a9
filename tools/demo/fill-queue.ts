import { rmSync } from 'node:fs'
import path from 'node:path'
import { createDesk } from '../../src/main/desk'
import type { Desk } from '../../src/main/desk'
import type { Clock } from '../../src/main/clock'
import type { enteredChannels, enteredReasons } from '../../src/shared/model/request'
import type { DeskFiles } from '../../tests/support/config-file'
import type { TestMailbox } from '../../tests/support/dovecot'
import { contactMail } from '../../tests/support/gateways'
import { noSecurityKeys } from '../../tests/support/no-security-keys'
import { organisation } from '../../tests/support/organisation'
import { securityKeysWith } from '../../tests/support/security-keys'
import { silentLog } from '../../tests/support/silent-log'
import { askForApproval, importNumber, personIdOf, registerCaller } from './register'
import type { Caller } from './register'
import type { DemoServers } from './servers'

const hourMs = 3_600_000
/** Longer than a new method waits before it counts by itself. */
const registeredDaysAgo = 10

interface PastRequest {
  readonly hoursAgo: number
  readonly agent: string
  readonly userId: string
  readonly channel: (typeof enteredChannels)[number]
  readonly reason: (typeof enteredReasons)[number]
  readonly note: string
  readonly then?: 'claim' | 'refuse' | 'complete'
}

/** A morning at the desk, oldest first. */
const past: readonly PastRequest[] = [
  {
    hoursAgo: 50,
    agent: 'sato.misaki',
    userId: 'kato.sho',
    channel: 'phone',
    reason: 'forgot',
    note: '',
    then: 'refuse',
  },
  {
    hoursAgo: 27,
    agent: 'suzuki.ken',
    userId: 'kobayashi.rin',
    channel: 'phone',
    reason: 'forgot',
    note: '思い出したとのこと',
    then: 'complete',
  },
  {
    hoursAgo: 5,
    agent: 'suzuki.ken',
    userId: 'nakamura.daiki',
    channel: 'walk-in',
    reason: 'never-got',
    note: '復職。人事に確認中。',
    then: 'claim',
  },
  { hoursAgo: 2, agent: 'sato.misaki', userId: 'yoshida.jun', channel: 'phone', reason: 'forgot', note: '' },
  { hoursAgo: 1, agent: 'sato.misaki', userId: 'yamamoto.akira', channel: 'phone', reason: 'locked-out', note: '' },
  {
    hoursAgo: 0.3,
    agent: 'suzuki.ken',
    userId: 'ito.kenta',
    channel: 'walk-in',
    reason: 'never-got',
    note: '新入社員',
  },
]

/**
 * Enters what happened before the demo begins, through the same services as the screens: 山田 花子 registered every method that there
 * is here, 池田 空's number was imported, a morning's requests, and one case waits for an approver.
 */
export async function fillQueue(place: {
  readonly dataDir: string
  readonly files: DeskFiles | null
  readonly servers: DemoServers | null
}): Promise<Caller> {
  const { servers } = place
  const importFile = path.join(place.dataDir, 'numbers.csv')
  let agoMs = registeredDaysAgo * 24 * hourMs
  const clock: Clock = { now: () => Date.now() - agoMs, iso: () => new Date(Date.now() - agoMs).toISOString() }
  const desk = await createDesk({
    userDataDir: place.dataDir,
    configFile: place.files?.config ?? null,
    machineConfigFile: '',
    vaultKeyFile: place.files?.vaultKeyFile ?? null,
    clock,
    log: silentLog,
    version: '0.0.0',
    safeStorage: null,
    securityKeys: () => (servers === null ? noSecurityKeys() : securityKeysWith(servers.key.key)),
    desktop: {
      openExternal: nothing,
      dial: nothing,
      copySecret: nothing,
      forgetSecret: nothing,
      askSaveFile: () => Promise.resolve(null),
      askOpenFile: () => Promise.resolve(null),
      askOpenPath: () => Promise.resolve(importFile),
      notify: () => undefined,
    },
  })
  try {
    if (place.files === null) await desk.handlers.session.useSample(undefined)
    else await desk.handlers.vault.create({ passphrase: null })
    const caller = await registerCaller(desk, servers, clock)
    await importNumber(desk, importFile)
    for (const request of past) {
      agoMs = request.hoursAgo * hourMs
      await enter(desk, request)
    }
    agoMs = 0
    await askForApproval(desk)
    await servers?.directory.lock('yamada.hanako')
    return caller
  } finally {
    await desk.close()
    rmSync(importFile, { force: true })
  }
}

async function enter({ handlers }: Desk, request: PastRequest): Promise<void> {
  await handlers.session.signIn({ userId: request.agent, password: organisation.password })
  const personId = await personIdOf(handlers, request.userId)
  const { channel, reason, note, then } = request
  const made = await handlers.requests.create({ personId, channel, reason, note, claim: then !== undefined })
  const seen = { requestId: made.id, version: made.version }
  if (then === 'refuse') await handlers.requests.refuse({ ...seen, reason: 'スマート カードが必要な利用者' })
  if (then === 'complete') await handlers.requests.complete({ ...seen, reason: '思い出したため' })
  await handlers.session.signOut(undefined)
}

/** Mails of people who met one of the three errors, and some that a person has to look at. */
export async function fillMailbox(mailbox: TestMailbox): Promise<void> {
  for (const userName of ['endo.tsubasa', 'aoki.mei', 'aoki.mei']) await mailbox.deliver(contactMail(userName))
  await mailbox.deliver(contactMail('somebody.else'))
  await mailbox.deliver(contactMail('goto.riku', { extra: 'for their account: okada.kaito' }))
  await mailbox.deliver(
    [
      'From: newsletter@example.com',
      'Subject: =?UTF-8?B?56eL44Gu44K744Of44OK44O844Gu44GU5qGI5YaF?=',
      'Content-Type: text/plain; charset=utf-8',
      '',
      '今月のセミナーのご案内です。',
      '',
    ].join('\r\n'),
  )
}

function nothing(): Promise<void> {
  return Promise.resolve()
}
