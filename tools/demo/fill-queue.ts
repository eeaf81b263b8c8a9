import { createDesk } from '../../src/main/desk'
import type { Desk } from '../../src/main/desk'
import type { Clock } from '../../src/main/clock'
import type { enteredChannels, enteredReasons } from '../../src/shared/model/request'
import { Authenticator } from '../../tests/support/authenticator'
import type { DeskFiles } from '../../tests/support/config-file'
import type { TestMailbox } from '../../tests/support/dovecot'
import { codeIn, contactMail } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import type { TestSms } from '../../tests/support/kannel'
import { silentLog } from '../../tests/support/silent-log'
import type { DemoServers } from './servers'
import { noSecurityKeys } from '../../tests/support/no-security-keys.ts'

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

/** Of the caller, in the ways that a person says it and a gateway wants it. */
export const callerNumber = { said: '090-5550-1234', e164: '+819055501234' }

/**
 * Enters what happened before the demo begins, through the same services as the screens. Answers the authenticator app of 山田 花子
 * where there is a gateway: then she registered it, and her mobile number, the day before.
 */
export async function fillQueue(place: {
  readonly dataDir: string
  readonly files: DeskFiles | null
  readonly servers: DemoServers | null
}): Promise<Authenticator | null> {
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
    securityKeys: noSecurityKeys,
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
    const sms = place.servers?.gateways?.sms
    agoMs = 30 * 3_600_000
    const app = sms === undefined ? null : await registerCaller(desk, sms, clock)
    for (const request of past) {
      agoMs = request.hoursAgo * 3_600_000
      await enter(desk, request)
    }
    await place.servers?.directory.lock('yamada.hanako')
    return app
  } finally {
    await desk.close()
  }
}

/** In person, agreed by an approver, each method proven by a code. */
async function registerCaller({ handlers }: Desk, sms: TestSms, clock: Clock): Promise<Authenticator> {
  const { password } = organisation
  await handlers.session.signIn({ userId: 'suzuki.ken', password })
  const personId = await personIdOf(handlers, 'yamada.hanako')
  const identity = {
    personId,
    document: 'employee-card',
    photoMatches: true,
    nameMatches: true,
    approver: { userId: 'takahashi.yumi', password },
  } as const
  const app = await handlers.registration.startApp({ ...identity, label: 'Pixel 9' })
  const authenticator = new Authenticator(app.typedKey)
  const steps = Math.round((clock.now() - Date.now()) / 30_000)
  await handlers.registration.confirm({ enrolmentId: app.enrolmentId, code: await authenticator.code(steps) })
  const number = { number: callerNumber.said, language: 'ja' } as const
  const phone = await handlers.registration.startPhone({ ...identity, ...number, label: '社用携帯' })
  const { text } = await sms.waitForMessage(callerNumber.e164)
  await handlers.registration.confirm({ enrolmentId: phone.enrolmentId, code: codeIn(text) })
  await handlers.session.signOut(undefined)
  return authenticator
}

async function personIdOf(handlers: Desk['handlers'], userId: string): Promise<string> {
  const { people } = await handlers.people.search({ query: userId, limit: 1 })
  const [person] = people
  if (person === undefined) throw new Error(`${userId} is not in the directory`)
  return person.id
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
