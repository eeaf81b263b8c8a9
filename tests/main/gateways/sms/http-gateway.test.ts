import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SmsConfig } from '../../../../src/main/config'
import type { CodeGateway } from '../../../../src/main/gateways/code-gateway'
import { createHttpSmsGateway } from '../../../../src/main/gateways/sms/http-gateway'
import { smsPresets } from '../../../../src/shared/sms-presets'
import { createCa } from '../../../support/ca'
import { likeTwilio, likeVonage, startHttpSink } from '../../../support/http-sink'
import type { HttpSink } from '../../../support/http-sink'
import { freePort } from '../../../support/ports'
import { silentLog } from '../../../support/silent-log'
import { codeMessage, secretsFrom, smsConfig } from '../../../support/sms'

const secrets = {
  'sms.token': 'T0ken/+=&',
  'sms.account-sid': 'ACdeadbeef',
  'sms.auth-token': 'twilio-secret',
  'sms.api-key': 'key&1',
  'sms.api-secret': 'vonage secret',
  'sms.username': 'desk',
  'sms.password': 'p&ss',
}
const message = codeMessage({
  id: '5f0f4a52-7a76-4f0a-8d2b-111111111111',
  text: 'さくら "確認"\nコード 042917',
})

let sink: HttpSink

beforeEach(async () => {
  sink = await startHttpSink()
})

afterEach(() => sink.stop())

/** A preset pointed at the sink. */
function config(preset: keyof typeof smsPresets, changes: Partial<SmsConfig> = {}): SmsConfig {
  const { settings } = smsPresets[preset]
  const here = (url: string): string => url.replace(/^https?:\/\/[^/]+/u, sink.origin)
  const { delivery } = settings
  return smsConfig(settings, {
    url: here(settings.url),
    delivery: delivery === null ? null : { ...delivery, url: here(delivery.url) },
    sender: 'Sakura & Co',
    allowedHosts: [sink.host],
    ...changes,
  })
}

function gateway(preset: keyof typeof smsPresets, changes: Partial<SmsConfig> = {}): CodeGateway {
  return createHttpSmsGateway(config(preset, changes), secretsFrom(secrets), silentLog)
}

describe('HttpSmsGateway.send', () => {
  it('asks as Kannel is asked: everything in the address, Unicode where the text needs it', async () => {
    sink.answer({ status: 202, body: '0: Accepted for delivery' })
    const kannel = gateway('kannel')

    const receipt = await kannel.send(message)
    await kannel.send({ ...message, text: 'code 1' })

    expect(receipt).toEqual({ delivery: 'accepted', messageId: null })
    expect(kannel.tellsDelivery).toBe(false)
    const [first, second] = sink.requests.map(({ path }) => new URL(path, sink.origin).searchParams)
    expect(Object.fromEntries(first ?? [])).toEqual({
      username: 'desk',
      password: 'p&ss',
      from: 'Sakura & Co',
      to: '+819012345678',
      text: message.text,
      charset: 'UTF-8',
      coding: '2',
    })
    expect(second?.get('coding')).toBe('0')
    expect(sink.requests[0]).toMatchObject({ method: 'GET', body: '' })
  })

  it('asks as Twilio is asked, and follows its states', async () => {
    sink.answer(likeTwilio('queued', 'sent', 'delivered'))
    const twilio = gateway('twilio')

    const { delivery, messageId } = await twilio.send(message)

    expect(delivery).toBe('accepted')
    expect(messageId).toBe('SM0123456789abcdef0123456789abcdef')
    const [request] = sink.requests
    expect(request).toMatchObject({ method: 'POST', path: '/2010-04-01/Accounts/ACdeadbeef/Messages.json' })
    const credentials = Buffer.from('ACdeadbeef:twilio-secret').toString('base64')
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
      host: sink.host,
      connection: 'close',
    })
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      To: '+819012345678',
      From: 'Sakura & Co',
      Body: message.text,
    })
    expect(twilio.tellsDelivery).toBe(true)
    const states = [await twilio.delivery(messageId ?? ''), await twilio.delivery(messageId ?? '')]
    expect([...states, await twilio.delivery(messageId ?? '')]).toEqual(['accepted', 'accepted', 'delivered'])
    expect(sink.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: `/2010-04-01/Accounts/ACdeadbeef/Messages/${messageId}.json`,
    })
    expect(sink.requests.at(-1)?.headers).toMatchObject({ authorization: `Basic ${credentials}` })
    expect(sink.requests.at(-1)?.headers).not.toHaveProperty('content-type')
  })

  it.each(['undelivered', 'failed', 'canceled'])('says that a message failed when Twilio says %s', async (state) => {
    sink.answer(likeTwilio(state))
    expect(await gateway('twilio').delivery('SM1')).toBe('failed')
  })

  it('asks as Vonage is asked, and takes a refusal inside a 200 for one', async () => {
    sink.answer(likeVonage('0'))
    const vonage = gateway('vonage')

    expect(await vonage.send(message)).toEqual({ delivery: 'accepted', messageId: '0A0000000123ABCD1' })
    expect(vonage.tellsDelivery).toBe(false)
    expect(Object.fromEntries(new URLSearchParams(sink.requests[0]?.body))).toEqual({
      api_key: 'key&1',
      api_secret: 'vonage secret',
      from: 'Sakura & Co',
      to: '819012345678',
      text: message.text,
      type: 'unicode',
      'client-ref': message.id,
    })

    sink.answer(likeVonage('4'))
    await expect(vonage.send(message)).rejects.toMatchObject({ code: 'sms-refused', params: { status: 200 } })
  })

  it('asks a plain JSON service with a bearer token', async () => {
    sink.answer({ status: 201, body: '{"id": 4711}' })

    expect(await gateway('json').send(message)).toEqual({ delivery: 'accepted', messageId: '4711' })
    expect(JSON.parse(sink.requests[0]?.body ?? '')).toEqual({
      id: message.id,
      from: 'Sakura & Co',
      to: message.to,
      text: message.text,
    })
    expect(sink.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer T0ken/+=&',
      'content-length': String(Buffer.byteLength(sink.requests[0]?.body ?? '')),
    })
  })

  it.each([400, 401, 403, 429, 500, 503, 301, 302, 307])('takes %i for a refusal: nothing was sent', async (status) => {
    sink.answer({ status, body: 'refused', headers: { Location: `${sink.origin}/elsewhere` } })

    await expect(gateway('json').send(message)).rejects.toMatchObject({ code: 'sms-refused', params: { status } })
    expect(sink.requests).toHaveLength(1)
  })

  it.each([502, 504])('does not know what became of a message when something in between says %i', async (status) => {
    sink.answer({ status })
    expect(await gateway('json').send(message)).toEqual({ delivery: 'unknown', messageId: null })
  })

  it('does not know what became of a message when the gateway falls silent, hangs up or breaks off', async () => {
    const unknown = { delivery: 'unknown', messageId: null }

    sink.answer('silence')
    expect(await gateway('json', { timeoutMs: 2000 }).send(message)).toEqual(unknown)
    sink.answer('hang-up')
    expect(await gateway('json').send(message)).toEqual(unknown)
    sink.answer({ ...likeVonage('0'), ending: 'cut' })
    expect(await gateway('vonage').send(message)).toEqual(unknown)
    expect(sink.requests).toHaveLength(3)
  })

  it('reads 64 KiB of an answer and no more', async () => {
    sink.answer({ status: 200, body: `{"id":"x","more":"${'y'.repeat(20 * 1024 * 1024)}"}` })
    expect(await gateway('json').send(message)).toEqual({ delivery: 'accepted', messageId: null })

    sink.answer({ status: 200, body: `${' '.repeat(70 * 1024)}"status":"0"` })
    expect(await gateway('vonage').send(message)).toEqual({ delivery: 'unknown', messageId: null })
  })

  it.each([
    ['[]'],
    ['{"id":{"toString":1}}'],
    ['{"id":null}'],
    ['{"__proto__":{"id":"x"}}'],
    ['not JSON'],
    ['{"id":"two words"}'],
    [`{"id":"${'x'.repeat(300)}"}`],
  ])('takes no id out of %s', async (body) => {
    sink.answer({ status: 200, body })
    expect(await gateway('json').send(message)).toEqual({ delivery: 'accepted', messageId: null })
  })

  it('says who cannot be reached, and that nothing was sent', async () => {
    const port = await freePort()
    const nowhere = gateway('json', {
      url: `http://127.0.0.1:${port}/send?{to}{text}`,
      allowedHosts: [`127.0.0.1:${port}`],
    })

    await expect(nowhere.send(message)).rejects.toMatchObject({
      code: 'sms-unreachable',
      params: { host: `127.0.0.1:${port}` },
    })
    await expect(nowhere.reach()).rejects.toMatchObject({ code: 'sms-unreachable' })
  })

  it('asks for the secret that is missing before it connects', async () => {
    const json = createHttpSmsGateway(config('json'), secretsFrom({}), silentLog)

    await expect(json.send(message)).rejects.toMatchObject({ code: 'secret-missing', params: { name: 'sms.token' } })
    await expect(json.reach()).rejects.toMatchObject({ code: 'secret-missing' })
    expect(sink.connections()).toBe(0)
  })
})

describe('HttpSmsGateway.reach', () => {
  it('connects and asks for nothing', async () => {
    await gateway('json').reach()

    expect(sink.connections()).toBe(1)
    expect(sink.requests).toEqual([])
  })
})

describe('HttpSmsGateway over TLS', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'desk-sms-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** A sink whose certificate is for these names, and what a gateway needs to trust it. */
  async function secureSink(names: readonly string[], maxVersion?: 'TLSv1.1'): Promise<{ sink: HttpSink; ca: string }> {
    const ca = createCa(folder, names)
    const key = readFileSync(ca.keyFile, 'utf8')
    const cert = readFileSync(ca.certFile, 'utf8')
    const secure = await startHttpSink({ key, cert, ...(maxVersion !== undefined && { maxVersion }) })
    secure.answer({ status: 200, body: '{"id":"1"}' })
    return { sink: secure, ca: readFileSync(ca.caFile, 'utf8') }
  }

  function over(secure: HttpSink, ca: string | null): CodeGateway {
    return gateway('json', { url: `${secure.origin}/send`, allowedHosts: [secure.host], ca })
  }

  it('trusts the pinned authority, and nobody else', async () => {
    const { sink: secure, ca } = await secureSink(['localhost'])
    try {
      expect(await over(secure, ca).send(message)).toMatchObject({ delivery: 'accepted' })
      await over(secure, ca).reach()
      expect(secure.requests).toHaveLength(1)

      await expect(over(secure, null).send(message)).rejects.toMatchObject({
        code: 'sms-certificate',
        params: { host: secure.host },
      })
      await expect(over(secure, null).reach()).rejects.toMatchObject({ code: 'sms-certificate' })
      expect(secure.requests).toHaveLength(1)
    } finally {
      await secure.stop()
    }
  })

  it('sends nothing to a host that the certificate does not name', async () => {
    const { sink: secure, ca } = await secureSink(['sms.other.example'])
    try {
      await expect(over(secure, ca).send(message)).rejects.toMatchObject({ code: 'sms-certificate' })
      expect(secure.requests).toEqual([])
    } finally {
      await secure.stop()
    }
  })

  it('does not speak TLS 1.1', async () => {
    const { sink: secure, ca } = await secureSink(['localhost'], 'TLSv1.1')
    try {
      await expect(over(secure, ca).send(message)).rejects.toMatchObject({ code: 'sms-unreachable' })
      expect(secure.requests).toEqual([])
    } finally {
      await secure.stop()
    }
  })
})
