import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto'
import type { ECDH } from 'node:crypto'
import type { Item } from './software-authenticator-cbor'

/** A credential as a key keeps it. */
export interface Credential {
  readonly id: Buffer
  readonly rpId: string
  readonly publicKey: Map<Item, Item>
  readonly algorithm: number
  /** PKCS #8, DER. */
  readonly privateKey: Buffer
}

/** What key and platform share.*/
export interface Secret {
  readonly aes: Buffer
}

export function secretOf(protocol: 1 | 2, common: Buffer): Secret {
  if (protocol === 1) return { aes: createHash('sha256').update(common).digest() }
  return { aes: Buffer.from(hkdfSync('sha256', common, Buffer.alloc(32), Buffer.from('CTAP2 AES key'), 32)) }
}

export function seal(protocol: 1 | 2, { aes }: Secret, plain: Buffer): Buffer {
  const iv = protocol === 1 ? Buffer.alloc(16) : randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', aes, iv)
  cipher.setAutoPadding(false)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return protocol === 1 ? body : Buffer.concat([iv, body])
}

export function open(protocol: 1 | 2, { aes }: Secret, sealed: Buffer): Buffer {
  const iv = protocol === 1 ? Buffer.alloc(16) : sealed.subarray(0, 16)
  const decipher = createDecipheriv('aes-256-cbc', aes, iv)
  decipher.setAutoPadding(false)
  return Buffer.concat([decipher.update(protocol === 1 ? sealed : sealed.subarray(16)), decipher.final()])
}

export function pinHash(pin: string): Buffer {
  return createHash('sha256').update(pin.normalize('NFC')).digest().subarray(0, 16)
}

export function newAgreement(): ECDH {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return ecdh
}

export function newCredential(rpId: string, algorithm: -7 | -8): Credential {
  const id = randomBytes(32)
  if (algorithm === -8) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x = '' } = publicKey.export({ format: 'jwk' })
    const cose = new Map<Item, Item>([
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, Buffer.from(x, 'base64url')],
    ])
    return { id, rpId, algorithm, publicKey: cose, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) }
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const cose = new Map<Item, Item>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
  return { id, rpId, algorithm, publicKey: cose, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) }
}

export function signed({ algorithm, privateKey }: Credential, message: Buffer): Buffer {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  return sign(algorithm === -8 ? null : 'sha256', message, key)
}

/** What proves that the owner has been verified. */
export interface Token {
  readonly bytes: Buffer
  /** `null`: of CTAP 2.0, for everything. */
  readonly permissions: number | null
  readonly rpId: string | null
}

/** Whether `param` was made with this token, for what is asked. */
export function proves(
  token: Token,
  protocol: 1 | 2,
  need: { readonly permission: number; readonly rpId: string; readonly hash: Buffer },
  param: Buffer,
): boolean {
  const mac = createHmac('sha256', token.bytes).update(need.hash).digest()
  const wanted = protocol === 1 ? mac.subarray(0, 16) : mac
  if (wanted.length !== param.length || !timingSafeEqual(wanted, param)) return false
  if (token.permissions !== null && (token.permissions & need.permission) === 0) return false
  return token.rpId === null || token.rpId === need.rpId
}
