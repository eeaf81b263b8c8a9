import { describe, expect, it } from 'vitest'
import { createSecurityKeys } from '../../../../src/main/gateways/security-key/client'
import type { HelperProcess } from '../../../../src/main/gateways/security-key/client'
import { serveSecurityKeys } from '../../../../src/main/gateways/security-key/key-process'
import { createRelyingParty } from '../../../../src/main/gateways/security-key/relying-party'
import type { KeyDevices } from '../../../../src/main/gateways/security-key/hid-channel'
import type { KeyTalk } from '../../../../src/main/gateways/security-key'
import { AppError } from '../../../../src/shared/errors'
import type { KeyPrompt } from '../../../../src/shared/model/security-key'
import { SoftwareAuthenticator } from '../../../support/software-authenticator'
import { aCreation, anAssertion, deviceOf, pluggedIn, quickTimes } from './support'

/** A process that is none: both ends of the line, with clones on the way, and what went over it. */
function aLine(serve: (line: Parameters<typeof serveSecurityKeys>[0]) => void) {
  const said: unknown[] = []
  const processes: { readonly crash: () => void; readonly say: (message: unknown) => void; killed: boolean }[] = []
  const startProcess = (): HelperProcess => {
    let toApp: ((message: unknown) => void) | undefined
    let toProcess: ((message: unknown) => void) | undefined
    let exit: (() => void) | undefined
    const say = (message: unknown): void => {
      const copy: unknown = structuredClone(message)
      said.push(copy)
      setImmediate(() => toApp?.(copy))
    }
    const process = { killed: false, say, crash: () => exit?.() }
    processes.push(process)
    serve({ post: say, onMessage: (listener) => (toProcess = listener) })
    return {
      post: (message) => {
        const copy: unknown = structuredClone(message)
        setImmediate(() => toProcess?.(copy))
      },
      onMessage: (listener) => (toApp = listener),
      onExit: (listener) => (exit = listener),
      kill: () => {
        process.killed = true
      },
    }
  }
  return { startProcess, processes, said }
}

function keysOn(devices: KeyDevices, idleMs = 60_000) {
  const line = aLine((end) => serveSecurityKeys(end, devices, quickTimes, { lookMs: 5, insertMs: 2000 }))
  return { ...line, keys: createSecurityKeys({ startProcess: line.startProcess, idleMs }) }
}

function aTalk(pins: readonly string[] = [], onPrompt?: (prompt: KeyPrompt) => void) {
  const left = [...pins]
  const prompts: KeyPrompt[] = []
  const abort = new AbortController()
  const talk: KeyTalk = {
    signal: abort.signal,
    show: (prompt) => {
      prompts.push(prompt)
      onPrompt?.(prompt)
    },
    pin: async () => {
      const pin = left.shift()
      if (pin !== undefined) return pin
      return new Promise((_resolve, reject) => {
        abort.signal.addEventListener('abort', () => reject(new AppError('key-cancelled')))
      })
    },
  }
  return { talk, prompts, abort }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('createSecurityKeys', () => {
  it('registers and checks a key through its process, and shows each step', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const { keys, processes } = keysOn(pluggedIn(deviceOf(key)))
    expect(processes).toHaveLength(0)
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    const party = createRelyingParty()
    const creation = aCreation()
    const first = aTalk(['1234'])
    const kept = await party.verifyCreated(await keys.create(creation, first.talk), creation)
    const assertion = anAssertion([kept.credentialId])
    const second = aTalk(['1234'])
    await party.verifyAssertion(await keys.assert(assertion, second.talk), assertion, kept)
    expect(first.prompts.filter(({ step }) => step !== 'working')).toEqual([
      { step: 'pin', remaining: 8, wrong: false },
      { step: 'touch' },
    ])
    expect(processes).toHaveLength(1)
    await keys.close()
    expect(processes[0]?.killed).toBe(true)
  })

  it('says that the key failed when the process crashes, and starts another with the next use', async () => {
    const key = new SoftwareAuthenticator()
    const { keys, processes } = keysOn(pluggedIn(deviceOf(key)))
    const { talk, prompts } = aTalk(['1234'])
    const creating = keys.create(aCreation(), talk)
    await until(() => prompts.some(({ step }) => step === 'touch'))
    processes[0]?.crash()
    await expect(creating).rejects.toMatchObject({ code: 'key-failed', params: { status: 'process' } })
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    expect(processes).toHaveLength(2)
    await keys.close()
  })

  it.each([
    ['what is no message', 'garbage'],
    ['a refusal that no key tells', { type: 'failed', talk: 1, code: 'proof-spent', params: {} }],
    ['more than it was asked', { type: 'done', talk: 1, outcome: { kind: 'create', credentialId: 'AA', extra: 1 } }],
    ['a step that does not exist', { type: 'prompt', talk: 1, prompt: { step: 'password' } }],
  ])('ends a process that says %s', async (_name, message) => {
    const { startProcess, processes } = aLine(() => undefined)
    const keys = createSecurityKeys({ startProcess })
    const { talk } = aTalk()
    const creating = keys.create(aCreation(), talk)
    processes[0]?.say(message)
    await expect(creating).rejects.toMatchObject({ code: 'key-failed', params: { status: 'message' } })
    expect(processes[0]?.killed).toBe(true)
    await keys.close()
  })

  it('does not take an assertion for a creation, nor an answer to an earlier conversation', async () => {
    const { startProcess, processes } = aLine(() => undefined)
    const keys = createSecurityKeys({ startProcess })
    const outcome = {
      kind: 'assert',
      credentialId: 'AA',
      clientDataJson: 'AA',
      authenticatorData: 'AA',
      signature: 'AA',
    }
    const first = aTalk()
    const cancelled = keys.create(aCreation(), first.talk)
    first.abort.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'key-cancelled' })
    const second = keys.create(aCreation(), aTalk().talk)
    processes[0]?.say({ type: 'done', talk: 1, outcome })
    processes[0]?.say({ type: 'done', talk: 2, outcome })
    await expect(second).rejects.toMatchObject({ code: 'key-failed', params: { status: 'answer' } })
    await keys.close()
  })

  it('stops the key when its owner gives up, at every step', async () => {
    const key = new SoftwareAuthenticator()
    const { keys } = keysOn(pluggedIn(deviceOf(key)))
    for (const step of ['pin', 'touch'] as const) {
      const { talk, abort, prompts } = aTalk(step === 'pin' ? [] : ['1234'])
      const creating = keys.create(aCreation(), talk)
      await until(() => prompts.some((prompt) => prompt.step === step))
      abort.abort()
      await expect(creating).rejects.toMatchObject({ code: 'key-cancelled' })
    }
    await until(() => key.seen.cancels === 1)
    expect(key.waitsForTouch).toBe(false)
    const { talk } = aTalk()
    const before = new AbortController()
    before.abort()
    await expect(keys.create(aCreation(), { ...talk, signal: before.signal })).rejects.toMatchObject({
      code: 'key-cancelled',
    })
    await keys.close()
  })

  it('has one conversation at a time, and refuses what it could not have asked', async () => {
    const { keys } = keysOn({ list: async () => [] })
    const { talk, abort } = aTalk()
    const waiting = keys.create(aCreation(), talk)
    await expect(keys.assert(anAssertion(['AA']), talk)).rejects.toMatchObject({
      code: 'key-failed',
      params: { status: 'busy' },
    })
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'key-cancelled' })
    await expect(keys.create(aCreation({ rpId: 'https://example.com' }), aTalk().talk)).rejects.toMatchObject({
      code: 'key-failed',
      params: { status: 'request' },
    })
    await keys.close()
  })

  it.each([
    [new AppError('key-not-available', { reason: 'no-library' }), 'no-library'],
    [new AppError('key-not-available', { reason: 'no-permission' }), 'no-permission'],
    [new Error('enumeration'), 'failed'],
  ] as const)('says why keys cannot be used here: %s', async (error, reason) => {
    const failing: KeyDevices = { list: async () => Promise.reject(error) }
    const { keys } = keysOn(failing)
    expect(await keys.availability()).toEqual({ available: false, reason })
    await expect(keys.create(aCreation(), aTalk().talk)).rejects.toMatchObject({
      code: error instanceof AppError ? 'key-not-available' : 'key-failed',
    })
    await keys.close()
  })

  it('says before the first use that no key here may be opened, unless one may', async () => {
    const key = deviceOf(new SoftwareAuthenticator())
    const forbidden = { ...key, mayOpen: async () => false }
    const none = keysOn(pluggedIn(forbidden))
    expect(await none.keys.availability()).toEqual({ available: false, reason: 'no-permission' })
    await none.keys.close()
    const one = keysOn(pluggedIn(forbidden, key))
    expect(await one.keys.availability()).toEqual({ available: true, dialog: false })
    await one.keys.close()
  })

  it('ends its process when nobody needs it, and starts none after its own end', async () => {
    const { keys, processes } = keysOn(pluggedIn(), 1)
    await keys.availability()
    await until(() => processes[0]?.killed === true)
    expect(await keys.availability()).toEqual({ available: true, dialog: false })
    expect(processes).toHaveLength(2)
    await keys.close()
    expect(await keys.availability()).toEqual({ available: false, reason: 'failed' })
    expect(processes).toHaveLength(2)
  })

  it('sends the PIN once and to nobody else: no prompt, answer or refusal holds it', async () => {
    const key = new SoftwareAuthenticator({ pin: 'Kirschblüte-7', autoTouch: true })
    const { keys, said } = keysOn(pluggedIn(deviceOf(key)))
    await keys.create(aCreation(), aTalk(['wrong-PIN-1', 'Kirschblüte-7']).talk)
    expect(key.seen.pinTries).toBe(2)
    expect(JSON.stringify(said)).not.toMatch(/wrong-PIN-1|Kirschbl/u)
    await keys.close()
  })

  it('gives a PIN that comes too late to no other conversation', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const { keys } = keysOn(pluggedIn(deviceOf(key)))
    const late = Promise.withResolvers<string>()
    const first = aTalk()
    const given = keys.create(aCreation(), { ...first.talk, pin: () => late.promise })
    await until(() => first.prompts.some(({ step }) => step === 'pin'))
    first.abort.abort()
    await expect(given).rejects.toMatchObject({ code: 'key-cancelled' })
    const second = aTalk()
    const waiting = keys.create(aCreation(), second.talk)
    await until(() => second.prompts.some(({ step }) => step === 'pin'))
    late.resolve('1234')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(key.seen.pinTries).toBe(0)
    second.abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'key-cancelled' })
    await keys.close()
  })
})
