import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  sign as signWith,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { PersonKey, SecretVault } from '../vault'
import { decrypt, encrypt } from './cipher'
import { joinParts, type Part } from './encoding'
import { openPersonKey, wrapNewPersonKey } from './person-key'

/** A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869), bound to the installation. */
export function subKey(installationKey: Uint8Array, installationId: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', installationKey, installationId, `sspr-desk/v1/${purpose}`, 32))
}

/** The vault once the installation key is known; that key itself is not kept, only what is derived from it. */
export class KeyedVault implements SecretVault {
  readonly installationId: string
  readonly signingPublicKey: Uint8Array
  // As key objects: of bytes, Node would make one for each of the many rows.
  readonly #sealKey: KeyObject
  readonly #macKey: KeyObject
  readonly #personKeysKey: KeyObject
  readonly #signingKey: KeyObject

  /** `signingKey`: PKCS #8 DER of the Ed25519 key. */
  constructor(installationKey: Uint8Array, installationId: string, signingKey: Uint8Array) {
    this.installationId = installationId
    this.#sealKey = createSecretKey(subKey(installationKey, installationId, 'seal'))
    this.#macKey = createSecretKey(subKey(installationKey, installationId, 'mac'))
    this.#personKeysKey = createSecretKey(subKey(installationKey, installationId, 'person-keys'))
    this.#signingKey = createPrivateKey({ key: Buffer.from(signingKey), format: 'der', type: 'pkcs8' })
    this.signingPublicKey = createPublicKey(this.#signingKey).export({ format: 'der', type: 'spki' })
  }

  seal(context: string, plain: Uint8Array): Uint8Array {
    return encrypt(this.#sealKey, [this.installationId, context], plain)
  }

  open(context: string, sealed: Uint8Array): Uint8Array {
    const plain = decrypt(this.#sealKey, [this.installationId, context], sealed)
    if (plain === null) throw new AppError('store-tampered')
    return plain
  }

  mac(context: string, ...parts: readonly Part[]): string {
    return this.#mac(context, parts).toString('hex')
  }

  assertMac(mac: string, context: string, ...parts: readonly Part[]): void {
    const given = /^[0-9a-f]{64}$/u.test(mac) ? Buffer.from(mac, 'hex') : null
    if (given === null || !timingSafeEqual(given, this.#mac(context, parts))) throw new AppError('store-tampered')
  }

  newPersonKey(personId: string): Uint8Array {
    return wrapNewPersonKey(this.#personKeysKey, { installationId: this.installationId, personId })
  }

  personKey(personId: string, wrapped: Uint8Array): PersonKey {
    return openPersonKey(this.#personKeysKey, { installationId: this.installationId, personId }, wrapped)
  }

  sign(data: Uint8Array): Uint8Array {
    return signWith(null, data, this.#signingKey)
  }

  #mac(context: string, parts: readonly Part[]): Buffer {
    return createHmac('sha256', this.#macKey)
      .update(joinParts([context, ...parts]))
      .digest()
  }
}
