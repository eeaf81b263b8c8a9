import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  approver,
  auditRows,
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
  wait,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { totpCode, wrongCode } from '../../support/totp'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const { document, photoMatches, nameMatches } = inPerson
const proofing = { document, photoMatches, nameMatches, label: 'Pixel 9', approver }

describe('RegistrationService.startApp', () => {
  it('shows QR code and key once, after an approver agreed', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')

    const enrolment = await ok(desk.api.registration.startApp({ personId, ...proofing }))

    expect(enrolment.issuer).toBe('さくら商事')
    expect(enrolment.qr.length).toBeGreaterThan(20)
    expect(enrolment.qr.every((row) => /^[01]+$/u.test(row))).toBe(true)
    expect(enrolment.typedKey).toMatch(/^(?:[A-Z2-7]{4} ?)+$/u)
    expect(Date.parse(enrolment.expiresAt) - desk.clock.now()).toBe(600_000)
    expect(desk.directory.sessions.find(({ userId }) => userId === approver.userId)).toMatchObject({ closed: true })
    const { methods } = await ok(desk.api.registration.list({ personId }))
    expect(methods).toEqual([])
  })

  it.each([
    ['sato.misaki', approver, 'self-action'],
    ['nakamura.daiki', approver, 'action-blocked'],
    ['yamamoto.akira', approver, 'action-blocked'],
    ['takahashi.yumi', approver, 'approver-is-target'],
    ['yamada.hanako', { userId: 'sato.misaki', password: seedPassword }, 'approver-is-agent'],
    ['yamada.hanako', { userId: 'suzuki.ken', password: seedPassword }, 'approver-without-role'],
    ['yamada.hanako', { userId: 'takahashi.yumi', password: 'wrong' }, 'sign-in-wrong'],
    ['yamada.hanako', { userId: 'takahashi.yumi', password: '' }, 'password-empty'],
  ])('refuses %s with approver %o: %s', async (userId, who, code) => {
    const personId = await personIdOf(desk, userId)

    expect(await codeOf(desk.api.registration.startApp({ personId, ...proofing, approver: who }))).toBe(code)

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.start')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', code])
    expect(rows[0]?.targetId).toBe(personId)
  })

  it('names the approver in the audit', async () => {
    await enrol(desk, 'yamada.hanako')

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.start')

    expect(rows.at(-1)?.details).toMatchObject({
      approverName: '高橋 由美',
      approverUserId: 'takahashi.yumi',
      document: 'employee-card',
    })
  })

  it('refuses a second app of the same name and takes one of another', async () => {
    await enrol(desk, 'yamada.hanako', 'Pixel 9')
    const personId = await personIdOf(desk, 'yamada.hanako')
    expect(await codeOf(desk.api.registration.startApp({ personId, ...proofing }))).toBe('already-registered')

    await enrol(desk, 'yamada.hanako', 'Tablet')

    expect((await ok(desk.api.registration.list({ personId }))).methods.map(({ label }) => label)).toEqual([
      'Pixel 9',
      'Tablet',
    ])
  })

  it('lets a further app count only after the waiting time', async () => {
    await enrol(desk, 'yamada.hanako', 'Lost phone')
    await enrol(desk, 'yamada.hanako', 'New phone')
    const request = await openCase(desk, 'yamada.hanako')
    const unusable = async () => {
      const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
      return methods.map((method) => [method.label, method.unusable])
    }

    expect(await unusable()).toEqual([
      ['Lost phone', null],
      ['New phone', 'cooling-down'],
    ])
    await wait(desk, 7 * 86_400)
    expect(await unusable()).toEqual([
      ['Lost phone', null],
      ['New phone', null],
    ])
  })
})

describe('RegistrationService.confirm', () => {
  it('registers the app with its first code, usable at once as the first one', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ personId, ...proofing }))
    const code = totpCode(typedKey, desk.clock.now())

    const summary = await ok(desk.api.registration.confirm({ enrolmentId, code }))

    expect(summary).toMatchObject({ required: 1, ready: true })
    expect(summary.methods.map(({ kind, label }) => [kind, label])).toEqual([['app', 'Pixel 9']])
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-not-found')
  })

  it('registers once when the code is sent twice at once', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ personId, ...proofing }))
    const code = totpCode(typedKey, desk.clock.now())

    const codes = await Promise.all([
      codeOf(desk.api.registration.confirm({ enrolmentId, code })),
      codeOf(desk.api.registration.confirm({ enrolmentId, code })),
    ])

    expect(codes.toSorted()).toEqual(['enrolment-not-found', 'ok'])
    expect((await ok(desk.api.registration.list({ personId }))).methods).toHaveLength(1)
  })

  it('ends after three wrong codes', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ personId, ...proofing }))
    const code = wrongCode(typedKey, desk.clock.now())
    for (const remaining of [2, 1, 0]) {
      const answer = await desk.api.registration.confirm({ enrolmentId, code })
      expect(answer).toMatchObject({ code: 'enrolment-code-wrong', params: { remaining } })
    }

    const right = totpCode(typedKey, desk.clock.now())
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: right }))).toBe('enrolment-not-found')
    expect((await ok(desk.api.registration.list({ personId }))).methods).toEqual([])
  })

  it.each([
    ['ten minutes', (test: TestDesk) => wait(test, 600)],
    [
      'the lock',
      async (test: TestDesk) => {
        await ok(test.api.session.lock())
        await ok(test.api.session.unlock({ password: seedPassword }))
      },
    ],
    ['another agent', (test: TestDesk) => switchTo(test, 'suzuki.ken')],
  ])('ends with %s', async (_name, pass) => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ personId, ...proofing }))
    await pass(desk)

    const code = totpCode(typedKey, desk.clock.now())
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-not-found')
  })

  it('is over once cancelled', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ personId, ...proofing }))
    await ok(desk.api.registration.cancel({ enrolmentId }))

    const code = totpCode(typedKey, desk.clock.now())
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-not-found')
    expect(await codeOf(desk.api.registration.cancel({ enrolmentId }))).toBe('enrolment-not-found')
  })
})

describe('RegistrationService.remove', () => {
  const identity = { document, photoMatches, nameMatches, approver }

  async function registered(): Promise<{ personId: string; methodId: string; typedKey: string }> {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const personId = await personIdOf(desk, 'yamada.hanako')
    const [method] = (await ok(desk.api.registration.list({ personId }))).methods
    if (method === undefined) throw new Error('nothing is registered')
    return { personId, methodId: method.id, typedKey }
  }

  it('ends the method after an approver agreed, and says who did what', async () => {
    const { personId, methodId } = await registered()

    const summary = await ok(desk.api.registration.remove({ personId, methodId, ...identity }))

    expect(summary).toMatchObject({ methods: [], ready: false })
    expect(await codeOf(desk.api.registration.remove({ personId, methodId, ...identity }))).toBe('method-not-found')
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.remove')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'succeeded', 'started', 'method-not-found'])
    expect(rows[1]).toMatchObject({
      targetId: personId,
      details: { methodId, label: 'Pixel 9', document: 'employee-card', approverName: '高橋 由美' },
    })
  })

  it.each([
    [{ userId: 'sato.misaki', password: seedPassword }, 'approver-is-agent'],
    [{ userId: 'suzuki.ken', password: seedPassword }, 'approver-without-role'],
    [{ userId: 'takahashi.yumi', password: 'wrong' }, 'sign-in-wrong'],
  ])('keeps the method with approver %o: %s', async (who, code) => {
    const { personId, methodId } = await registered()

    expect(await codeOf(desk.api.registration.remove({ personId, methodId, ...identity, approver: who }))).toBe(code)

    expect((await ok(desk.api.registration.list({ personId }))).methods).toHaveLength(1)
  })

  it('does not take the method of somebody else', async () => {
    const { methodId } = await registered()
    const personId = await personIdOf(desk, 'ito.kenta')

    expect(await codeOf(desk.api.registration.remove({ personId, methodId, ...identity }))).toBe('method-not-found')
  })

  it('lets checks by the removed app lapse, and the person be confirmed another way', async () => {
    const { personId, methodId, typedKey } = await registered()
    const request = await openCase(desk, 'yamada.hanako', { channel: 'walk-in' })
    const status = await checkApp(desk, request, typedKey)
    expect(status).toMatchObject({ satisfied: true, attestations: [] })

    await ok(desk.api.registration.remove({ personId, methodId, ...identity }))

    const after = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(after).toMatchObject({ satisfied: false, methods: [], attestations: ['in-person', 'call-back'] })
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
  })
})
