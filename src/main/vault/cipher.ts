import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'
import { joinParts, type Part } from './encoding'

const version = 1
const nonceLength = 12
const tagLength = 16

/**
 * AES-256-GCM: version byte, random 96-bit nonce, cipher text, 128-bit tag. The version and every part of the context are
 * associated data (NIST SP 800-38D §8.2.2: at most 2^32 values under one key, far beyond one desk).
 */
export function encrypt(key: Uint8Array | KeyObject, context: readonly Part[], plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
  cipher.setAAD(joinParts([version, ...context]))
  return Buffer.concat([Buffer.of(version), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** The plain bytes; `null` when the value was altered, is too short, or belongs to another key or context. */
export function decrypt(key: Uint8Array | KeyObject, context: readonly Part[], sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < 1 + nonceLength + tagLength || sealed[0] !== version) return null
  const end = sealed.length - tagLength
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(joinParts([version, ...context]))
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(1 + nonceLength, end))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    // `final` throws for one reason only: the tag does not fit.
    plain.fill(0)
    return null
  }
}
