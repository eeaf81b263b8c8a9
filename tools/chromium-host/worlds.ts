import { decode, encode } from './wire.ts'

// Everything here but `worldScripts` runs in the page: each function is sent there as text and refers to nothing outside.
// The types of the DOM are not loaded for tools, so the few that are needed are said here.
interface Target {
  addEventListener(
    name: string,
    listener: (event: { detail: Message; relatedTarget: Target }) => void,
    once?: object,
  ): void
  dispatchEvent(event: object): boolean
}
interface World extends Target {
  readonly top: unknown
  readonly EventTarget: new () => Target
  readonly CustomEvent: new (name: string, init: { detail: Message }) => object
  readonly MouseEvent: new (name: string, init: { relatedTarget: Target }) => object
  [name: string]: unknown
}
type Packed =
  | { readonly t: 'value'; readonly v: unknown }
  | { readonly t: 'function' | 'promise'; readonly id: number }
  | { readonly t: 'list'; readonly v: readonly Packed[] }
  | { readonly t: 'object'; readonly v: readonly (readonly [string, Packed])[] }
type Reply = { readonly value: Packed } | { readonly error: string }
type Message =
  | { readonly kind: 'call'; readonly id: number; readonly args: readonly Packed[] }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'settled'; readonly id: number; readonly reply: Reply }
  | { readonly kind: 'expose'; readonly name: string; readonly value: Packed }

/**
 * One end of the bridge between the page's world and the preload's: values are copied, functions become stand-ins that call
 * across, promises settle across. Both worlds share one EventTarget that page scripts never see.
 */
function bridgeEnd(world: World, port: Target, side: 'page' | 'preload') {
  const { CustomEvent } = world
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  let answer: Reply = { error: 'The preload did not answer.' }
  const send = (detail: Message): void => {
    port.dispatchEvent(new CustomEvent(side === 'page' ? 'to-preload' : 'to-page', { detail }))
  }
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') {
      const id = ++lastId
      functions.set(id, (...args) => Reflect.apply(value, undefined, args))
      return { t: 'function', id }
    }
    if (value instanceof Promise) {
      const id = ++lastId
      value.then(
        (settled: unknown) => send({ kind: 'settled', id, reply: { value: pack(settled) } }),
        (error: unknown) =>
          send({ kind: 'settled', id, reply: { error: error instanceof Error ? error.message : String(error) } }),
      )
      return { t: 'promise', id }
    }
    if (Array.isArray(value)) return { t: 'list', v: value.map(pack) }
    if (typeof value !== 'object' || value === null) return { t: 'value', v: value }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new Error('An object could not be cloned.')
    return { t: 'object', v: Object.entries(value).map(([key, child]) => [key, pack(child)] as const) }
  }
  const open = (reply: Reply): unknown => {
    if ('error' in reply) throw new Error(reply.error)
    return unpack(reply.value)
  }
  const unpack = (packed: Packed): unknown => {
    switch (packed.t) {
      case 'value':
        return packed.v
      case 'list':
        return packed.v.map(unpack)
      case 'object':
        return Object.freeze(Object.fromEntries(packed.v.map(([key, child]) => [key, unpack(child)])))
      case 'promise':
        return new Promise((resolve, reject) => promises.set(packed.id, { resolve, reject }))
      case 'function':
        return Object.freeze((...args: unknown[]) => {
          send({ kind: 'call', id: packed.id, args: args.map(pack) })
          return open(answer)
        })
    }
  }
  const call = (message: Message & { kind: 'call' }): Reply => {
    try {
      const callee = functions.get(message.id)
      if (callee === undefined) return { error: 'No such function.' }
      const args = message.args.map(unpack)
      if (side === 'preload') return { value: pack(callee(...args)) }
      // Later, not within the event: `window.event` would show the page's listener the bridge.
      queueMicrotask(() => callee(...args))
      return { value: pack(undefined) }
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }
  port.addEventListener(side === 'page' ? 'to-page' : 'to-preload', ({ detail }) => {
    switch (detail.kind) {
      case 'call':
        return send({ kind: 'reply', reply: call(detail) })
      case 'reply':
        answer = detail.reply
        return
      case 'settled':
        try {
          promises.get(detail.id)?.resolve(open(detail.reply))
        } catch (error) {
          promises.get(detail.id)?.reject(error instanceof Error ? error : new Error(String(error)))
        }
        promises.delete(detail.id)
        return
      case 'expose':
        Object.defineProperty(world, detail.name, { value: unpack(detail.value), enumerable: true })
    }
  })
  return {
    expose: (name: string, value: object): void => send({ kind: 'expose', name, value: pack(value) }),
  }
}

/** The page's end: waits for the preload's world to hand over the shared target, before any script of the page runs. */
function inPage(world: World, secret: string, end: typeof bridgeEnd): void {
  if (world.top !== world) return
  world.addEventListener(secret, (event) => void end(world, event.relatedTarget, 'page'), { once: true })
}

/** The preload's end: a `require` that knows `electron` only, and of it only what a sandboxed preload may have. */
function inPreload(
  world: World,
  names: { readonly secret: string; readonly binding: string; readonly inbox: string },
  end: typeof bridgeEnd,
  codec: { encode: typeof encode; decode: typeof decode },
  preload: (require: (name: string) => unknown, module: object, exports: object, process: undefined) => void,
): void {
  const toHost = world[names.binding]
  delete world[names.binding]
  if (world.top !== world || typeof toHost !== 'function') return
  const port = new world.EventTarget()
  world.dispatchEvent(new world.MouseEvent(names.secret, { relatedTarget: port }))
  const bridge = end(world, port, 'preload')

  const calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>()
  let lastCall = 0
  world[names.inbox] = (text: string): void => {
    const message = codec.decode(text) as
      | { kind: 'answer'; id: number; value: unknown }
      | { kind: 'failure'; id: number; message: string }
      | { kind: 'event'; channel: string; args: unknown[] }
    if (message.kind === 'event') {
      for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({}, ...message.args)
    } else {
      if (message.kind === 'answer') calls.get(message.id)?.resolve(message.value)
      else calls.get(message.id)?.reject(new Error(message.message))
      calls.delete(message.id)
    }
  }
  const electron: Readonly<Record<string, unknown>> = {
    contextBridge: { exposeInMainWorld: bridge.expose },
    ipcRenderer: {
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++lastCall
          const text = codec.encode({ id, channel, args })
          calls.set(id, { resolve, reject })
          Reflect.apply(toHost, undefined, [text])
        }),
      on: (channel: string, listener: (...args: unknown[]) => void) => {
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      },
      off: (channel: string, listener: (...args: unknown[]) => void) => {
        listeners.get(channel)?.delete(listener)
      },
    },
  }
  const module = { exports: {} }
  const require = (name: string): unknown => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
  preload(require, module, module.exports, undefined)
  Reflect.apply(toHost, undefined, [codec.encode({ id: 0, channel: 'ready', args: [] })])
}

/** The two scripts of every new document; `page` must be registered first. */
export function worldScripts(
  preload: string,
  names: { readonly secret: string; readonly binding: string; readonly inbox: string },
): { readonly page: string; readonly preload: string } {
  return {
    page: `(${inPage.toString()})(globalThis, ${JSON.stringify(names.secret)}, ${bridgeEnd.toString()})`,
    preload: `(${inPreload.toString()})(globalThis, ${JSON.stringify(names)}, ${bridgeEnd.toString()},
      { encode: ${encode.toString()}, decode: ${decode.toString()} },
      function (require, module, exports, process) {\n${preload}\n})`,
  }
}
