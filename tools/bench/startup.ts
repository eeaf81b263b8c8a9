import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from '../start/build.mjs'
import { projectDir } from '../start/host'
import { launchDesk } from '../start/launch'

const rounds = 7
const limit = 1.5

const emptyMain = `
const { app, BrowserWindow, protocol, session } = require('electron')
app.setPath('userData', process.argv.find((argument) => argument.startsWith('--user-data-dir=')).slice(16))
app.whenReady().then(() => {
  session.defaultSession.setPermissionCheckHandler(() => false)
  const page = '<!doctype html><title>Empty</title><button>Ready</button>'
  protocol.handle('app', () => new Response(page, { headers: { 'content-type': 'text/html' } }))
  const window = new BrowserWindow({ webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false } })
  window.loadURL('app://desk/index.html')
  app.on('window-all-closed', () => app.quit())
})`

/**
 * From the start of the process to the first button that can be pressed, on the Chromium host: the app against an app with
 * one empty page. Both are measured in turn in one run; the medians are compared.
 */
export async function benchStartup(): Promise<
  { name: string; measured: number; limit: number; unit: string; ratio: number; ok: boolean }[]
> {
  buildIfStale()
  const emptyDir = await mkdtemp(join(tmpdir(), 'sspr-desk-empty-'))
  try {
    await writeFile(join(emptyDir, 'package.json'), '{ "name": "empty", "version": "1.0.0", "main": "main.cjs" }')
    await writeFile(join(emptyDir, 'main.cjs'), emptyMain)
    const app: number[] = []
    const empty: number[] = []
    for (let round = 0; round < rounds; round++) {
      empty.push(await startMs(emptyDir))
      app.push(await startMs(projectDir))
    }
    const measured = Math.round(median(app))
    const ratio = Number((measured / median(empty)).toFixed(2))
    return [{ name: 'start to usable window / empty page', measured, limit, unit: 'ms', ratio, ok: ratio <= limit }]
  } finally {
    await rm(emptyDir, { recursive: true, force: true })
  }
}

async function startMs(appDir: string): Promise<number> {
  const begun = performance.now()
  const desk = await launchDesk({ appDir })
  try {
    await desk.page.locator('button:enabled').first().waitFor()
    return performance.now() - begun
  } finally {
    await desk.close()
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
