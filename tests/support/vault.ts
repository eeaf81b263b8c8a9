import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
} from 'node:crypto'
import type { SecretVault } from '../../src/main/vault'
import { openPersonKey, wrapNewPersonKey } from '../../src/main/vault/person-key'
import { AppError } from '../../src/shared/errors'

/** A vault with real cryptography whose keys live in memory only; each one has keys of its own, unless it is given one. */
export function testVault(key: Uint8Array = randomBytes(32)): SecretVault {
  const signing = generateKeyPairSync('ed25519')
  const installationId = randomUUID()
  const mac: SecretVault['mac'] = (context, ...parts) =>
    createHmac('sha256', key)
      .update(JSON.stringify([context, ...parts]))
      .digest('hex')
  return {
    installationId,
    signingPublicKey: signing.publicKey.export({ type: 'spki', format: 'der' }),
    mac,
    assertMac(given, context, ...parts) {
      const wanted = Buffer.from(mac(context, ...parts))
      const seen = Buffer.from(given)
      if (seen.length !== wanted.length || !timingSafeEqual(seen, wanted)) throw new AppError('store-tampered')
    },
    seal(context, plain) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body])
    },
    open(context, sealed) {
      const bytes = Buffer.from(sealed)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
      } catch (error) {
        throw new AppError('store-tampered', {}, { cause: error })
      }
    },
    newPersonKey: (personId) => wrapNewPersonKey(key, { installationId, personId }),
    personKey: (personId, wrapped) => openPersonKey(key, { installationId, personId }, wrapped),
    sign: (data) => sign(null, data, signing.privateKey),
  }
}
