import type { SafeStorage } from 'electron'

/** The operating system's own protection of a small secret, bound to this user of this machine. */
export interface SystemSecrets {
  /** Whether the operating system really protects: on Linux only with a keyring. */
  available(): Promise<boolean>
  encrypt(plain: Uint8Array): Promise<Uint8Array>
  /** `shouldReEncrypt`: the system rotated its key. Rejects when this user or machine did not seal the value. */
  decrypt(sealed: Uint8Array): Promise<{ readonly plain: Uint8Array; readonly shouldReEncrypt: boolean }>
}

type Storage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

/** DPAPI, Keychain, or a Linux keyring. Chromium's `basic_text`, whose key stands in its source, counts as nothing. */
export function systemSecrets(safeStorage: Storage, platform: NodeJS.Platform): SystemSecrets {
  const available = async (): Promise<boolean> => {
    if (platform === 'linux') {
      const backend = safeStorage.getSelectedStorageBackend()
      if (backend === 'basic_text' || backend === 'unknown') return false
    }
    return safeStorage.isAsyncEncryptionAvailable()
  }
  const assertAvailable = async (): Promise<void> => {
    if (!(await available())) throw new Error('The operating system offers no protected storage.')
  }
  return {
    available,
    async encrypt(plain) {
      await assertAvailable()
      return new Uint8Array(await safeStorage.encryptStringAsync(Buffer.from(plain).toString('base64')))
    },
    async decrypt(sealed) {
      await assertAvailable()
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(sealed))
      return { plain: new Uint8Array(Buffer.from(result, 'base64')), shouldReEncrypt }
    },
  }
}
