import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ResetRequest } from '../../src/shared/model/request'
import { codeOf, ok, signIn } from '../support/desk'
import { openSmsDesk, phoneCase, phoneOf, wayOf } from '../support/sms-desk'
import type { SmsDesk } from '../support/sms-desk'

/** A page that is not ours asks for what its buttons do not offer: a channel that policy closed, a check made for another kind of method. */

let desk: SmsDesk
let request: ResetRequest
let methodId: string

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
  ;({ request, methodId } = await phoneCase(desk))
})

afterEach(() => desk.close())

async function reopen(policy: Readonly<Record<string, boolean>>): Promise<void> {
  const { folder, clock } = desk
  await desk.close({ keepFolder: true })
  desk = await openSmsDesk({ folder, clock, policy })
  await signIn(desk)
}

describe('a method that may be used', () => {
  it.each([
    ['sms', { allowSms: false }, 'voice'],
    ['voice', { allowVoice: false }, 'sms'],
  ] as const)(
    'sends nothing by %s where policy closed that, as a reverse check neither',
    async (closed, policy, open) => {
      await reopen(policy)
      expect(wayOf(await phoneOf(desk, request.id), closed)?.refusal).toBe('not-in-policy')

      const of = { requestId: request.id, methodId, language: 'ja' } as const
      for (const channel of [closed, 'mail'] as const) {
        expect(await codeOf(desk.api.verification.sendCode({ ...of, channel }))).toBe('method-not-usable')
        expect(await codeOf(desk.api.verification.reverseCheck({ ...of, channel }))).toBe('method-not-usable')
      }
      expect(desk.messages()).toEqual([])
      expect(await codeOf(desk.api.verification.sendCode({ ...of, channel: open }))).toBe('ok')
      expect(desk.messages()).toHaveLength(1)
    },
  )

  it('is checked as what it is: a number answers no questions, an app is not called back', async () => {
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const app = methods.find(({ kind }) => kind === 'app')?.id ?? ''
    for (const id of [methodId, app]) {
      const of = { requestId: request.id, methodId: id }
      expect(await codeOf(desk.api.verification.drawQuestions(of))).toBe('method-not-usable')
      expect(await codeOf(desk.api.verification.checkKey(of))).toBe('method-not-usable')
    }
    const dialled = { requestId: request.id, methodId: app, field: null }
    expect(await codeOf(desk.api.verification.dial(dialled))).toBe('method-not-usable')
    const language = 'ja' as const
    const sent = { requestId: request.id, methodId: app, channel: 'sms' as const, language }
    expect(await codeOf(desk.api.verification.sendCode(sent))).toBe('method-not-usable')
    expect(desk.desktop.dialled).toEqual([])
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toEqual([])
  })
})
