import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type {
  App,
  BrowserWindowConstructorOptions,
  Clipboard,
  Dialog,
  IpcMain,
  Menu,
  NotificationConstructorOptions,
  Protocol,
  SafeStorage,
  Session,
  Shell,
  utilityProcess,
} from 'electron'
import type { BrowserContext } from 'playwright'
import { startChromium } from './browser.ts'
import { Events, refusable, strict } from './strict.ts'
import { HostUtilities } from './utility-process.ts'
import { HostWindow } from './window.ts'

export interface HostOptions {
  /** Folder with the app's package.json. */
  readonly appDir: string
  readonly headless: boolean
  readonly locale: string
  readonly debuggable: boolean
  readonly report: (line: string) => void
}

const appEvents = ['web-contents-created', 'second-instance', 'window-all-closed', 'will-quit'] as const
const notificationEvents = ['click', 'close'] as const
const powerEvents = ['lock-screen', 'user-did-resign-active', 'suspend'] as const

type PermissionCheck = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>

interface HostNotification {
  readonly title: string
  readonly body: string
  readonly events: Events<(typeof notificationEvents)[number]>
}

/** What `require('electron')` answers under this host: just the API that the app uses, each part held to Electron's types. */
export class HostElectron {
  readonly api: object
  readonly #options: HostOptions
  readonly #app = new Events('app', appEvents)
  readonly #power = new Events('powerMonitor', powerEvents)
  readonly #calls = new Map<string, Parameters<IpcMain['handle']>[1]>()
  readonly #windows = new Set<HostWindow>()
  readonly #utilities = new HostUtilities()
  readonly #opened: string[] = []
  readonly #manifest: Manifest
  readonly #failed: (error: unknown) => void
  /** Rejects when Chromium cannot be started. */
  readonly failure: Promise<never>
  #userData: string
  #serveApp: ((request: Request) => Response | Promise<Response>) | undefined
  #mayUse: PermissionCheck = () => true
  #context: Promise<BrowserContext> | undefined
  #firstPageTaken = false
  #exiting = false
  readonly #firstWindow = Promise.withResolvers<HostWindow>()
  #clipboard = ''
  #saveTo: string | null = process.env['SSPR_HOST_SAVE_TO'] ?? null
  #openFrom: string | null = null
  readonly #notifications: HostNotification[] = []
  #lockFile: string | undefined

  constructor(options: HostOptions) {
    this.#options = options
    this.#manifest = readManifest(options.appDir)
    const { promise, reject } = Promise.withResolvers<never>()
    this.failure = promise
    this.#failed = reject
    this.#userData = join(configFolder(), this.#manifest.productName ?? this.#manifest.name)
    this.api = strict('module', this.#makeApi())
  }

  get profileDir(): string {
    return join(this.#userData, 'chromium')
  }

  /** Resolves when the first window shows its page. */
  get shown(): Promise<void> {
    return this.#firstWindow.promise.then((window) => window.loaded)
  }

  clipboardText(): string {
    return this.#clipboard
  }

  /** As another program's copy. */
  setClipboardText(text: string): void {
    this.#clipboard = text
  }

  openedAddresses(): readonly string[] {
    return this.#opened
  }

  setSavePath(file: string | null): void {
    this.#saveTo = file
  }

  setOpenPath(file: string | null): void {
    this.#openFrom = file
  }

  notifications(): { readonly title: string; readonly body: string }[] {
    return this.#notifications.map(({ title, body }) => ({ title, body }))
  }

  /** As when the person clicks the notification that was shown last. */
  clickNotification(): void {
    this.#notifications.at(-1)?.events.emit('click')
  }

  lockComputer(): void {
    this.#power.emit('lock-screen')
  }

  /** Ends as Electron does: `will-quit` may hold it back and quit again later. */
  quit(): void {
    if (this.#exiting) return
    const event = refusable()
    this.#app.emit('will-quit', event)
    if (!event.defaultPrevented) void this.exit(0)
  }

  async exit(code: number): Promise<never> {
    this.#exiting = true
    for (const window of this.#windows) window.end()
    this.#utilities.end()
    const context = await this.#context?.catch(() => undefined)
    await context?.close().catch(() => undefined)
    if (this.#lockFile !== undefined) rmSync(this.#lockFile, { force: true })
    process.exit(code)
  }

  #makeApi(): object {
    const session = {
      setPermissionRequestHandler: () => undefined,
      setPermissionCheckHandler: (handler) => {
        this.#mayUse = handler ?? (() => true)
      },
      setDevicePermissionHandler: () => undefined,
      setDisplayMediaRequestHandler: () => undefined,
    } satisfies Pick<
      Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setDisplayMediaRequestHandler'
    >
    const openWindow = (options: BrowserWindowConstructorOptions): HostWindow => this.#openWindow(options)
    return {
      app: strict('app', this.#makeApp()),
      BrowserWindow: class {
        constructor(options: BrowserWindowConstructorOptions) {
          return strict('BrowserWindow', openWindow(options))
        }
      },
      session: strict('session', { defaultSession: strict('session', session) }),
      protocol: strict('protocol', {
        registerSchemesAsPrivileged: () => undefined,
        handle: (_scheme, handler) => {
          this.#serveApp = handler
        },
      } satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>),
      ipcMain: strict('ipcMain', {
        handle: (channel, listener) => {
          if (this.#calls.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
          this.#calls.set(channel, listener)
        },
      } satisfies Pick<IpcMain, 'handle'>),
      powerMonitor: strict('powerMonitor', {
        on: (name: (typeof powerEvents)[number], listener: () => void) => this.#power.on(name, listener),
      }),
      utilityProcess: strict('utilityProcess', {
        fork: (...parameters) => this.#utilities.fork(...parameters),
      } satisfies { fork: (...parameters: Parameters<typeof utilityProcess.fork>) => object }),
      Menu: strict('Menu', {
        setApplicationMenu: () => undefined,
        buildFromTemplate: () => null,
      } satisfies { setApplicationMenu: typeof Menu.setApplicationMenu; buildFromTemplate: () => null }),
      ...this.#makeServices(),
    }
  }

  #makeApp(): object {
    const inUse = {
      isPackaged: false,
      enableSandbox: () => undefined,
      getVersion: () => this.#manifest.version,
      // Numbers that the app hands over are listed with the opened addresses.
      getApplicationNameForProtocol: () => 'Test telephone',
      getPath: (name) => {
        if (name !== 'userData') throw new Error(`chromium-host knows no path '${name}'`)
        return this.#userData
      },
      setPath: (name, path) => {
        if (name !== 'userData') throw new Error(`chromium-host sets no path '${name}'`)
        this.#userData = path
      },
      requestSingleInstanceLock: () => this.#lock(),
      // Chromium starts meanwhile; windows wait for it, the app does not.
      whenReady: () => {
        void this.#browser()
        return Promise.resolve()
      },
      quit: () => this.quit(),
      exit: (code = 0) => void this.exit(code),
    } satisfies Pick<
      App,
      | 'isPackaged'
      | 'enableSandbox'
      | 'getVersion'
      | 'getApplicationNameForProtocol'
      | 'getPath'
      | 'setPath'
      | 'requestSingleInstanceLock'
      | 'whenReady'
      | 'quit'
      | 'exit'
    >
    return {
      ...inUse,
      on: (name: (typeof appEvents)[number], listener: () => void) => this.#app.on(name, listener),
    }
  }

  #makeServices(): object {
    return {
      // Chromium is not the app, so there is nothing here to keep a key with: the vault takes a passphrase or a key file.
      safeStorage: strict('safeStorage', {
        isAsyncEncryptionAvailable: () => Promise.resolve(false),
        getSelectedStorageBackend: () => 'basic_text',
        encryptStringAsync: () => Promise.reject(new Error('chromium-host has no safe storage.')),
        decryptStringAsync: () => Promise.reject(new Error('chromium-host has no safe storage.')),
      } satisfies Pick<
        SafeStorage,
        'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
      >),
      clipboard: strict('clipboard', {
        readText: () => Promise.resolve(this.#clipboard),
        writeText: (text) => {
          this.#clipboard = text
          return Promise.resolve()
        },
        clear: () => {
          this.#clipboard = ''
        },
      } satisfies Pick<Clipboard, 'readText' | 'writeText' | 'clear'>),
      Notification: this.#notificationClass(),
      dialog: strict('dialog', {
        showOpenDialog: () =>
          Promise.resolve({
            canceled: this.#openFrom === null,
            filePaths: this.#openFrom === null ? [] : [this.#openFrom],
          }),
        showSaveDialog: () => Promise.resolve({ canceled: this.#saveTo === null, filePath: this.#saveTo ?? '' }),
        showErrorBox: (title, content) => {
          this.#options.report(`${title}: ${content}`)
        },
      } satisfies Pick<Dialog, 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'>),
      shell: strict('shell', {
        openExternal: (url) => {
          this.#opened.push(url)
          this.#options.report(`The app opens ${url} in the browser of the person who uses it.`)
          return Promise.resolve()
        },
      } satisfies Pick<Shell, 'openExternal'>),
    }
  }

  /** Notifications are told on the terminal: the browser's own would need a permission that the page must not have. */
  #notificationClass(): object {
    const show = (notification: HostNotification): void => {
      this.#notifications.push(notification)
      this.#options.report(`Notification: ${notification.title}: ${notification.body}`)
    }
    return class {
      static isSupported(): boolean {
        return true
      }

      constructor(options: NotificationConstructorOptions = {}) {
        const events = new Events('Notification', notificationEvents)
        const notification = { title: options.title ?? '', body: options.body ?? '', events }
        return strict('Notification', {
          on: (name: (typeof notificationEvents)[number], listener: () => void) => events.on(name, listener),
          show: () => show(notification),
        })
      }
    }
  }

  #openWindow(options: BrowserWindowConstructorOptions): HostWindow {
    const window = new HostWindow(this.#windows.size + 1, options, {
      context: this.#permittedBrowser(),
      serveApp: async (request) => {
        if (this.#serveApp === undefined) throw new Error('The app serves no protocol.')
        return this.#serveApp(request)
      },
      invoke: async (channel, event, args) => {
        const call = this.#calls.get(channel)
        if (call === undefined) throw new Error(`No handler registered for '${channel}'`)
        const answer: unknown = await Reflect.apply(call, undefined, [event, ...args])
        return answer
      },
      takeFirstPage: (pages) => {
        if (this.#firstPageTaken) return undefined
        this.#firstPageTaken = true
        return pages[0]
      },
      report: this.#options.report,
    })
    this.#windows.add(window)
    this.#firstWindow.resolve(window)
    window.on('closed', () => {
      this.#windows.delete(window)
      if (this.#windows.size === 0) this.#app.emit('window-all-closed')
    })
    this.#app.emit('web-contents-created', refusable(), window.webContents)
    return window
  }

  #browser(): Promise<BrowserContext> {
    if (this.#context === undefined) {
      const { headless, locale, debuggable } = this.#options
      this.#context = startChromium({ profileDir: this.profileDir, headless, locale, debuggable })
      this.#context.catch(this.#failed)
    }
    return this.#context
  }

  /** Chromium asks no handler: what the app's check refuses is denied in the browser before the first page. */
  async #permittedBrowser(): Promise<BrowserContext> {
    const context = await this.#browser()
    const granted = (['geolocation', 'notifications', 'midi', 'clipboard-read'] as const).filter((name) =>
      this.#mayUse(null, name, 'app://desk', { isMainFrame: true, requestingUrl: 'app://desk/' }),
    )
    if (granted.length > 0) throw new Error(`chromium-host grants no permission, the app allows ${granted.join(', ')}`)
    // An empty grant denies all others for every origin, without asking.
    await context.grantPermissions([])
    return context
  }

  /** One process per data folder; a lock that a dead process left is taken over. */
  #lock(): boolean {
    mkdirSync(this.#userData, { recursive: true, mode: 0o700 })
    const file = join(this.#userData, 'chromium-host.lock')
    for (const attempt of [1, 2]) {
      try {
        writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 })
        this.#lockFile = file
        return true
      } catch {
        if (attempt === 2 || isAlive(Number(readFileSync(file, 'utf8')))) return false
        rmSync(file, { force: true })
      }
    }
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function configFolder(): string {
  if (process.platform === 'win32') return process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
}

interface Manifest {
  readonly name: string
  readonly productName?: string
  readonly version: string
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
