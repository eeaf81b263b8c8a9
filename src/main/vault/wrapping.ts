import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import { decrypt, encrypt } from './cipher'
import { readKeyFile } from './key-file'
import type { KeyProtection, SafeStorage } from './protection'

const derive = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
)

// OWASP's first choice for scrypt: 128 MiB for one try.
const cost = { N: 2 ** 17, r: 8, p: 1 }
const minimumPassphrase = 10

const bytes = z.base64()

/** How `vault.json` holds the installation key. */
export const wrappedKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('safe-storage'), sealed: bytes }),
  z.strictObject({
    kind: z.literal('passphrase'),
    // Bounds: a damaged file must not make the app take all memory.
    scrypt: z.strictObject({
      N: z
        .int()
        .min(2 ** 14)
        .max(2 ** 20),
      r: z.int().min(8).max(16),
      p: z.int().min(1).max(4),
      salt: bytes,
    }),
    sealed: bytes,
  }),
  z.strictObject({ kind: z.literal('key-file'), sealed: bytes }),
])
export type WrappedKey = z.infer<typeof wrappedKey>

/**
 * Wraps the installation key. Throws `vault-passphrase-weak` with `minimum`, `not-available` without a key store,
 * `vault-key-file-wrong`.
 */
export async function wrapKey(key: Uint8Array, installationId: string, protection: KeyProtection): Promise<WrappedKey> {
  const context = wrapContext(installationId, protection.kind)
  switch (protection.kind) {
    case 'safe-storage': {
      if (!(await protection.storage.available())) throw new AppError('not-available')
      return { kind: 'safe-storage', sealed: base64(await protection.storage.encrypt(key)) }
    }
    case 'passphrase': {
      const passphrase = normalised(protection.passphrase)
      if ([...passphrase].length < minimumPassphrase) {
        throw new AppError('vault-passphrase-weak', { minimum: minimumPassphrase })
      }
      const salt = randomBytes(16)
      const wrapping = await passphraseKey(passphrase, salt, cost)
      return {
        kind: 'passphrase',
        scrypt: { ...cost, salt: base64(salt) },
        sealed: base64(encrypt(wrapping, context, key)),
      }
    }
    case 'key-file':
      return { kind: 'key-file', sealed: base64(encrypt(readKeyFile(protection.file), context, key)) }
  }
}

/**
 * Unwraps the installation key; `rewrap`: the key store asks to seal again. Throws `vault-locked` with the `protection` that is
 * needed or did not answer, `vault-passphrase-wrong`, `vault-key-file-wrong`.
 */
export async function unwrapKey(
  wrapped: WrappedKey,
  installationId: string,
  protection: KeyProtection,
): Promise<{ key: Uint8Array; rewrap: boolean }> {
  const context = wrapContext(installationId, wrapped.kind)
  if (wrapped.kind === 'safe-storage' && protection.kind === 'safe-storage') {
    return unwrapWithStorage(protection.storage, wrapped.sealed)
  }
  if (wrapped.kind === 'passphrase' && protection.kind === 'passphrase') {
    const salt = Buffer.from(wrapped.scrypt.salt, 'base64')
    const wrapping = await passphraseKey(normalised(protection.passphrase), salt, wrapped.scrypt)
    const key = decrypt(wrapping, context, Buffer.from(wrapped.sealed, 'base64'))
    if (key === null) throw new AppError('vault-passphrase-wrong')
    return { key, rewrap: false }
  }
  if (wrapped.kind === 'key-file' && protection.kind === 'key-file') {
    const key = decrypt(readKeyFile(protection.file), context, Buffer.from(wrapped.sealed, 'base64'))
    if (key === null) throw new AppError('vault-key-file-wrong', { file: protection.file, problem: 'other-key' })
    return { key, rewrap: false }
  }
  throw new AppError('vault-locked', { protection: wrapped.kind })
}

async function unwrapWithStorage(storage: SafeStorage, sealed: string): Promise<{ key: Uint8Array; rewrap: boolean }> {
  const locked = (cause?: unknown): AppError => new AppError('vault-locked', { protection: 'safe-storage' }, { cause })
  if (!(await storage.available())) throw locked()
  try {
    const { plain, shouldReEncrypt } = await storage.decrypt(Buffer.from(sealed, 'base64'))
    return { key: plain, rewrap: shouldReEncrypt }
  } catch (error) {
    throw locked(error)
  }
}

/** NFKC: the same words typed full-width or half-width are the same passphrase. */
function normalised(passphrase: string): string {
  return passphrase.normalize('NFKC')
}

function passphraseKey(passphrase: string, salt: Uint8Array, parameters: typeof cost): Promise<Buffer> {
  const { N, r, p } = parameters
  // Node refuses more than 32 MiB unless told.
  return derive(passphrase, salt, 32, { N, r, p, maxmem: 128 * N * r * 2 })
}

function wrapContext(installationId: string, kind: string): readonly string[] {
  return ['vault-wrap', installationId, kind]
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64')
}
