import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../src/main/audit/checkpoint'
import {
  createVault,
  openVault,
  recoverVault,
  vaultProtection,
  vaultState,
  writeKeyFile,
  type KeyProtection,
  type SafeStorage,
  type SecretVault,
} from '../../src/main/vault'

const clock = { now: () => 0, iso: () => '1970-01-01T00:00:00.000Z' }
let dir: string
let byKeyFile: KeyProtection

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sspr-vault-'))
  const file = join(dir, 'key')
  writeKeyFile(file)
  byKeyFile = { kind: 'key-file', file }
})

afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

const passphrase = (words: string): KeyProtection => ({ kind: 'passphrase', passphrase: words })

/** A key store of the operating system that knows one user's key. */
function aStorage(change: Partial<SafeStorage> & { stale?: boolean } = {}): KeyProtection & { sealed: number } {
  const mask = randomBytes(64)
  const apply = (data: Uint8Array): Uint8Array => data.map((byte, index) => byte ^ (mask[index % 64] ?? 0))
  const protection = {
    kind: 'safe-storage' as const,
    sealed: 0,
    storage: {
      available: () => Promise.resolve(true),
      encrypt: (plain: Uint8Array) => {
        protection.sealed += 1
        return Promise.resolve(apply(plain))
      },
      decrypt: (sealed: Uint8Array) =>
        Promise.resolve({ plain: apply(sealed), shouldReEncrypt: change.stale === true }),
      ...change,
    },
  }
  return protection
}

function vaultText(): string {
  return readFileSync(join(dir, 'vault.json'), 'utf8')
}

function assertSameKeys(a: SecretVault, b: SecretVault): void {
  expect(Buffer.from(b.open('c', a.seal('c', Buffer.from('seed')))).toString()).toBe('seed')
  expect(b.mac('m', 1)).toBe(a.mac('m', 1))
  expect(b.installationId).toBe(a.installationId)
  expect(b.sign(Buffer.from('x'))).toEqual(a.sign(Buffer.from('x')))
}

describe('createVault', () => {
  it('keeps the key wrapped, in a file for this user only, and leaves no other file', async () => {
    expect(vaultState(dir)).toBe('absent')
    const { vault, recoveryKey } = await createVault({ dir, protection: byKeyFile, clock })
    expect(vaultState(dir)).toBe('present')
    expect(vaultProtection(dir)).toBe('key-file')
    expect(statSync(join(dir, 'vault.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir).sort()).toEqual(['key', 'vault.json'])
    expect(recoveryKey).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/u)
    expect(vaultText()).not.toContain(recoveryKey)
    assertSameKeys(vault, await openVault({ dir, protection: byKeyFile }))
  })

  it('never replaces a vault', async () => {
    await createVault({ dir, protection: byKeyFile, clock })
    const before = vaultText()
    const again = createVault({ dir, protection: byKeyFile, clock })
    await expect(again).rejects.toMatchObject({ code: 'vault-already-set-up' })
    expect(vaultText()).toBe(before)
  })

  it('refuses a short passphrase, counted in characters, and makes nothing', async () => {
    for (const words of ['', 'nine char', '𠮷'.repeat(9)]) {
      const refused = createVault({ dir, protection: passphrase(words), clock })
      await expect(refused).rejects.toMatchObject({ code: 'vault-passphrase-weak', params: { minimum: 10 } })
    }
    expect(vaultState(dir)).toBe('absent')
  })

  it('refuses a key store that would only obscure', async () => {
    const protection = aStorage({ available: () => Promise.resolve(false) })
    await expect(createVault({ dir, protection, clock })).rejects.toMatchObject({ code: 'not-available' })
    expect(vaultState(dir)).toBe('absent')
  })
})

describe('openVault', () => {
  it('says that there is none', async () => {
    await expect(openVault({ dir, protection: byKeyFile })).rejects.toMatchObject({ code: 'vault-not-set-up' })
  })

  it('opens with the passphrase, however wide it was typed, and not with another', { timeout: 60_000 }, async () => {
    const { vault } = await createVault({ dir, protection: passphrase('correct horse'), clock })
    assertSameKeys(vault, await openVault({ dir, protection: passphrase('ｃｏｒｒｅｃｔ　ｈｏｒｓｅ') }))
    const wrong = openVault({ dir, protection: passphrase('correct house') })
    await expect(wrong).rejects.toMatchObject({ code: 'vault-passphrase-wrong' })
    await expect(openVault({ dir, protection: byKeyFile })).rejects.toMatchObject({
      code: 'vault-locked',
      params: { protection: 'passphrase' },
    })
    expect(vaultText()).not.toContain('horse')
  })

  it('opens with the key store of the same user only', async () => {
    const protection = aStorage()
    const { vault } = await createVault({ dir, protection, clock })
    assertSameKeys(vault, await openVault({ dir, protection }))
    expect(protection.sealed).toBe(1)
    const locked = { code: 'vault-locked', params: { protection: 'safe-storage' } }
    const gone = aStorage({ available: () => Promise.resolve(false) })
    await expect(openVault({ dir, protection: gone })).rejects.toMatchObject(locked)
    const foreign = aStorage({ decrypt: () => Promise.reject(new Error('no such key')) })
    await expect(openVault({ dir, protection: foreign })).rejects.toMatchObject(locked)
  })

  it('seals again when the key store asks for it', async () => {
    const protection = aStorage({ stale: true })
    const { vault } = await createVault({ dir, protection, clock })
    assertSameKeys(vault, await openVault({ dir, protection }))
    expect(protection.sealed).toBe(2)
    assertSameKeys(vault, await openVault({ dir, protection }))
  })

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['mode', (file: string) => chmodSync(file, 0o640)],
    ['content', (file: string) => writeFileSync(file, 'too short')],
    ['other-key', (file: string) => writeFileSync(file, randomBytes(32).toString('base64'))],
  ])('refuses a key file with a wrong %s', async (problem, change) => {
    await createVault({ dir, protection: byKeyFile, clock })
    const file = join(dir, 'key')
    change(file)
    await expect(openVault({ dir, protection: byKeyFile })).rejects.toMatchObject({
      code: 'vault-key-file-wrong',
      params: { file, problem },
    })
  })

  it('calls a damaged file damaged, whatever was damaged, and leaves it as it is', { timeout: 30_000 }, async () => {
    await createVault({ dir, protection: byKeyFile, clock })
    const file = join(dir, 'vault.json')
    const whole = vaultText()
    const values = [...whole.matchAll(/[A-Za-z0-9]/gu)].map((match) => match.index)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...values), fc.constantFrom(...'0aZ{"'), async (at, other) => {
        fc.pre(whole[at] !== other)
        const damaged = whole.slice(0, at) + other + whole.slice(at + 1)
        writeFileSync(file, damaged)
        const opening = openVault({ dir, protection: byKeyFile })
        await expect(opening).rejects.toMatchObject({ code: 'vault-damaged', params: { file } })
        expect(vaultText()).toBe(damaged)
      }),
    )
    for (const text of ['', '{', 'null', whole.slice(0, -20)]) {
      writeFileSync(file, text)
      await expect(openVault({ dir, protection: byKeyFile })).rejects.toMatchObject({ code: 'vault-damaged' })
      await expect(createVault({ dir, protection: byKeyFile, clock })).rejects.toMatchObject({
        code: 'vault-already-set-up',
      })
      expect(vaultText()).toBe(text)
    }
  })
})

describe('recoverVault', () => {
  it('opens with the recovery key as people type it, and keeps the key under the new protection', async () => {
    const { vault, recoveryKey } = await createVault({ dir, protection: aStorage(), clock })
    const typed = ` ${recoveryKey.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', '－ ')} `
    assertSameKeys(vault, await recoverVault({ dir, recoveryKey: typed, protection: byKeyFile }))
    assertSameKeys(vault, await openVault({ dir, protection: byKeyFile }))
    expect(vaultProtection(dir)).toBe('key-file')
  })

  it('tells a typing error from the key of another installation, and changes nothing', async () => {
    const other = mkdtempSync(join(tmpdir(), 'sspr-vault-'))
    const { recoveryKey: foreign } = await createVault({ dir: other, protection: byKeyFile, clock })
    rmSync(other, { recursive: true })
    const { recoveryKey } = await createVault({ dir, protection: byKeyFile, clock })
    const before = vaultText()
    const attempt = (key: string): Promise<unknown> => recoverVault({ dir, recoveryKey: key, protection: aStorage() })

    const code = 'vault-recovery-key-wrong'
    await expect(attempt(foreign)).rejects.toMatchObject({ code, params: { reason: 'other-installation' } })
    for (const key of ['', recoveryKey.slice(1), `${recoveryKey}0`, recoveryKey.replace(/.$/u, 'U'), '佐藤']) {
      await expect(attempt(key)).rejects.toMatchObject({ code, params: { reason: 'typing' } })
    }
    const symbols = [...recoveryKey].flatMap((symbol, index) => (symbol === '-' ? [] : [index]))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...symbols),
        fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
        async (at, other) => {
          fc.pre(recoveryKey[at] !== other)
          const mistyped = recoveryKey.slice(0, at) + other + recoveryKey.slice(at + 1)
          await expect(attempt(mistyped)).rejects.toMatchObject({ code, params: { reason: 'typing' } })
        },
      ),
    )
    expect(vaultText()).toBe(before)
  })

  it('leaves the old protection when the new one is refused', async () => {
    const { vault, recoveryKey } = await createVault({ dir, protection: byKeyFile, clock })
    const refused = recoverVault({ dir, recoveryKey, protection: passphrase('short') })
    await expect(refused).rejects.toMatchObject({ code: 'vault-passphrase-weak' })
    assertSameKeys(vault, await openVault({ dir, protection: byKeyFile }))
  })
})

describe('writeKeyFile', () => {
  it('makes a private file and never replaces one', () => {
    const file = join(dir, 'new-key')
    writeKeyFile(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const before = readFileSync(file, 'utf8')
    expect(() => writeKeyFile(file)).toThrow('EEXIST')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})

describe('SecretVault', () => {
  let vault: SecretVault

  beforeEach(async () => {
    vault = (await createVault({ dir, protection: byKeyFile, clock })).vault
  })

  const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })
  const anyBytes = fc.uint8Array({ maxLength: 200 })
  const anyPart = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null))

  it('opens what it sealed, under the same context only', () => {
    fc.assert(
      fc.property(anyBytes, fc.string(), fc.string(), (plain, context, other) => {
        const sealed = vault.seal(context, plain)
        expect(Buffer.from(vault.open(context, sealed)).equals(plain)).toBe(true)
        fc.pre(context !== other)
        expect(() => vault.open(other, sealed)).toThrowError(tampered)
      }),
    )
  })

  it('opens nothing that was altered, shortened or lengthened', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, position, flip) => {
        const sealed = Buffer.from(vault.seal('c', plain))
        const at = position % sealed.length
        const altered = Buffer.from(sealed)
        altered[at] = (altered[at] ?? 0) ^ flip
        for (const value of [altered, sealed.subarray(0, at), Buffer.concat([sealed, Buffer.of(flip)])]) {
          expect(() => vault.open('c', value)).toThrowError(tampered)
        }
      }),
    )
  })

  it('never seals the same way twice', () => {
    expect(vault.seal('c', Buffer.from('same'))).not.toEqual(vault.seal('c', Buffer.from('same')))
  })

  it('gives different lists of parts different MACs', () => {
    fc.assert(
      fc.property(fc.array(anyPart), fc.array(anyPart), fc.string(), fc.string(), (a, b, one, two) => {
        const same = one === two && a.length === b.length && a.every((part, index) => part === b[index])
        expect(vault.mac(one, ...a) === vault.mac(two, ...b)).toBe(same)
      }),
    )
    const macs = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['abc', null], ['1'], [1], ['null'], [null], []]
    expect(new Set(macs.map((parts) => vault.mac('c', ...parts))).size).toBe(macs.length)
    expect(vault.mac('c', 'a')).not.toBe(vault.mac('ca'))
  })

  it('asserts a MAC of the same parts only', () => {
    const mac = vault.mac('proof', 'id', 3, null)
    expect(() => vault.assertMac(mac, 'proof', 'id', 3, null)).not.toThrow()
    expect(() => vault.assertMac(mac, 'proof', 'id', 4, null)).toThrowError(tampered)
    for (const wrong of ['', mac.slice(1), mac.toUpperCase(), `${mac}00`]) {
      expect(() => vault.assertMac(wrong, 'proof', 'id', 3, null)).toThrowError(tampered)
    }
  })

  it('signs so that its public key alone can tell', () => {
    const key = publicKeyOf(vault.signingPublicKey)
    const signature = vault.sign(Buffer.from('head'))
    expect(signature).toHaveLength(64)
    expect(verify(null, Buffer.from('head'), key, signature)).toBe(true)
    expect(verify(null, Buffer.from('tail'), key, signature)).toBe(false)
  })
})
