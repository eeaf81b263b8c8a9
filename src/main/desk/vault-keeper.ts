import { existsSync } from 'node:fs'
import { AppError } from '../../shared/errors'
import type { Clock } from '../clock'
import type { VaultKeeper } from '../services/setup'
import { createVault, openVault, recoverVault, vaultProtection, vaultState, writeKeyFile } from '../vault'
import type { KeyProtection, ProtectionKind, SafeStorage } from '../vault'

interface KeeperOptions {
  readonly dir: string
  /** For unattended machines and the sample organisation; made at set-up when it does not exist yet. */
  readonly keyFile: string | null
  readonly safeStorage: SafeStorage | null
  readonly clock: Clock
}

/** Keeps the installation key of one folder: in the named key file, else by the operating system, else under a passphrase. */
export function createVaultKeeper({ dir, keyFile, safeStorage, clock }: KeeperOptions): VaultKeeper {
  const offered = async (): Promise<ProtectionKind> => {
    if (keyFile !== null) return 'key-file'
    return (await safeStorage?.available()) === true ? 'safe-storage' : 'passphrase'
  }

  const protectionOf = (kind: ProtectionKind, passphrase: string | null): KeyProtection => {
    if (kind === 'key-file' && keyFile !== null) return { kind, file: keyFile }
    if (kind === 'safe-storage' && safeStorage !== null) return { kind, storage: safeStorage }
    if (kind === 'passphrase' && passphrase !== null) return { kind, passphrase }
    throw new AppError('vault-locked', { protection: kind })
  }

  const newProtection = async (passphrase: string | null): Promise<KeyProtection> => {
    const kind = await offered()
    // Only a key file that does not exist is made: an existing one may open another installation.
    if (kind === 'key-file' && keyFile !== null && !existsSync(keyFile)) writeKeyFile(keyFile)
    return protectionOf(kind, kind === 'passphrase' ? (passphrase ?? '') : null)
  }

  return {
    state: () => vaultState(dir),
    protection: async () => (vaultState(dir) === 'present' ? vaultProtection(dir) : offered()),
    create: async (passphrase) => createVault({ dir, protection: await newProtection(passphrase), clock }),
    open: async (passphrase) => openVault({ dir, protection: protectionOf(vaultProtection(dir), passphrase) }),
    recover: async (recoveryKey, passphrase) =>
      recoverVault({ dir, recoveryKey, protection: await newProtection(passphrase) }),
  }
}
