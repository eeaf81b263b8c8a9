import dns from 'node:dns'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHttpSmsGateway } from '../../src/main/gateways/sms/http-gateway'
import { createLog } from '../../src/main/log'
import type { SmsConfig } from '../../src/main/config'
import type { CodeGateway } from '../../src/main/gateways/code-gateway'
import { smsPresets } from '../../src/shared/sms-presets'
import { startHttpSink } from '../support/http-sink'
import type { HttpSink } from '../support/http-sink'
import { silentLog } from '../support/silent-log'
import { codeMessage, secretsFrom, smsConfig } from '../support/sms'
import { TestClock } from '../support/test-clock'

/*
 * The gateway client against a hostile network, a hostile gateway and a careless configuration: a code must reach one host only, and
 * neither secret nor number nor text may lie about.
 */

const secrets = { 'sms.token': 'Gateway-Token-1a2b3c', 'sms.evil': 'x\r\nX-Injected: yes', 'sms.dots': '..' }
const message = codeMessage({ id: '6c7d8e9f-0000-4000-8000-000000000000', code: '042917', text: 'code 042917' })

let sink: HttpSink
let other: HttpSink

beforeEach(async () => {
  sink = await startHttpSink()
  other = await startHttpSink()
})

afterEach(async () => {
  await sink.stop()
  await other.stop()
})

function gateway(changes: Partial<SmsConfig> = {}, log = silentLog): CodeGateway {
  const settings = { url: `${sink.origin}/send`, allowedHosts: [sink.host], ...changes }
  return createHttpSmsGateway(smsConfig(smsPresets.json.settings, settings), secretsFrom(secrets), log)
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of %i is not followed, not even to the gateway itself', async (status) => {
    for (const origin of [other.origin, sink.origin]) {
      sink.answer({ status, headers: { Location: `${origin}/elsewhere` } })
      await expect(gateway().send(message)).rejects.toMatchObject({ code: 'sms-refused', params: { status } })
    }

    expect(other.connections()).toBe(0)
    expect(sink.requests.map(({ path }) => path)).toEqual(['/send', '/send'])
  })
})

describe('the list of hosts', () => {
  it.each([
    ['another port', () => [sink.host.replace(/:\d+$/u, ':1')]],
    ['no port, which means the usual one', () => ['127.0.0.1']],
    ['another host', () => ['sms.example.jp']],
    ['a longer name', () => [`${sink.host}.evil.example`, `evil-${sink.host}`]],
    ['nothing', () => []],
  ])('with %s keeps everything from being sent', async (_name, allowedHosts) => {
    const strict = gateway({ allowedHosts: allowedHosts() })

    await expect(strict.send(message)).rejects.toMatchObject({
      code: 'invalid-input',
      params: { field: 'allowedHosts' },
    })
    await expect(strict.reach()).rejects.toMatchObject({ code: 'invalid-input' })
    expect(sink.connections()).toBe(0)
  })

  it('judges the address that comes of the template, not the template', async () => {
    const tricks = [
      // User information and other schemes, put where they do not belong.
      `http://${sink.host}@${other.host}/send`,
      `http://${sink.host}:pass@${other.host}/send`,
      `http://{sender}/send`,
      `//${other.host}/send`,
      `file:///etc/passwd?${sink.host}`,
      `http:\\\\${other.host}\\${sink.host}`,
    ]

    for (const url of tricks) {
      await expect(gateway({ url, sender: other.host }).send(message)).rejects.toMatchObject({ code: 'invalid-input' })
    }
    expect(other.connections()).toBe(0)
    expect(sink.connections()).toBe(0)
  })

  it('holds when the state of delivery is asked for', async () => {
    const delivery = { url: `${other.origin}/{messageId}`, statePath: 'status', delivered: [], failed: [] }
    await expect(gateway({ delivery }).delivery('1')).rejects.toMatchObject({ code: 'invalid-input' })
    expect(other.connections()).toBe(0)
  })
})

describe('clear text', () => {
  it('never leaves this machine, whatever the list says', async () => {
    for (const host of [
      '192.0.2.1:80',
      'sms.example.jp',
      '10.0.0.1',
      '[2001:db8::1]',
      '0.0.0.0',
      '127.0.0.1.nip.example',
    ]) {
      const far = gateway({ url: `http://${host}/send`, allowedHosts: [host] })
      await expect(far.send(message)).rejects.toMatchObject({ code: 'invalid-input', params: { field: 'url' } })
    }
  })

  it('reaches localhost by its address, whatever a name server says', async () => {
    const { port } = new URL(sink.origin)
    // Where every name leads to somebody else's machine.
    const asked = vi.spyOn(dns, 'lookup').mockImplementation(() => {
      throw new Error('a name server was asked')
    })
    try {
      await gateway({ url: `http://localhost:${port}/send`, allowedHosts: [`localhost:${port}`] }).send(message)
      expect(asked).not.toHaveBeenCalled()
    } finally {
      asked.mockRestore()
    }
    expect(sink.requests).toHaveLength(1)
  })
})

describe('an injected line', () => {
  it.each([['{secret:evil}'], ['Basic {secret:evil}'], ['{text}']])('in the header %s sends nothing', async (value) => {
    const text = 'code\r\nX-Injected: yes'
    const injecting = gateway({ headers: [{ name: 'X-Key', value }] })

    await expect(injecting.send({ ...message, text })).rejects.toMatchObject({ code: 'invalid-input' })
    expect(sink.connections()).toBe(0)
  })

  it('in address, form or JSON stays part of its value', async () => {
    const text = 'a\r\nX-Injected: yes\r\n\r\nGET /evil HTTP/1.1\r\n'
    for (const escaping of ['query', 'form', 'json'] as const) {
      await gateway({ url: `${sink.origin}/send?t={text}`, body: 'text={text}', escaping }).send({ ...message, text })
    }

    expect(sink.requests).toHaveLength(3)
    for (const { path, headers } of sink.requests) {
      expect(path).not.toMatch(/\s/u)
      expect(headers).not.toHaveProperty('x-injected')
    }
  })

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'Content-Type'])(
    'cannot come as a %s of the configuration: the call alone sets it',
    async (name) => {
      await expect(gateway({ headers: [{ name, value: 'x' }] }).send(message)).rejects.toMatchObject({
        code: 'invalid-input',
        params: { field: name },
      })
      expect(sink.connections()).toBe(0)
    },
  )

  it('of dots cannot climb out of the path', async () => {
    for (const secret of ['{secret:dots}', '%2e{secret:dots}']) {
      const url = `${sink.origin}/accounts/${secret}/send`
      await expect(gateway({ url }).send(message)).rejects.toMatchObject({ code: 'invalid-input' })
    }
    const delivery = { url: `${sink.origin}/a/{messageId}`, statePath: 's', delivered: [], failed: [] }
    await expect(gateway({ delivery }).delivery('..')).rejects.toMatchObject({ code: 'invalid-input' })
    await gateway({ delivery }).delivery('../../admin?x=1#y')
    expect(sink.requests.map(({ path }) => path)).toEqual(['/a/..%2F..%2Fadmin%3Fx%3D1%23y'])
  })
})

describe('a hostile answer', () => {
  it('cannot keep the desk busy: bytes beyond the limit end the call', async () => {
    sink.answer({ status: 200, body: 'x'.repeat(50 * 1024 * 1024) })
    expect(await gateway().send(message)).toEqual({ delivery: 'accepted', messageId: null })
  })

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\nX-Slow: ', { delivery: 'unknown', messageId: null }],
    ['a body', 'HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n', { delivery: 'accepted', messageId: null }],
  ])('cannot take the time of the desk: %s that trickle end with the timeout', async (_name, start, receipt) => {
    let trickle: NodeJS.Timeout | undefined
    const closed = Promise.withResolvers<void>()
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('close', () => closed.resolve())
      socket.once('data', () => {
        socket.write(start)
        trickle = setInterval(() => socket.write('x'), 20)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.address() as AddressInfo
    const host = `127.0.0.1:${port}`
    try {
      const slow = gateway({ url: `http://${host}/send`, allowedHosts: [host], timeoutMs: 1500 })
      expect(await slow.send(message)).toEqual(receipt)
      await closed.promise
    } finally {
      clearInterval(trickle)
      server.close()
    }
  })

  it('that is no HTTP leaves the outcome open, and its bytes nowhere', async () => {
    sink.answer({ status: 200, headers: { 'X-Big': 'y'.repeat(64 * 1024) } })
    expect(await gateway().send(message)).toEqual({ delivery: 'unknown', messageId: null })
  })
})

describe('what lies about afterwards', () => {
  it('holds no secret, number, text or code: not in errors, not in the log at its most talkative', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-sms-log-'))
    try {
      const log = createLog({ file: join(folder, 'desk.log'), clock: new TestClock(), level: 'debug' })
      const url = `${sink.origin}/send/{secret:token}?to={to}&text={text}`
      const talkative = gateway({ url }, log)
      const failures: unknown[] = []
      const keep = (error: unknown): void => void failures.push(error)

      sink.answer({ status: 200, body: JSON.stringify({ echo: message, token: secrets['sms.token'] }) })
      await talkative.send(message)
      sink.answer({ status: 500, body: JSON.stringify({ echo: message, token: secrets['sms.token'] }) })
      await talkative.send(message).catch(keep)
      sink.answer('hang-up')
      await talkative.send(message)
      await gateway({ url, allowedHosts: ['sms.example.jp'] }, log)
        .send(message)
        .catch(keep)
      await gateway({ url, headers: [{ name: 'X', value: '{secret:evil}' }] }, log)
        .send(message)
        .catch(keep)
      await gateway({ url: 'http://127.0.0.1:1/{secret:token}', allowedHosts: ['127.0.0.1:1'] }, log)
        .send(message)
        .catch(keep)

      expect(failures).toHaveLength(4)
      for (const error of failures) log.warn({ err: error }, 'a message could not be sent')
      const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
      const errors = failures.map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error))
      const said = [...written, ...errors].join('\n')
      expect(said).toContain(sink.host)
      const wanted = [secrets['sms.token'], 'X-Injected', message.to, '9012345678', message.text, '042917']
      expect(wanted.filter((secret) => said.includes(secret))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
