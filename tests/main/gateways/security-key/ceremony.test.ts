import { describe, expect, it } from 'vitest'
import { SoftwareAuthenticator } from '../../../support/software-authenticator'
import { aConversation, aCreation, anAssertion, deviceOf, pluggedIn, rpId } from './support'

const steps = (prompts: readonly { readonly step: string }[]): string[] =>
  prompts.map(({ step }) => step).filter((step) => step !== 'working')

describe('createCredential and signAssertion', () => {
  it.each([
    ['protocol 2 with permissions', {}],
    ['protocol 1 with permissions', { pinProtocols: [1] as const }],
    ['protocol 1 of a CTAP 2.0 key', { pinProtocols: [1] as const, permissions: false, versions: ['FIDO_2_0'] }],
    ['protocol 2 without permissions', { pinProtocols: [2] as const, permissions: false }],
  ])('register and check a key by PIN: %s', async (_name, options) => {
    const key = new SoftwareAuthenticator({ ...options, autoTouch: true })
    const { create, assert, prompts } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234'] })
    const made = await create(aCreation())
    const signed = await assert(anAssertion([made.credentialId]))
    expect(signed.credentialId).toBe(made.credentialId)
    expect(steps(prompts)).toEqual(['pin', 'touch', 'pin', 'touch'])
  })

  it('build the client data as a page of the relying party would', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const request = aCreation()
    const { clientDataJson } = await aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] }).create(request)
    expect(Buffer.from(clientDataJson, 'base64url').toString('utf8')).toBe(
      `{"type":"webauthn.create","challenge":"${request.challenge}","origin":"https://${rpId}","crossOrigin":false}`,
    )
  })

  it.each([
    ['by a token', { permissions: true }],
    ['within the command', { permissions: false }],
  ])('ask for no PIN where the key verifies its owner itself: %s', async (_name, options) => {
    const key = new SoftwareAuthenticator({ ...options, builtInUv: true, pin: null, autoTouch: true })
    const { create, prompts } = aConversation(pluggedIn(deviceOf(key)))
    await create(aCreation())
    expect(steps(prompts)).not.toContain('pin')
  })

  it('fall back to the PIN where the finger is not known', async () => {
    const key = new SoftwareAuthenticator({ builtInUv: true, wrongFinger: true, autoTouch: true })
    const { create, prompts } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] })
    await create(aCreation())
    expect(steps(prompts)).toEqual(['touch', 'pin', 'touch'])
  })

  it('show what remains after a wrong PIN, and send none twice', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const { create, prompts } = aConversation(pluggedIn(deviceOf(key)), { pins: ['9999', '1234'] })
    await create(aCreation())
    expect(prompts.filter(({ step }) => step === 'pin')).toEqual([
      { step: 'pin', remaining: 8, wrong: false },
      { step: 'pin', remaining: 7, wrong: true },
    ])
    expect(key.seen.pinTries).toBe(2)
    expect(key.retries).toBe(8)
  })

  it('stop after three wrong ones in a row, until the key has been plugged in again', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const wrong = aConversation(pluggedIn(deviceOf(key)), { pins: ['9999', '9998', '9997'] })
    await expect(wrong.create(aCreation())).rejects.toMatchObject({ code: 'key-pin-blocked' })
    const right = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234'] })
    await expect(right.create(aCreation())).rejects.toMatchObject({ code: 'key-pin-blocked' })
    key.powerCycle()
    await right.create(aCreation())
  })

  it('ask for no PIN that the key would not take any more, nor where none is set', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const pins = Array.from({ length: 8 }, () => '0000')
    const { create } = aConversation(pluggedIn(deviceOf(key)), { pins })
    for (let i = 0; i < 3; i += 1) {
      await expect(create(aCreation())).rejects.toMatchObject({ code: 'key-pin-blocked' })
      key.powerCycle()
    }
    expect(key.retries).toBe(0)
    const after = aConversation(pluggedIn(deviceOf(key)))
    await expect(after.create(aCreation())).rejects.toMatchObject({ code: 'key-pin-blocked' })
    expect(steps(after.prompts)).toEqual([])
    key.setPin(null)
    await expect(after.create(aCreation())).rejects.toMatchObject({ code: 'key-pin-not-set' })
    expect(steps(after.prompts)).toEqual([])
  })

  it.each(['', '123', 'あ'.repeat(22), '😀😀😀'])(
    'spend no try on %j, which no key has as its PIN',
    async (impossible) => {
      const key = new SoftwareAuthenticator({ autoTouch: true })
      const { create, prompts } = aConversation(pluggedIn(deviceOf(key)), { pins: [impossible, '1234'] })
      await create(aCreation())
      expect(key.seen.pinTries).toBe(1)
      expect(prompts.filter(({ step }) => step === 'pin')).toEqual([
        { step: 'pin', remaining: 8, wrong: false },
        { step: 'pin', remaining: 8, wrong: true },
      ])
    },
  )

  it('take a PIN however its letters were composed, and characters beyond the first plane', async () => {
    const key = new SoftwareAuthenticator({ pin: 'が😀é1', autoTouch: true })
    await aConversation(pluggedIn(deviceOf(key)), { pins: ['が😀é1'.normalize('NFD')] }).create(aCreation())
    expect(key.seen.pinTries).toBe(1)
  })

  it('refuse a key that holds a credential of the person already', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true, maxCredentials: 2 })
    const { create } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234', '1234'] })
    const { credentialId } = await create(aCreation())
    await expect(create(aCreation({ exclude: [credentialId] }))).rejects.toMatchObject({
      code: 'key-already-registered',
    })
    // More than the key takes at once: it is asked before, list by list.
    const others = Array.from({ length: 4 }, (_, i) => Buffer.alloc(32, i).toString('base64url'))
    await expect(create(aCreation({ exclude: [...others, credentialId] }))).rejects.toMatchObject({
      code: 'key-already-registered',
    })
  })

  it('find the credential among more than the key takes at once', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true, maxCredentials: 2 })
    const { create, assert } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234', '1234'] })
    const { credentialId } = await create(aCreation())
    const others = Array.from({ length: 5 }, (_, i) => Buffer.alloc(32, i).toString('base64url'))
    const touches = key.seen.touches
    expect(await assert(anAssertion([...others, credentialId]))).toMatchObject({ credentialId })
    expect(key.seen.touches).toBe(touches + 1)
    await expect(assert(anAssertion(others))).rejects.toMatchObject({ code: 'key-unknown' })
  })

  it('say that a key is not the registered one, also where the credential is of another relying party', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const { create, assert } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234', '1234'] })
    const { credentialId } = await create(aCreation({ rpId: 'other.example.co.jp' }))
    await expect(assert(anAssertion([credentialId]))).rejects.toMatchObject({ code: 'key-unknown' })
    await expect(assert(anAssertion([Buffer.alloc(100).toString('base64url')]))).rejects.toMatchObject({
      code: 'key-unknown',
    })
    await expect(assert(anAssertion([]))).rejects.toMatchObject({ code: 'key-unknown' })
  })

  it('wait for a key that is plugged in later', async () => {
    const key = new SoftwareAuthenticator({ autoTouch: true })
    let looks = 0
    const devices = { list: async () => ((looks += 1) > 2 ? [deviceOf(key)] : []) }
    const { create, prompts } = aConversation(devices, { pins: ['1234'] })
    await create(aCreation())
    expect(steps(prompts)).toEqual(['insert', 'pin', 'touch'])
  })

  it('end when no key is plugged in for too long, and when its owner gives up', async () => {
    const waits = { lookMs: 1, insertMs: 20 }
    const { create } = aConversation(pluggedIn(), { waits })
    await expect(create(aCreation())).rejects.toMatchObject({ code: 'key-timeout' })
    const given = aConversation(pluggedIn(), { onPrompt: () => given.abort.abort() })
    await expect(given.create(aCreation())).rejects.toMatchObject({ code: 'key-cancelled' })
  })

  it.each([
    ['CTAP 2.1', ['FIDO_2_0', 'FIDO_2_1']],
    ['CTAP 2.0', ['FIDO_2_0']],
  ])('mean the one of several keys that is touched, and stop the others: %s', async (_name, versions) => {
    const [left, right] = [new SoftwareAuthenticator({ versions }), new SoftwareAuthenticator({ versions })]
    const { create, prompts } = aConversation(pluggedIn(deviceOf(left, 'left'), deviceOf(right, 'right')), {
      pins: ['1234'],
    })
    const made = create(aCreation())
    await until(() => left.waitsForTouch && right.waitsForTouch)
    right.touch()
    await until(() => prompts.some(({ step }) => step === 'touch'))
    expect(left.waitsForTouch).toBe(false)
    right.touch()
    await made
    expect(steps(prompts)).toEqual(['choose', 'pin', 'touch'])
    expect(left.seen).toMatchObject({ pinTries: 0, touches: 0, cancels: 1 })
  })

  it('tell a key that is not touched in time to stop', async () => {
    const key = new SoftwareAuthenticator()
    const times = { answerMs: 2000, touchMs: 60, busyMs: 5, cancelMs: 200 }
    const { create } = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'], times })
    await expect(create(aCreation())).rejects.toMatchObject({ code: 'key-timeout' })
    expect(key.waitsForTouch).toBe(false)
  })

  it('wait for a key that another program uses, and hear nothing of what that is told', async () => {
    const key = new SoftwareAuthenticator()
    const foreign = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] })
    const theirs = foreign.create(aCreation())
    await until(() => key.waitsForTouch)
    const ours = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] })
    const made = ours.create(aCreation())
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(ours.prompts).toEqual([{ step: 'working' }])
    key.touch()
    const first = await theirs
    await until(() => key.waitsForTouch)
    key.touch()
    expect((await made).credentialId).not.toBe(first.credentialId)
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
