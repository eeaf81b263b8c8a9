import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVault, openVault, writeKeyFile, type SecretVault } from '../../../src/main/vault'
import { openPersonKey, wrapNewPersonKey } from '../../../src/main/vault/person-key'

const clock = { now: () => 0, iso: () => '1970-01-01T00:00:00.000Z' }
const tampered = { code: 'store-tampered' }
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const plain = Buffer.from('+819012345678')

const aVault = async (): Promise<{ vault: SecretVault; again: SecretVault }> => {
  const dir = mkdtempSync(join(tmpdir(), 'sspr-vault-'))
  try {
    const file = join(dir, 'key')
    writeKeyFile(file)
    const { vault } = await createVault({ dir, protection: { kind: 'key-file', file }, clock })
    return { vault, again: await openVault({ dir, protection: { kind: 'key-file', file } }) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

let vault: SecretVault
let again: SecretVault
beforeAll(async () => {
  ;({ vault, again } = await aVault())
})

describe('SecretVault.personKey', () => {
  it('opens what it sealed, also when the vault was opened again', () => {
    const wrapped = vault.newPersonKey('hanako')
    const sealed = vault.personKey('hanako', wrapped).seal('number', plain)
    expect(text(again.personKey('hanako', wrapped).open('number', sealed))).toBe('+819012345678')
  })

  it('gives everybody a key of their own, and another one each time', () => {
    const [one, two] = [vault.newPersonKey('hanako'), vault.newPersonKey('hanako')]
    const sealed = vault.personKey('hanako', one).seal('number', plain)
    expect(() => vault.personKey('hanako', two).open('number', sealed)).toThrow(expect.objectContaining(tampered))
  })

  it('opens no key that was moved to another person', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (personId, other) => {
        fc.pre(personId !== other)
        const wrapped = vault.newPersonKey(personId)
        expect(() => vault.personKey(other, wrapped)).toThrow(expect.objectContaining(tampered))
      }),
    )
  })

  it('opens no key of another installation, even under the same wrapping key', async () => {
    const other = await aVault()
    const wrapped = vault.newPersonKey('hanako')
    expect(() => other.vault.personKey('hanako', wrapped)).toThrow(expect.objectContaining(tampered))

    const wrapping = randomBytes(32)
    const theirs = wrapNewPersonKey(wrapping, { installationId: 'a', personId: 'hanako' })
    expect(() => openPersonKey(wrapping, { installationId: 'b', personId: 'hanako' }, theirs)).toThrow(
      expect.objectContaining(tampered),
    )
  })

  it('opens no key with one bit turned, cut short, or with bytes added', () => {
    const wrapped = vault.newPersonKey('hanako')
    fc.assert(
      fc.property(fc.nat(wrapped.length - 1), fc.nat(7), (at, bit) => {
        const turned = Uint8Array.from(wrapped, (byte, index) => (index === at ? byte ^ (1 << bit) : byte))
        expect(() => vault.personKey('hanako', turned)).toThrow(expect.objectContaining(tampered))
        expect(() => vault.personKey('hanako', wrapped.subarray(0, at))).toThrow(expect.objectContaining(tampered))
        expect(() => vault.personKey('hanako', Buffer.concat([wrapped, turned.subarray(0, at + 1)]))).toThrow(
          expect.objectContaining(tampered),
        )
      }),
    )
  })

  it('takes nothing else that the vault sealed for a key', () => {
    const key = randomBytes(32)
    for (const context of ['person-key', 'hanako', `person-key|${vault.installationId}|hanako|1`]) {
      expect(() => vault.personKey('hanako', vault.seal(context, key))).toThrow(expect.objectContaining(tampered))
    }
  })
})

describe('PersonKey.open', () => {
  it('opens any bytes in their context, and none of them in another one', () => {
    const key = vault.personKey('hanako', vault.newPersonKey('hanako'))
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array(), (context, other, bytes) => {
        const sealed = key.seal(context, bytes)
        expect(Uint8Array.from(key.open(context, sealed))).toEqual(bytes)
        fc.pre(context !== other)
        expect(() => key.open(other, sealed)).toThrow(expect.objectContaining(tampered))
      }),
    )
  })

  it('opens nothing that was altered or cut', () => {
    const key = vault.personKey('hanako', vault.newPersonKey('hanako'))
    const sealed = key.seal('number', plain)
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const turned = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ (1 << bit) : byte))
        expect(() => key.open('number', turned)).toThrow(expect.objectContaining(tampered))
        expect(() => key.open('number', sealed.subarray(0, at))).toThrow(expect.objectContaining(tampered))
      }),
    )
  })

  it('writes neither the value nor the same bytes twice', () => {
    const key = vault.personKey('hanako', vault.newPersonKey('hanako'))
    const [one, two] = [key.seal('number', plain), key.seal('number', plain)]
    expect(one).not.toEqual(two)
    expect(Buffer.from(one).includes(plain)).toBe(false)
  })
})
