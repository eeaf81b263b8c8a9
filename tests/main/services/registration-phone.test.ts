import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  auditRows,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import {
  checkCode,
  enrolPhone,
  mobile,
  openSmsDesk,
  otherCode,
  phoneOf,
  proofing,
  sendCode,
} from '../../support/sms-desk'
import type { SmsDesk } from '../../support/sms-desk'

let desk: SmsDesk
let personId: string

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
  personId = await personIdOf(desk, 'yamada.hanako')
})

afterEach(() => desk.close())

const start = { ...proofing, label: 'Work phone', number: mobile.typed, language: 'ja' } as const
const begin = (changes: object = {}) => desk.api.registration.startPhone({ personId, ...start, ...changes })
const methodsOf = async () => (await ok(desk.api.registration.list({ personId }))).methods

describe('RegistrationService.startPhone', () => {
  it('sends a code to the number and shows its last digits only', async () => {
    const enrolment = await ok(begin())

    expect(desk.messages()).toMatchObject([{ to: mobile.e164 }])
    const now = desk.clock.now()
    expect(enrolment).toEqual({
      enrolmentId: enrolment.enrolmentId,
      type: 'mobile',
      masked: mobile.masked,
      channel: 'sms',
      channels: ['sms', 'voice'],
      warning: null,
      delivery: 'accepted',
      resendAt: new Date(now + 120_000).toISOString(),
      codeExpiresAt: new Date(now + 300_000).toISOString(),
      expiresAt: new Date(now + 600_000).toISOString(),
    })
    expect(await methodsOf()).toEqual([])
  })

  it.each([
    [{ number: '03-1234-5678' }, 'number-not-mobile'],
    [{ number: '110' }, 'number-invalid'],
    [{ number: 'my phone' }, 'number-invalid'],
    [{ approver: { userId: 'sato.misaki', password: seedPassword } }, 'approver-is-agent'],
    [{ approver: { userId: 'suzuki.ken', password: seedPassword } }, 'approver-without-role'],
    [{ approver: { userId: 'takahashi.yumi', password: 'wrong' } }, 'sign-in-wrong'],
  ])('refuses %o: %s, and sends nothing', async (changes, code) => {
    expect(await codeOf(begin(changes))).toBe(code)

    expect(desk.messages()).toEqual([])
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.start')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', code])
  })

  it('refuses a number or a name that the person has already, and asks no approver for it', async () => {
    await enrolPhone(desk, 'yamada.hanako')
    const binds = desk.directory.sessions.length

    expect(await codeOf(begin({ label: 'Other', number: '+81 90-1234-5678' }))).toBe('number-taken')
    expect(await codeOf(begin({ number: '090-8765-4321' }))).toBe('already-registered')
    expect(desk.directory.sessions).toHaveLength(binds)
    expect(desk.messages()).toHaveLength(1)
  })

  it('refuses to register for oneself', async () => {
    const own = await personIdOf(desk, 'sato.misaki')
    expect(await codeOf(begin({ personId: own }))).toBe('self-action')
  })

  it('shares the limits of the number with every other send, and asks no approver for nothing', async () => {
    await ok(begin())
    const binds = desk.directory.sessions.length

    expect(await codeOf(begin())).toBe('code-too-soon')
    const other = await personIdOf(desk, 'ito.kenta')
    expect(await codeOf(begin({ personId: other }))).toBe('code-too-soon')
    expect(desk.directory.sessions).toHaveLength(binds)
    expect(desk.messages()).toHaveLength(1)
  })

  it('can be started again at once when the gateway refused', async () => {
    desk.sink.answer({ status: 403 })
    expect(await codeOf(begin())).toBe('sms-refused')
    desk.sink.answer({ status: 200 })

    const { enrolmentId } = await ok(begin())
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))).toBe('ok')
  })

  it('needs a gateway', async () => {
    const without = await openDesk()
    try {
      await signIn(without)
      const person = await personIdOf(without, 'yamada.hanako')
      expect(await codeOf(without.api.registration.startPhone({ personId: person, ...start }))).toBe('sms-not-set-up')
    } finally {
      await without.close()
    }
  })
})

describe('RegistrationService.confirm', () => {
  it('registers the number with its code, usable at once as the first method', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { methodsRequired: 1 } })
    await signIn(desk)
    await enrolPhone(desk, 'yamada.hanako')

    const summary = await ok(desk.api.registration.list({ personId: await personIdOf(desk, 'yamada.hanako') }))
    expect(summary).toMatchObject({ required: 1, ready: true })
    expect(summary.methods).toMatchObject([{ kind: 'phone', label: 'Work phone', masked: mobile.masked }])
    const request = await openCase(desk, 'yamada.hanako')
    expect(await phoneOf(desk, request.id)).toMatchObject({ unusable: null })
  })

  it('lets app and number registered in one visit be used together, and neither for a request from before', async () => {
    const before = await openCase(desk, 'yamada.hanako')
    await wait(desk, 1)
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')

    const { methods } = await ok(desk.api.verification.status({ requestId: before.id }))
    expect(methods.map(({ kind, unusable }) => [kind, unusable])).toEqual([
      ['app', 'registered-after-request'],
      ['phone', 'registered-after-request'],
    ])
    await ok(desk.api.requests.refuse({ requestId: before.id, version: before.version, reason: 'registers first' }))
    const after = await openCase(desk, 'yamada.hanako')
    const usable = (await ok(desk.api.verification.status({ requestId: after.id }))).methods
    expect(usable.map(({ kind, unusable }) => [kind, unusable])).toEqual([
      ['app', null],
      ['phone', null],
    ])
  })

  it('lets a later number count beside the older app only', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { methodsRequired: 1 } })
    await signIn(desk)
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')

    const phone = await phoneOf(desk, request.id)
    expect(phone.unusable).toBe('cooling-down')
    const send = { requestId: request.id, methodId: phone.id, channel: 'sms', language: 'ja' } as const
    expect(await codeOf(desk.api.verification.sendCode(send))).toBe('method-not-usable')
    expect(desk.messages()).toHaveLength(1)
  })

  it('ends after three wrong codes, over all codes that were sent', async () => {
    const { enrolmentId } = await ok(begin())
    const wrong = (remaining: number) =>
      expect(desk.api.registration.confirm({ enrolmentId, code: otherCode(desk.lastCode()) })).resolves.toMatchObject({
        code: 'enrolment-code-wrong',
        params: { remaining },
      })
    await wrong(2)
    await wrong(1)
    await wait(desk, 120)
    await ok(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))
    await wrong(0)

    const right = { enrolmentId, code: desk.lastCode() }
    expect(await codeOf(desk.api.registration.confirm(right))).toBe('enrolment-not-found')
    expect(await methodsOf()).toEqual([])
  })

  it('takes the newest code only, and none after five minutes, without counting those as wrong', async () => {
    const { enrolmentId } = await ok(begin())
    await wait(desk, 300)
    const confirm = (code: string) => codeOf(desk.api.registration.confirm({ enrolmentId, code }))
    expect(await confirm(desk.lastCode())).toBe('code-over')
    expect(await confirm(desk.lastCode())).toBe('code-over')
    expect(await confirm(desk.lastCode())).toBe('code-over')

    const resent = await ok(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))
    expect(Date.parse(resent.codeExpiresAt) - desk.clock.now()).toBe(300_000)
    expect(await confirm(desk.lastCode())).toBe('ok')
  })

  it('registers once when the code is sent twice at once', async () => {
    const { enrolmentId } = await ok(begin())
    const code = desk.lastCode()

    const answers = await Promise.all([
      codeOf(desk.api.registration.confirm({ enrolmentId, code })),
      codeOf(desk.api.registration.confirm({ enrolmentId, code })),
    ])

    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    expect(await methodsOf()).toHaveLength(1)
  })

  it.each([
    ['ten minutes', (test: SmsDesk) => wait(test, 600)],
    [
      'the lock',
      async (test: SmsDesk) => {
        await ok(test.api.session.lock())
        await ok(test.api.session.unlock({ password: seedPassword }))
      },
    ],
    ['another agent', (test: SmsDesk) => switchTo(test, 'suzuki.ken')],
  ])('ends with %s', async (_name, pass) => {
    const { enrolmentId } = await ok(begin())
    await pass(desk)

    const code = desk.lastCode()
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-not-found')
    expect(await codeOf(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))).toBe('enrolment-not-found')
  })

  it('is over once cancelled', async () => {
    const { enrolmentId } = await ok(begin())
    await ok(desk.api.registration.cancel({ enrolmentId }))

    const code = desk.lastCode()
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-not-found')
  })

  it('records the masked number, the approver and the result, never the number or a code', async () => {
    const { enrolmentId } = await ok(begin())
    const code = desk.lastCode()
    await wait(desk, 120)
    await ok(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))
    await ok(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))

    const rows = await auditRows(desk)

    const done = rows.filter(({ outcome }) => outcome === 'succeeded')
    const of = (action: string) => done.filter((row) => row.action === action).map(({ details }) => details)
    expect(of('registration.start')).toMatchObject([
      { kind: 'phone', destination: mobile.masked, delivery: 'accepted', approverName: '高橋 由美' },
    ])
    expect(of('verification.send')).toMatchObject([{ kind: 'phone', destination: mobile.masked, delivery: 'accepted' }])
    expect(of('registration.confirm')).toMatchObject([{ kind: 'phone', firstInPerson: true }])
    const said = JSON.stringify(rows)
    expect([code, mobile.e164, '9012345678'].filter((secret) => said.includes(secret))).toEqual([])
  })
})

describe('RegistrationService.enrolment', () => {
  it('says how the newest code stands, without the number and without the code', async () => {
    const first = await ok(begin())
    const { enrolmentId } = first
    expect(await ok(desk.api.registration.enrolment({ enrolmentId }))).toEqual(first)

    await wait(desk, 120)
    const second = await ok(desk.api.registration.resend({ enrolmentId, channel: 'voice' }))
    const read = await ok(desk.api.registration.enrolment({ enrolmentId }))
    expect(read).toEqual(second)
    expect(read).toMatchObject({ channel: 'voice', masked: mobile.masked })
    expect(JSON.stringify(read)).not.toContain(desk.lastCode())
    expect(JSON.stringify(read)).not.toContain(mobile.e164.slice(3))
  })

  it('is the agent’s own, and ends with the enrolment', async () => {
    const { enrolmentId } = await ok(begin())
    await switchTo(desk, 'suzuki.ken')
    expect(await codeOf(desk.api.registration.enrolment({ enrolmentId }))).toBe('enrolment-not-found')

    await switchTo(desk, 'sato.misaki')
    await wait(desk, 120)
    const again = await ok(begin())
    await ok(desk.api.registration.confirm({ enrolmentId: again.enrolmentId, code: desk.lastCode() }))
    expect(await codeOf(desk.api.registration.enrolment({ enrolmentId: again.enrolmentId }))).toBe(
      'enrolment-not-found',
    )
    const app = await ok(
      desk.api.registration.startApp({ personId: await personIdOf(desk, 'ito.kenta'), ...proofing, label: 'App' }),
    )
    expect(await codeOf(desk.api.registration.enrolment({ enrolmentId: app.enrolmentId }))).toBe('enrolment-not-found')
  })
})

describe('RegistrationService.remove of a number', () => {
  it('ends codes and proofs by it', async () => {
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const phone = await phoneOf(desk, request.id)
    await sendCode(desk, request.id, phone.id)
    const code = desk.lastCode()

    const { document, photoMatches, nameMatches, approver } = proofing
    const removal = { personId, methodId: phone.id, document, photoMatches, nameMatches, approver }
    const { methods } = await ok(desk.api.registration.remove(removal))

    expect(methods.map(({ kind, masked }) => [kind, masked])).toEqual([['app', '']])
    const check = { requestId: request.id, methodId: phone.id, code }
    expect(await codeOf(desk.api.verification.checkCode(check))).toBe('method-not-found')
  })

  it('shows a passed check no more once its number is gone', async () => {
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const phone = await phoneOf(desk, request.id)
    await sendCode(desk, request.id, phone.id)
    expect((await checkCode(desk, request.id, phone.id, desk.lastCode())).matched).toBe(true)

    const { document, photoMatches, nameMatches, approver } = proofing
    await ok(
      desk.api.registration.remove({ personId, methodId: phone.id, document, photoMatches, nameMatches, approver }),
    )

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    expect(desk.directory.writes).toEqual([])
  })
})
