import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { BrowserWindowConstructorOptions, WebContents, WindowOpenHandlerResponse } from 'electron'
import type { BrowserContext, CDPSession, Page, Route } from 'playwright'
import { Events, refusable, strict } from './strict.ts'
import { decode, encode } from './wire.ts'
import { worldScripts } from './worlds.ts'

/** Chromium refuses `app://`; this origin stands for it in the browser and nowhere else. */
const outside = 'https://desk.localhost'
const inside = 'app://desk'

export const toInside = (url: string): string =>
  url.startsWith(`${outside}/`) ? inside + url.slice(outside.length) : url
const toOutside = (url: string): string => (url.startsWith(`${inside}/`) ? outside + url.slice(inside.length) : url)

/** What a window needs of the rest of the host. */
export interface Surroundings {
  readonly context: Promise<BrowserContext>
  readonly serveApp: (request: Request) => Promise<Response>
  readonly invoke: (channel: string, event: object, args: readonly unknown[]) => Promise<unknown>
  /** The page that Chromium starts with, for the first window only. */
  readonly takeFirstPage: (pages: readonly Page[]) => Page | undefined
  readonly report: (line: string) => void
}

const contentsEvents = ['will-frame-navigate', 'will-redirect', 'will-attach-webview', 'render-process-gone'] as const
const windowEvents = ['ready-to-show', 'closed'] as const

/** A frame as `event.senderFrame` shows it. */
class HostFrame {
  detached = false
  url = 'about:blank'
  readonly parent: HostFrame | null
  readonly #send: (channel: string, args: readonly unknown[]) => void

  constructor(parent: HostFrame | null, send: (channel: string, args: readonly unknown[]) => void) {
    this.parent = parent
    this.#send = send
  }

  get origin(): string {
    return this.url.startsWith(`${inside}/`) ? inside : 'null'
  }

  isDestroyed(): boolean {
    return this.detached
  }

  send(channel: string, ...args: readonly unknown[]): void {
    this.#send(channel, args)
  }
}

/** `BrowserWindow`: one page of the browser. */
export class HostWindow {
  readonly id: number
  readonly webContents: object
  readonly contentsEvents = new Events('webContents', contentsEvents)
  readonly #events = new Events('BrowserWindow', windowEvents)
  readonly #frame: HostFrame
  readonly #frameView: object
  readonly #around: Surroundings
  readonly #options: BrowserWindowConstructorOptions
  readonly #names = { secret: randomUUID(), binding: `host${randomUUID()}`, inbox: `inbox${randomUUID()}` }
  readonly page: Promise<Page>
  /** Resolves when the first address has been loaded. */
  readonly loaded: Promise<void>
  readonly #loaded = Promise.withResolvers<void>()
  #cdp: CDPSession | undefined
  #preloadWorld: number | undefined
  #askedFor: string | undefined
  #destroyed = false
  #openHandler: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' })

  constructor(id: number, options: BrowserWindowConstructorOptions, around: Surroundings) {
    this.id = id
    this.#around = around
    this.#options = options
    const { sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {}
    if (sandbox !== true || contextIsolation !== true || nodeIntegration !== false) {
      throw new Error('chromium-host only runs a sandboxed, isolated page without Node.')
    }
    this.#frame = new HostFrame(null, (channel, args) => this.#send(channel, args))
    this.#frameView = strict('WebFrameMain', this.#frame)
    this.webContents = strict('webContents', {
      mainFrame: this.#frameView,
      on: (name: (typeof contentsEvents)[number], listener: () => void) => this.contentsEvents.on(name, listener),
      setWindowOpenHandler: (handler: Parameters<WebContents['setWindowOpenHandler']>[0]) => {
        this.#openHandler = (details) =>
          handler({
            ...details,
            frameName: '',
            features: '',
            disposition: 'new-window',
            referrer: { url: '', policy: 'no-referrer' },
          })
      },
    })
    this.loaded = this.#loaded.promise
    this.page = this.#open()
    this.page.catch(() => undefined)
  }

  on(name: (typeof windowEvents)[number], listener: () => void): void {
    this.#events.on(name, listener)
  }

  once(name: (typeof windowEvents)[number], listener: () => void): void {
    this.#events.once(name, listener)
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.page
    this.#askedFor = toOutside(url)
    const answer = await page.goto(this.#askedFor, { waitUntil: 'load' }).catch((error: unknown) => {
      if (page.isClosed()) this.#closed()
      throw error
    })
    if (answer?.ok() !== true) throw new Error(`chromium-host: ${url} answered ${answer?.status() ?? 'nothing'}`)
    this.#events.emit('ready-to-show')
    this.#loaded.resolve()
  }

  // The page is shown from the start, and Chromium has no such protection, no menu bar: nothing to do, and nothing lost.
  show(): void {}
  restore(): void {}
  setMenuBarVisibility(): void {}
  setContentProtection(): void {}
  isMinimized = (): boolean => false
  isDestroyed = (): boolean => this.#destroyed

  focus(): void {
    void this.page.then((page) => page.bringToFront())
  }

  /** The app ends: what is under way in this window fails, and its end is no news. */
  end(): void {
    this.#destroyed = true
    this.#frame.detached = true
  }

  async #open(): Promise<Page> {
    const context = await this.#around.context
    const page = this.#around.takeFirstPage(context.pages()) ?? (await context.newPage())
    const cdp = await context.newCDPSession(page)
    this.#cdp = cdp
    page.on('close', () => this.#closed())
    page.on('crash', () => this.contentsEvents.emit('render-process-gone', refusable(), { reason: 'crashed' }))
    page.on('pageerror', (error) => this.#around.report(`page error: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error') this.#around.report(`page: ${message.text()}`)
    })
    page.on('popup', (popup) => this.#refusePopup(popup))
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#frame.url = toInside(frame.url())
    })
    await page.route('**/*', (route) => this.#answer(page, route))
    await this.#prepareWorlds(cdp)
    const { width = 800, height = 600 } = this.#options
    if (page.viewportSize() === null) {
      const { windowId } = await cdp.send('Browser.getWindowForTarget')
      await cdp.send('Browser.setWindowBounds', { windowId, bounds: { width, height } })
    }
    return page
  }

  async #prepareWorlds(cdp: CDPSession): Promise<void> {
    const preload = this.#options.webPreferences?.preload
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === this.#names.binding) this.#receive(payload, executionContextId)
    })
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    if (preload === undefined) return
    const scripts = worldScripts(readFileSync(preload, 'utf8'), this.#names)
    const world = `preload-${this.#names.secret}`
    await cdp.send('Runtime.addBinding', { name: this.#names.binding, executionContextName: world })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: world })
  }

  /** A message from the preload. Its script runs in main frames only, so the frame is known. */
  #receive(payload: string, world: number): void {
    const { id, channel, args } = decode(payload) as { id: number; channel: string; args: readonly unknown[] }
    if (id === 0) {
      this.#preloadWorld = world
      return
    }
    const event = { senderFrame: this.#frameView, sender: this.webContents }
    // An answer that cannot be cloned fails the call, as in Electron.
    void this.#around
      .invoke(channel, event, structuredClone(args))
      .then((value) => encode({ kind: 'answer', id, value: structuredClone(value) }))
      .catch((error: unknown) => {
        const message = `Error invoking remote method '${channel}': ${String(error)}`
        return encode({ kind: 'failure', id, message })
      })
      .then((text) => this.#deliver(world, text))
  }

  #send(channel: string, args: readonly unknown[]): void {
    if (this.#preloadWorld === undefined) return
    this.#deliver(this.#preloadWorld, encode({ kind: 'event', channel, args: structuredClone(args) }))
  }

  #deliver(world: number, text: string): void {
    const expression = `globalThis[${JSON.stringify(this.#names.inbox)}](${JSON.stringify(text)})`
    // A page that has been left or closed meanwhile gets no answer, as in Electron.
    this.#cdp?.send('Runtime.evaluate', { expression, contextId: world }).catch(() => undefined)
  }

  async #answer(page: Page, route: Route): Promise<void> {
    const request = route.request()
    const url = request.url()
    const leaving = request.isNavigationRequest() && url !== this.#askedFor
    if (leaving) {
      const isMainFrame = request.frame() === page.mainFrame()
      const event = refusable({ url: toInside(url), isMainFrame })
      this.contentsEvents.emit('will-frame-navigate', event)
      if (event.defaultPrevented) return route.abort('aborted')
    }
    if (!url.startsWith(`${outside}/`)) return route.abort('blockedbyclient')
    const response = await this.#around.serveApp(
      new Request(toInside(url), { method: request.method(), headers: request.headers() }),
    )
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  }

  #refusePopup(popup: Page): void {
    const { action } = this.#openHandler({ url: toInside(popup.url()) })
    if (action !== 'deny') throw new Error('chromium-host opens no second window.')
    void popup.close().catch(() => undefined)
  }

  #closed(): void {
    if (this.#destroyed) return
    this.end()
    this.#events.emit('closed')
  }
}
