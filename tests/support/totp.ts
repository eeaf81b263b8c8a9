import { createHmac } from 'node:crypto'

/** The code that an authenticator app shows for a typed key at this moment (RFC 6238, SHA-1, six digits, 30 s). */
export function totpCode(typedKey: string, now: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const digest = createHmac('sha1', base32(typedKey)).update(counter).digest()
  const offset = digest.readUInt8(digest.length - 1) & 0x0f
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

/** A code of six digits that is right at no step near this moment. */
export function wrongCode(typedKey: string, now: number): string {
  const right = new Set([-2, -1, 0, 1, 2].map((step) => totpCode(typedKey, now + step * 30_000)))
  const codes = ['000000', '111111', '222222', '333333', '444444', '555555']
  const wrong = codes.find((code) => !right.has(code))
  if (wrong === undefined) throw new Error('every candidate is right by chance')
  return wrong
}

/** The seed behind a typed key: RFC 4648 base32, spaces ignored. */
export function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text.replace(/[\s=]/gu, '').toUpperCase()]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const bytes = bits.match(/.{8}/gu) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
