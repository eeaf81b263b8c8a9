import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors'

// Crockford's base 32: no I, L, O, U; what looks alike reads the same.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const keyLength = 32
const checksumLength = 3
const symbols = ((keyLength + checksumLength) * 8) / 5
const groupLength = 4

/** The installation key for paper: 14 groups of 4 symbols, the last 24 bits a checksum that tells typing errors. */
export function formatRecoveryKey(installationKey: Uint8Array): string {
  const bits = Buffer.concat([installationKey, checksum(installationKey)])
  const text = encode(bits)
  bits.fill(0)
  return (text.match(new RegExp(`.{${groupLength}}`, 'gu')) ?? []).join('-')
}

/**
 * Reads a recovery key as people type it: either case, any spaces and dashes, full-width letters, O for 0, I or L for 1.
 * Throws `vault-recovery-key-wrong` with `reason: typing`.
 */
export function parseRecoveryKey(typed: string): Uint8Array {
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Dash}]/gu, '')
    .replace(/O/gu, '0')
    .replace(/[IL]/gu, '1')
  const bytes = text.length === symbols ? decode(text) : null
  if (bytes === null) throw typingError()

  const key = bytes.subarray(0, keyLength)
  if (!checksum(key).equals(bytes.subarray(keyLength))) throw typingError()
  return key
}

function checksum(key: Uint8Array): Buffer {
  return createHash('sha256').update('sspr-desk/recovery-key/v1').update(key).digest().subarray(0, checksumLength)
}

function encode(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let held = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    held += 8
    while (held >= 5) {
      held -= 5
      text += alphabet.charAt((buffer >> held) & 31)
    }
    buffer &= (1 << held) - 1
  }
  return text
}

function decode(text: string): Buffer | null {
  const bytes = Buffer.alloc(keyLength + checksumLength)
  let buffer = 0
  let held = 0
  let next = 0
  for (const symbol of text) {
    const value = alphabet.indexOf(symbol)
    if (value < 0) return null
    buffer = (buffer << 5) | value
    held += 5
    if (held >= 8) {
      held -= 8
      bytes[next++] = (buffer >> held) & 255
      buffer &= (1 << held) - 1
    }
  }
  return bytes
}

function typingError(): AppError {
  return new AppError('vault-recovery-key-wrong', { reason: 'typing' })
}
