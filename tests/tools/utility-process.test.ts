import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHelper } from '../../src/main/desktop/helper-process'
import { HostUtilities } from '../../tools/chromium-host/utility-process'

const echo = `
const { parentPort } = process
parentPort.on('message', ({ data }) => {
  if (data.kind === 'end') process.exit(3)
  if (data.kind === 'crash') throw new Error('broken')
  if (data.kind === 'globals') return parentPort.postMessage({ electron: typeof process.versions.electron, args: process.argv.slice(2) })
  parentPort.postMessage({ back: data })
})
`

describe('HostUtilities.fork', () => {
  let folder: string
  let file: string
  const utilities = new HostUtilities()
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sspr-desk-utility-'))
    file = join(folder, 'echo.cjs')
    writeFileSync(file, echo)
  })
  afterAll(() => {
    utilities.end()
    rmSync(folder, { recursive: true })
  })

  /** As the app sees it. */
  function start(args: readonly string[] = []) {
    const heard: unknown[] = []
    const waiting: ((message: unknown) => void)[] = []
    const helper = startHelper({ fork: (...parameters) => utilities.fork(...parameters) as never }, file, args)
    helper.onMessage((message) => {
      heard.push(message)
      waiting.shift()?.(message)
    })
    const exited = new Promise<void>((resolve) => helper.onExit(resolve))
    const next = (): Promise<unknown> => new Promise((resolve) => waiting.push(resolve))
    return { helper, heard, next, exited }
  }

  it('carries clones to and fro, what was said before it listened too, and its arguments', async () => {
    const { helper, next } = start(['--socket', '/tmp/x'])
    const first = next()
    const message = { kind: 'echo', list: [1, null, 'あ'], bytes: new Uint8Array([1, 2]), missing: undefined }
    helper.post(message)
    message.list.push('later')
    expect(await first).toEqual({
      back: { kind: 'echo', list: [1, null, 'あ'], bytes: new Uint8Array([1, 2]), missing: undefined },
    })
    const second = next()
    helper.post({ kind: 'globals' })
    expect(await second).toEqual({ electron: 'undefined', args: ['--socket', '/tmp/x'] })
    helper.kill()
  })

  it.each(['end', 'crash'])('tells its end once: %s', async (kind) => {
    const { helper, exited, heard } = start()
    helper.post({ kind })
    await exited
    expect(heard).toEqual([])
    // As in Electron, what is said to nobody is no error.
    helper.post({ kind: 'echo' })
    helper.kill()
  })

  it('ends when it is killed, and with the app', async () => {
    const first = start()
    first.helper.kill()
    await first.exited
    const second = start()
    utilities.end()
    await second.exited
  })

  it('refuses what cannot be cloned, and options that it does not have', () => {
    const { helper } = start()
    expect(() => helper.post({ work: () => 1 })).toThrow('could not be cloned')
    helper.kill()
    expect(() => utilities.fork(file, [], { partition: 'x' })).toThrow(
      "chromium-host forks without the option 'partition'",
    )
    expect(() => utilities.fork(file, [], { stdio: 'pipe' })).toThrow('inherits or ignores stdio')
  })
})
