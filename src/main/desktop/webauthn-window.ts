import type { BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'
import { forbidNavigation } from './navigation'
import { denyPermissions } from './permissions'

/** What is needed of Electron. */
export interface WebAuthnElectron {
  readonly openWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow
  /** A session in memory that nothing else uses. */
  readonly privateSession: () => Session
  /** `null`: there is none. */
  readonly parent: () => BrowserWindow | null
}

/** Nothing may be loaded and no script of the page's own runs; the app's script is put in from outside. */
const headers: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'permissions-policy': 'publickey-credentials-create=(self), publickey-credentials-get=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}
const page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>SSPR Desk</title><p>SSPR Desk</p></html>'

/** Answers for the relying party's name with one empty page; whatever else is asked does not exist. */
export function onePage(host: string): (request: Request) => Response {
  return ({ method, url }) =>
    method === 'GET' && url === `https://${host}/`
      ? new Response(page, { headers })
      : new Response(null, { status: 404, headers })
}

/**
 * Runs a script in a small window at `https://<host>/` and gives its result; `null` when the window was closed before. The window has no
 * preload, no network, no permissions and goes nowhere; the result of the script is all that comes out of it. Nothing is ever sent to
 * `host`: the page is ours.
 */
export function askInWindow(
  electron: WebAuthnElectron,
): (ask: { readonly host: string; readonly script: string; readonly signal: AbortSignal }) => Promise<unknown> {
  return async ({ host, script, signal }) => {
    const session = electron.privateSession()
    denyPermissions(session)
    const answer = onePage(host)
    session.protocol.handle('https', (request) => answer(request))
    session.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: url !== `https://${host}/` }))
    const parent = electron.parent()
    const window = electron.openWindow({
      ...(parent !== null && { parent, modal: true }),
      width: 420,
      height: 200,
      resizable: false,
      minimizable: false,
      maximizable: false,
      title: 'SSPR Desk',
      webPreferences: {
        session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: false,
      },
    })
    forbidNavigation(window.webContents)
    window.setMenuBarVisibility(false)
    const closed = new Promise<null>((resolve) => window.once('closed', () => resolve(null)))
    const close = (): void => {
      if (!window.isDestroyed()) window.destroy()
    }
    signal.addEventListener('abort', close)
    try {
      if (signal.aborted) return null
      const work = async (): Promise<unknown> => {
        await window.loadURL(`https://${host}/`)
        // As if somebody had clicked: WebAuthn wants one.
        const result: unknown = await window.webContents.executeJavaScript(script, true)
        return result
      }
      return await Promise.race([work(), closed])
    } catch (error) {
      // Closed while it was loaded.
      if (window.isDestroyed()) return null
      throw error
    } finally {
      signal.removeEventListener('abort', close)
      close()
      session.protocol.unhandle('https')
    }
  }
}
