import { createDesk } from '../../src/main/desk'
import type { Desk } from '../../src/main/desk'
import type { Clock } from '../../src/main/clock'
import type { enteredChannels, enteredReasons } from '../../src/shared/model/request'
import type { DeskFiles } from '../../tests/support/config-file'
import type { TestMailbox } from '../../tests/support/dovecot'
import { contactMail } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import type { TestDirectory } from '../../tests/support/organisation'
import { silentLog } from '../../tests/support/silent-log'

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

/** Enters what happened before the demo begins, through the same services as the screens. */
export async function fillQueue(place: {
  readonly dataDir: string
  readonly files: DeskFiles | null
  readonly directory: TestDirectory | null
}): Promise<void> {
  let agoMs = 0
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
    desktop: {
      openExternal: nothing,
      copySecret: nothing,
      forgetSecret: nothing,
      askSaveFile: () => Promise.resolve(null),
      askOpenFile: () => Promise.resolve(null),
      notify: () => undefined,
    },
  })
  try {
    if (place.files === null) await desk.handlers.session.useSample(undefined)
    else await desk.handlers.vault.create({ passphrase: null })
    for (const request of past) {
      agoMs = request.hoursAgo * 3_600_000
      await enter(desk, request)
    }
  } finally {
    await desk.close()
  }
  await place.directory?.lock('yamada.hanako')
}

async function enter({ handlers }: Desk, request: PastRequest): Promise<void> {
  await handlers.session.signIn({ userId: request.agent, password: organisation.password })
  const { people } = await handlers.people.search({ query: request.userId, limit: 1 })
  const [person] = people
  if (person === undefined) throw new Error(`${request.userId} is not in the directory`)
  const { channel, reason, note, then } = request
  const made = await handlers.requests.create({ personId: person.id, channel, reason, note, claim: then !== undefined })
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
