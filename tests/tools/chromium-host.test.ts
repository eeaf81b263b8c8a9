import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostProgram } from '../../tools/start/host'
import { launchDesk } from '../../tools/start/launch'

const main = `
const { app, BrowserWindow, protocol, ipcMain, session } = require('electron')
const { join } = require('node:path')
app.setPath('userData', process.argv.find((argument) => argument.startsWith('--user-data-dir=')).slice(16))
if (!app.requestSingleInstanceLock()) { process.stdout.write('second'); app.quit() }
else app.whenReady().then(() => {
  session.defaultSession.setPermissionCheckHandler(() => false)
  const pages = { '/index.html': ['text/html', '<!doctype html><title>host</title><script src="page.js"></script>'],
    '/page.js': ['text/javascript', 'window.heard = []; window.stop = window.api.on((value) => window.heard.push(value))'] }
  protocol.handle('app', (request) => {
    const [type, text] = pages[new URL(request.url).pathname] ?? ['text/plain', null]
    return new Response(text, { status: text === null ? 404 : 200, headers: { 'content-type': type } })
  })
  const webPreferences = { sandbox: true, contextIsolation: true, nodeIntegration: false, preload: join(__dirname, 'preload.cjs') }
  const window = new BrowserWindow({ webPreferences })
  window.webContents.on('will-frame-navigate', (event) => event.preventDefault())
  ipcMain.handle('echo', (event, value) => {
    const { origin, url } = event.senderFrame
    return { value, origin, url, ours: event.senderFrame === window.webContents.mainFrame }
  })
  ipcMain.handle('fail', () => { throw new Error('broken') })
  ipcMain.handle('push', () => { window.webContents.mainFrame.send('pushed', { id: null, missing: undefined }) })
  ipcMain.handle('function', () => () => 1)
  ipcMain.handle('unknown', () => app.getAppPath())
  window.loadURL('app://desk/index.html').catch((error) => { if (!window.isDestroyed()) throw error })
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', () => process.stdout.write('quits'))
})`
const preload = `
const { contextBridge, ipcRenderer } = require('electron')
const invoke = (channel, value) => ipcRenderer.invoke(channel, value)
const refused = (work) => { try { work(); return 'allowed' } catch { return 'refused' } }
contextBridge.exposeInMainWorld('api', {
  invoke,
  world: { node: refused(() => require('node:fs')), process: typeof process, shell: typeof require('electron').shell },
  on: (listener) => {
    const forward = (_event, value) => listener(value)
    ipcRenderer.on('pushed', forward)
    return () => { ipcRenderer.off('pushed', forward) }
  },
})`

describe('The Chromium host', () => {
  let appDir: string
  beforeAll(() => {
    appDir = mkdtempSync(join(tmpdir(), 'sspr-desk-host-'))
    writeFileSync(join(appDir, 'package.json'), '{ "name": "host-test", "version": "1.2.3", "main": "main.cjs" }')
    writeFileSync(join(appDir, 'main.cjs'), main)
    writeFileSync(join(appDir, 'preload.cjs'), preload)
  })
  afterAll(() => rmSync(appDir, { recursive: true }))

  it('carries calls, answers, failures and pushes between main and page, and keeps their worlds apart', async () => {
    const desk = await launchDesk({ appDir, locale: 'ja' })
    try {
      const seen = await desk.page.evaluate(`(async () => {
        const failure = (call) => call.then(() => 'none', (error) => error.message)
        const { api } = window
        await api.invoke('push')
        window.stop()
        await api.invoke('push')
        return {
          echo: await api.invoke('echo', { name: '山田', list: [1, null, { missing: undefined }] }),
          fail: await failure(api.invoke('fail')),
          missing: await failure(api.invoke('missing')),
          answersFunction: await failure(api.invoke('function')),
          unknown: await failure(api.invoke('unknown')),
          date: await failure(Promise.resolve().then(() => api.invoke('echo', new Date(0)))),
          heard: window.heard,
          world: api.world,
          globals: Object.getOwnPropertyNames(window).filter((name) => /^(?:inbox|host|preload)/.test(name)),
          language: navigator.language,
          secure: isSecureContext,
        }
      })()`)
      expect(seen).toEqual({
        echo: {
          value: { name: '山田', list: [1, null, { missing: undefined }] },
          origin: 'app://desk',
          url: 'app://desk/index.html',
          ours: true,
        },
        fail: "Error invoking remote method 'fail': Error: broken",
        missing: "Error invoking remote method 'missing': Error: No handler registered for 'missing'",
        answersFunction: "Error invoking remote method 'function': DataCloneError: () => 1 could not be cloned.",
        unknown:
          "Error invoking remote method 'unknown': Error: chromium-host does not implement electron.app.getAppPath",
        date: 'An object could not be cloned.',
        heard: [{ id: null, missing: undefined }],
        world: { node: 'refused', process: 'undefined', shell: 'undefined' },
        globals: [],
        language: 'ja',
        secure: true,
      })
    } finally {
      await desk.close()
    }
    expect(existsSync(desk.dataDir)).toBe(false)
  }, 30_000)

  it('ends on SIGTERM with its Chromium, and lets one process only on a data folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sspr-desk-host-data-'))
    const start = () => {
      const child = spawn(process.execPath, [
        hostProgram,
        `--host-app=${appDir}`,
        '--host-headless',
        `--user-data-dir=${dataDir}`,
      ])
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const ended = once(child, 'exit').then(([code, signal]: unknown[]) => ({ code, signal, said }))
      return { child, ended }
    }
    try {
      const first = start()
      await until(() => processesWith(dataDir).length > 1)
      const second = await start().ended
      expect(second).toEqual({ code: 0, signal: null, said: 'second' })
      first.child.kill('SIGTERM')
      expect(await first.ended).toEqual({ code: 0, signal: null, said: 'quits' })
      await until(() => processesWith(dataDir).length === 0)
      // The lock went with its holder: the folder can be opened again.
      expect(readdirSync(dataDir)).not.toContain('chromium-host.lock')
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    }
  }, 30_000)
})

/** Command lines of the running processes that name the folder. */
function processesWith(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(folder))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50))
}
