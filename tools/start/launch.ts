import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, chromium } from 'playwright'
import type { Page } from 'playwright'
import type { Answered, Question } from '../chromium-host/control.ts'
import { electronOptions, findElectron, hostProgram, projectDir } from './host.ts'

export interface LaunchOptions {
  /** Configuration file; `null`: none, so that the app offers the sample organisation. */
  readonly config?: string | null
  readonly vaultKeyFile?: string | null
  /** Kept after closing when given; otherwise a new one is made, and removed on `close`. */
  readonly userDataDir?: string
  /** Such as `8d` or `-5m`. */
  readonly clockOffset?: string
  /** Unix socket of a security key of software; no USB device is looked for then. */
  readonly securityKeySocket?: string
  /** Language of the page, `ja` unless told. */
  readonly locale?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Shows the window where there is a display. */
  readonly headed?: boolean
  /** Another folder with an app in it, for measurements. */
  readonly appDir?: string
}

/** The running app, seen as a person and the computer around it see it. */
export interface RunningDesk {
  readonly host: 'electron' | 'chromium'
  /** Changes with `restart`. */
  readonly page: Page
  readonly dataDir: string
  clipboard(): Promise<string>
  /** Copies text as another program does. */
  copy(text: string): Promise<void>
  /** Addresses that the app opened in the person's browser. */
  opened(): Promise<readonly string[]>
  /** Answers the next save dialogs with this file; `null` cancels them. */
  saveTo(file: string | null): Promise<void>
  /** Answers the next open dialogs with this file; `null` cancels them. */
  openFrom(file: string | null): Promise<void>
  /** What the operating system was asked to show, oldest first. */
  notifications(): Promise<readonly { readonly title: string; readonly body: string }[]>
  /** Clicks the notification that was shown last. */
  clickNotification(): Promise<void>
  /** As when the person locks the computer's screen. */
  lockComputer(): Promise<void>
  /** Ends the app and starts it again on the same data folder; other options may change. */
  restart(changes?: Partial<LaunchOptions>): Promise<void>
  /** Ends the app; removes a data folder that was made for it. */
  close(): Promise<void>
}

/** One started app, without what outlives it. */
interface Started {
  readonly page: Page
  ask(question: Question): Promise<unknown>
  stop(): Promise<void>
}

/** Starts the built app (`out/`) in Electron where it is there, else in the Chromium host, with a data folder of its own. */
export async function launchDesk(options: LaunchOptions = {}): Promise<RunningDesk> {
  const ownFolder = options.userDataDir === undefined
  const dataDir = options.userDataDir ?? (await mkdtemp(join(tmpdir(), 'sspr-desk-')))
  const electron = options.appDir === undefined ? findElectron() : null
  const start = (chosen: LaunchOptions): Promise<Started> =>
    electron === null ? startHost(dataDir, chosen) : startElectron(electron, dataDir, chosen)

  const removeFolder = async (): Promise<void> => {
    if (ownFolder) await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  let current = options
  let started = await start(current).catch(async (error: unknown) => {
    await removeFolder()
    throw error
  })
  return {
    host: electron === null ? 'chromium' : 'electron',
    get page() {
      return started.page
    },
    dataDir,
    clipboard: async () => String(await started.ask({ ask: 'clipboard' })),
    copy: async (text) => void (await started.ask({ ask: 'copy', text })),
    opened: async () => listOf(await started.ask({ ask: 'opened' })),
    saveTo: async (file) => void (await started.ask({ ask: 'save-to', file })),
    openFrom: async (file) => void (await started.ask({ ask: 'open-from', file })),
    notifications: async () => notificationsOf(await started.ask({ ask: 'notifications' })),
    clickNotification: async () => void (await started.ask({ ask: 'click-notification' })),
    lockComputer: async () => void (await started.ask({ ask: 'lock-computer' })),
    restart: async (changes = {}) => {
      await started.stop()
      current = { ...current, ...changes }
      started = await start(current)
    },
    close: async () => {
      await started.stop()
      await removeFolder()
    },
  }
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function notificationsOf(value: unknown): readonly { readonly title: string; readonly body: string }[] {
  if (!Array.isArray(value)) return []
  return value.map((each: unknown) => {
    const entry = typeof each === 'object' && each !== null ? each : {}
    return { title: String(Reflect.get(entry, 'title')), body: String(Reflect.get(entry, 'body')) }
  })
}

/** The app's own command line for these options. */
function appArguments(dataDir: string, options: LaunchOptions): string[] {
  return [
    `--user-data-dir=${dataDir}`,
    `--lang=${options.locale ?? 'ja'}`,
    ...(options.config ? [`--config=${options.config}`] : []),
    ...(options.vaultKeyFile ? [`--vault-key-file=${options.vaultKeyFile}`] : []),
    ...(options.securityKeySocket === undefined ? [] : [`--security-key-socket=${options.securityKeySocket}`]),
    // One word: an offset may begin with a minus sign.
    ...(options.clockOffset === undefined ? [] : [`--clock-offset=${options.clockOffset}`]),
  ]
}

async function present(page: Page, options: LaunchOptions): Promise<Page> {
  await page.emulateMedia({ colorScheme: options.colorScheme ?? 'light', reducedMotion: 'reduce' })
  if (options.headed !== true) await page.setViewportSize(options.viewport ?? { width: 1280, height: 800 })
  return page
}

async function startHost(dataDir: string, options: LaunchOptions): Promise<Started> {
  const child = fork(
    hostProgram,
    [
      ...(options.appDir === undefined ? [] : [`--host-app=${options.appDir}`]),
      ...(options.headed === true ? [] : ['--host-headless']),
      ...appArguments(dataDir, options),
    ],
    { cwd: projectDir, stdio: ['ignore', 'inherit', 'pipe', 'ipc'], serialization: 'advanced', execArgv: [] },
  )
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
    if (process.env['SSPR_DESK_VERBOSE'] !== undefined) process.stderr.write(text)
  })
  const ask = asker(child, () => complaints)
  try {
    const browser = await chromium.connectOverCDP(String(await ask({ ask: 'address' })))
    const page = browser.contexts()[0]?.pages()[0]
    if (page === undefined) throw new Error('The app has no page.')
    return {
      page: await present(page, options),
      ask,
      stop: async () => {
        await browser.close()
        await stop(child, ask)
      },
    }
  } catch (error) {
    await stop(child, ask)
    throw error
  }
}

/** Questions to the host; an answer never comes from an ended one, so its end rejects what is open. */
function asker(child: ChildProcess, complaints: () => string): Started['ask'] {
  let last = 0
  return async (question) => {
    const id = ++last
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const hear = (answer: Answered): void => {
      if (answer.id !== id) return
      if ('error' in answer) reject(new Error(answer.error))
      else resolve(answer.value)
    }
    const end = (): void => reject(new Error(`The app ended: ${complaints() || 'without a word'}`))
    child.on('message', hear)
    child.once('exit', end)
    try {
      if (child.exitCode !== null || child.signalCode !== null) end()
      else child.send({ ...question, id })
      return await promise
    } finally {
      child.off('message', hear)
      child.off('exit', end)
    }
  }
}

async function stop(child: ChildProcess, ask: Started['ask']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  ask({ ask: 'quit' }).catch(() => undefined)
  const deadline = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(deadline)
}

/** The same in Electron: dialogs, clipboard and shell are answered inside its main process. */
async function startElectron(program: string, dataDir: string, options: LaunchOptions): Promise<Started> {
  const args = [projectDir, ...electronOptions(), ...appArguments(dataDir, options)]
  const app = await _electron.launch({ executablePath: program, args })
  const page = await app.firstWindow()
  await app.evaluate(({ Notification, shell }) => {
    const opened: string[] = []
    const shown: { title: string; body: string }[] = []
    const notifications: { emit(name: 'click'): boolean }[] = []
    Object.assign(globalThis, {
      openedAddresses: opened,
      shownNotifications: shown,
      clickNotification: () => notifications.at(-1)?.emit('click'),
    })
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push({ title: this.title, body: this.body })
      notifications.push(this)
    }
    shell.openExternal = (url) => {
      opened.push(url)
      return Promise.resolve()
    }
  })
  return {
    page: await present(page, options),
    stop: () => app.close(),
    ask: async (question) => {
      switch (question.ask) {
        case 'clipboard':
          return app.evaluate(({ clipboard }) => clipboard.readText())
        case 'copy':
          return app.evaluate(({ clipboard }, text) => clipboard.writeText(text), question.text)
        case 'opened':
          return app.evaluate((): unknown => Reflect.get(globalThis, 'openedAddresses'))
        case 'save-to':
          return app.evaluate(({ dialog }, file) => {
            dialog.showSaveDialog = () => Promise.resolve({ canceled: file === null, filePath: file ?? '' })
          }, question.file)
        case 'open-from':
          return app.evaluate(({ dialog }, file) => {
            dialog.showOpenDialog = () =>
              Promise.resolve({ canceled: file === null, filePaths: file === null ? [] : [file] })
          }, question.file)
        case 'notifications':
          return app.evaluate((): unknown => Reflect.get(globalThis, 'shownNotifications'))
        case 'click-notification':
          return app.evaluate((): unknown => {
            const click: unknown = Reflect.get(globalThis, 'clickNotification')
            return typeof click === 'function' ? Reflect.apply(click, undefined, []) : undefined
          })
        case 'lock-computer':
          return app.evaluate(({ powerMonitor }) => void powerMonitor.emit('lock-screen'))
        case 'address':
        case 'quit':
          throw new Error(`Electron is not asked for ${question.ask}.`)
      }
    },
  }
}
