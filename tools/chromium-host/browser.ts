import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { chromium } from 'playwright'
import type { BrowserContext } from 'playwright'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const macPrograms = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const windowsPrograms = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
  const folder = process.env[name]
  if (folder === undefined) return []
  return ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((file) =>
    join(folder, file),
  )
})

/** The first Chromium there is: `CHROMIUM_PATH`, then the PATH, then the usual places. Throws a sentence when there is none. */
export function findChromium(): string {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH names ${chosen}, which is not a program.`)
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
  const found = [...onPath, ...macPrograms, ...windowsPrograms].find(isProgram)
  if (found === undefined) {
    throw new Error('No Chromium was found. Install the package "chromium", or name one in CHROMIUM_PATH.')
  }
  return found
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface BrowserOptions {
  readonly profileDir: string
  readonly headless: boolean
  readonly locale: string
  /** Opens a debugging port on loopback, for tests that drive the page. */
  readonly debuggable: boolean
}

/** Starts Chromium with a profile of its own and without any network: the app's files are all that it gets. */
export async function startChromium(options: BrowserOptions): Promise<BrowserContext> {
  writePreferences(options.profileDir)
  return chromium.launchPersistentContext(options.profileDir, {
    executablePath: findChromium(),
    headless: options.headless,
    // Chromium's own sandbox does not start for root, as in containers.
    chromiumSandbox: process.platform === 'linux' && process.getuid?.() !== 0,
    viewport: null,
    colorScheme: null,
    reducedMotion: null,
    forcedColors: null,
    contrast: null,
    serviceWorkers: 'block',
    acceptDownloads: false,
    locale: options.locale,
    ignoreDefaultArgs: ['--enable-automation', ...(options.headless ? [] : ['about:blank'])],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--disable-quic',
      '--disable-gpu',
      '--no-pings',
      // Without tabs and address bar where it is seen, and without Chromium's bar about its own options.
      ...(options.headless ? [] : ['--app=data:text/html,<title>SSPR Desk</title>', '--test-type']),
      ...(options.debuggable ? ['--remote-debugging-port=0', '--remote-debugging-address=127.0.0.1'] : []),
    ],
  })
}

/** Chromium must offer neither to keep the passwords that are typed into the app, nor to fill in or translate what it shows. */
function writePreferences(profileDir: string): void {
  const file = join(profileDir, 'Default', 'Preferences')
  if (existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const preferences = {
    credentials_enable_service: false,
    profile: { password_manager_enabled: false },
    autofill: { profile_enabled: false, credit_card_enabled: false },
    translate: { enabled: false },
  }
  writeFileSync(file, JSON.stringify(preferences), { mode: 0o600 })
}

/** Where a debuggable Chromium listens. */
export function debuggingAddress(profileDir: string): string {
  const port = readFileSync(join(profileDir, 'DevToolsActivePort'), 'utf8').split('\n')[0] ?? ''
  return `http://127.0.0.1:${port}`
}
