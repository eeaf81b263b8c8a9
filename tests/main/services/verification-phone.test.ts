import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditRows, checkApp, codeOf, ok, openCase, openDesk, signIn, switchTo, wait } from '../../support/desk'
import {
  checkCode,
  enrolPhone,
  mobile,
  openSmsDesk,
  otherCode,
  phoneCase,
  phoneOf,
  sendCode,
  wayOf,
} from '../../support/sms-desk'
import type { SmsDesk } from '../../support/sms-desk'

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

describe('VerificationService.sendCode', () => {
  it('sends a code to the registered number, in the language of the caller', async () => {
    const { request, methodId } = await phoneCase(desk)

    const status = await sendCode(desk, request.id, methodId)

    const [message] = desk.messages().slice(-1)
    expect(message?.to).toBe(mobile.e164)
    expect(message?.text).toMatch(/^さくら商事 確認コード \d{6}（5分間有効）/u)
    const phone = status.methods.find(({ id }) => id === methodId)
    expect(phone).toMatchObject({ masked: mobile.masked, source: 'registered', unusable: null })
    expect(phone?.sending).toMatchObject({
      left: 8,
      code: { delivery: 'accepted', triesLeft: 3, state: 'live' },
    })
    const sentAt = Date.parse(phone?.sending?.code?.sentAt ?? '')
    expect(Date.parse(phone?.sending?.code?.expiresAt ?? '') - sentAt).toBe(300_000)
    expect(wayOf(phone, 'sms')?.refusal).toBe('too-soon')
    expect(Date.parse(wayOf(phone, 'sms')?.possibleAt ?? '') - sentAt).toBe(120_000)

    await wait(desk, 120)
    await ok(desk.api.verification.sendCode({ requestId: request.id, methodId, channel: 'sms', language: 'en' }))
    expect(desk.messages().at(-1)?.text).toMatch(/^Help desk: code \d{6}, valid for 5 min/u)
  })

  it('lets app and code together satisfy the gate, and the reset through', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    expect(await checkApp(desk, request, typedKey)).toMatchObject({ required: 2, satisfied: false })
    await wait(desk, 1)

    await sendCode(desk, request.id, methodId)
    const { matched, status } = await checkCode(desk, request.id, methodId, desk.lastCode())

    expect(matched).toBe(true)
    expect(status).toMatchObject({ satisfied: true, failures: 0 })
    expect(status.proofs.map(({ kind, label, state }) => [kind, label, state])).toEqual([
      ['app', 'Pixel 9', 'valid'],
      ['phone', 'Work phone', 'valid'],
    ])
    const phone = status.methods.find(({ id }) => id === methodId)
    expect(phone?.sending?.code?.state).toBe('passed')
    expect(phone?.lastUsedAt).toBe(new Date(desk.clock.now()).toISOString())
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
    expect(desk.directory.writes).toHaveLength(1)
  })

  it('waits two minutes between codes, says until when, and asks the gateway for nothing meanwhile', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const sent = desk.messages().length
    await wait(desk, 119)

    const refused = await desk.api.verification.sendCode({
      requestId: request.id,
      methodId,
      channel: 'sms',
      language: 'ja',
    })

    expect(refused).toMatchObject({
      ok: false,
      code: 'code-too-soon',
      params: { at: new Date(desk.clock.now() + 1000).toISOString() },
    })
    expect(desk.messages()).toHaveLength(sent)
    await wait(desk, 1)
    await sendCode(desk, request.id, methodId)
    expect(desk.messages()).toHaveLength(sent + 1)
  })

  it('ends the earlier code when it sends another one', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const first = desk.lastCode()
    await wait(desk, 120)
    await sendCode(desk, request.id, methodId)
    const second = desk.lastCode()

    expect(first === second || !(await checkCode(desk, request.id, methodId, first)).matched).toBe(true)
    expect(await checkCode(desk, request.id, methodId, second)).toMatchObject({ matched: true })
  })

  it('can be asked again at once when the gateway refused, and counts the send all the same', async () => {
    const { request, methodId } = await phoneCase(desk)
    const before = (await phoneOf(desk, request.id)).sending
    desk.sink.answer({ status: 401 })

    expect(
      await codeOf(desk.api.verification.sendCode({ requestId: request.id, methodId, channel: 'sms', language: 'ja' })),
    ).toBe('sms-refused')

    const phone = await phoneOf(desk, request.id)
    expect(wayOf(phone, 'sms')?.refusal).toBeNull()
    expect(phone.sending).toMatchObject({ left: (before?.left ?? 0) - 1, code: { delivery: 'failed' } })
    expect(await checkCode(desk, request.id, methodId, desk.lastCode())).toMatchObject({
      matched: false,
      hint: 'not-sent',
      remaining: 5,
    })
    desk.sink.answer({ status: 200 })
    await sendCode(desk, request.id, methodId)
    expect(await checkCode(desk, request.id, methodId, desk.lastCode())).toMatchObject({ matched: true })
  })

  it('says that a message may have been sent when no answer came, takes its code, and waits before another', async () => {
    await desk.close()
    desk = await openSmsDesk({ sms: { timeoutSeconds: 1 } })
    await signIn(desk)
    const { request, methodId } = await phoneCase(desk)
    desk.sink.answer('hang-up')

    const status = await sendCode(desk, request.id, methodId)

    const phone = status.methods.find(({ id }) => id === methodId)
    expect(wayOf(phone, 'sms')?.refusal).toBe('too-soon')
    expect(phone?.sending).toMatchObject({ code: { delivery: 'unknown' } })
    expect(await checkCode(desk, request.id, methodId, desk.lastCode())).toMatchObject({ matched: true })
    const sends = (await auditRows(desk)).filter(({ action }) => action === 'verification.send')
    expect(sends.map(({ outcome }) => outcome)).toEqual(['started', 'indeterminate'])
  })

  it('records who sent a code to which masked number, and what the gateway said', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.send')

    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'succeeded'])
    expect(rows[1]).toMatchObject({
      actorName: '佐藤 美咲',
      targetName: '山田 花子',
      details: { methodId, destination: mobile.masked, delivery: 'accepted', source: 'registered' },
    })
  })

  it('sends nothing by the app, by an unknown method, for a request that somebody else holds, or once checks are closed', async () => {
    const { request, methodId } = await phoneCase(desk)
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const app = methods.find(({ kind }) => kind === 'app')?.id ?? ''
    const sent = desk.messages().length
    const send = (id: string) =>
      codeOf(desk.api.verification.sendCode({ requestId: request.id, methodId: id, channel: 'sms', language: 'ja' }))

    expect(await send(app)).toBe('method-not-usable')
    expect(await send('00000000-0000-4000-8000-000000000000')).toBe('method-not-found')
    for (let tries = 0; tries < 5; tries += 1) await checkCode(desk, request.id, app, '000000')
    expect(await send(methodId)).toBe('checks-closed')
    await switchTo(desk, 'suzuki.ken')
    expect(await send(methodId)).toBe('request-held-by-other')
    expect(desk.messages()).toHaveLength(sent)
  })
})

describe('VerificationService.checkCode of a number', () => {
  it('takes what was said as it was typed', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const wide = [...desk.lastCode()].map((digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)).join('')

    const typed = `${wide.slice(0, 3)} ${wide.slice(3)}`
    expect(await checkCode(desk, request.id, methodId, typed)).toMatchObject({ matched: true, hint: null })
  })

  it('counts wrong codes with all other failures, and ends the code after three', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const wrong = otherCode(desk.lastCode())

    expect(await checkCode(desk, request.id, methodId, wrong)).toMatchObject({
      matched: false,
      hint: null,
      remaining: 4,
    })
    expect(await checkCode(desk, request.id, methodId, '12')).toMatchObject({ hint: 'malformed', remaining: 3 })
    const third = await checkCode(desk, request.id, methodId, wrong)
    expect(third).toMatchObject({ matched: false, remaining: 2 })
    expect(third.status.methods.find(({ id }) => id === methodId)?.sending?.code).toMatchObject({
      triesLeft: 0,
      state: 'used-up',
    })

    // The right one, too late: nothing to compare with, and no further try is counted.
    expect(await checkCode(desk, request.id, methodId, desk.lastCode())).toMatchObject({
      matched: false,
      hint: 'used-up',
      remaining: 2,
      status: { failures: 3 },
    })
  })

  it('takes no code after five minutes, and counts nothing for it', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    await wait(desk, 300)

    const answer = await checkCode(desk, request.id, methodId, desk.lastCode())

    expect(answer).toMatchObject({ matched: false, hint: 'expired', remaining: 5, status: { failures: 0 } })
  })

  it('has nothing to compare with before a code was sent', async () => {
    const { request, methodId } = await phoneCase(desk)

    const answer = await checkCode(desk, request.id, methodId, '000000')

    expect(answer).toMatchObject({ matched: false, hint: 'not-sent', remaining: 5, status: { failures: 0 } })
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.check')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'no-code'])
  })
})

describe('a number without a gateway', () => {
  it('is shown, cannot be used, and leaves the person to be proofed another way', async () => {
    const { request } = await phoneCase(desk)
    const { folder, clock } = desk
    await desk.close({ keepFolder: true })

    const without = await openDesk({ folder, clock, policy: { methodsRequired: 2, allowCallBack: false } })
    try {
      await signIn(without)
      const status = await ok(without.api.verification.status({ requestId: request.id }))
      const phone = status.methods.find(({ kind }) => kind === 'phone')

      expect(phone).toMatchObject({ unusable: 'not-in-policy' })
      expect(phone?.ways.map(({ way, refusal }) => [way, refusal])).toEqual([
        ['sms', 'no-gateway'],
        ['voice', 'no-gateway'],
        ['call-back', 'not-in-policy'],
      ])
      expect(status).toMatchObject({ required: 1, approvalRequired: true, attestations: ['in-person'] })
      const send = { requestId: request.id, methodId: phone?.id ?? '', channel: 'sms', language: 'ja' } as const
      expect(await codeOf(without.api.verification.sendCode(send))).toBe('method-not-usable')
    } finally {
      await without.close()
    }
  })
})

describe('numbers of the directory', () => {
  const policy = { directoryNumbers: true, methodsRequired: 1 }

  it('count when policy says so and they are old enough', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy })
    await signIn(desk)
    const request = await openCase(desk, 'yamada.hanako')

    const phone = await phoneOf(desk, request.id)
    expect(phone).toMatchObject({ label: 'mobile', source: 'directory', masked: '••••1042', unusable: null })
    await sendCode(desk, request.id, phone.id)
    expect(desk.messages().at(-1)?.to).toBe('+819055501042')
    const { matched, status } = await checkCode(desk, request.id, phone.id, desk.lastCode())

    expect(matched).toBe(true)
    expect(status.satisfied).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
  })

  it('do not count by default, when they are new, when nobody knows how old they are, or when no message reaches them', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    const phones = async (test: SmsDesk, id: string) =>
      (await ok(test.api.verification.status({ requestId: id }))).methods.filter(({ kind }) => kind === 'phone')
    expect(await phones(desk, request.id)).toEqual([])

    await desk.close()
    desk = await openSmsDesk({ policy })
    await signIn(desk)
    const again = await openCase(desk, 'yamada.hanako')
    for (const changedAt of [new Date(desk.clock.now() - 6 * 86_400_000).toISOString(), null, 'not a time']) {
      desk.directory.faults = {
        card: async (read) => {
          const person = await read()
          const numbers = person.card.numbers.map((number) => ({ ...number, changedAt }))
          return { ...person, card: { ...person.card, numbers } }
        },
      }
      expect(await phones(desk, again.id)).toEqual([])
    }
    desk.directory.faults = {}
    // ito.kenta has an office phone only.
    const office = await openCase(desk, 'ito.kenta')
    expect(await phones(desk, office.id)).toEqual([])
  })

  it('are listed once when they are registered too', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy })
    await signIn(desk)
    await enrolPhone(desk, 'yamada.hanako', '090-5550-1042')
    const request = await openCase(desk, 'yamada.hanako')

    expect(await phoneOf(desk, request.id)).toMatchObject({ source: 'registered', label: 'Work phone' })
  })

  it('lose code and proof when they change meanwhile', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy })
    await signIn(desk)
    const request = await openCase(desk, 'yamada.hanako')
    const phone = await phoneOf(desk, request.id)
    await sendCode(desk, request.id, phone.id)
    const before = desk.lastCode()
    expect((await checkCode(desk, request.id, phone.id, before)).status.satisfied).toBe(true)

    desk.directory.faults = {
      card: async (read) => ({ ...(await read()), numbers: new Map([['mobile', '+81 90 9999 0000']]) }),
    }

    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status.satisfied).toBe(false)
    expect(status.methods.map(({ id }) => id)).not.toContain(phone.id)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    expect(desk.directory.writes).toEqual([])
  })
})
