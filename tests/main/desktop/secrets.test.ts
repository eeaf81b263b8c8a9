import { describe, expect, it } from 'vitest'
import { systemSecrets } from '../../../src/main/desktop/secrets'

type Backend = 'basic_text' | 'gnome_libsecret' | 'kwallet6' | 'unknown'

function aStorage(backend: Backend, offered = true) {
  const asked: string[] = []
  return {
    asked,
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => Promise.resolve(offered),
    encryptStringAsync: (text: string) => {
      asked.push(text)
      return Promise.resolve(Buffer.from(`sealed:${text}`))
    },
    decryptStringAsync: (sealed: Buffer) =>
      Promise.resolve({ result: sealed.toString().replace('sealed:', ''), shouldReEncrypt: true }),
  }
}

describe('systemSecrets', () => {
  it('keeps any bytes, and says when the system wants them sealed anew', async () => {
    const secrets = systemSecrets(aStorage('gnome_libsecret'), 'linux')
    const plain = new Uint8Array([0, 255, 128, 10, 13, 227, 129])
    expect(await secrets.decrypt(await secrets.encrypt(plain))).toEqual({ plain, shouldReEncrypt: true })
  })

  it.each(['basic_text', 'unknown'] as const)('refuses %s on Linux, which protects nothing', async (backend) => {
    const storage = aStorage(backend)
    const secrets = systemSecrets(storage, 'linux')
    expect(await secrets.available()).toBe(false)
    await expect(secrets.encrypt(new Uint8Array([1]))).rejects.toThrow('no protected storage')
    await expect(secrets.decrypt(new Uint8Array([1]))).rejects.toThrow('no protected storage')
    expect(storage.asked).toEqual([])
  })

  it('asks Windows and macOS for nothing but availability', async () => {
    expect(await systemSecrets(aStorage('unknown'), 'win32').available()).toBe(true)
    expect(await systemSecrets(aStorage('unknown'), 'darwin').available()).toBe(true)
    expect(await systemSecrets(aStorage('unknown', false), 'win32').available()).toBe(false)
  })
})
