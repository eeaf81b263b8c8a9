import { createRequire, registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { answerControl } from './control.ts'
import { HostElectron } from './electron.ts'

// Usage: node host.ts [--host-app=DIR] [--host-headless] [the app's own options…]
// Runs the app in DIR (default: this project) on Node and a Chromium found on the machine.

const projectDir = resolve(import.meta.dirname, '../..')
const { values } = parseArgs({
  strict: false,
  options: { 'host-app': { type: 'string' }, 'host-headless': { type: 'boolean' }, lang: { type: 'string' } },
})
const appDir = typeof values['host-app'] === 'string' ? resolve(values['host-app']) : projectDir
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])

const host = new HostElectron({
  appDir,
  headless: values['host-headless'] === true || !hasDisplay,
  // The person's own language, as Electron would take it from the system.
  locale: typeof values['lang'] === 'string' ? values['lang'] : Intl.DateTimeFormat().resolvedOptions().locale,
  debuggable: process.send !== undefined,
  report: (line) => {
    process.stderr.write(`${line}\n`)
  },
})
host.failure.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  void host.exit(1)
})

// The real package would start a download when it is required outside Electron: it is never reached.
const electronUrl = pathToFileURL(join(import.meta.dirname, 'electron-module.cjs')).href
Object.defineProperty(globalThis, Symbol.for('chromium-host.electron'), { value: host.api })
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electronUrl, format: 'commonjs', shortCircuit: true } : next(specifier, context),
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => host.quit())
answerControl(host)

const manifest = createRequire(join(appDir, 'package.json'))('./package.json') as { readonly main: string }
const main = join(appDir, manifest.main)
process.argv = [process.execPath, main, ...process.argv.slice(2).filter((argument) => !argument.startsWith('--host-'))]
createRequire(main)(main)
