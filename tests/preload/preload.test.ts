import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ZodType } from 'zod'
import { contract } from '../../src/shared/contract'
import { deskEvents } from '../../src/shared/events'

type Bridge = Readonly<Record<string, Readonly<Record<string, (input?: unknown) => unknown>>>> & {
  readonly on: (name: string, listener: (payload: unknown) => void) => () => void
}

/** The preload as Electron would run it: bundled, sandboxed, with a `require` that knows `electron` only. */
function run(code: string) {
  const invoked: unknown[][] = []
  const listeners = new Map<string, Set<(event: object, payload: unknown) => void>>()
  const exposed: Record<string, Bridge> = {}
  const required: string[] = []
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: Bridge) => Object.assign(exposed, { [name]: api }) },
    ipcRenderer: {
      invoke: (...args: unknown[]) => {
        invoked.push(args)
        return 'answer'
      },
      on: (channel: string, listener: () => void) =>
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
      off: (channel: string, listener: () => void) => listeners.get(channel)?.delete(listener),
    },
  }
  const require = (name: string): unknown => {
    required.push(name)
    if (name !== 'electron') throw new Error(`module not found: ${name}`)
    return electron
  }
  const module = { exports: {} }
  runInNewContext(code, { require, module, exports: module.exports })
  const { api } = exposed
  if (api === undefined) throw new Error('nothing was exposed')
  return { api, exposed, required, invoked, listeners }
}

describe('window.api', () => {
  let folder: string
  let files: string[]
  let code: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sspr-desk-preload-'))
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        outDir: folder,
        minify: false,
        ssr: resolve('src/preload/index.ts'),
        rollupOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'index.cjs' } },
      },
    })
    files = await readdir(folder)
    code = readFileSync(join(folder, 'index.cjs'), 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is one file that requires electron and nothing else', () => {
    expect(files).toEqual(['index.cjs'])
    expect(run(code).required).toEqual(['electron'])
    expect(code).not.toMatch(/\bimport\(|\bprocess\b|require\((?!["']electron["']\))/u)
  })

  it('has a method for each call of the contract, each on its own channel, and nothing generic', () => {
    const { api, exposed, invoked } = run(code)
    expect(Object.keys(exposed)).toEqual(['api'])
    expect(Object.keys(api).sort()).toEqual([...Object.keys(contract), 'on'].sort())
    const calls: Readonly<Record<string, Readonly<Record<string, { readonly input: ZodType }>>>> = contract
    for (const [feature, methods] of Object.entries(calls)) {
      expect(Object.keys(api[feature] ?? {}).sort()).toEqual(Object.keys(methods).sort())
      for (const [method, { input }] of Object.entries(methods)) {
        const given = { marker: `${feature}.${method}` }
        expect(api[feature]?.[method]?.(given)).toBe('answer')
        const takesInput = !input.safeParse(undefined).success
        expect(invoked.pop()).toEqual(takesInput ? [`${feature}.${method}`, given] : [`${feature}.${method}`])
      }
    }
  })

  it('listens to the pushes of main without showing the page the IPC event, and stops when told', () => {
    const { api, listeners } = run(code)
    for (const name of deskEvents) {
      const heard: unknown[][] = []
      const stop = api.on(name, (...args: unknown[]) => void heard.push(args))
      const forwarded = [...(listeners.get(`event.${name}`) ?? [])]
      expect(forwarded).toHaveLength(1)
      forwarded[0]?.({ sender: 'the whole of ipcRenderer' }, { requestId: null })
      expect(heard).toEqual([[{ requestId: null }]])
      stop()
      expect(listeners.get(`event.${name}`)?.size).toBe(0)
    }
  })

  it.each(['queue', 'event.queue-changed', '__proto__', 'constructor', 'toString', ''])(
    'does not listen to %j',
    (name) => {
      const { api, listeners } = run(code)
      expect(() => api.on(name, () => undefined)).toThrow('No such event')
      expect(listeners.size).toBe(0)
    },
  )
})
