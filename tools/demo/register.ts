import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import type { Clock } from '../../src/main/clock'
import type { Desk } from '../../src/main/desk'
import { Authenticator } from '../../tests/support/authenticator'
import { codeIn } from '../../tests/support/gateways'
import { organisation } from '../../tests/support/organisation'
import { keyPin } from './servers'
import type { DemoServers } from './servers'

/** Who has every method that this machine can offer. */
export interface Caller {
  readonly app: Authenticator
  /** What she answers when she is asked. */
  readonly answers: readonly { readonly ja: string; readonly en: string; readonly answer: string }[]
}

/** Of the caller, in the ways that a person says it and a gateway wants it. */
export const callerNumber = { said: '090-5550-1234', e164: '+819055501234' }
export const homeNumber = { said: '050-5550-5678', e164: '+815055505678' }
/** What she calls her methods. */
export const labels = {
  app: 'Pixel 9',
  mobile: '社用携帯',
  home: '自宅',
  key: '青いキー',
  mail: '個人のメール',
} as const
/** Typed on any keyboard. */
const said = ['oshiire', 'natsu no uta', 'ninjin', 'kumakichi', 'jitensha']

type Handlers = Desk['handlers']

/** In person, agreed by an approver, each method proven: by suzuki.ken, who is signed in afterwards as before, that is not at all. */
export async function registerCaller(desk: Desk, servers: DemoServers | null, clock: Clock): Promise<Caller> {
  const { handlers } = desk
  const { registration } = handlers
  const { password } = organisation
  await handlers.session.signIn({ userId: 'suzuki.ken', password })
  const identity = {
    personId: await personIdOf(handlers, 'yamada.hanako'),
    document: 'employee-card',
    photoMatches: true,
    nameMatches: true,
    approver: { userId: 'takahashi.yumi', password },
  } as const
  const confirm = async (enrolmentId: string, code: string): Promise<void> => {
    await registration.confirm({ enrolmentId, code })
  }

  const started = await registration.startApp({ ...identity, label: labels.app })
  const app = new Authenticator(started.typedKey)
  await confirm(started.enrolmentId, await app.code(Math.round((clock.now() - Date.now()) / 30_000)))

  const number = { ...identity, offer: null, extension: '', language: 'ja' } as const
  if (servers?.sms !== undefined) {
    const mobile = { type: 'mobile', label: labels.mobile, number: callerNumber.said, channel: 'sms' } as const
    const { enrolmentId } = await registration.startPhone({ ...number, ...mobile })
    await confirm(enrolmentId, codeIn((await servers.sms.waitForMessage(callerNumber.e164)).text))
  }
  if (servers !== null) {
    const home = { type: 'alternative', label: labels.home, number: homeNumber.said, channel: 'voice' } as const
    const { enrolmentId } = await registration.startPhone({ ...number, ...home })
    await confirm(enrolmentId, (await servers.voice.waitForCall(homeNumber.e164)).code)
    await registerKey(desk, identity)
  }
  if (servers?.mailbox !== undefined && servers.smtp !== undefined) {
    const { home } = servers.mailbox
    const mail = { ...identity, label: labels.mail, address: home.address, offer: null, language: 'ja' } as const
    const { enrolmentId } = await registration.startMail(mail)
    await confirm(enrolmentId, codeIn(await mailAfter(0, home.mails)))
  }

  const { enrolmentId, questions } = await registration.startQuestions(identity)
  const answered = questions
    .slice(0, said.length)
    .map((question, index) => ({ ...question, answer: said[index] ?? '' }))
  const answers = answered.map(({ id, answer }) => ({ questionId: id, answer }))
  await registration.saveAnswers({ enrolmentId, answers })
  await handlers.session.signOut(undefined)
  return { app, answers: answered }
}

/** The key of software asks for its PIN, which its owner types. */
async function registerKey(
  desk: Desk,
  identity: Omit<Parameters<Handlers['registration']['startKey']>[0], 'label'>,
): Promise<void> {
  const { registration, securityKey } = desk.handlers
  const stop = desk.on('security-key-changed', () => {
    void (async () => {
      const talk = await securityKey.state(undefined)
      if (talk?.prompt.step === 'pin') await securityKey.pin({ pin: keyPin })
    })()
  })
  try {
    const { enrolmentId } = await registration.startKey({ ...identity, label: labels.key })
    await registration.createKey({ enrolmentId })
  } finally {
    stop()
  }
}

/** Text of the mail that comes after the first `before` ones; waits up to 10 s for it. */
export async function mailAfter(before: number, mails: () => string[]): Promise<string> {
  for (let left = 200; left > 0; left -= 1) {
    const raw = mails()[before]
    if (raw !== undefined) return (await simpleParser(raw)).text ?? ''
    await sleep(50)
  }
  throw new Error('The mail with the code did not arrive.')
}

/** An admin brings a number from elsewhere: it does not count before its person has proven it. `file`: where to write it for that. */
export async function importNumber({ handlers }: Desk, file: string): Promise<void> {
  await handlers.session.signIn({ userId: 'tanaka.hiroshi', password: organisation.password })
  writeFileSync(file, 'userId,type,value,extension,label\r\nikeda.sora,mobile,090-5550-4321,,人事台帳より\r\n')
  const chosen = await handlers.imports.choose(undefined)
  if (chosen === null || chosen.badRows > 0) throw new Error('The number was not taken.')
  await handlers.imports.apply({ importId: chosen.importId })
  await handlers.session.signOut(undefined)
}

/** Somebody without any method stands at the desk; the agent attests a document, and an approver is waited for. */
export async function askForApproval({ handlers }: Desk): Promise<void> {
  await handlers.session.signIn({ userId: 'suzuki.ken', password: organisation.password })
  const personId = await personIdOf(handlers, 'fujita.hina')
  const { id: requestId } = await handlers.requests.create({
    personId,
    channel: 'walk-in',
    reason: 'forgot',
    note: '窓口に来訪',
    claim: true,
  })
  await handlers.verification.attest({
    requestId,
    attestation: { kind: 'in-person', document: 'employee-card', photoMatches: true, nameMatches: true },
    note: '社員証の写真と一致',
  })
  await handlers.session.signOut(undefined)
}

export async function personIdOf(handlers: Handlers, userId: string): Promise<string> {
  const { people } = await handlers.people.search({ query: userId, limit: 1 })
  const [person] = people
  if (person === undefined) throw new Error(`${userId} is not in the directory`)
  return person.id
}
