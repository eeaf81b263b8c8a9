import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Handlers } from '../../src/shared/contract'
import {
  approver,
  auditRows,
  callerOf,
  checkApp,
  codeOf,
  enrol,
  inPerson,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  verifiedCase,
  wait,
} from '../support/desk'
import type { TestDesk } from '../support/desk'
import { checkCode, enrolPhone, openSmsDesk, otherCode, phoneOf, sendCode } from '../support/sms-desk'
import { totpCode, wrongCode } from '../support/totp'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const perform = (requestId: string): Promise<string> => codeOf(desk.api.reset.perform({ requestId }))
const unlock = (requestId: string): Promise<string> => codeOf(desk.api.reset.unlock({ requestId }))

/** An attestation that waits for an approver, for a person without methods. */
async function attested(requestId: string): Promise<string> {
  const { proofs } = await ok(desk.api.verification.attest({ requestId, attestation: inPerson, note: '' }))
  const waiting = proofs.find(({ state }) => state === 'waiting')
  if (waiting === undefined) throw new Error('no attestation waits')
  return waiting.id
}

const decide = (requestId: string, proofId: string, who: typeof approver, approve = true): Promise<string> =>
  codeOf(desk.api.verification.decide({ requestId, proofId, approve, reason: 'seen', approver: who }))

describe('the gate lets a write through', () => {
  it('once, with a passed check, and spends it', async () => {
    const { request } = await verifiedCase(desk)

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', canSignIn: true, mustChange: true, auditFailed: false })
    expect(outcome.request.state).toBe('done')
    expect(desk.directory.writes).toEqual([
      { action: 'reset', personId: request.personId, password: outcome.shown?.password },
    ])
  })

  it('for a person without methods, proofed in person and approved by a second person', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)
    expect(await perform(request.id)).toBe('approval-needed')
    expect(await decide(request.id, proofId, approver)).toBe('ok')

    expect(await perform(request.id)).toBe('ok')

    expect(desk.directory.writes).toHaveLength(1)
  })
})

describe('the gate refuses', () => {
  afterEach(() => {
    expect(desk.directory.writes).toEqual([])
  })

  it('without a proof', async () => {
    await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')

    expect(await perform(request.id)).toBe('caller-not-verified')
    expect(await unlock(request.id)).toBe('caller-not-verified')
  })

  it('with a stale proof', async () => {
    const { request } = await verifiedCase(desk)
    await wait(desk, 11 * 60)

    expect(await perform(request.id)).toBe('proof-expired')
    expect(await unlock(request.id)).toBe('proof-expired')
  })

  it("with another agent's proof, before and after a hand-over", async () => {
    const { request } = await verifiedCase(desk)
    const suzuki = await personIdOf(desk, 'suzuki.ken')
    await switchTo(desk, 'suzuki.ken')
    expect(await perform(request.id)).toBe('request-held-by-other')

    await switchTo(desk, 'sato.misaki')
    const { version } = (await ok(desk.api.requests.get({ requestId: request.id }))).request
    await ok(desk.api.requests.handOver({ requestId: request.id, version, operatorId: suzuki, note: '' }))
    expect(await perform(request.id)).toBe('request-held-by-other')

    await switchTo(desk, 'suzuki.ken')
    expect(await perform(request.id)).toBe('caller-not-verified')
  })

  it('with the proof of a request that was released and claimed again', async () => {
    const { request } = await verifiedCase(desk)
    const released = await ok(desk.api.requests.release({ requestId: request.id, version: request.version }))
    expect(await perform(request.id)).toBe('request-not-claimed')
    await ok(desk.api.requests.claim({ requestId: request.id, version: released.version }))

    expect(await perform(request.id)).not.toBe('ok')
  })

  it('with a proof of another request of the same person', async () => {
    const { request } = await verifiedCase(desk)
    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'called twice' }))
    const other = await openCase(desk, 'yamada.hanako')

    expect(await perform(other.id)).toBe('caller-not-verified')
    expect(await perform(request.id)).toBe('request-step-forbidden')
  })

  it('with a proof of another person', async () => {
    await enrol(desk, 'ito.kenta')
    await verifiedCase(desk)
    const other = await openCase(desk, 'ito.kenta')

    expect(await perform(other.id)).toBe('caller-not-verified')
  })

  it('for oneself, at every step of the way', async () => {
    const self = await personIdOf(desk, 'sato.misaki')
    const entry = { personId: self, channel: 'walk-in', reason: 'forgot', note: '', claim: true } as const
    expect(await codeOf(desk.api.requests.create(entry))).toBe('self-action')

    await switchTo(desk, 'suzuki.ken')
    const request = await openCase(desk, 'sato.misaki')
    const handOver = { requestId: request.id, version: request.version, operatorId: self, note: '' }
    expect(await codeOf(desk.api.requests.handOver(handOver))).toBe('self-action')
    const released = await ok(desk.api.requests.release({ requestId: request.id, version: request.version }))

    await switchTo(desk, 'sato.misaki')
    const seen = { requestId: request.id, version: released.version }
    expect(await codeOf(desk.api.requests.claim(seen))).toBe('self-action')
    expect(await perform(request.id)).toBe('self-action')
    expect(await unlock(request.id)).toBe('self-action')
    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('self-action')
  })

  it('while the request is unclaimed', async () => {
    const request = await openCase(desk, 'ito.kenta', { claim: false })

    expect(await perform(request.id)).toBe('request-not-claimed')
    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('request-not-claimed')
  })

  it('after the agent lost the role in the directory, without a new sign-in', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.roles = async () => ['auditor']

    expect(await perform(request.id)).toBe('role-required')
    desk.directory.faults = {}

    const rows = await auditRows(desk)
    expect(rows.filter(({ action }) => action === 'reset.password').map(({ outcome }) => outcome)).toEqual([
      'started',
      'role-required',
    ])
  })

  it('an approval by the agent themselves', async () => {
    await switchTo(desk, 'takahashi.yumi')
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)

    expect(await decide(request.id, proofId, approver)).toBe('approver-is-agent')
    expect(await perform(request.id)).toBe('approval-needed')
  })

  it('an approval by somebody without the role', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)

    const suzuki = { userId: 'suzuki.ken', password: seedPassword }
    expect(await decide(request.id, proofId, suzuki)).toBe('approver-without-role')
    expect(await perform(request.id)).toBe('approval-needed')
  })

  it('an approval by the target', async () => {
    const request = await openCase(desk, 'takahashi.yumi')
    const proofId = await attested(request.id)

    expect(await decide(request.id, proofId, approver)).toBe('approver-is-target')
    expect(await perform(request.id)).toBe('approval-needed')
  })

  it("an approval with a wrong password, and leaves the agent's session alone", async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)

    expect(await decide(request.id, proofId, { ...approver, password: 'wrong' })).toBe('sign-in-wrong')

    expect((await ok(desk.api.session.status())).phase).toBe('active')
    expect(await perform(request.id)).toBe('approval-needed')
  })

  it('an approval by somebody who lost the role in the directory a moment ago', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)
    desk.directory.faults.roles = async (person, read) =>
      (await read()).filter((role) => person.userId !== approver.userId || role !== 'approver')

    expect(await decide(request.id, proofId, approver)).toBe('approver-without-role')
    expect(await perform(request.id)).toBe('approval-needed')
  })

  it('a second decision about a refused attestation', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)
    expect(await decide(request.id, proofId, approver, false)).toBe('ok')

    expect(await decide(request.id, proofId, approver, true)).toBe('attestation-not-found')
    expect(await perform(request.id)).toBe('caller-not-verified')
  })

  it('an approval that comes too late', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const proofId = await attested(request.id)
    await wait(desk, 11 * 60)

    expect(await decide(request.id, proofId, approver)).toBe('proof-expired')
    expect(await perform(request.id)).not.toBe('ok')
  })

  it('a privileged person by phone', async () => {
    const request = await openCase(desk, 'yoshida.jun', { channel: 'phone' })

    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status).toMatchObject({ privileged: true, blocked: 'privileged-by-phone', attestations: [] })
    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('privileged-by-phone')
    expect(await perform(request.id)).toBe('privileged-by-phone')
    expect(await unlock(request.id)).toBe('privileged-by-phone')
  })

  it('a privileged person in person with fewer than two strong methods', async () => {
    await enrol(desk, 'yoshida.jun')
    const request = await openCase(desk, 'yoshida.jun')

    expect(await perform(request.id)).toBe('privileged-needs-strong')
    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('privileged-needs-strong')
  })

  it('an attestation for a person who has a method', async () => {
    await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')

    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('attestation-not-allowed')
  })

  it('a method that was registered after the request was entered', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    desk.clock.advance(1)
    const typedKey = await enrol(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const [method] = methods
    expect(method?.unusable).toBe('registered-after-request')

    const check = { requestId: request.id, methodId: method?.id ?? '', code: totpCode(typedKey, desk.clock.now()) }
    expect(await codeOf(desk.api.verification.checkCode(check))).toBe('method-not-usable')
    expect(await perform(request.id)).toBe('caller-not-verified')
  })

  it('a right code once too many wrong ones closed the checks, at every request of the person', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const check = (requestId: string, code: string) =>
      desk.api.verification.checkCode({ requestId, methodId: methods[0]?.id ?? '', code })
    for (let left = 4; left >= 0; left -= 1) {
      const { remaining } = await ok(check(request.id, wrongCode(typedKey, desk.clock.now())))
      expect(remaining).toBe(left)
    }

    expect(await codeOf(check(request.id, totpCode(typedKey, desk.clock.now())))).toBe('checks-closed')
    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'not them' }))
    const next = await openCase(desk, 'yamada.hanako')
    expect(await codeOf(check(next.id, totpCode(typedKey, desk.clock.now())))).toBe('checks-closed')
    const status = await ok(desk.api.verification.status({ requestId: next.id }))
    expect(status).toMatchObject({ warn: true, failures: 5, satisfied: false })
    expect(await perform(next.id)).toBe('caller-not-verified')
  })

  it('guesses sent at once: no more are compared than one after the other', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const guess = { requestId: request.id, methodId: methods[0]?.id ?? '', code: wrongCode(typedKey, desk.clock.now()) }

    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(desk.api.verification.checkCode(guess))))

    expect(codes.filter((code) => code === 'ok')).toHaveLength(5)
    expect(codes.filter((code) => code === 'checks-closed')).toHaveLength(15)
  })

  it('a write with a proof that is there when checks close afterwards', async () => {
    const sms = await openSmsDesk({ policy: { methodsRequired: 1, coolDownDays: 1 } })
    try {
      await signIn(sms)
      const typedKey = await enrol(sms, 'yamada.hanako')
      await enrolPhone(sms, 'yamada.hanako')
      await ok(sms.api.session.signOut())
      sms.clock.advance(24 * 60 * 60)
      await signIn(sms)
      const request = await openCase(sms, 'yamada.hanako')
      const { id: methodId } = await phoneOf(sms, request.id)
      expect((await checkApp(sms, request, typedKey)).satisfied).toBe(true)
      for (const tries of [3, 2]) {
        await wait(sms, 120)
        await sendCode(sms, request.id, methodId)
        for (let guess = 0; guess < tries; guess += 1) {
          await checkCode(sms, request.id, methodId, otherCode(sms.lastCode()))
        }
      }

      expect(await codeOf(sms.api.reset.perform({ requestId: request.id }))).toBe('checks-closed')
      expect(sms.directory.writes).toEqual([])
    } finally {
      await sms.close()
    }
  })

  it('forged fields in a call from the console', async () => {
    await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const call = callerOf(desk.desk)
    const takahashi = await personIdOf(desk, 'takahashi.yumi')
    const forged = {
      requestId: request.id,
      operator: { id: takahashi, roles: ['agent', 'approver', 'admin'] },
      agentId: takahashi,
      proofs: [{ kind: 'app', approval: 'approved' }],
      satisfied: true,
      password: 'Chosen-By-Me-1',
    }

    expect(await codeOf(call('reset.perform', forged))).toBe('caller-not-verified')
    const { events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(events.map(({ by }) => by?.name)).not.toContain('高橋 由美')
  })

  it('an account that could not sign in afterwards, without spending the proof on it', async () => {
    const request = await openCase(desk, 'nakamura.daiki')
    const proofId = await attested(request.id)
    expect(await decide(request.id, proofId, approver)).toBe('ok')

    expect(await perform(request.id)).toBe('action-blocked')

    const { proofs, satisfied } = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(satisfied).toBe(true)
    expect(proofs.map(({ state }) => state)).toEqual(['valid'])
    expect((await ok(desk.api.reset.preview({ requestId: request.id }))).blockers).toEqual(['disabled'])
  })
})

describe('one proof, one write', () => {
  it('refuses a spent proof after the request is reopened', async () => {
    const { request } = await verifiedCase(desk)
    const done = (await ok(desk.api.reset.perform({ requestId: request.id }))).request
    expect(await perform(request.id)).toBe('request-step-forbidden')
    const seen = { requestId: request.id, version: done.version }
    const reopened = await ok(desk.api.requests.reopen({ ...seen, reason: 'typed it wrong' }))
    await ok(desk.api.requests.claim({ requestId: request.id, version: reopened.version }))

    expect(await perform(request.id)).toBe('proof-spent')
    expect(await unlock(request.id)).toBe('proof-spent')

    expect(desk.directory.writes).toHaveLength(1)
  })

  it('ends an attestation that still waits when the request closes, so that it counts at no reopened one', async () => {
    const request = await openCase(desk, 'ito.kenta')
    expect(await decide(request.id, await attested(request.id), approver)).toBe('ok')
    const waiting = await attested(request.id)
    expect(await perform(request.id)).toBe('ok')
    const { version } = (await ok(desk.api.requests.get({ requestId: request.id }))).request
    const reopened = await ok(desk.api.requests.reopen({ requestId: request.id, version, reason: 'rang again' }))
    await ok(desk.api.requests.claim({ requestId: request.id, version: reopened.version }))

    expect(await decide(request.id, waiting, approver)).toBe('proof-expired')
    expect(await perform(request.id)).toBe('proof-spent')
    expect(desk.directory.writes).toHaveLength(1)
  })

  it('lets one of many operations through that are sent at once', async () => {
    const { request } = await verifiedCase(desk)

    const codes = await Promise.all([
      ...Array.from({ length: 8 }, () => perform(request.id)),
      ...Array.from({ length: 4 }, () => unlock(request.id)),
    ])

    expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
    expect(desk.directory.writes).toHaveLength(1)
  })

  it('takes each code once, at whatever request it is said', async () => {
    const { request, typedKey } = await verifiedCase(desk)
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const methodId = methods[0]?.id ?? ''
    const code = totpCode(typedKey, desk.clock.now())

    const again = await codeOf(desk.api.verification.checkCode({ requestId: request.id, methodId, code }))
    expect(again).toBe('method-not-usable')

    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'again' }))
    const other = await openCase(desk, 'yamada.hanako')
    const elsewhere = await ok(desk.api.verification.checkCode({ requestId: other.id, methodId, code }))
    expect(elsewhere).toMatchObject({ matched: false, hint: 'replayed' })
    expect(elsewhere.status.satisfied).toBe(false)
  })

  it('takes the confirming code of a registration no second time', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { document, photoMatches, nameMatches } = inPerson
    const start = { personId, label: 'Pixel 9', document, photoMatches, nameMatches, approver }
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp(start))
    const code = totpCode(typedKey, desk.clock.now())
    const { methods } = await ok(desk.api.registration.confirm({ enrolmentId, code }))
    const request = await openCase(desk, 'yamada.hanako')

    const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
    expect((await ok(desk.api.verification.checkCode(check))).matched).toBe(false)
  })
})

describe('there is one way to the write', () => {
  const source = join(import.meta.dirname, '../../src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:ts|vue)$/u.test(file))
  const containing = (text: string): string[] =>
    files.filter((file) => readFileSync(join(source, file), 'utf8').includes(text)).toSorted()

  it('no source but the gate, and the wrapper around the session, names the write of a password', () => {
    expect(containing('resetPassword(').filter((file) => !file.startsWith('main/directory/'))).toEqual([
      'main/services/live-directory.ts',
      'main/services/reset.ts',
    ])
  })

  it('no source but the gate unlocks through a directory', () => {
    expect(containing('directory.unlock')).toEqual(['main/services/reset.ts'])
    expect(containing('#inner.unlock')).toEqual(['main/services/live-directory.ts'])
  })

  it('offers the page no call that takes a password to set', () => {
    const calls: (keyof Handlers['reset'])[] = ['preview', 'perform', 'unlock', 'recheck', 'copyPassword', 'dismiss']
    expect(Object.keys(desk.desk.handlers.reset).toSorted()).toEqual(calls.toSorted())
  })

  it('keeps a check that passed bound to the agent who made it, even for the same person', async () => {
    const { request } = await verifiedCase(desk)
    await switchTo(desk, 'suzuki.ken')
    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status.satisfied).toBe(false)

    await switchTo(desk, 'sato.misaki')
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).satisfied).toBe(true)
    await switchTo(desk, 'suzuki.ken')
    expect(await perform(request.id)).toBe('request-held-by-other')
  })
})
