import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHelper } from '../../src/main/desktop/helper-process'
import type { HelperProcess } from '../../src/main/desktop/helper-process'
import { createSecurityKeys } from '../../src/main/gateways/security-key/client'
import { createRelyingParty } from '../../src/main/gateways/security-key/relying-party'
import type { KeyTalk } from '../../src/main/gateways/security-key'
import type { KeyPrompt } from '../../src/shared/model/security-key'
import { HostUtilities } from '../../tools/chromium-host/utility-process'
import { aCreation, anAssertion } from '../main/gateways/security-key/support'
import { serveAuthenticator } from '../support/software-authenticator-socket'

/** The whole way: client, its process as it is built, a socket, frames, a key of software. */
describe('The process of security keys', () => {
  let folder: string
  let program: string
  let socket: string
  const utilities = new HostUtilities()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sspr-desk-key-'))
    socket = join(folder, 'key.sock')
    program = join(folder, 'security-key-process.cjs')
    // The native library is found beside the program, as in a package.
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: ['cborg', 'zod'], external: ['node-hid'] },
      build: {
        ssr: resolve('src/main/security-key-process.ts'),
        outDir: folder,
        emptyOutDir: false,
        rollupOptions: { output: { format: 'cjs', entryFileNames: 'security-key-process.cjs' } },
      },
    })
  })
  afterAll(() => {
    utilities.end()
    rmSync(folder, { recursive: true })
  })

  function startKeys(args: readonly string[] = ['--socket', socket]) {
    const helpers: HelperProcess[] = []
    const keys = createSecurityKeys({
      startProcess: () => {
        const helper = startHelper({ fork: (...parameters) => utilities.fork(...parameters) as never }, program, args)
        helpers.push(helper)
        return helper
      },
    })
    return { keys, helpers }
  }

  function aTalk(pin: string, onPrompt?: (prompt: KeyPrompt) => void) {
    const prompts: KeyPrompt[] = []
    const abort = new AbortController()
    const talk: KeyTalk = {
      signal: abort.signal,
      show: (prompt) => {
        prompts.push(prompt)
        onPrompt?.(prompt)
      },
      pin: async () => pin,
    }
    return { talk, prompts, abort }
  }

  it('registers and checks a key that is plugged in while it waits', async () => {
    const { keys } = startKeys()
    const party = createRelyingParty()
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    const creation = aCreation()
    const inserted = Promise.withResolvers<void>()
    const first = aTalk('桜吹雪です', ({ step }) => {
      if (step === 'insert') inserted.resolve()
    })
    const making = keys.create(creation, first.talk)
    await inserted.promise
    const served = await serveAuthenticator(socket, { pin: '桜吹雪です' })
    await served.touch()
    const kept = await party.verifyCreated(await making, creation)
    expect(first.prompts.map(({ step }) => step)).toEqual(['insert', 'working', 'working', 'pin', 'working', 'touch'])

    const assertion = anAssertion([kept.credentialId])
    const signing = keys.assert(assertion, aTalk('桜吹雪です').talk)
    await served.touch()
    expect(await party.verifyAssertion(await signing, assertion, kept)).toEqual({ counter: kept.counter + 1 })
    await keys.close()
    await served.stop()
    expect(existsSync(socket)).toBe(false)
  })

  it('ends with a refusal when the key is pulled out, and when the process is killed', async () => {
    const served = await serveAuthenticator(socket)
    const { keys, helpers } = startKeys()
    const pulled = aTalk('1234', ({ step }) => {
      if (step === 'touch') void served.unplug()
    })
    await expect(keys.create(aCreation(), pulled.talk)).rejects.toMatchObject({ code: 'key-failed' })
    await served.plug()
    const killed = aTalk('1234', ({ step }) => {
      if (step === 'touch') helpers[0]?.kill()
    })
    await expect(keys.create(aCreation(), killed.talk)).rejects.toMatchObject({
      code: 'key-failed',
      params: { status: 'process' },
    })
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    await keys.close()
    await served.stop()
  })

  it('cancels at the key when its owner gives up', async () => {
    const served = await serveAuthenticator(socket)
    const { keys } = startKeys()
    const given = aTalk('1234', ({ step }) => {
      if (step === 'touch') given.abort.abort()
    })
    await expect(keys.create(aCreation(), given.talk)).rejects.toMatchObject({ code: 'key-cancelled' })
    while (served.key.seen.cancels === 0) await new Promise((done) => setTimeout(done, 5))
    expect(served.key.waitsForTouch).toBe(false)
    await keys.close()
    await served.stop()
  })

  it('looks for keys on USB without a socket', async () => {
    const { keys } = startKeys([])
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    await keys.close()
  })
})
