import { createHmac, generateKeyPairSync, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { AppError } from '../../shared/errors'
import type { Clock } from '../clock'
import type { SecretVault } from '../vault'
import { decrypt, encrypt } from './cipher'
import { joinParts } from './encoding'
import { readVaultFile, vaultPath, writeVaultFile, type VaultFile } from './file'
import { KeyedVault, subKey } from './keyed-vault'
import type { KeyProtection, ProtectionKind } from './protection'
import { formatRecoveryKey, parseRecoveryKey } from './recovery-key'
import { unwrapKey, wrapKey } from './wrapping'

/** `present` says that the file is there, not that it is sound. */
export function vaultState(dir: string): 'absent' | 'present' {
  return existsSync(vaultPath(dir)) ? 'present' : 'absent'
}

/** What opens this vault. Throws `vault-not-set-up`, `vault-damaged`. */
export function vaultProtection(dir: string): ProtectionKind {
  return readVaultFile(dir).wrap.kind
}

/**
 * Makes the installation key. The recovery key is in this one answer and nowhere else. Throws `vault-already-set-up`, and the
 * refusals of the protection (`vault-passphrase-weak`, `not-available`, `vault-key-file-wrong`).
 */
export async function createVault(options: {
  readonly dir: string
  readonly protection: KeyProtection
  readonly clock: Clock
}): Promise<{ readonly vault: SecretVault; readonly recoveryKey: string }> {
  const { dir, protection, clock } = options
  if (vaultState(dir) === 'present') throw new AppError('vault-already-set-up')

  const installationId = randomUUID()
  const key = randomBytes(32)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signingKey = privateKey.export({ format: 'der', type: 'pkcs8' })
  const wrap = await wrapKey(key, installationId, protection)
  const file: VaultFile = {
    format: 'sspr-desk-vault',
    version: 1,
    installationId,
    createdAt: clock.iso(),
    wrap,
    check: checkValue(key, installationId),
    signing: {
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      sealed: Buffer.from(
        encrypt(signingWrapKey(key, installationId), signingContext(installationId), signingKey),
      ).toString('base64'),
    },
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  // Wrapping took time: another start may have made one meanwhile.
  if (vaultState(dir) === 'present') throw new AppError('vault-already-set-up')
  writeVaultFile(dir, file)

  const vault = new KeyedVault(key, installationId, signingKey)
  const recoveryKey = formatRecoveryKey(key)
  signingKey.fill(0)
  key.fill(0)
  return { vault, recoveryKey }
}

/**
 * Opens the vault. Throws `vault-not-set-up`, `vault-damaged`, `vault-locked` with the `protection` that it needs,
 * `vault-passphrase-wrong`, `vault-key-file-wrong`.
 */
export async function openVault(options: {
  readonly dir: string
  readonly protection: KeyProtection
}): Promise<SecretVault> {
  const { dir, protection } = options
  const file = readVaultFile(dir)
  const { key, rewrap } = await unwrapKey(file.wrap, file.installationId, protection)
  if (!fits(file, key)) throw new AppError('vault-damaged', { file: vaultPath(dir) })

  const vault = keyed(dir, file, key)
  if (rewrap) writeVaultFile(dir, { ...file, wrap: await wrapKey(key, file.installationId, protection) })
  key.fill(0)
  return vault
}

/**
 * Opens the vault with its recovery key and keeps the key under a new protection from now on. Throws
 * `vault-recovery-key-wrong` with `reason` (`typing`, `other-installation`), and what `createVault` throws for the protection.
 */
export async function recoverVault(options: {
  readonly dir: string
  readonly recoveryKey: string
  readonly protection: KeyProtection
}): Promise<SecretVault> {
  const { dir, recoveryKey, protection } = options
  const file = readVaultFile(dir)
  const key = parseRecoveryKey(recoveryKey)
  if (!fits(file, key)) throw new AppError('vault-recovery-key-wrong', { reason: 'other-installation' })

  const vault = keyed(dir, file, key)
  writeVaultFile(dir, { ...file, wrap: await wrapKey(key, file.installationId, protection) })
  key.fill(0)
  return vault
}

function keyed(dir: string, file: VaultFile, key: Uint8Array): SecretVault {
  const sealed = Buffer.from(file.signing.sealed, 'base64')
  const signingKey = decrypt(signingWrapKey(key, file.installationId), signingContext(file.installationId), sealed)
  if (signingKey === null) throw new AppError('vault-damaged', { file: vaultPath(dir) })
  const vault = new KeyedVault(key, file.installationId, signingKey)
  signingKey.fill(0)
  return vault
}

function fits(file: VaultFile, key: Uint8Array): boolean {
  const expected = Buffer.from(checkValue(key, file.installationId), 'hex')
  return timingSafeEqual(expected, Buffer.from(file.check, 'hex'))
}

function checkValue(key: Uint8Array, installationId: string): string {
  const checkKey = subKey(key, installationId, 'check')
  return createHmac('sha256', checkKey)
    .update(joinParts(['vault-check', installationId]))
    .digest('hex')
}

function signingWrapKey(key: Uint8Array, installationId: string): Uint8Array {
  return subKey(key, installationId, 'signing-key')
}

function signingContext(installationId: string): readonly string[] {
  return ['signing-key', installationId]
}
