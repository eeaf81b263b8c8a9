import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkApp, codeOf, enrol, ok, openCase, openDesk, signIn, verifiedCase, wait } from '../support/desk'
import type { TestDesk } from '../support/desk'
import { totpCode, wrongCode } from '../support/totp'

/** Somebody moves the computer's clock, or it was wrong and is set right. Nothing may open because of it. */

const hour = 3600
let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const phase = async (): Promise<string> => (await ok(desk.api.session.status())).phase

describe('a clock that is set back', () => {
  it('puts the idle lock off by no more than its five minutes', async () => {
    desk.clock.advance(-10 * hour)
    expect(await phase()).toBe('active')
    desk.clock.advance(299)
    expect(await phase()).toBe('active')
    desk.clock.advance(1)

    expect(await phase()).toBe('locked')
  })

  it('makes no proof count that is from the future', async () => {
    const { request } = await verifiedCase(desk)
    desk.clock.advance(-60)

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    expect(desk.directory.writes).toEqual([])
  })

  it('takes no code again that was said before', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { proofs, methods } = await checkApp(desk, request, typedKey)
    const code = totpCode(typedKey, desk.clock.now())
    desk.clock.advance(-30)

    const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
    expect(await ok(desk.api.verification.checkCode(check))).toMatchObject({ matched: false, hint: 'replayed' })
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toHaveLength(proofs.length)
  })

  it('keeps closed checks closed, and counts failures of a time to come', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const fail = () =>
      desk.api.verification.checkCode({
        requestId: request.id,
        methodId: methods[0]?.id ?? '',
        code: wrongCode(typedKey, desk.clock.now()),
      })
    for (let tries = 0; tries < 4; tries += 1) expect((await ok(fail())).matched).toBe(false)
    desk.clock.advance(-48 * hour)
    expect((await ok(fail())).remaining).toBe(0)

    expect(await codeOf(fail())).toBe('checks-closed')
  })
})

describe('a clock that jumps forward', () => {
  it('locks the desk and ends every proof', async () => {
    const { request } = await verifiedCase(desk)
    desk.clock.advance(hour)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('session-locked')

    await ok(desk.api.session.signOut())
    await signIn(desk)
    await wait(desk, 1)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('proof-expired')
  })
})
