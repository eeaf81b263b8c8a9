import { createECDH, createHash, hkdfSync, createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agree, authenticate, pinHash } from '../../../../src/main/gateways/security-key/pin-protocol'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array | null): string => (value === null ? 'null' : Buffer.from(value).toString('hex'))

// The examples that python-fido2 publishes for protocol 1 (tests of its ctap2 module); authenticator-rs checks against them too.
const example = {
  ourPrivate: '7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684',
  ourX: '44d78d7989b97e62ea993496c9ef6e8fd58b8b00715f9a89153ddd9c4657e47f',
  ourY: 'ec802ee7d22bd4e100f12e48537eb4e7e96ed3a47a0a3bd5f5eeab65001664f9',
  theirX: '0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168',
  theirY: 'd551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47',
  tokenSealed: '7a9f98e31b77be90f9c64d12e9635040',
  token: 'aff12c6dcfbf9df52f7a09211e8865cd',
  pinHashSealed: 'afe8327ce416da8ee3d057589c2ce1a9',
  newPinSealed:
    '0222fc42c6dd76a274a7057858b9b29d98e8a722ec2dc6668476168c5320473cec9907b4cd76ce7943c96ba5683943211d84471e64d9c51e54763488cd66526a',
  newPinProof: '7b40c084ccc5794194189ab57836475f',
  shared: 'c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c',
} as const
const theirs = { x: bytes(example.theirX), y: bytes(example.theirY) }

describe('agree', () => {
  it('comes to the published secret, PIN hash and token of protocol 1', () => {
    const secret = agree(1, theirs, bytes(example.ourPrivate))
    expect(hex(secret.platformKey.x)).toBe(example.ourX)
    expect(hex(secret.platformKey.y)).toBe(example.ourY)
    expect(hex(secret.encrypt(pinHash('1234') ?? bytes('')))).toBe(example.pinHashSealed)
    expect(hex(secret.decrypt(bytes(example.tokenSealed)))).toBe(example.token)
    const newPin = new Uint8Array(64)
    newPin.set(Buffer.from('1234'))
    expect(hex(secret.encrypt(newPin))).toBe(example.newPinSealed)
    expect(hex(authenticate(1, bytes(example.shared), bytes(example.newPinSealed)))).toBe(example.newPinProof)
  })

  it('derives the key of protocol 2 as authenticator-rs publishes it, and puts a new vector before each text', () => {
    // HKDF-SHA-256 of 32 bytes ff: the second half of what their example prints.
    const published = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 0xff), Buffer.alloc(32), 'CTAP2 AES key', 32))
    expect(hex(published)).toBe('7d9a93c39baec741d141c6238d8e1846de323d8eed022cb397d19a73b98945e2')
    const secret = agree(2, theirs, bytes(example.ourPrivate))
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(Buffer.from(example.ourPrivate, 'hex'))
    const common = ecdh.computeSecret(Buffer.from(`04${example.theirX}${example.theirY}`, 'hex'))
    const key = Buffer.from(hkdfSync('sha256', common, Buffer.alloc(32), 'CTAP2 AES key', 32))
    const plain = new Uint8Array(32).fill(7)
    const [first, second] = [secret.encrypt(plain), secret.encrypt(plain)]
    expect(hex(first)).not.toBe(hex(second))
    const decipher = createDecipheriv('aes-256-cbc', key, first.subarray(0, 16)).setAutoPadding(false)
    expect(hex(Buffer.concat([decipher.update(first.subarray(16)), decipher.final()]))).toBe(hex(plain))
    expect(hex(secret.decrypt(second))).toBe(hex(plain))
  })

  it('refuses a point that is not on the curve, or no point', () => {
    const off = { x: theirs.x, y: Uint8Array.from(theirs.y, (byte, at) => (at === 31 ? byte ^ 1 : byte)) }
    expect(() => agree(2, off)).toThrow()
    expect(() => agree(1, { x: new Uint8Array(31), y: theirs.y })).toThrow('not a P-256 point')
    expect(() => agree(1, { x: new Uint8Array(32), y: new Uint8Array(32) })).toThrow()
  })

  it('refuses cipher texts of lengths that do not exist', () => {
    for (const protocol of [1, 2] as const) {
      const secret = agree(protocol, theirs)
      for (const length of [0, 1, 15, 17, 31, 33]) {
        expect(() => secret.decrypt(new Uint8Array(length)), `${protocol}: ${length}`).toThrow()
      }
    }
  })

  it('has nothing left after its end', () => {
    const secret = agree(1, theirs, bytes(example.ourPrivate))
    secret.end()
    expect(hex(secret.encrypt(pinHash('1234') ?? bytes('')))).not.toBe(example.pinHashSealed)
  })
})

describe('pinHash', () => {
  it('hashes four characters to 63 bytes, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (pin) => {
        const normal = pin.normalize('NFC')
        const possible = Array.from(normal).length >= 4 && Buffer.byteLength(normal) <= 63
        const wanted = createHash('sha256').update(normal).digest().subarray(0, 16)
        expect(hex(pinHash(pin))).toBe(possible ? hex(wanted) : 'null')
      }),
    )
  })
})
