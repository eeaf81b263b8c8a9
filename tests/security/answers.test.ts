import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Api } from '../../src/shared/contract'
import { contract } from '../../src/shared/contract'
import { sampleOrganisation } from '../../src/main/directory/sample-organisation'
import {
  approver,
  codeOf,
  calledBack,
  inPerson,
  ok,
  openCase,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  wait,
} from '../support/desk'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { methodsStory, storyNumber, typedAtTheMachine } from '../support/methods-story'
import { securityKeysWith } from '../support/security-keys'
import { SoftwareAuthenticator } from '../support/software-authenticator'
import {
  intakeStory,
  mailSecrets,
  pastedSecret,
  settingsStory,
  trialNumber,
  typedSecrets,
} from '../support/settings-story'
import { checkCode, gatewaySecret, mobile, openSmsDesk, phoneOf, proofing, sendCode } from '../support/sms-desk'
import type { SmsDesk } from '../support/sms-desk'
import { totpCode, wrongCode } from '../support/totp'

/** Whatever main answers is in reach of a console in the page: each secret may be in the one answer that exists to show it. */

interface Seen {
  readonly call: string
  readonly text: string
}

let mailbox: TestMailbox
let desk: SmsDesk
let seen: Seen[]

beforeEach(async () => {
  seen = []
  mailbox = await startDovecot()
  const key = new SoftwareAuthenticator({ autoTouch: true, pin: typedAtTheMachine.pin })
  const opened = await openSmsDesk({
    policy: { methodsRequired: 1 },
    more: { securityKey: { rpId: 'desk.sakura.example' } },
    securityKeys: () => securityKeysWith(key),
  })
  desk = { ...opened, api: listening(opened.api) }
})

afterEach(async () => {
  await desk.close()
  await mailbox.stop()
})

/** The same calls; everything that they answer is written down. */
function listening(api: Api): Api {
  type Call = (...args: unknown[]) => Promise<unknown>
  const features = Object.keys(contract).map((feature) => {
    const calls = Reflect.get(api, feature) as Record<string, Call>
    const heard = Object.entries(calls).map(([method, call]): [string, Call] => [
      method,
      async (...args) => {
        const answer = await call(...args)
        seen.push({ call: `${feature}.${method}`, text: JSON.stringify(answer) })
        return answer
      },
    ])
    return [feature, Object.fromEntries(heard)] as const
  })
  return { ...Object.fromEntries(features), on: api.on } as Api
}

function callsThatSaid(secret: string): string[] {
  const word = JSON.stringify(secret).slice(1, -1)
  return [...new Set(seen.filter(({ text }) => text.includes(word)).map(({ call }) => call))].toSorted()
}

/** A whole day at the desk: what succeeds, what is refused, and every screen looked at. */
async function wholeStory(): Promise<{ typedKey: string; codes: string[]; passwords: string[]; reverse: string }> {
  const codes: string[] = []
  await codeOf(desk.api.session.signIn({ userId: 'sato.misaki', password: `${seedPassword}!` }))
  await signIn(desk)
  await ok(desk.api.session.lock())
  await ok(desk.api.session.unlock({ password: seedPassword }))

  // Everybody is looked at, with numbers and all.
  for (const { userId } of sampleOrganisation().people)
    await ok(desk.api.people.card({ personId: await personIdOf(desk, userId) }))

  const personId = await personIdOf(desk, 'yamada.hanako')
  const { document, photoMatches, nameMatches } = inPerson
  const start = { personId, label: 'Pixel 9', document, photoMatches, nameMatches }
  await codeOf(desk.api.registration.startApp({ ...start, approver: { ...approver, password: 'nope' } }))
  const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ ...start, approver }))
  const wrong = wrongCode(typedKey, desk.clock.now())
  await codeOf(desk.api.registration.confirm({ enrolmentId, code: wrong }))
  const confirming = totpCode(typedKey, desk.clock.now())
  await ok(desk.api.registration.confirm({ enrolmentId, code: confirming }))
  await ok(desk.api.registration.list({ personId }))
  await wait(desk, 60)

  const request = await openCase(desk, 'yamada.hanako', { channel: 'phone' })
  const ofRequest = { requestId: request.id }
  const { methods } = await ok(desk.api.verification.status(ofRequest))
  const methodId = methods[0]?.id ?? ''
  const right = totpCode(typedKey, desk.clock.now())
  for (const code of [wrong, right]) await ok(desk.api.verification.checkCode({ ...ofRequest, methodId, code }))
  codes.push(wrong, confirming, right)
  await ok(desk.api.reset.preview(ofRequest))
  const { shown } = await ok(desk.api.reset.perform(ofRequest))
  await ok(desk.api.reset.copyPassword({ resetId: shown?.resetId ?? '' }))
  await ok(desk.api.requests.addNote({ ...ofRequest, text: 'rang back' }))
  await ok(desk.api.reset.dismiss({ resetId: shown?.resetId ?? '' }))

  // By a call-back to a number of the directory, and a write whose answer is lost.
  const other = await openCase(desk, 'ito.kenta', { channel: 'phone' })
  const { callBackNumbers } = await ok(desk.api.verification.status({ requestId: other.id }))
  const field = callBackNumbers[0]?.field ?? 'mobile'
  const attestation = { kind: 'call-back', field, ...calledBack } as const
  const { proofs } = await ok(desk.api.verification.attest({ requestId: other.id, attestation, note: 'called' }))
  const decision = { requestId: other.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '' }
  await codeOf(desk.api.verification.decide({ ...decision, approver: { ...approver, password: 'nope' } }))
  await ok(desk.api.verification.decide({ ...decision, approver }))
  desk.directory.faults.resetPassword = async (write) => {
    await write()
    return { kind: 'unknown', server: 'sample:0', cause: new Error('no answer') }
  }
  await ok(desk.api.reset.perform({ requestId: other.id }))
  await ok(desk.api.reset.recheck({ requestId: other.id }))
  desk.directory.faults = {}

  // The steps of a request, each of which answers it.
  const { api } = desk
  const third = await openCase(desk, 'kobayashi.rin', { claim: false })
  const operatorId = await personIdOf(desk, 'suzuki.ken')
  const at = async () => ({
    requestId: third.id,
    version: (await ok(api.requests.get({ requestId: third.id }))).request.version,
  })
  await ok(api.requests.claim(await at()))
  await ok(api.requests.release(await at()))
  await ok(api.requests.claim(await at()))
  await ok(api.requests.complete({ ...(await at()), reason: 'found it' }))
  await ok(api.requests.reopen({ ...(await at()), reason: 'lost it again' }))
  await ok(api.requests.claim(await at()))
  await codeOf(api.reset.unlock({ requestId: third.id }))
  await codeOf(api.verification.reopenChecks({ requestId: third.id, reason: 'x', approver }))
  await ok(api.requests.handOver({ ...(await at()), operatorId, note: '' }))
  await switchTo(desk, 'suzuki.ken')
  await ok(api.requests.refuse({ ...(await at()), reason: 'not them' }))

  const { reverse } = await methodsStory(desk)
  await queueStory(personId)
  codes.push(...(await numberStory()))
  await settingsStory(desk, mailbox)
  await intakeStory(desk, mailbox)

  await ok(desk.api.requests.operators())
  await ok(desk.api.settings.preferences())
  await ok(desk.api.session.status())
  await ok(desk.api.settings.view())
  await switchTo(desk, 'watanabe.aya')
  for (const { id } of (await ok(desk.api.requests.list({ filter: {} }))).requests)
    await ok(desk.api.requests.get({ requestId: id }))
  await ok(desk.api.audit.list({ filter: {}, limit: 500 }))
  desk.desktop.saveTo = join(desk.folder, 'copy.db')
  await ok(desk.api.audit.saveCopy())
  await ok(desk.api.audit.verify())
  await ok(desk.api.session.signOut())
  return { typedKey, codes, reverse, passwords: desk.directory.writes.map(({ password }) => password ?? '') }
}

/** What an agent does with the queue besides working on a request. */
async function queueStory(personId: string): Promise<void> {
  const { api } = desk
  const { id: requestId, version } = await openCase(desk, 'okada.kaito', { claim: false })
  await ok(api.diagnosis.ofRequest({ requestId }))
  await ok(api.diagnosis.ofPerson({ personId }))
  await ok(api.requests.refuseMany({ requests: [{ requestId, version }], reason: 'asked twice' }))
  const viewId = '00000000-0000-4000-8000-000000000001'
  await ok(api.requests.saveView({ id: viewId, name: 'mine', filter: { holder: 'me' }, sort: 'due' }))
  await ok(api.requests.views())
  await ok(api.requests.removeView({ viewId }))
  await ok(api.health.check())
  await ok(api.health.status())
}

/** A number is registered and checked; answers the codes that were sent to it. */
async function numberStory(): Promise<string[]> {
  const { api } = desk
  const personId = await personIdOf(desk, 'ogawa.yuto')
  const begin = { personId, ...proofing, label: 'Work phone', number: mobile.typed, language: 'ja' } as const
  const left = await ok(api.registration.startPhone(begin))
  await ok(api.registration.cancel({ enrolmentId: left.enrolmentId }))
  await wait(desk, 120)
  const { enrolmentId } = await ok(api.registration.startPhone(begin))
  await wait(desk, 120)
  await ok(api.registration.resend({ enrolmentId, channel: 'sms' }))
  await ok(api.registration.enrolment({ enrolmentId }))
  await ok(api.registration.confirm({ enrolmentId, code: desk.lastCode() }))
  await wait(desk, 120)
  const { id } = await openCase(desk, 'ogawa.yuto')
  const phone = await phoneOf(desk, id)
  await sendCode(desk, id, phone.id)
  expect((await checkCode(desk, id, phone.id, desk.lastCode())).matched).toBe(true)
  // What the desk reads out is no code of a check.
  return desk.messages().flatMap(({ code }) => (/^\d{6}$/u.test(code) ? [code] : []))
}

describe('no answer to the page says more than it must', () => {
  it('in a whole story, with what is refused in it', async () => {
    const { typedKey, codes, passwords, reverse } = await wholeStory()

    expect(callsThatSaid(seedPassword)).toEqual([])
    expect(callsThatSaid(typedKey)).toEqual(['registration.startApp'])
    expect(callsThatSaid(typedKey.replaceAll(' ', ''))).toEqual([])
    expect(callsThatSaid(readFileSync(join(desk.folder, 'vault.key'), 'utf8').trim())).toEqual([])
    expect([gatewaySecret, mobile.e164, mobile.typed, '9012345678'].flatMap(callsThatSaid)).toEqual([])
    const typed = [
      ...Object.values(typedSecrets),
      mailbox.password,
      trialNumber,
      trialNumber.replaceAll('-', '').slice(1),
    ]
    expect(typed.flatMap(callsThatSaid)).toEqual([])
    for (const secret of mailSecrets) expect(callsThatSaid(secret)).toEqual(['intake.get', 'intake.ofRequest'])
    expect([...typedAtTheMachine.answers, typedAtTheMachine.pin].flatMap(callsThatSaid)).toEqual([])
    expect(callsThatSaid(reverse)).toEqual(['verification.reverseCheck'])
    expect(callsThatSaid(storyNumber.e164)).toEqual(['privacy.reveal'])
    expect(callsThatSaid(storyNumber.typed)).toEqual([])
    expect(callsThatSaid(pastedSecret)).toEqual(['intake.tryTemplates'])
    expect(passwords).toHaveLength(2)
    expect(passwords.map(callsThatSaid)).toEqual([['reset.perform'], ['reset.recheck']])
    // Six digits turn up by chance in times and ids: only whole words count.
    for (const code of codes) {
      const word = new RegExp(`(?<![0-9A-Za-z.:-])${code}(?![0-9A-Za-z-])`, 'u')
      expect(seen.filter(({ text }) => word.test(text)).map(({ call }) => call)).toEqual([])
    }

    // Every call but those of the set-up was made, so that a new one is not forgotten here.
    const called = new Set(seen.map(({ call }) => call))
    const all = Object.entries(contract).flatMap(([feature, methods]) =>
      Object.keys(methods).map((method) => `${feature}.${method}`),
    )
    const unheard = all.filter((call) => !called.has(call) && !call.startsWith('vault.'))
    expect(unheard).toEqual([
      'session.useSample',
      'session.openExternal',
      'registration.remove',
      'settings.setPreferences',
    ])
  })

  it('never a number of the directory in full, however it is written', async () => {
    await wholeStory()
    const numbers = sampleOrganisation()
      .people.flatMap(({ mobile, telephone }) => [mobile, telephone])
      .filter((number) => number !== '')
    const strings = seen.flatMap(({ call, text }) =>
      [...text.matchAll(/"(?:[^"\\]|\\.)*"/gu)].map(([value]) => ({ call, digits: value.replace(/\D/gu, '') })),
    )

    expect(numbers.length).toBeGreaterThan(20)
    const masked = strings.filter(({ digits }) => numbers.some((number) => digits === number.slice(-4)))
    expect(masked.length).toBeGreaterThan(20)
    const told = numbers.flatMap((number) => {
      const digits = number.replace(/\D/gu, '').slice(-8)
      return strings.filter((value) => value.digits.includes(digits)).map(({ call }) => `${number} in ${call}`)
    })
    expect(told).toEqual([])
  })

  it('and pushes carry nothing but ids', async () => {
    await wholeStory()

    const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
    const reasons = ['idle', 'locked', 'computer-locked', 'signed-out', 'rejected', 'settings-changed']
    expect(desk.events.length).toBeGreaterThan(10)
    for (const { payload } of desk.events)
      for (const value of Object.values(payload as Record<string, unknown>))
        expect(value).toSatisfy(
          (id) => id === null || (typeof id === 'string' && (reasons.includes(id) || uuid.test(id))),
        )
  })
})
