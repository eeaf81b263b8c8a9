import { afterEach, beforeEach, expect, it } from 'vitest'
import { codeOf, enrol, ok, openCase, personIdOf, signIn, wait } from '../support/desk'
import { checkCode, openSmsDesk, phoneCase, proofing } from '../support/sms-desk'
import type { SmsDesk } from '../support/sms-desk'
import { totpCode } from '../support/totp'

/** One code is one proof: what passed in a check renews no registration, what renewed one passes no check, and a sent code does its own work. */

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const renewal = async (personId: string, methodId: string, channel: 'sms' | null): Promise<string> => {
  const start = { personId, methodId, channel, language: 'ja', ...proofing } as const
  return (await ok(desk.api.registration.startConfirmation(start))).enrolmentId
}

it('an app’s code that passed in a check renews nothing that was begun before', async () => {
  const typedKey = await enrol(desk, 'yamada.hanako')
  await wait(desk, 90)
  const request = await openCase(desk, 'yamada.hanako')
  const [app] = (await ok(desk.api.verification.status({ requestId: request.id }))).methods
  const methodId = app?.id ?? ''
  const enrolmentId = await renewal(request.personId, methodId, null)
  const code = totpCode(typedKey, desk.clock.now())
  expect((await checkCode(desk, request.id, methodId, code)).matched).toBe(true)
  expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code }))).toBe('enrolment-code-wrong')
})

it('an app’s code that renewed its registration passes no check', async () => {
  const typedKey = await enrol(desk, 'yamada.hanako')
  await wait(desk, 90)
  const request = await openCase(desk, 'yamada.hanako')
  const [app] = (await ok(desk.api.verification.status({ requestId: request.id }))).methods
  const methodId = app?.id ?? ''
  const enrolmentId = await renewal(request.personId, methodId, null)
  const code = totpCode(typedKey, desk.clock.now())
  await ok(desk.api.registration.confirm({ enrolmentId, code }))
  expect(await checkCode(desk, request.id, methodId, code)).toMatchObject({ matched: false, hint: 'replayed' })
})

it('a code sent for a check renews nothing, and one sent to renew passes no check', async () => {
  const { request, methodId } = await phoneCase(desk)
  const personId = await personIdOf(desk, 'yamada.hanako')
  await ok(desk.api.verification.sendCode({ requestId: request.id, methodId, channel: 'sms', language: 'ja' }))
  const forCheck = desk.lastCode()
  await wait(desk, 121)
  const enrolmentId = await renewal(personId, methodId, 'sms')
  const forRenewal = desk.lastCode()
  expect(forRenewal).not.toBe(forCheck)

  expect((await checkCode(desk, request.id, methodId, forRenewal)).matched).toBe(false)
  expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: forCheck }))).toBe('enrolment-code-wrong')
  expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: forRenewal }))).toBe('ok')
  expect((await checkCode(desk, request.id, methodId, forCheck)).matched).toBe(true)
})
