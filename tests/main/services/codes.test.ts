import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultPolicy } from '../../../src/main/domain/policy'
import type { CodeGateway, CodeMessage, CodeReceipt } from '../../../src/main/gateways/code-gateway'
import { createHttpSmsGateway } from '../../../src/main/gateways/sms/http-gateway'
import { Codes } from '../../../src/main/services/codes'
import type { CodeTarget } from '../../../src/main/services/codes'
import type { HealthReport } from '../../../src/main/services/health-reports'
import { openStores } from '../../../src/main/stores/database'
import type { Stores } from '../../../src/main/stores/stores'
import type { CodeChannel, DeliveryState } from '../../../src/shared/model/verification'
import { smsPresets } from '../../../src/shared/sms-presets'
import { likeTwilio, startHttpSink } from '../../support/http-sink'
import type { HttpSink } from '../../support/http-sink'
import { silentLog } from '../../support/silent-log'
import { secretsFrom, smsConfig } from '../../support/sms'
import { aNewRequest, aPersonId } from '../../support/stores'
import { TestClock } from '../../support/test-clock'
import { testVault } from '../../support/vault'

let folder: string
let sink: HttpSink
let stores: Stores
let clock: TestClock
let codes: Codes
let events: unknown[]
let vault: ReturnType<typeof testVault>
let voice: KeptGateway
let mail: KeptGateway
let reports: (HealthReport & { readonly channel: CodeChannel })[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'desk-codes-'))
  sink = await startHttpSink()
  clock = new TestClock()
  events = []
  reports = []
  voice = new KeptGateway('voice')
  mail = new KeptGateway('mail')
  vault = testVault()
  stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
  codes = codesWith(vault)
})

afterEach(async () => {
  codes.stop()
  await stores.close()
  await sink.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A gateway of the test that keeps what it was to send; it tells what became of it as `states` say, one after the other. */
class KeptGateway implements CodeGateway {
  readonly messages: CodeMessage[] = []
  states: DeliveryState[] = []

  constructor(readonly channel: CodeChannel) {}

  get tellsDelivery(): boolean {
    return this.states.length > 0
  }

  async send(message: CodeMessage): Promise<CodeReceipt> {
    this.messages.push(message)
    return { delivery: 'accepted', messageId: `${this.channel}-${this.messages.length}` }
  }

  async delivery(): Promise<DeliveryState> {
    return (this.states.length > 1 ? this.states.shift() : this.states[0]) ?? 'unknown'
  }

  async reach(): Promise<void> {
    // Always there.
  }
}

/** On a gateway that tells what became of a message, asked every millisecond. */
function codesWith(vault: ReturnType<typeof testVault>): Codes {
  const { settings } = smsPresets.twilio
  const { delivery } = settings
  const here = (url: string): string => url.replace('https://api.twilio.com', sink.origin)
  const config = smsConfig(settings, {
    url: here(settings.url),
    delivery: delivery === null ? null : { ...delivery, url: here(delivery.url) },
    allowedHosts: [sink.host],
    sender: 'Sakura',
  })
  const secrets = secretsFrom({ 'sms.account-sid': 'AC1', 'sms.auth-token': 'twilio-secret' })
  return new Codes({
    gateways: { sms: createHttpSmsGateway(config, secrets, silentLog), voice, mail },
    codes: stores.codes,
    vault,
    clock,
    policy: defaultPolicy,
    organisation: 'さくら商事',
    log: silentLog,
    emit: (name, payload) => events.push([name, payload]),
    report: (channel, report) => reports.push({ channel, ...report }),
    pollDelaysMs: Array.from({ length: 200 }, () => 1),
  })
}

function target(changes: Partial<CodeTarget> = {}): CodeTarget {
  return {
    requestId: null,
    personId: aPersonId(),
    agentId: aPersonId(),
    methodId: randomUUID(),
    channel: 'sms',
    purpose: 'enrol',
    to: '+819012345678',
    extension: '',
    ...changes,
  }
}

const deliveryOf = async (id: string): Promise<string | undefined> => (await codes.get(id))?.delivery

describe('Codes.send', () => {
  it('asks what became of the message until it is delivered, keeps it and tells the screens', async () => {
    sink.answer(likeTwilio('queued', 'sending', 'sent', 'delivered'))
    const { id: requestId } = await stores.requests.create(aNewRequest())
    const to = target({ requestId })

    const sent = await codes.send(to, 'ja')

    expect(sent).toMatchObject({ delivery: 'accepted', messageId: 'SM0123456789abcdef0123456789abcdef' })
    await vi.waitFor(async () => expect(await deliveryOf(sent.id)).toBe('delivered'))
    await vi.waitFor(() => expect(events).toEqual([['verification-changed', { requestId }]]))
    const asked = sink.requests.length
    expect(asked).toBe(5)
    expect(reports).toEqual([{ channel: 'sms', state: 'ok', code: 'ok', params: {} }])
  })

  it('keeps nobody waiting after a message that could not be delivered; its code may still arrive', async () => {
    sink.answer(likeTwilio('undelivered'))
    const to = target()
    const sent = await codes.send(to, 'ja')
    await vi.waitFor(async () => expect(await deliveryOf(sent.id)).toBe('failed'))

    expect(await codes.limits(to)).toMatchObject({ refusal: null, left: 9 })
    const code = /\d{6}/u.exec(new URLSearchParams(sink.requests[0]?.body).get('Body') ?? '')?.[0] ?? ''
    expect(await codes.check(await codes.get(sent.id), code)).toBe('matched')
  })

  it('goes on asking while the gateway cannot be asked', async () => {
    let asked = 0
    sink.answer((request) => {
      if (request.method === 'POST') return likeTwilioPost()
      asked += 1
      return asked < 3 ? { status: 503 } : asked < 5 ? 'hang-up' : { status: 200, body: '{"status":"delivered"}' }
    })

    const sent = await codes.send(target(), 'ja')

    await vi.waitFor(async () => expect(await deliveryOf(sent.id)).toBe('delivered'))
    // Once: an enrolment's code arrived, and nothing changed before.
    await vi.waitFor(() => expect(events).toEqual([['enrolment-changed', {}]]))
  })

  it('asks no more once the desk closes', async () => {
    sink.answer(likeTwilio('queued'))
    const sent = await codes.send(target(), 'ja')
    await vi.waitFor(() => expect(sink.requests.length).toBeGreaterThan(2))

    codes.stop()
    const asked = sink.requests.length
    await new Promise((resolve) => setTimeout(resolve, 100))

    // One question may have been on its way.
    expect(sink.requests.length).toBeLessThanOrEqual(asked + 1)
    expect(await deliveryOf(sent.id)).toBe('accepted')
  })

  it('limits a number, whoever it belongs to and whoever asks', async () => {
    sink.answer(likeTwilio('delivered'))
    for (let sends = 0; sends < 10; sends += 1) {
      await codes.send(target(), 'ja')
      clock.advance(120)
    }
    const firstAt = clock.now() - 10 * 120_000

    await expect(codes.send(target(), 'ja')).rejects.toMatchObject({
      code: 'code-too-many',
      params: { at: new Date(firstAt + 86_400_000).toISOString() },
    })
    expect(await codes.limits(target())).toMatchObject({
      refusal: 'too-many',
      possibleAt: new Date(firstAt + 86_400_000).toISOString(),
      left: 0,
    })
    expect(sink.requests.filter(({ method }) => method === 'POST')).toHaveLength(10)
    expect(await codes.limits(target({ to: '+819087654321' }))).toMatchObject({ refusal: null, left: 10 })

    clock.advance(86_400 - 1200)
    await codes.send(target(), 'ja')
  })

  it('lets one of many sends at once through', async () => {
    sink.answer(likeTwilio('delivered'))

    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => codes.send(target(), 'ja')))

    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(sink.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('tells how the gateway is by what it says', async () => {
    sink.answer({ status: 403 })
    await expect(codes.send(target(), 'ja')).rejects.toMatchObject({ code: 'sms-refused' })
    sink.answer('hang-up')
    await codes.send(target({ to: '+819000000001' }), 'ja')

    expect(reports).toMatchObject([
      { state: 'down', code: 'refused', params: { status: 403 } },
      { state: 'warning', code: 'timeout' },
    ])
  })
})

describe('Codes.send by call and mail', () => {
  it('counts text messages and calls to one number together', async () => {
    sink.answer(likeTwilio('delivered'))
    await codes.send(target(), 'ja')

    await expect(codes.send(target({ channel: 'voice' }), 'ja')).rejects.toMatchObject({ code: 'code-too-soon' })
    clock.advance(120)
    await codes.send(target({ channel: 'voice' }), 'ja')

    expect(voice.messages).toHaveLength(1)
    expect(await codes.limits(target())).toMatchObject({ left: 8, refusal: 'too-soon' })
    expect(await codes.limits(target({ channel: 'voice', to: '+81312345678' }))).toMatchObject({ left: 10 })
  })

  it('counts mails by address, whatever its case', async () => {
    const to = 'hanako.private@example.net'
    await codes.send(target({ channel: 'mail', to }), 'en')

    expect(mail.messages.map((message) => message.to)).toEqual([to])
    expect(mail.messages[0]?.subject).toContain('さくら商事')
    expect(mail.messages[0]?.subject).not.toMatch(/\d{6}/u)
    const again = target({ channel: 'mail', to: 'Hanako.Private@EXAMPLE.net' })
    await expect(codes.send(again, 'en')).rejects.toMatchObject({ code: 'code-too-soon' })
    expect(mail.messages).toHaveLength(1)
  })

  it('ends an earlier code of the same method, whatever channel it took', async () => {
    sink.answer(likeTwilio('delivered'))
    const { id: requestId } = await stores.requests.create(aNewRequest())
    const bound = { ...target({ purpose: 'check' }), requestId }
    const first = await codes.send(bound, 'ja')
    const code = /\d{6}/u.exec(new URLSearchParams(sink.requests[0]?.body).get('Body') ?? '')?.[0] ?? ''
    clock.advance(120)
    const second = await codes.send({ ...bound, channel: 'voice' }, 'ja')

    expect(await codes.check(first, code)).toBe('used-up')
    expect(await codes.check(second, voice.messages[0]?.code ?? '')).toBe('matched')
    const last = await codes.lastOf({ requestId, agentId: bound.agentId })
    expect(last.get(bound.methodId)).toMatchObject({ id: second.id, channel: 'voice' })
  })

  it('follows a call until it is over, and lets another one follow a busy line at once', async () => {
    voice.states = ['ringing', 'ringing', 'answered', 'busy']
    const { id: requestId } = await stores.requests.create(aNewRequest())
    const bound = { ...target({ channel: 'voice', purpose: 'check', extension: '204' }), requestId }
    const sent = await codes.send(bound, 'ja')
    await vi.waitFor(async () => expect(await deliveryOf(sent.id)).toBe('busy'))
    await vi.waitFor(() => expect(events).toHaveLength(3))

    expect(voice.messages).toMatchObject([{ extension: '204' }])
    expect(await codes.limits(bound)).toMatchObject({ refusal: null, left: 9 })
    await codes.send(bound, 'ja')
    expect(voice.messages).toHaveLength(2)
  })

  it('tells of a code for an enrolment too, by no id at all', async () => {
    voice.states = ['ringing', 'no-answer']
    const sent = await codes.send(target({ channel: 'voice' }), 'ja')
    await vi.waitFor(() => expect(events).toHaveLength(2))

    expect(events).toEqual([
      ['enrolment-changed', {}],
      ['enrolment-changed', {}],
    ])
    const row = await codes.get(sent.id)
    expect(row?.delivery).toBe('no-answer')
    expect(row === null ? '' : codes.resendAt(row)).toBe(sent.sentAt)
  })

  it('says which channel nobody has set up', async () => {
    const bare = new Codes({
      gateways: { sms: null, voice: null, mail: null },
      codes: stores.codes,
      vault,
      clock,
      policy: defaultPolicy,
      organisation: 'さくら商事',
      log: silentLog,
      emit: () => undefined,
      report: () => undefined,
    })

    expect(bare.channels).toEqual([])
    for (const channel of ['sms', 'voice', 'mail'] as const) {
      await expect(bare.send(target({ channel }), 'ja')).rejects.toMatchObject({ code: `${channel}-not-set-up` })
    }
    expect(codes.channels).toEqual(['sms', 'voice', 'mail'])
  })
})

describe('Codes of two desks on one store', () => {
  it('share the limits of a number, the tries of a code, and its one pass', async () => {
    sink.answer(likeTwilio('delivered'))
    const other = codesWith(vault)
    try {
      const sent = await codes.send(target(), 'ja')
      const code = /\d{6}/u.exec(new URLSearchParams(sink.requests[0]?.body).get('Body') ?? '')?.[0] ?? ''
      await expect(other.send(target(), 'ja')).rejects.toMatchObject({ code: 'code-too-soon' })
      expect(await other.limits(target())).toMatchObject({ left: 9, refusal: 'too-soon' })

      const wrong = code === '000000' ? '000001' : '000000'
      expect(await codes.check(sent, wrong)).toBe('wrong')
      expect(await other.check(sent, wrong)).toBe('wrong')
      const answers = await Promise.all([codes.check(sent, code), other.check(sent, code)])
      expect(answers.toSorted()).toEqual(['matched', 'used-up'])
    } finally {
      other.stop()
    }
  })
})

describe('Codes.send for the desk’s own proof', () => {
  it('is no code of a check, ends none and makes none wait, but counts towards the day', async () => {
    const { id: requestId } = await stores.requests.create(aNewRequest())
    const check = { ...target({ channel: 'voice', purpose: 'check' }), requestId }
    const sent = await codes.send(check, 'ja')
    const reverse = await codes.send({ ...check, purpose: 'reverse' }, 'ja', 'KXR47')

    expect(voice.messages.map(({ code }) => code)[1]).toBe('KXR47')
    expect(await codes.check(reverse, 'KXR47')).toBe('not-sent')
    expect((await codes.lastOf({ requestId, agentId: check.agentId })).get(check.methodId)?.id).toBe(sent.id)
    expect(await codes.limits(check)).toMatchObject({ left: 8 })
    await expect(codes.send({ ...check, purpose: 'reverse' }, 'ja', 'KXR47')).rejects.toMatchObject({
      code: 'code-too-soon',
    })
    expect(await codes.check(sent, voice.messages[0]?.code ?? '')).toBe('matched')
  })
})

describe('Codes.check', () => {
  it('passes a code once, of many checks at once one', async () => {
    sink.answer({ status: 201, body: '{}' })
    const sent = await codes.send(target(), 'ja')
    const code = /\d{6}/u.exec(new URLSearchParams(sink.requests[0]?.body).get('Body') ?? '')?.[0] ?? ''

    const answers = await Promise.all(Array.from({ length: 8 }, () => codes.check(sent, code)))

    expect(answers.filter((answer) => answer === 'matched')).toHaveLength(1)
    expect(answers.filter((answer) => answer !== 'matched').every((answer) => answer === 'used-up')).toBe(true)
    expect(await codes.check(sent, code)).toBe('used-up')
  })

  it('gives three tries, however many come at once', async () => {
    sink.answer({ status: 201, body: '{}' })
    const sent = await codes.send(target(), 'ja')

    const answers = await Promise.all(Array.from({ length: 12 }, () => codes.check(sent, 'x')))

    expect(answers.filter((answer) => answer === 'malformed')).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'used-up')).toHaveLength(9)
  })
})

function likeTwilioPost(): { status: number; body: string } {
  return { status: 201, body: '{"sid":"SM1"}' }
}
