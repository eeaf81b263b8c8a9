import { describe, expect, it } from 'vitest'
import { credentialIdOf } from '../../../../src/main/gateways/security-key/authenticator-data'
import { Ctap2 } from '../../../../src/main/gateways/security-key/ctap2'
import { CtapRefusal, refusalOf } from '../../../../src/main/gateways/security-key/ctap2-status'
import { read } from '../../../support/software-authenticator-cbor'
import type { Item } from '../../../support/software-authenticator-cbor'

// What keys answered, as python-fido2 publishes it in the tests of its ctap2 module.
const info =
  'a60182665532465f5632684649444f5f325f3002826375766d6b686d61632d7365637265740350f8a011f38c0a4d15800617111f9edc7d04a462726bf5627570f564706c6174f469636c69656e7450696ef4051904b0068101'
const credentialId =
  'fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf3845691509b80fb76d59309b8d39e0a93452688f6ca3a39a76f3fc52744fb73948b15783'
const assertion = `a301a26269645840${credentialId}64747970656a7075626c69632d6b65790258250021f5fc0b85cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12010000001d035846304402206765cbf6e871d3af7f01ae96f06b13c90f26f54b905c5166a2c791274fc2397102200b143893586cc799fba4da83b119eaea1bd80ac3ce88fcedb3efbd596a1f4f63`
const madeAuthData = `0021f5fc0b85cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12410000001cf8a011f38c0a4d15800617111f9edc7d0040${credentialId}a5010203262001215820643566c206dd00227005fa5de69320616ca268043a38f08bde2e9dc45a5cafaf225820171353b2932434703726aae579fa6542432861fe591e481ea22d63997e1a5290`

const turn = { signal: new AbortController().signal }
const hex = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : Buffer.from(bytes).toString('hex'))

/** A key that gives these answers one after the other, and what it was asked. */
function aKey(...answers: readonly string[]) {
  const asked: { readonly command: number; readonly parameters: Item }[] = []
  const left = [...answers]
  const ctap = new Ctap2({
    cbor: async (request) => {
      // Read strictly, as keys do: out of canonical order they refuse it.
      asked.push({
        command: request[0] ?? 0,
        parameters: request.length > 1 ? read(Buffer.from(request.subarray(1))) : 0,
      })
      return new Uint8Array(Buffer.from(left.shift() ?? '7f', 'hex'))
    },
  })
  return { ctap, asked }
}

describe('Ctap2.getInfo', () => {
  it('reads what a key says of itself', async () => {
    const { ctap, asked } = aKey(`00${info}`)
    expect(await ctap.getInfo(turn)).toEqual({
      versions: ['U2F_V2', 'FIDO_2_0'],
      aaguid: new Uint8Array(Buffer.from('f8a011f38c0a4d15800617111f9edc7d', 'hex')),
      clientPin: false,
      builtInUv: false,
      permissions: false,
      pinProtocol: 1,
      maxMessageBytes: 1200,
      maxCredentials: null,
      maxCredentialIdBytes: null,
    })
    expect(asked).toEqual([{ command: 0x04, parameters: 0 }])
  })

  it('takes no key for granted that leaves out what it must say', async () => {
    const { ctap } = aKey('00a10350f8a011f38c0a4d15800617111f9edc7d')
    await expect(ctap.getInfo(turn)).rejects.toMatchObject({ code: 'key-failed', params: { status: 'answer' } })
  })
})

describe('Ctap2.getAssertion', () => {
  const request = { clientDataHash: new Uint8Array(32), rpId: 'example.com', token: null, touch: true }

  it('asks for the credentials that are allowed, with the owner verified, and reads the answer', async () => {
    const { ctap, asked } = aKey(`00${assertion}`)
    const signed = await ctap.getAssertion({ ...request, allow: [Uint8Array.of(9)] }, turn)
    expect(hex(signed.credentialId)).toBe(credentialId)
    expect(hex(signed.authData)).toBe('0021f5fc0b85cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12010000001d')
    expect(hex(signed.signature).slice(0, 8)).toBe('30440220')
    const descriptor = new Map<Item, Item>([
      ['id', Buffer.of(9)],
      ['type', 'public-key'],
    ])
    const options = new Map<Item, Item>([
      ['up', true],
      ['uv', true],
    ])
    expect(asked).toEqual([
      {
        command: 0x02,
        parameters: new Map<Item, Item>([
          [1, 'example.com'],
          [2, Buffer.alloc(32)],
          [3, [descriptor]],
          [5, options],
        ]),
      },
    ])
  })

  it('tells a refusal by its status', async () => {
    const { ctap } = aKey('2e')
    await expect(ctap.getAssertion({ ...request, allow: [] }, turn)).rejects.toEqual(new CtapRefusal(0x2e))
  })
})

describe('Ctap2.makeCredential', () => {
  it('never asks for a credential that the key could find by itself', async () => {
    const { ctap, asked } = aKey('27')
    const request = { clientDataHash: new Uint8Array(32), rpId: 'a.example', rpName: 'A', userId: Uint8Array.of(1) }
    const token = { protocol: 2 as const, token: new Uint8Array(32) }
    const made = ctap.makeCredential({ ...request, userName: 'u', exclude: [], token }, turn)
    await expect(made).rejects.toEqual(new CtapRefusal(0x27))
    const parameters = asked[0]?.parameters
    if (!(parameters instanceof Map)) throw new Error('no parameters')
    expect(parameters.get(7)).toEqual(new Map([['rk', false]]))
    expect(parameters.get(9)).toBe(2)
    expect(parameters.get(8)).toHaveLength(32)
    expect(parameters.has(5)).toBe(false)
  })
})

describe('credentialIdOf', () => {
  it('finds the id in authenticator data', () => {
    expect(hex(credentialIdOf(new Uint8Array(Buffer.from(madeAuthData, 'hex'))))).toBe(credentialId)
  })

  it('refuses data that is cut anywhere before its end, or that carries none', () => {
    const whole = new Uint8Array(Buffer.from(madeAuthData, 'hex'))
    for (let length = 0; length < 55 + 64; length += 1) {
      expect(() => credentialIdOf(whole.subarray(0, length))).toThrow('key-failed')
    }
    const without = Uint8Array.from(whole)
    without[32] = 0x01
    expect(() => credentialIdOf(without)).toThrow('key-failed')
  })
})

describe('refusalOf', () => {
  it.each([
    [0x19, 'key-already-registered'],
    [0x27, 'key-cancelled'],
    [0x2d, 'key-cancelled'],
    [0x2e, 'key-unknown'],
    [0x2f, 'key-timeout'],
    [0x3a, 'key-timeout'],
    [0x32, 'key-pin-blocked'],
    [0x34, 'key-pin-blocked'],
    [0x35, 'key-pin-not-set'],
    [0x33, 'key-failed'],
    [0x7f, 'key-failed'],
  ])('words status %i as %s', (status, code) => {
    expect(refusalOf(status)).toMatchObject({ code })
  })
})
