import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Protocol } from 'electron'

const scheme = 'app'

/** The only origin that a page of this app has. */
export const appOrigin = `${scheme}://desk`

/** Where the window begins. */
export const appStart = `${appOrigin}/index.html`

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/**
 * Nothing but the app's own files; no inline script, no eval, no network. `vue` is the policy under which Vue sets the
 * static markup that it compiled itself; no other code may turn text into markup (Trusted Types).
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types vue',
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), geolocation=(), hid=(), microphone=(), serial=(), usb=()',
  'cache-control': 'no-store',
}

/** Must run before the app is ready: makes `app://` an origin of its own, a secure context with a standard URL. */
export function registerAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer from `folder` (absolute) at `app://desk/`. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, folder: string): void {
  protocol.handle(scheme, appFiles(folder))
}

/**
 * Answers requests from a list of files made once at start. A path is looked up, never joined, so that nothing outside the
 * list can be reached; anything else is 404 and methods other than GET and HEAD are 405.
 */
export function appFiles(folder: string): (request: Request) => Promise<Response> {
  const files = listFiles(folder)
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers })
    const { protocol, host, pathname } = new URL(request.url)
    const file =
      `${protocol}//${host}` === appOrigin ? files.get(pathname === '/' ? '/index.html' : pathname) : undefined
    const type = file === undefined ? undefined : types[extname(file)]
    if (file === undefined || type === undefined) return new Response(null, { status: 404, headers })
    const body = request.method === 'HEAD' ? null : new Uint8Array(await readFile(file))
    return new Response(body, { headers: { ...headers, 'content-type': type } })
  }
}

/** Folder by folder: a recursive listing is not to be had inside a package. */
function listFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const collect = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const below = `${path}/${entry.name}`
      if (entry.isDirectory()) collect(below)
      else if (entry.isFile()) files.set(below.split('/').map(encodeURIComponent).join('/'), join(folder, below))
    }
  }
  collect('')
  return files
}
