import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSigned, parseCheckpoint, publicKeyOf, signCheckpoint } from '../../../src/main/audit/checkpoint'
import { readNotes } from '../../../src/main/audit/side-file'

function aSigner(): Parameters<typeof signCheckpoint>[1] {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    signingPublicKey: publicKey.export({ format: 'der', type: 'spki' }),
    sign: (data) => sign(null, data, privateKey),
  }
}

const signer = aSigner()
const key = publicKeyOf(signer.signingPublicKey)
const head = { origin: 'sspr-desk/1/audit', size: 512, root: randomBytes(32) }
const note = signCheckpoint(head, signer)

describe('signCheckpoint', () => {
  it('writes a signed note of five lines', () => {
    const [origin, size, root, empty, signature, end] = note.split('\n')
    expect([origin, size, root, empty, end]).toEqual(['sspr-desk/1/audit', '512', head.root.toString('base64'), '', ''])
    expect(signature).toMatch(/^— sspr-desk\/1\/audit [A-Za-z0-9+/]{91}=$/u)
  })

  it('is read back and trusted under its key only', () => {
    const checkpoint = parseCheckpoint(note)
    expect(checkpoint).toMatchObject(head)
    expect(checkpoint !== null && isSigned(checkpoint, key)).toBe(true)
    expect(checkpoint !== null && isSigned(checkpoint, publicKeyOf(aSigner().signingPublicKey))).toBe(false)
  })

  it('does not stand one changed character', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: note.length - 1 }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
        (at, other) => {
          fc.pre(note[at] !== other)
          const checkpoint = parseCheckpoint(note.slice(0, at) + other + note.slice(at + 1))
          expect(checkpoint !== null && isSigned(checkpoint, key)).toBe(false)
        },
      ),
    )
  })
})

describe('readNotes', () => {
  it('reads what was appended and leaves a torn end out', () => {
    const file = `${note}\n${note}\n${note.slice(0, 40)}`
    expect(readNotes(file)).toEqual([note, note])
    expect(readNotes('')).toEqual([])
    expect(readNotes(note.slice(0, -1))).toEqual([])
  })
})
