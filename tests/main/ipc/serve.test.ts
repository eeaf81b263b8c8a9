import type { IpcMain, IpcMainInvokeEvent, WebFrameMain } from 'electron'
import { beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../../../src/main/ipc/serve'
import type { Served } from '../../../src/main/ipc/serve'
import { contract } from '../../../src/shared/contract'
import { AppError } from '../../../src/shared/errors'
import { deskEvents } from '../../../src/shared/events'

type Listener = Parameters<IpcMain['handle']>[1]
type Fake = Pick<WebFrameMain, 'origin' | 'parent' | 'detached' | 'isDestroyed' | 'send'> & { sent: unknown[][] }

const origin = 'app://desk'

function aFrame(changes: Partial<Fake> = {}): Fake {
  const sent: unknown[][] = []
  return {
    origin,
    parent: null,
    detached: false,
    isDestroyed: () => false,
    send: (...args: unknown[]) => void sent.push(args),
    sent,
    ...changes,
  }
}

// The wire: what Electron would hand over. The fakes carry just what `serve` may read of a frame.
const asFrame = (frame: Fake | null): WebFrameMain | null => frame as unknown as WebFrameMain | null
const from = (frame: Fake | null): IpcMainInvokeEvent =>
  ({ senderFrame: asFrame(frame) }) as unknown as IpcMainInvokeEvent

/** A desk whose every call is answered by `answers`, and that notes what reached it. */
function aDesk(answers: Readonly<Record<string, (input: unknown) => unknown>>) {
  const reached: { channel: string; input: unknown }[] = []
  const listeners = new Map<string, (payload: unknown) => void>()
  const handlers = Object.fromEntries(
    Object.entries(contract).map(([feature, methods]) => [
      feature,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          (input: unknown) => {
            reached.push({ channel: `${feature}.${method}`, input })
            return answers[`${feature}.${method}`]?.(input)
          },
        ]),
      ),
    ]),
  )
  const on = (name: string, listener: (payload: unknown) => void): (() => void) => {
    listeners.set(name, listener)
    return () => undefined
  }
  const emit = (name: string, payload: unknown): void => listeners.get(name)?.(payload)
  return { desk: { handlers, on } as unknown as Served, reached, emit, listeners }
}

function aServer(answers: Readonly<Record<string, (input: unknown) => unknown>> = {}) {
  const calls = new Map<string, Listener>()
  const logged: { level: string; fields: object; message: string }[] = []
  const ours = aFrame()
  const window: { frame: Fake | null } = { frame: ours }
  const made = aDesk(answers)
  serve({
    ipcMain: { handle: (channel, listener) => void calls.set(channel, listener) },
    desk: made.desk,
    origin,
    mainFrame: () => asFrame(window.frame),
    log: {
      warn: (fields, message) => void logged.push({ level: 'warn', fields, message }),
      error: (fields, message) => void logged.push({ level: 'error', fields, message }),
    },
  })
  const call = async (channel: string, event: IpcMainInvokeEvent, ...args: unknown[]): Promise<unknown> => {
    const listener = calls.get(channel)
    if (listener === undefined) throw new Error(`not served: ${channel}`)
    return (await listener(event, ...args)) as unknown
  }
  return { ...made, calls, logged, ours, window, call }
}

const requestId = 'c56a4180-65aa-42ec-a945-5fd21dec0538'

describe('serve', () => {
  let server: ReturnType<typeof aServer>
  beforeEach(() => {
    server = aServer({ 'settings.preferences': () => ({ language: 'ja', theme: 'dark', notifications: true }) })
  })

  it('serves every call of the contract and nothing else', () => {
    const expected = Object.entries(contract).flatMap(([feature, methods]) =>
      Object.keys(methods).map((method) => `${feature}.${method}`),
    )
    expect([...server.calls.keys()].sort()).toEqual(expected.sort())
  })

  it('refuses to start without a handler for each call', () => {
    const { desk } = aDesk({})
    const { reset: _missing, ...others } = desk.handlers
    const broken = { ...desk, handlers: others } as unknown as Served
    expect(() =>
      serve({
        ipcMain: { handle: () => undefined },
        desk: broken,
        origin,
        mainFrame: () => null,
        log: { warn: () => undefined, error: () => undefined },
      }),
    ).toThrow('No handler for reset.')
  })

  it("answers the app's own main frame", async () => {
    const answer = await server.call('settings.preferences', from(server.ours), undefined)
    expect(answer).toEqual({ ok: true, value: { language: 'ja', theme: 'dark', notifications: true } })
    expect(server.logged).toEqual([])
  })

  const strangers: readonly (readonly [string, () => Fake | null])[] = [
    ['a frame that has gone', () => null],
    ['another window', () => aFrame()],
    ['a page of another origin', () => Object.assign(server.ours, { origin: 'https://desk.localhost' })],
    ['a page that looks alike', () => Object.assign(server.ours, { origin: 'app://desk.attacker.example' })],
    ['an opaque origin', () => Object.assign(server.ours, { origin: 'null' })],
    ['a frame inside the page', () => Object.assign(server.ours, { parent: asFrame(aFrame()) })],
    ['a destroyed frame', () => Object.assign(server.ours, { isDestroyed: () => true })],
    ['a detached frame', () => Object.assign(server.ours, { detached: true })],
  ]
  it.each(strangers)('refuses %s, tells it nothing and does nothing', async (_name, stranger) => {
    for (const channel of server.calls.keys()) {
      await expect(server.call(channel, from(stranger()), { requestId })).rejects.toThrow(/^refused$/u)
    }
    expect(server.reached).toEqual([])
    expect(server.logged).toHaveLength(server.calls.size)
  })

  it('refuses while there is no window', async () => {
    server.window.frame = null
    await expect(server.call('settings.preferences', from(server.ours))).rejects.toThrow(/^refused$/u)
  })

  it('drops fields that the contract does not know before a handler sees them', async () => {
    await server.call('reset.perform', from(server.ours), { requestId, operator: { roles: ['admin'] }, proof: 'mine' })
    expect(server.reached).toEqual([{ channel: 'reset.perform', input: { requestId } }])
  })

  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => ({ inner }), 'x')
  const invalid: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['no input', 'reset.perform', []],
    ['null', 'reset.perform', [null]],
    ['text', 'reset.perform', ['x']],
    ['a wrong type', 'reset.perform', [{ requestId: 7 }]],
    ['no uuid', 'reset.perform', [{ requestId: '../../etc/passwd' }]],
    ['two inputs', 'reset.perform', [{ requestId }, { requestId }]],
    ['input where there is none', 'session.lock', [{ because: 'x' }]],
    ['a huge text', 'people.search', [{ query: 'x'.repeat(2_000_000) }]],
    ['a huge text beside what is asked', 'reset.perform', [{ requestId, more: 'x'.repeat(2_000_000) }]],
    ['a huge list', 'reset.perform', [{ requestId, more: Array.from({ length: 1_000_000 }) }]],
    ['a list with a length only', 'reset.perform', [{ requestId, more: new Array(4_000_000_000) }]],
    [
      'many keys',
      'reset.perform',
      [{ requestId, more: Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [n, n])) }],
    ],
    ['deep nesting', 'reset.perform', [{ requestId, deep }]],
    ['a cycle', 'reset.perform', [{ requestId, cycle }]],
    ['a map', 'reset.perform', [new Map([['requestId', requestId]])]],
    ['a date inside', 'reset.perform', [{ requestId, at: new Date(0) }]],
    [
      'a prototype as own key',
      'reset.perform',
      [JSON.parse(`{"requestId":"${requestId}","__proto__":{"admin":true}}`)],
    ],
    [
      'a prototype further in',
      'reset.perform',
      [JSON.parse(`{"requestId":"${requestId}","a":[{"__proto__":{"b":1}}]}`)],
    ],
    ['a constructor key', 'reset.perform', [JSON.parse(`{"requestId":"${requestId}","constructor":{"prototype":{}}}`)]],
    ['an own prototype', 'reset.perform', [Object.create({ requestId })]],
  ]
  it.each(invalid)('refuses %s as invalid input', async (_name, channel, args) => {
    const answer = await server.call(channel, from(server.ours), ...args)
    expect(answer).toMatchObject({ ok: false, code: 'invalid-input' })
    expect(server.reached).toEqual([])
    expect(Object.prototype).not.toHaveProperty('admin')
  })

  it('never repeats refused input in the answer or the log', async () => {
    const password = 'Sakura-Fubuki-1'.repeat(100)
    const answer = await server.call('session.signIn', from(server.ours), { userId: 'sato.misaki', password })
    expect(answer).toEqual({ ok: false, code: 'invalid-input', params: { field: 'password' } })
    expect(JSON.stringify([answer, server.logged])).not.toContain('Sakura')
  })

  it('passes an expected refusal on as code and parameters, without its cause', async () => {
    const refusing = aServer({
      'reset.perform': () => {
        throw new AppError('request-held-by-other', { name: '鈴木 健' }, { cause: new Error('inner') })
      },
    })
    const answer = await refusing.call('reset.perform', from(refusing.ours), { requestId })
    expect(answer).toEqual({ ok: false, code: 'request-held-by-other', params: { name: '鈴木 健' } })
    expect(refusing.logged).toEqual([])
  })

  it('answers a bug with an incident that the log explains, and with nothing of the error', async () => {
    const broken = aServer({
      'reset.perform': () => Promise.reject(new Error('SELECT secret FROM vault')),
    })
    const answer = await broken.call('reset.perform', from(broken.ours), { requestId })
    const { incident } = (answer as { params: { incident: string } }).params
    expect(incident).toMatch(/^[0-9a-f]{8}$/u)
    expect(answer).toEqual({ ok: false, code: 'internal', params: { incident } })
    expect(broken.logged).toMatchObject([{ level: 'error', fields: { channel: 'reset.perform', incident } }])
  })

  it('takes unknown fields out of answers, so that nothing leaves main by accident', async () => {
    const talkative = aServer({
      'settings.preferences': () => ({ language: 'ja', theme: 'dark', notifications: true, installationKey: 'leak' }),
    })
    const answer = await talkative.call('settings.preferences', from(talkative.ours))
    expect(answer).toEqual({ ok: true, value: { language: 'ja', theme: 'dark', notifications: true } })
  })

  it('treats an answer that does not fit the contract as a bug, without writing its values to the log', async () => {
    const wrong = aServer({ 'settings.preferences': () => ({ language: 'Sakura-Fubuki-1', theme: 'dark' }) })
    const answer = await wrong.call('settings.preferences', from(wrong.ours))
    expect(answer).toMatchObject({ ok: false, code: 'internal' })
    const [entry] = wrong.logged
    const error = entry !== undefined && 'err' in entry.fields ? String(entry.fields.err) : ''
    expect(error).toContain('language')
    expect(error).not.toContain('Sakura')
  })

  it("forwards each of the desk's events to the main frame", () => {
    for (const name of deskEvents) server.emit(name, { requestId })
    expect(server.ours.sent).toEqual(deskEvents.map((name) => [`event.${name}`, { requestId }]))
  })

  it('sends events to nobody when the window is gone, navigated away or not there yet', () => {
    const gone: readonly (Fake | null)[] = [
      null,
      aFrame({ isDestroyed: () => true }),
      aFrame({ origin: 'https://attacker.example' }),
    ]
    for (const frame of gone) {
      server.window.frame = frame
      server.emit('queue-changed', { requestId })
      expect(frame?.sent ?? []).toEqual([])
    }
  })
})
