import { EventEmitter } from 'node:events'
import type { BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'
import { describe, expect, it } from 'vitest'
import { askInWindow, onePage } from '../../../src/main/desktop/webauthn-window'

const host = 'desk.example.co.jp'

/** Electron as far as the window uses it; `run` is what the page would do with the script. */
function anElectron(run: (script: string) => Promise<unknown>, load: () => Promise<void> = async () => undefined) {
  const seen = {
    options: undefined as BrowserWindowConstructorOptions | undefined,
    loaded: [] as string[],
    scripts: [] as { readonly script: string; readonly gesture: boolean }[],
    served: undefined as ((request: Request) => Response | Promise<Response>) | undefined,
    handled: [] as string[],
    requests: undefined as
      ((details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void) | undefined,
    permissions: [] as string[],
    destroyed: 0,
    openHandler: undefined as (() => { action: string }) | undefined,
    navigation: [] as string[],
  }
  const window = Object.assign(new EventEmitter(), {
    webContents: Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: () => { action: string }) => (seen.openHandler = handler),
      executeJavaScript: async (script: string, gesture: boolean) => {
        seen.scripts.push({ script, gesture })
        return run(script)
      },
    }),
    setMenuBarVisibility: () => undefined,
    loadURL: async (url: string) => {
      seen.loaded.push(url)
      await load()
    },
    isDestroyed: () => seen.destroyed > 0,
    destroy: () => {
      seen.destroyed += 1
      window.emit('closed')
    },
  })
  const session = {
    setPermissionRequestHandler: () => seen.permissions.push('request'),
    setPermissionCheckHandler: () => seen.permissions.push('check'),
    setDevicePermissionHandler: () => seen.permissions.push('device'),
    setDisplayMediaRequestHandler: () => seen.permissions.push('display'),
    protocol: {
      handle: (scheme: string, handler: (request: Request) => Response) => {
        seen.handled.push(scheme)
        seen.served = handler
      },
      unhandle: (scheme: string) => seen.handled.splice(seen.handled.indexOf(scheme), 1),
    },
    webRequest: { onBeforeRequest: (listener: typeof seen.requests) => (seen.requests = listener) },
  }
  const ask = askInWindow({
    openWindow: (options) => {
      seen.options = options
      return window as unknown as BrowserWindow
    },
    privateSession: () => session as unknown as Session,
    parent: () => null,
  })
  return { ask, seen, window, session }
}

describe('onePage', () => {
  it('answers for one address only, and lets nothing be loaded or run', async () => {
    const answer = onePage(host)
    const page = answer(new Request(`https://${host}/`))
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).not.toMatch(/script|https?:/u)
    for (const url of [
      `https://${host}/x`,
      `https://${host}/?x`,
      'https://example.co.jp/',
      `http://${host}/`,
      `https://${host}:444/`,
    ]) {
      expect(answer(new Request(url)).status).toBe(404)
    }
    expect(answer(new Request(`https://${host}/`, { method: 'POST' })).status).toBe(404)
  })
})

describe('askInWindow', () => {
  it('gives the result of the script, from a window that may do nothing else, and leaves nothing open', async () => {
    const { ask, seen, session, window } = anElectron(async () => ({ id: 'x' }))
    const { signal } = new AbortController()
    expect(await ask({ host, script: 'work()', signal })).toEqual({ id: 'x' })
    expect(seen.options?.webPreferences).toEqual({
      session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: false,
    })
    expect(seen.loaded).toEqual([`https://${host}/`])
    expect(seen.scripts).toEqual([{ script: 'work()', gesture: true }])
    expect(seen.permissions.toSorted()).toEqual(['check', 'device', 'display', 'request'])
    expect(seen.openHandler?.()).toEqual({ action: 'deny' })
    expect(window.webContents.listenerCount('will-frame-navigate')).toBe(1)
    expect(seen.handled).toEqual([])
    expect(seen.destroyed).toBe(1)
    const passed = (url: string): boolean | undefined => {
      let cancelled: boolean | undefined
      seen.requests?.({ url }, ({ cancel }) => (cancelled = cancel))
      return cancelled === undefined ? undefined : !cancelled
    }
    expect(passed(`https://${host}/`)).toBe(true)
    for (const url of ['https://example.com/', `http://${host}/`, 'file:///etc/passwd', `wss://${host}/`]) {
      expect(passed(url), url).toBe(false)
    }
  })

  it('says nothing when somebody closes the window or gives up, and closes it then', async () => {
    const never = (): Promise<never> => new Promise(() => undefined)
    const closed = anElectron(never)
    const first = closed.ask({ host, script: '', signal: new AbortController().signal })
    closed.window.emit('closed')
    expect(await first).toBeNull()

    const given = anElectron(never)
    const abort = new AbortController()
    const second = given.ask({ host, script: '', signal: abort.signal })
    abort.abort()
    expect(await second).toBeNull()
    expect(given.seen.destroyed).toBe(1)

    const before = anElectron(never)
    expect(await before.ask({ host, script: '', signal: abort.signal })).toBeNull()
    expect(before.seen.loaded).toEqual([])
  })

  it('closes the window when its page cannot be loaded', async () => {
    const { ask, seen } = anElectron(
      async () => null,
      async () => Promise.reject(new Error('ERR_FAILED')),
    )
    await expect(ask({ host, script: '', signal: new AbortController().signal })).rejects.toThrow('ERR_FAILED')
    expect(seen.destroyed).toBe(1)
    expect(seen.scripts).toEqual([])
  })
})
