import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { KeyAssertion, KeyCreation, SignedAssertion } from '../../../../src/main/gateways/security-key'
import { decodeCbor, encodeCbor } from '../../../../src/main/gateways/security-key/cbor'
import type { Cbor } from '../../../../src/main/gateways/security-key/cbor'
import { createRelyingParty } from '../../../../src/main/gateways/security-key/relying-party'
import { SoftwareAuthenticator, softwareAaguid } from '../../../support/software-authenticator'
import type { AuthenticatorOptions } from '../../../support/software-authenticator'
import { aConversation, aCreation, anAssertion, deviceOf, pluggedIn, rpId } from './support'

const party = createRelyingParty()

function aKey(options: AuthenticatorOptions = {}) {
  const key = new SoftwareAuthenticator({ autoTouch: true, ...options })
  const talk = () => aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] })
  return {
    key,
    make: (request: KeyCreation) => talk().create(request),
    sign: (request: KeyAssertion) => talk().assert(request),
  }
}

async function registered(options: AuthenticatorOptions = {}) {
  const { key, make, sign } = aKey(options)
  const request = aCreation()
  const kept = await party.verifyCreated(await make(request), request)
  return { key, make, sign, kept }
}

/** With other bytes in one of its parts. */
function changed(signed: SignedAssertion, part: 'authenticatorData' | 'signature', change: (bytes: Buffer) => void) {
  const bytes = Buffer.from(signed[part], 'base64url')
  change(bytes)
  return { ...signed, [part]: bytes.toString('base64url') }
}

function withClientData(signed: SignedAssertion, change: object): SignedAssertion {
  const data: unknown = JSON.parse(Buffer.from(signed.clientDataJson, 'base64url').toString('utf8'))
  const text = JSON.stringify(Object.assign({}, data, change))
  return { ...signed, clientDataJson: Buffer.from(text).toString('base64url') }
}

describe('RelyingParty.verifyCreated', () => {
  it.each([-7, -8] as const)('keeps what a key made with algorithm %i', async (algorithm) => {
    const { make } = aKey({ algorithm })
    const request = aCreation()
    const made = await make(request)
    const kept = await party.verifyCreated(made, request)
    expect(kept.credentialId).toBe(made.credentialId)
    expect(kept.aaguid.replaceAll('-', '')).toBe(softwareAaguid.toString('hex'))
    expect(kept.counter).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept)
  })

  it('refuses what was made for another challenge or another relying party', async () => {
    const { make } = aKey()
    const request = aCreation()
    const made = await make(request)
    const other = { rpId, challenge: randomBytes(32).toString('base64url') }
    await expect(party.verifyCreated(made, other)).rejects.toMatchObject({ code: 'key-refused' })
    await expect(party.verifyCreated(made, { ...request, rpId: 'evil.example.com' })).rejects.toMatchObject({
      code: 'key-refused',
    })
  })

  it('refuses a credential that was made without its owner verified, or without a touch', async () => {
    const { make } = aKey()
    const request = aCreation()
    const made = await make(request)
    // Without a statement: nothing but the flags can be what is refused.
    const withFlags = (change: (flags: number) => number) => {
      const attestation = decodeCbor(Buffer.from(made.attestationObject, 'base64url'))
      const data: unknown = attestation instanceof Map ? attestation.get('authData') : null
      if (!(data instanceof Uint8Array)) throw new Error('no authenticator data')
      data[32] = change(data[32] ?? 0)
      const none = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, Cbor>()],
        ['authData', data],
      ])
      return { ...made, attestationObject: Buffer.from(encodeCbor(none)).toString('base64url') }
    }
    await party.verifyCreated(
      withFlags((flags) => flags),
      request,
    )
    for (const flag of [0x01, 0x04]) {
      const forged = withFlags((flags) => flags & ~flag)
      await expect(party.verifyCreated(forged, request)).rejects.toMatchObject({ code: 'key-refused' })
    }
  })

  it('refuses an id that is not the one inside, and an assertion in place of a creation', async () => {
    const { make } = aKey()
    const request = aCreation()
    const made = await make(request)
    const other = { ...made, credentialId: randomBytes(32).toString('base64url') }
    await expect(party.verifyCreated(other, request)).rejects.toMatchObject({ code: 'key-refused' })
    const text = Buffer.from(made.clientDataJson, 'base64url')
      .toString('utf8')
      .replace('webauthn.create', 'webauthn.get')
    const swapped = { ...made, clientDataJson: Buffer.from(text).toString('base64url') }
    await expect(party.verifyCreated(swapped, request)).rejects.toMatchObject({ code: 'key-refused' })
  })

  it('refuses authenticator data with one byte changed anywhere', async () => {
    const { make } = aKey()
    const request = aCreation()
    const made = await make(request)
    const whole = Buffer.from(made.attestationObject, 'base64url')
    const start = whole.indexOf(createHash('sha256').update(rpId).digest())
    expect(start).toBeGreaterThan(0)
    for (let at = start; at < whole.length; at += 3) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 0x01
      const forged = { ...made, attestationObject: bytes.toString('base64url') }
      await expect(party.verifyCreated(forged, request), `byte ${at}`).rejects.toMatchObject({ code: 'key-refused' })
    }
  })
})

describe('RelyingParty.verifyAssertion', () => {
  it.each([-7, -8] as const)('accepts what the registered key signed with algorithm %i', async (algorithm) => {
    const { sign, kept } = await registered({ algorithm })
    const request = anAssertion([kept.credentialId])
    const { counter } = await party.verifyAssertion(await sign(request), request, kept)
    expect(counter).toBeGreaterThan(kept.counter)
  })

  it('refuses an answer to an earlier challenge: a replay', async () => {
    const { sign, kept } = await registered()
    const first = anAssertion([kept.credentialId])
    const signed = await sign(first)
    await party.verifyAssertion(signed, first, kept)
    await expect(party.verifyAssertion(signed, anAssertion([kept.credentialId]), kept)).rejects.toMatchObject({
      code: 'key-refused',
      params: { reason: 'assertion' },
    })
  })

  it('refuses the same answer once its counter has been kept', async () => {
    const { sign, kept } = await registered()
    const request = anAssertion([kept.credentialId])
    const signed = await sign(request)
    const { counter } = await party.verifyAssertion(signed, request, kept)
    await expect(party.verifyAssertion(signed, request, { ...kept, counter })).rejects.toMatchObject({
      code: 'key-refused',
      params: { reason: 'counter' },
    })
  })

  it('refuses a lower counter: a copied key', async () => {
    const { sign, kept } = await registered()
    const request = anAssertion([kept.credentialId])
    const signed = await sign(request)
    await expect(party.verifyAssertion(signed, request, { ...kept, counter: 40 })).rejects.toMatchObject({
      code: 'key-refused',
      params: { reason: 'counter' },
    })
  })

  it('accepts 0 after 0 from a key that does not count, but not 0 after more', async () => {
    const { sign, kept } = await registered({ counter: 'none' })
    expect(kept.counter).toBe(0)
    const request = anAssertion([kept.credentialId])
    const signed = await sign(request)
    expect(await party.verifyAssertion(signed, request, kept)).toEqual({ counter: 0 })
    await expect(party.verifyAssertion(signed, request, { ...kept, counter: 1 })).rejects.toMatchObject({
      params: { reason: 'counter' },
    })
  })

  it("refuses another key's signature, under its own id or under this one's", async () => {
    const ours = await registered()
    const theirs = await registered()
    const request = anAssertion([theirs.kept.credentialId])
    const signed = await theirs.sign(request)
    await expect(party.verifyAssertion(signed, request, ours.kept)).rejects.toMatchObject({ code: 'key-refused' })
    const renamed = { ...signed, credentialId: ours.kept.credentialId }
    await expect(party.verifyAssertion(renamed, request, ours.kept)).rejects.toMatchObject({ code: 'key-refused' })
  })

  it.each([
    ['without its owner verified', (bytes: Buffer) => void bytes.writeUInt8(0x01, 32)],
    ['without a touch', (bytes: Buffer) => void bytes.writeUInt8(0x04, 32)],
    ['of another relying party', (bytes: Buffer) => void bytes.fill(7, 0, 32)],
    ['with a raised counter', (bytes: Buffer) => void bytes.writeUInt32BE(0xffff, 33)],
    ['that is cut', (bytes: Buffer) => void bytes.fill(0)],
  ])('refuses authenticator data %s', async (_name, change) => {
    const { sign, kept } = await registered()
    const request = anAssertion([kept.credentialId])
    const signed = await sign(request)
    const forged = changed(signed, 'authenticatorData', change)
    await expect(party.verifyAssertion(forged, request, kept)).rejects.toMatchObject({ code: 'key-refused' })
  })

  it.each([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['another type', { type: 'webauthn.create' }],
    ['another challenge', { challenge: 'AAAA' }],
  ])('refuses client data of %s', async (_name, change) => {
    const { sign, kept } = await registered()
    const request = anAssertion([kept.credentialId])
    const forged = withClientData(await sign(request), change)
    await expect(party.verifyAssertion(forged, request, kept)).rejects.toMatchObject({ code: 'key-refused' })
  })

  it('refuses what a key truly signed for another relying party of ours', async () => {
    const { key } = aKey()
    const talk = () => aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] })
    const other = aCreation({ rpId: 'other.example.co.jp' })
    const kept = await party.verifyCreated(await talk().create(other), other)
    const request = anAssertion([kept.credentialId], { rpId: 'other.example.co.jp' })
    const signed = await talk().assert(request)
    await expect(party.verifyAssertion(signed, { ...request, rpId }, kept)).rejects.toMatchObject({
      code: 'key-refused',
    })
  })
})
