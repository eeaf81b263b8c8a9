import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { createHttpSmsGateway } from '../../../src/main/gateways/sms/http-gateway'
import { createNumberReader } from '../../../src/main/gateways/sms/number'
import { Codes } from '../../../src/main/services/codes'
import type { CodeTarget } from '../../../src/main/services/codes'
import type { HealthReport } from '../../../src/main/services/health-reports'
import { openStores } from '../../../src/main/stores/database'
import type { Stores } from '../../../src/main/stores/stores'
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
let reports: HealthReport[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'desk-codes-'))
  sink = await startHttpSink()
  clock = new TestClock()
  events = []
  reports = []
  const vault = testVault()
  stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
  codes = codesWith(vault)
})

afterEach(async () => {
  codes.stop()
  await stores.close()
  await sink.stop()
  rmSync(folder, { recursive: true, force: true })
})

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
    gateway: createHttpSmsGateway(config, secrets, silentLog),
    readNumber: createNumberReader('JP'),
    codes: stores.codes,
    vault,
    clock,
    policy: defaultPolicy,
    organisation: 'さくら商事',
    log: silentLog,
    emit: (name, payload) => events.push([name, payload]),
    report: (report) => reports.push(report),
    pollDelaysMs: Array.from({ length: 200 }, () => 1),
  })
}

function target(changes: Partial<CodeTarget> = {}): CodeTarget {
  return {
    requestId: null,
    personId: aPersonId(),
    agentId: aPersonId(),
    methodId: randomUUID(),
    number: '+819012345678',
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
    expect(reports).toEqual([{ state: 'ok', code: 'ok', params: {} }])
  })

  it('keeps nobody waiting after a message that could not be delivered; its code may still arrive', async () => {
    sink.answer(likeTwilio('undelivered'))
    const to = target()
    const sent = await codes.send(to, 'ja')
    await vi.waitFor(async () => expect(await deliveryOf(sent.id)).toBe('failed'))

    expect(await codes.sending(to.number, await codes.get(sent.id))).toMatchObject({ refusal: null, left: 9 })
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
    expect(events).toEqual([])
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
    expect(await codes.sending('+819012345678', null)).toMatchObject({
      refusal: 'too-many',
      possibleAt: new Date(firstAt + 86_400_000).toISOString(),
      left: 0,
    })
    expect(sink.requests.filter(({ method }) => method === 'POST')).toHaveLength(10)
    expect(await codes.sending('+819087654321', null)).toMatchObject({ refusal: null, left: 10 })

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
    await codes.send(target({ number: '+819000000001' }), 'ja')

    expect(reports).toMatchObject([
      { state: 'down', code: 'refused', params: { status: 403 } },
      { state: 'warning', code: 'timeout' },
    ])
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
