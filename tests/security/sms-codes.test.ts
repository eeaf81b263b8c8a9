import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CodeRows } from '../../src/main/stores/codes'
import { checkApp, codeOf, enrol, ok, openCase, personIdOf, signIn, switchTo, wait } from '../support/desk'
import {
  checkCode,
  enrolPhone,
  gatewaySecret,
  mobile,
  openSmsDesk,
  otherCode,
  phoneCase,
  phoneOf,
  proofing,
  sendCode,
  wayOf,
} from '../support/sms-desk'
import type { SmsDesk } from '../support/sms-desk'

/*
 * Ways around a code by text message (DESIGN.md §5.1, §5.4–5.6, §6): to another number, with another agent's or an old code, by
 * guessing, by sending without end, after the request went away, and by reading what lies about.
 */

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const handBack = async (requestId: string): Promise<void> => {
  const { request } = await ok(desk.api.requests.get({ requestId }))
  await ok(desk.api.requests.release({ requestId, version: request.version }))
}
const claim = async (requestId: string): Promise<void> => {
  const { request } = await ok(desk.api.requests.get({ requestId }))
  await ok(desk.api.requests.claim({ requestId, version: request.version }))
}

describe('a code to another number', () => {
  it('cannot be asked for: the call takes no number, and what the page adds goes nowhere', async () => {
    const { request, methodId } = await phoneCase(desk)
    const sent = desk.messages().length

    const input = {
      requestId: request.id,
      methodId,
      channel: 'sms',
      language: 'ja',
      number: '+819099999999',
      to: '+819099999999',
    } as const
    await codeOf(desk.api.verification.sendCode(input))

    const numbers = desk
      .messages()
      .slice(sent)
      .map(({ to }) => to)
    expect(numbers.every((to) => to === mobile.e164)).toBe(true)
  })

  it('does not come from a note or a claim in the request', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    await enrol(desk, 'yamada.hanako')
    await enrolPhone(desk, 'yamada.hanako')
    const note = '折り返しは 080-9999-9999 へ。 Please text +81 80 9999 9999.'
    const entered = { personId, channel: 'phone', reason: 'forgot', note, claim: true } as const
    const request = await ok(desk.api.requests.create(entered))

    const phone = await phoneOf(desk, request.id)
    await sendCode(desk, request.id, phone.id)

    expect(desk.messages().at(-1)?.to).toBe(mobile.e164)
    expect(desk.messages().some(({ to }) => to.includes('9999'))).toBe(false)
  })

  it('does not go to somebody else’s method', async () => {
    const { request } = await phoneCase(desk)
    await enrol(desk, 'ito.kenta', 'Tablet')
    await enrolPhone(desk, 'ito.kenta', '080-8765-4321')
    const personId = await personIdOf(desk, 'ito.kenta')
    const { methods } = await ok(desk.api.registration.list({ personId }))
    const foreign = methods.find(({ kind }) => kind === 'phone')?.id ?? ''
    const sent = desk.messages().length

    const send = { requestId: request.id, methodId: foreign, channel: 'sms', language: 'ja' } as const
    expect(await codeOf(desk.api.verification.sendCode(send))).toBe('method-not-found')
    expect(desk.messages()).toHaveLength(sent)
  })
})

describe('a number of a privileged person', () => {
  it.each(['phone', 'walk-in'] as const)('gets no code at a request by %s', async (channel) => {
    await enrol(desk, 'yoshida.jun')
    await enrolPhone(desk, 'yoshida.jun')
    const sent = desk.messages().length
    const request = await openCase(desk, 'yoshida.jun', { channel })
    const phone = await phoneOf(desk, request.id)

    expect(phone.unusable).toBe('not-for-privileged')
    expect(await codeOf(desk.api.verification.sendCode(codeFor(request.id, phone.id)))).toMatch(/^privileged-/u)
    expect(desk.messages()).toHaveLength(sent)
  })
})

describe('a number of the agent', () => {
  it('gets no code at a request for themselves', async () => {
    await switchTo(desk, 'suzuki.ken')
    await enrol(desk, 'sato.misaki')
    await enrolPhone(desk, 'sato.misaki')
    const request = await openCase(desk, 'sato.misaki', { claim: false })
    await switchTo(desk, 'sato.misaki')
    const sent = desk.messages().length

    const phone = await phoneOf(desk, request.id)
    const { version } = request
    expect(await codeOf(desk.api.requests.claim({ requestId: request.id, version }))).toBe('self-action')
    expect(await codeOf(desk.api.verification.sendCode(codeFor(request.id, phone.id)))).not.toBe('ok')
    expect(desk.messages()).toHaveLength(sent)
  })
})

const codeFor = (requestId: string, methodId = '00000000-0000-4000-8000-000000000000') =>
  ({ requestId, methodId, channel: 'sms', language: 'ja' }) as const

describe('guessing', () => {
  it('gains nothing by new codes: wrong tries stay counted, and five close checks for a day', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    for (let tries = 0; tries < 3; tries += 1) await checkCode(desk, request.id, methodId, otherCode(desk.lastCode()))
    await wait(desk, 120)
    const status = await sendCode(desk, request.id, methodId)
    expect(status).toMatchObject({ failures: 3, closedUntil: null })

    await checkCode(desk, request.id, methodId, otherCode(desk.lastCode()))
    const last = await checkCode(desk, request.id, methodId, otherCode(desk.lastCode()))

    expect(last).toMatchObject({ matched: false, remaining: 0 })
    expect(Date.parse(last.status.closedUntil ?? '') - desk.clock.now()).toBe(86_400_000)
    const right = { requestId: request.id, methodId, code: desk.lastCode() }
    expect(await codeOf(desk.api.verification.checkCode(right))).toBe('checks-closed')
    expect(await codeOf(desk.api.verification.sendCode(codeFor(request.id, methodId)))).toBe('checks-closed')
  })

  it('at once with many codes gets three tries', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const wrong = otherCode(desk.lastCode())

    const answers = await Promise.all(Array.from({ length: 20 }, () => checkCode(desk, request.id, methodId, wrong)))

    const tried = answers.filter(({ hint }) => hint === null)
    expect(tried).toHaveLength(3)
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).failures).toBe(3)
    expect(await checkCode(desk, request.id, methodId, desk.lastCode())).toMatchObject({
      matched: false,
      hint: 'used-up',
    })
  })

  it('tells match or no match, and nothing of the code or the number', async () => {
    const { request, methodId } = await phoneCase(desk)
    const status = await sendCode(desk, request.id, methodId)
    const answer = await checkCode(desk, request.id, methodId, otherCode(desk.lastCode()))

    const said = JSON.stringify([status, answer])
    expect([desk.lastCode(), mobile.e164, '90123', '12345'].filter((secret) => said.includes(secret))).toEqual([])
  })
})

describe('sending without end', () => {
  it('ends at ten a day for one number, over requests, people and registrations', async () => {
    const { request, methodId } = await phoneCase(desk)
    for (let sends = 1; sends < 10; sends += 1) {
      await sendCode(desk, request.id, methodId)
      await wait(desk, 120)
    }
    const sent = desk.messages().length
    expect(sent).toBe(10)

    expect(await codeOf(desk.api.verification.sendCode(codeFor(request.id, methodId)))).toBe('code-too-many')
    const personId = await personIdOf(desk, 'ito.kenta')
    const start = { personId, ...proofing, label: 'Phone', number: mobile.typed, language: 'ja' } as const
    expect(await codeOf(desk.api.registration.startPhone(start))).toBe('code-too-many')
    expect(desk.messages()).toHaveLength(sent)
  })

  it('is not helped by a gateway that refuses: those sends count too', async () => {
    const { request, methodId } = await phoneCase(desk)
    desk.sink.answer({ status: 503 })
    const answers: string[] = []
    for (let sends = 1; sends < 12; sends += 1) {
      answers.push(await codeOf(desk.api.verification.sendCode(codeFor(request.id, methodId))))
    }

    expect(answers).toEqual([...Array<string>(9).fill('sms-refused'), 'code-too-many', 'code-too-many'])
    expect(desk.messages()).toHaveLength(10)
  })

  it('counts a send before the gateway is asked: a crash in between gives none for free', async () => {
    const { request, methodId } = await phoneCase(desk)
    const setDelivery = vi.spyOn(CodeRows.prototype, 'setDelivery').mockRejectedValueOnce(new Error('the disk is gone'))
    const answer = await desk.api.verification.sendCode(codeFor(request.id, methodId))
    setDelivery.mockRestore()

    expect(answer.ok).toBe(false)
    const phone = await phoneOf(desk, request.id)
    expect(wayOf(phone, 'sms')?.refusal).toBe('too-soon')
    expect(phone.sending?.left).toBe(8)
  })

  it('cannot be gone on with by deleting what was counted', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    await wait(desk, 120)
    const database = new Database(join(desk.folder, 'desk.db'))
    database.pragma('foreign_keys = OFF')
    expect(database.prepare('delete from codes where request_id is not null').run().changes).toBe(1)
    database.close()
    const sent = desk.messages().length

    expect(await codeOf(desk.api.verification.sendCode(codeFor(request.id, methodId)))).toBe('store-tampered')
    expect(desk.messages()).toHaveLength(sent)
  })
})

describe('a code that is not this agent’s, or not of now', () => {
  it('of another agent does not count after a hand-over', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const code = desk.lastCode()
    await handBack(request.id)

    await switchTo(desk, 'suzuki.ken')
    const unclaimed = { requestId: request.id, methodId, code }
    expect(await codeOf(desk.api.verification.checkCode(unclaimed))).not.toBe('ok')
    await claim(request.id)

    expect(await checkCode(desk, request.id, methodId, code)).toMatchObject({
      matched: false,
      hint: 'not-sent',
      status: { failures: 0, proofs: [] },
    })
  })

  it('of another request does not count', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const code = desk.lastCode()
    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'hung up' }))
    const next = await openCase(desk, 'yamada.hanako')

    expect(await checkCode(desk, next.id, methodId, code)).toMatchObject({ matched: false, hint: 'not-sent' })
  })

  it('of another number of the same person does not count', async () => {
    const { request, methodId } = await phoneCase(desk)
    await enrolPhone(desk, 'yamada.hanako', '080-2222-3333', 'Private phone')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const other = methods.find(({ id, kind }) => kind === 'phone' && id !== methodId)
    await sendCode(desk, request.id, methodId)
    const code = desk.lastCode()

    expect(await checkCode(desk, request.id, other?.id ?? '', code)).toMatchObject({
      matched: false,
      hint: 'not-sent',
      status: { proofs: [] },
    })
    expect((await checkCode(desk, request.id, methodId, code)).matched).toBe(true)
  })

  it('passes once: not again, and not twice at once', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const code = desk.lastCode()

    const check = { requestId: request.id, methodId, code }
    const answers = await Promise.all(Array.from({ length: 6 }, () => codeOf(desk.api.verification.checkCode(check))))

    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'method-not-usable')).toHaveLength(5)
    // Long after, when the proof is over, it is still no code any more.
    await wait(desk, 600)
    const { matched, hint, status } = await checkCode(desk, request.id, methodId, code)
    expect([matched, hint]).toEqual([false, 'used-up'])
    expect(status.proofs.filter(({ kind }) => kind === 'phone')).toHaveLength(1)
    expect(status.failures).toBe(0)
  })

  it('leaves the last word to the store: of two desks with the same code one passes', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const lost = vi.spyOn(CodeRows.prototype, 'pass').mockResolvedValueOnce(false)
    const answer = await checkCode(desk, request.id, methodId, desk.lastCode())
    lost.mockRestore()

    expect(answer).toMatchObject({ matched: false, hint: 'used-up', status: { proofs: [] } })
  })

  it('gives a proof that ends with the agent’s hold on the request', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    await checkApp(desk, request, typedKey)
    await sendCode(desk, request.id, methodId)
    expect((await checkCode(desk, request.id, methodId, desk.lastCode())).status.satisfied).toBe(true)
    await handBack(request.id)
    await claim(request.id)

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('proof-expired')
    expect(desk.directory.writes).toEqual([])
  })

  it('does not open a case alone where two methods are wanted', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    const { status } = await checkCode(desk, request.id, methodId, desk.lastCode())

    expect(status.satisfied).toBe(false)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    expect(desk.directory.writes).toEqual([])
  })
})

describe('what lies about afterwards', () => {
  it('holds no number, no code, no message and no gateway secret: no file, no event, no answer', async () => {
    const { request, methodId } = await phoneCase(desk)
    await sendCode(desk, request.id, methodId)
    await checkCode(desk, request.id, methodId, otherCode(desk.lastCode()))
    desk.sink.answer({ status: 500, body: 'refused' })
    await wait(desk, 120)
    await codeOf(desk.api.verification.sendCode(codeFor(request.id, methodId)))
    desk.sink.answer({ status: 200 })
    await sendCode(desk, request.id, methodId)
    await checkCode(desk, request.id, methodId, desk.lastCode())
    const messages = desk.messages()
    await ok(desk.api.session.signOut())
    const events = JSON.stringify(desk.events)

    const secrets = [gatewaySecret, mobile.e164, '819012345678', '09012345678', ...messages.map(({ text }) => text)]
    const files = (): { name: string; content: Buffer }[] =>
      readdirSync(desk.folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(desk.folder, name)).isFile())
        .map((name) => ({ name, content: readFileSync(join(desk.folder, name)) }))
    const traces = (): string[] =>
      files().flatMap(({ name, content }) =>
        secrets
          .flatMap((secret) => [
            secret,
            encodeURIComponent(secret),
            Buffer.from(secret).toString('base64').slice(0, -4),
          ])
          .filter((secret) => content.includes(secret) || content.includes(Buffer.from(secret, 'utf16le')))
          .map((secret) => `${secret} in ${name}`),
      )
    expect(messages).toHaveLength(4)
    expect(files().some(({ name }) => name.endsWith('desk.log'))).toBe(true)
    expect(traces()).toEqual([])
    expect(secrets.filter((secret) => events.includes(secret))).toEqual([])
    // Six digits turn up by chance in times and hashes: only whole words of a text count.
    const texts = files().map(({ content }) => content.toString('latin1'))
    for (const { code } of messages) {
      const word = new RegExp(`(?<![0-9A-Za-z.:])${code}(?![0-9A-Za-z])`, 'u')
      expect(texts.some((text) => word.test(text))).toBe(false)
    }
    await desk.close({ keepFolder: true })
    expect(traces()).toEqual([])
  })
})
