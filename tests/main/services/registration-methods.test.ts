import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RegistrationSummary } from '../../../src/shared/model/registration'
import {
  auditRows,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  personIdOf,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import { tryImport } from '../../support/import-desk'
import { enrolPhone, mobile, openSmsDesk, otherCode, proofing } from '../../support/sms-desk'
import type { SmsDesk } from '../../support/sms-desk'
import { totpCode } from '../../support/totp'

let desk: SmsDesk
let personId: string

beforeEach(async () => {
  desk = await openSmsDesk({ policy: { methodsRequired: 1 } })
  await signIn(desk)
  personId = await personIdOf(desk, 'yamada.hanako')
})

afterEach(() => desk.close())

const list = (): Promise<RegistrationSummary> => ok(desk.api.registration.list({ personId }))
const methodsOf = async () => (await list()).methods
async function methodNamed(label: string) {
  const method = (await methodsOf()).find((each) => each.label === label)
  if (method === undefined) throw new Error(`no method is called ${label}`)
  return method
}
const { document, photoMatches, nameMatches, approver } = proofing
const identity = { document, photoMatches, nameMatches, approver }
const phone = { ...proofing, label: 'Office', number: '03-1234-5678', language: 'ja' } as const

describe('RegistrationService.startPhone', () => {
  it('registers an office number with its extension, by a call alone', async () => {
    const start = { personId, ...phone, type: 'office', extension: '４０２１' } as const
    expect(await codeOf(desk.api.registration.startPhone({ ...start, channel: 'sms' }))).toBe('number-not-mobile')
    expect(await codeOf(desk.api.registration.startPhone({ ...start, channel: 'voice', extension: '40*21' }))).toBe(
      'extension-invalid',
    )

    const enrolment = await ok(desk.api.registration.startPhone({ ...start, channel: 'voice' }))

    expect(enrolment).toMatchObject({ type: 'office', masked: '••••5678', channel: 'voice', channels: ['voice'] })
    expect(desk.messages()).toMatchObject([{ to: '+81312345678', extension: '4021' }])
    const { enrolmentId } = enrolment
    expect(await codeOf(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))).toBe('method-not-usable')
    await ok(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))
    expect(await methodsOf()).toMatchObject([{ type: 'office', kind: 'phone', masked: '••••5678' }])
  })

  it('takes an extension for office numbers only', async () => {
    const start = { personId, ...phone, number: mobile.typed, extension: '12' } as const
    expect(await codeOf(desk.api.registration.startPhone({ ...start, type: 'mobile' }))).toBe('extension-invalid')
  })

  it('lets the person hear the code of a message that does not come, with the wrong tries still counted', async () => {
    const start = { personId, ...phone, number: mobile.typed, type: 'alternative' } as const
    const { enrolmentId, channels } = await ok(desk.api.registration.startPhone(start))
    expect(channels).toEqual(['sms', 'voice'])
    await codeOf(desk.api.registration.confirm({ enrolmentId, code: otherCode(desk.lastCode()) }))
    await wait(desk, 120)

    const resent = await ok(desk.api.registration.resend({ enrolmentId, channel: 'voice' }))

    expect(resent.channel).toBe('voice')
    expect(await desk.api.registration.confirm({ enrolmentId, code: otherCode(desk.lastCode()) })).toMatchObject({
      params: { remaining: 1 },
    })
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))).toBe('ok')
  })

  it('knows one number once, whatever it is registered as', async () => {
    await enrolPhone(desk, 'yamada.hanako')
    const start = { personId, ...phone, number: '+81 90 1234 5678', type: 'alternative' } as const
    expect(await codeOf(desk.api.registration.startPhone(start))).toBe('number-taken')
  })

  it('registers five of a type and no more', async () => {
    for (const digit of [1, 2, 3, 4, 5])
      await enrolPhone(desk, 'yamada.hanako', `090-1234-000${digit}`, `Phone ${digit}`)
    const binds = desk.directory.sessions.length

    const sixth = { personId, ...phone, number: '090-1234-0006', type: 'mobile' } as const
    expect(await codeOf(desk.api.registration.startPhone(sixth))).toBe('method-limit')
    expect(desk.directory.sessions).toHaveLength(binds)
    expect((await list()).types).toContainEqual({ type: 'mobile', refusal: 'limit', channels: ['sms', 'voice'] })
    expect(await codeOf(desk.api.registration.startPhone({ ...sixth, type: 'alternative' }))).toBe('ok')
  })
})

describe('RegistrationService.list', () => {
  it('offers what the directory holds, masked, and takes it without showing it', async () => {
    const { offers } = await list()
    expect(offers).toEqual([
      { field: 'mobile', masked: '••••1042' },
      { field: 'telephone', masked: '••••1042' },
    ])

    const start = { personId, ...phone, number: '', type: 'mobile', offer: 'mobile' } as const
    const { enrolmentId } = await ok(desk.api.registration.startPhone(start))
    expect(desk.messages()).toMatchObject([{ to: '+819055501042' }])
    expect(await methodsOf()).toEqual([])
    const summary = await ok(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))
    expect(summary.offers.map(({ field }) => field)).toEqual(['telephone'])
    expect(JSON.stringify(summary)).not.toMatch(/5550|\+81/u)
  })

  it('offers nothing where policy says so', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { offerDirectoryData: false } })
    await signIn(desk)
    expect((await list()).offers).toEqual([])
    const start = { personId, ...phone, number: '', type: 'mobile', offer: 'mobile' } as const
    expect(await codeOf(desk.api.registration.startPhone(start))).toBe('offer-gone')
    expect(desk.messages()).toEqual([])
  })

  it('says what may be registered here, and why not', async () => {
    await desk.close()
    const without = await openDesk({ policy: { allowApp: false, methodsToRegister: 3 } })
    try {
      await signIn(without)
      const person = await personIdOf(without, 'yamada.hanako')
      const summary = await ok(without.api.registration.list({ personId: person }))
      expect(Object.fromEntries(summary.types.map(({ type, refusal }) => [type, refusal]))).toEqual({
        app: 'not-in-policy',
        mobile: 'no-gateway',
        alternative: 'no-gateway',
        office: 'no-gateway',
        key: 'no-key-reader',
        mail: 'no-gateway',
        questions: null,
      })
      expect(summary).toMatchObject({ required: 1, toRegister: 3, counting: 0, ready: false, offers: [] })
      expect(summary.types.flatMap(({ channels }) => channels)).toEqual([])
      const app = { personId: person, ...proofing, label: 'App' }
      expect(await codeOf(without.api.registration.startApp(app))).toBe('method-not-usable')
    } finally {
      await without.close()
      desk = await openSmsDesk()
    }
  })

  it('names the channels that can bring a code to each type and method, and no other', async () => {
    await enrolPhone(desk, 'yamada.hanako')
    const here = await ok(desk.api.registration.list({ personId }))
    expect(Object.fromEntries(here.types.map(({ type, channels }) => [type, channels]))).toEqual({
      app: [],
      mobile: ['sms', 'voice'],
      alternative: ['sms', 'voice'],
      office: ['voice'],
      key: [],
      mail: [],
      questions: [],
    })
    expect(here.methods.map(({ type, channels }) => [type, channels])).toEqual([['mobile', ['sms', 'voice']]])
    expect(here.erased).toBe(false)

    await desk.close()
    desk = await openSmsDesk({ policy: { allowVoice: false } })
    await signIn(desk)
    const quiet = await ok(desk.api.registration.list({ personId }))
    expect(quiet.types.find(({ type }) => type === 'mobile')?.channels).toEqual(['sms'])
    expect(quiet.types.find(({ type }) => type === 'office')).toMatchObject({ channels: [] })
  })

  it('counts kinds, not methods, and tells when losing one locks nobody out', async () => {
    await enrol(desk, 'yamada.hanako')
    expect(await list()).toMatchObject({ counting: 1, ready: true, backup: false })
    await enrolPhone(desk, 'yamada.hanako')
    await wait(desk, 7 * 86_400)
    expect(await list()).toMatchObject({ counting: 2, ready: true, backup: true })
  })
})

describe('RegistrationService.rename and setDefault', () => {
  beforeEach(async () => {
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')
  })

  it('renames a method, and keeps names apart', async () => {
    const { id: methodId } = await methodNamed('Work phone')
    const renamed = await ok(desk.api.registration.rename({ personId, methodId, label: 'Private phone' }))
    expect(renamed.methods.map(({ label }) => label)).toEqual(['Pixel 9', 'Private phone'])
    expect(await codeOf(desk.api.registration.rename({ personId, methodId, label: 'Pixel 9' }))).toBe(
      'already-registered',
    )
    expect(await codeOf(desk.api.registration.rename({ personId, methodId, label: 'Private phone' }))).toBe('ok')
  })

  it('offers the first one first, until another one is chosen or it ends', async () => {
    const defaults = async () => (await methodsOf()).filter(({ isDefault }) => isDefault).map(({ label }) => label)
    expect(await defaults()).toEqual(['Pixel 9'])
    const { id: methodId } = await methodNamed('Work phone')
    await ok(desk.api.registration.setDefault({ personId, methodId }))
    expect(await defaults()).toEqual(['Work phone'])
    await ok(desk.api.registration.remove({ personId, methodId, ...identity }))
    expect(await defaults()).toEqual(['Pixel 9'])
  })

  it('changes nothing of somebody else, and nobody their own', async () => {
    const { id: methodId } = await methodNamed('Work phone')
    const other = await personIdOf(desk, 'ito.kenta')
    const own = await personIdOf(desk, 'sato.misaki')
    for (const [whose, code] of [
      [other, 'method-not-found'],
      [own, 'self-action'],
    ] as const) {
      expect(await codeOf(desk.api.registration.rename({ personId: whose, methodId, label: 'x' }))).toBe(code)
      expect(await codeOf(desk.api.registration.setDefault({ personId: whose, methodId }))).toBe(code)
    }
    await switchTo(desk, 'watanabe.aya')
    expect(await codeOf(desk.api.registration.rename({ personId, methodId, label: 'x' }))).toBe('role-required')
    await switchTo(desk, 'sato.misaki')
    expect((await methodsOf()).map(({ label }) => label)).toEqual(['Pixel 9', 'Work phone'])
  })

  it('is audited with old and new name', async () => {
    const { id: methodId } = await methodNamed('Work phone')
    await ok(desk.api.registration.rename({ personId, methodId, label: 'Private phone' }))
    await ok(desk.api.registration.setDefault({ personId, methodId }))
    const rows = (await auditRows(desk)).filter(({ outcome }) => outcome === 'succeeded')
    const of = (action: string) => rows.find((row) => row.action === action)?.details
    expect(of('registration.rename')).toMatchObject({ before: 'Work phone', label: 'Private phone', methodId })
    expect(of('registration.default')).toMatchObject({ label: 'Private phone', methodId })
  })
})

describe('RegistrationService.startConfirmation', () => {
  async function imported(rows = ['yamada.hanako,mobile,090-1234-5678,,Imported']): Promise<string> {
    await switchTo(desk, 'tanaka.hiroshi')
    const { importId } = await tryImport(desk, rows)
    await ok(desk.api.imports.apply({ importId }))
    await switchTo(desk, 'sato.misaki')
    return (await methodNamed('Imported')).id
  }
  const confirmation = (methodId: string, channel: 'sms' | 'voice' | 'mail' | null = 'sms') =>
    desk.api.registration.startConfirmation({ personId, methodId, channel, language: 'ja', ...identity })

  it('lets an imported number count once a code to it passed, as registered and first in person from then on', async () => {
    const methodId = await imported()
    expect(await list()).toMatchObject({ counting: 0, methods: [{ confirmedAt: null, dueForConfirmation: false }] })
    expect(await codeOf(desk.api.registration.setDefault({ personId, methodId }))).toBe('method-not-usable')
    const before = await openCase(desk, 'yamada.hanako')
    await wait(desk, 60)

    const enrolment = await ok(confirmation(methodId))
    expect(enrolment).toMatchObject({ type: 'mobile', masked: mobile.masked, channels: ['sms', 'voice'] })
    expect(desk.messages()).toMatchObject([{ to: mobile.e164 }])
    const confirm = (code: string) => desk.api.registration.confirm({ enrolmentId: enrolment.enrolmentId, code })
    expect(await codeOf(confirm(otherCode(desk.lastCode())))).toBe('enrolment-code-wrong')
    expect((await methodsOf())[0]?.confirmedAt).toBeNull()
    const summary = await ok(confirm(desk.lastCode()))

    const now = desk.clock.iso()
    expect(summary).toMatchObject({
      counting: 1,
      ready: true,
      methods: [{ id: methodId, confirmedAt: now, registeredAt: now, isDefault: true }],
    })
    // Not for the request from before: a reset and an enrolment do not share a case.
    const { methods } = await ok(desk.api.verification.status({ requestId: before.id }))
    expect(methods.map(({ unusable }) => unusable)).toEqual(['registered-after-request'])
  })

  it('needs the identity check and an approver, and sends nothing without them', async () => {
    const methodId = await imported()
    const wrong = { ...identity, approver: { ...approver, password: 'wrong' } }
    const input = { personId, methodId, channel: 'sms', language: 'ja', ...wrong } as const
    expect(await codeOf(desk.api.registration.startConfirmation(input))).toBe('sign-in-wrong')
    expect(desk.messages()).toEqual([])
  })

  it('sends to the method’s own number only, by ways that reach it', async () => {
    const methodId = await imported(['yamada.hanako,office,03-1234-5678,77,Imported'])
    expect(await codeOf(confirmation(methodId, 'sms'))).toBe('method-not-usable')
    expect(await codeOf(confirmation(methodId, 'mail'))).toBe('method-not-usable')
    expect(await codeOf(confirmation(methodId, null))).toBe('invalid-input')
    await ok(confirmation(methodId, 'voice'))
    expect(desk.messages()).toMatchObject([{ to: '+81312345678', extension: '77' }])
    const other = await personIdOf(desk, 'ito.kenta')
    const input = { personId: other, methodId, channel: 'voice', language: 'ja', ...identity } as const
    expect(await codeOf(desk.api.registration.startConfirmation(input))).toBe('method-not-found')
  })

  it('renews an app that is due, by a code that was not used before', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { reconfirmDays: 10 } })
    await signIn(desk)
    const typedKey = await enrol(desk, 'yamada.hanako')
    expect(await methodsOf()).toMatchObject([{ dueForConfirmation: false }])
    await wait(desk, 10 * 86_400)
    const [app] = await methodsOf()
    expect(app).toMatchObject({ dueForConfirmation: true })
    const { id: methodId = '', registeredAt } = app ?? {}

    const { enrolmentId } = await ok(confirmation(methodId, null))
    const code = totpCode(typedKey, desk.clock.now())
    const { methods } = await ok(desk.api.registration.confirm({ enrolmentId, code }))

    expect(methods).toMatchObject([{ dueForConfirmation: false, registeredAt, confirmedAt: desk.clock.iso() }])
    const again = await ok(confirmation(methodId, null))
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId: again.enrolmentId, code }))).toBe(
      'enrolment-code-wrong',
    )
  })

  it('renews nothing that policy does not let callers be checked by', async () => {
    await enrol(desk, 'yamada.hanako')
    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    desk = await openSmsDesk({ folder, clock, policy: { allowApp: false } })
    await signIn(desk)
    const [app] = await methodsOf()
    expect(await codeOf(confirmation(app?.id ?? '', null))).toBe('method-not-usable')
  })

  it('never comes due where policy says so', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { reconfirmDays: 0 } })
    await signIn(desk)
    await enrol(desk, 'yamada.hanako')
    await wait(desk, 181 * 86_400)
    expect(await methodsOf()).toMatchObject([{ dueForConfirmation: false }])
  })
})
