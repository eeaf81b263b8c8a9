import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'

/** A signed head of the chain: after `size` rows the last hash was `root`. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  /** Hash of row `size`: the head of a chain, not a Merkle root. */
  readonly root: Buffer
  /** The whole signed note, as stored. */
  readonly note: string
}

const signatureLine = /^— (\S+) ([A-Za-z0-9+/]+=*)$/u
const ed25519Type = 0x01
const keyIdLength = 4

/** A checkpoint is written whenever the size is a multiple of this; the verifier misses one that is not there. */
export const checkpointInterval = 256

/** One chain per installation. */
export function chainOrigin(installationId: string): string {
  return `sspr-desk/${installationId}/audit`
}

/**
 * C2SP tlog-checkpoint as a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note): origin, size, base64 hash, an empty
 * line, and one Ed25519 signature line.
 */
export function signCheckpoint(
  head: { readonly origin: string; readonly size: number; readonly root: Uint8Array },
  signer: { readonly signingPublicKey: Uint8Array; sign(data: Uint8Array): Uint8Array },
): string {
  const body = `${head.origin}\n${head.size}\n${Buffer.from(head.root).toString('base64')}\n`
  const id = keyId(head.origin, publicKeyOf(signer.signingPublicKey))
  const signature = Buffer.concat([id, signer.sign(Buffer.from(body, 'utf8'))])
  return `${body}\n— ${head.origin} ${signature.toString('base64')}\n`
}

/** `null` when the text is no checkpoint; says nothing about the signature. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const [origin = '', size = '', root = '', empty, signature = '', end, ...more] = note.split('\n')
  if (origin === '' || !/^(?:0|[1-9]\d{0,14})$/u.test(size) || empty !== '' || end !== '' || more.length > 0)
    return null
  const hash = Buffer.from(root, 'base64')
  if (hash.length !== 32 || hash.toString('base64') !== root || !signatureLine.test(signature)) return null
  return { origin, size: Number(size), root: hash, note }
}

/** Whether this key signed exactly this note under its own origin. */
export function isSigned(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  const end = checkpoint.note.indexOf('\n\n') + 1
  const [, name, encoded = ''] = signatureLine.exec(checkpoint.note.slice(end + 1, -1)) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  if (name !== checkpoint.origin || bytes.toString('base64') !== encoded) return false
  if (!bytes.subarray(0, keyIdLength).equals(keyId(checkpoint.origin, publicKey))) return false
  return verify(null, Buffer.from(checkpoint.note.slice(0, end), 'utf8'), publicKey, bytes.subarray(keyIdLength))
}

/** SPKI DER to a key; throws for anything but Ed25519. */
export function publicKeyOf(spki: Uint8Array): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key')
  return key
}

/** `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ raw public key)[:4]` (c2sp.org/signed-note). */
function keyId(name: string, publicKey: KeyObject): Buffer {
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.of(ed25519Type))
    .update(Buffer.from(x, 'base64url'))
    .digest()
    .subarray(0, keyIdLength)
}
