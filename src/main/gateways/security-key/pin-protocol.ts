import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from 'node:crypto'

const curve = 'prime256v1'
const coordinateBytes = 32
const block = 16

/** A point of P-256 as its two coordinates, 32 bytes each. */
export interface Point {
  readonly x: Uint8Array
  readonly y: Uint8Array
}

/** What platform and key share for one conversation; `end` zeroes it. */
export interface SharedSecret {
  readonly protocol: PinProtocol
  /** Ours, for the key. */
  readonly platformKey: Point
  encrypt(plain: Uint8Array): Uint8Array
  /** Throws a plain Error for lengths that this protocol does not have. */
  decrypt(cipher: Uint8Array): Uint8Array
  end(): void
}

export type PinProtocol = 1 | 2

/**
 * Agrees on a secret with the key's own key of this moment: ECDH on P-256, then the protocol's derivation (CTAP 2.1 §6.5.6 and
 * §6.5.7). Throws a plain Error for a point that is not on the curve. `ourPrivateKey`: for published examples only.
 */
export function agree(protocol: PinProtocol, theirs: Point, ourPrivateKey?: Uint8Array): SharedSecret {
  if (theirs.x.length !== coordinateBytes || theirs.y.length !== coordinateBytes) throw new Error('not a P-256 point')
  const ecdh = createECDH(curve)
  if (ourPrivateKey === undefined) ecdh.generateKeys()
  else ecdh.setPrivateKey(ourPrivateKey)
  const ours = ecdh.getPublicKey()
  const common = ecdh.computeSecret(Buffer.concat([Buffer.of(4), theirs.x, theirs.y]))
  const aesKey = protocol === 1 ? createHash('sha256').update(common).digest() : derived(common, 'CTAP2 AES key')
  common.fill(0)
  return {
    protocol,
    platformKey: {
      x: new Uint8Array(ours.subarray(1, 1 + coordinateBytes)),
      y: new Uint8Array(ours.subarray(1 + coordinateBytes)),
    },
    encrypt(plain) {
      const iv = protocol === 1 ? Buffer.alloc(block) : randomBytes(block)
      const cipher = createCipheriv('aes-256-cbc', aesKey, iv).setAutoPadding(false)
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
      return new Uint8Array(protocol === 1 ? sealed : Buffer.concat([iv, sealed]))
    },
    decrypt(sealed) {
      const iv = protocol === 1 ? Buffer.alloc(block) : sealed.subarray(0, block)
      const body = protocol === 1 ? sealed : sealed.subarray(block)
      if (iv.length !== block || body.length === 0 || body.length % block !== 0) throw new Error('cipher text length')
      const decipher = createDecipheriv('aes-256-cbc', aesKey, iv).setAutoPadding(false)
      return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]))
    },
    end() {
      aesKey.fill(0)
    },
  }
}

/** `pinUvAuthParam` over `message` under a token: 16 bytes in protocol 1, 32 in protocol 2 (CTAP 2.1 §6.5.6, §6.5.7). */
export function authenticate(protocol: PinProtocol, token: Uint8Array, message: Uint8Array): Uint8Array {
  const mac = createHmac('sha256', token).update(message).digest()
  return new Uint8Array(protocol === 1 ? mac.subarray(0, 16) : mac)
}

/** Token lengths: 16 or 32 bytes in protocol 1, 32 in protocol 2. */
export function isToken(protocol: PinProtocol, token: Uint8Array): boolean {
  return token.length === 32 || (protocol === 1 && token.length === 16)
}

const leastCharacters = 4
const mostBytes = 63

/**
 * LEFT(SHA-256(PIN), 16) of the PIN in NFC (CTAP 2.1 §6.5.1); `null` for what no key can have as its PIN: it is never sent, since it
 * would cost a try.
 */
export function pinHash(pin: string): Uint8Array | null {
  const normal = pin.toWellFormed().normalize('NFC')
  const bytes = Buffer.from(normal, 'utf8')
  try {
    if (Array.from(normal).length < leastCharacters || bytes.length > mostBytes) return null
    const hash = createHash('sha256').update(bytes).digest()
    const left = Uint8Array.from(hash.subarray(0, 16))
    hash.fill(0)
    return left
  } finally {
    bytes.fill(0)
  }
}

function derived(common: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', common, Buffer.alloc(32), info, 32))
}
