export type { KeyProtection, ProtectionKind, SafeStorage } from './vault/protection'
export { createVault, openVault, recoverVault, vaultProtection, vaultState } from './vault/lifecycle'
export { writeKeyFile } from './vault/key-file'

/**
 * Keeps the installation key and everything that is derived from it (DESIGN.md §5.14). Encryption is AES-256-GCM with the
 * context as associated data; a value moved to another row, person or version does not open.
 */
export interface SecretVault {
  /** Encrypts for this context, e.g. `method-secret|<installation>|<person>|<method>|<version>`. */
  seal(context: string, plain: Uint8Array): Uint8Array
  /** Throws `store-tampered` when the value was altered or belongs to another context. */
  open(context: string, sealed: Uint8Array): Uint8Array
  /** HMAC-SHA256 over context and parts, hex: for proofs, counters and keyed lookups. */
  mac(context: string, ...parts: readonly (string | number | null)[]): string
  /** Compares in constant time; throws `store-tampered` when the MAC does not fit. */
  assertMac(mac: string, context: string, ...parts: readonly (string | number | null)[]): void
  /** A new key for one person, wrapped for installation and person: what `stores.personKeys` keeps. */
  newPersonKey(personId: string): Uint8Array
  /** Opens a person's key. Throws `store-tampered` for a key that was altered or belongs to another person. */
  personKey(personId: string, wrapped: Uint8Array): PersonKey
  /** Ed25519 signature (64 bytes) of the audit checkpoints. */
  sign(data: Uint8Array): Uint8Array
  /** SPKI DER of the public half: what `audit:verify` needs. */
  readonly signingPublicKey: Uint8Array
  readonly installationId: string
}

/** Seals under one person's own key; the context is associated data, as in {@link SecretVault.seal}. */
export interface PersonKey {
  seal(context: string, plain: Uint8Array): Uint8Array
  /** Throws `store-tampered`. */
  open(context: string, sealed: Uint8Array): Uint8Array
}
