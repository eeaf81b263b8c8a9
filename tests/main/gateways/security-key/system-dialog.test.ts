import { describe, expect, it } from 'vitest'
import type { KeyTalk } from '../../../../src/main/gateways/security-key'
import { createSystemDialogKeys } from '../../../../src/main/gateways/security-key/system-dialog'
import { aCreation, anAssertion } from './support'

const talk: KeyTalk = {
  signal: new AbortController().signal,
  show: () => undefined,
  pin: async () => Promise.reject(new Error('the system asks for the PIN')),
}

describe('createSystemDialogKeys', () => {
  it('leaves PIN and touch to the system', async () => {
    expect(await createSystemDialogKeys(async () => null).availability()).toEqual({ available: true, dialog: true })
  })

  it.each([
    ['the window was closed', null, 'key-cancelled'],
    ['its owner cancelled', { failed: 'NotAllowedError' }, 'key-cancelled'],
    ['the key is registered', { failed: 'InvalidStateError' }, 'key-already-registered'],
    ['the name is not allowed', { failed: 'SecurityError' }, 'key-failed'],
    ['anything else', { failed: 'TypeError' }, 'key-failed'],
    ['the answer has no form', { id: 'x', response: {} }, 'key-failed'],
    [
      'the answer is no base64url',
      { id: '+/', response: { clientDataJSON: 'A', attestationObject: 'A' } },
      'key-failed',
    ],
    ['the answer is of another kind', 'x', 'key-failed'],
  ])('refuses when %s', async (_name, answer, code) => {
    const keys = createSystemDialogKeys(async () => answer)
    await expect(keys.create(aCreation(), talk)).rejects.toMatchObject({ code })
    await expect(keys.assert(anAssertion(['AA']), talk)).rejects.toMatchObject({ code })
  })

  it('asks for a key with its owner verified, never for this machine itself, and reads no name as code', async () => {
    const scripts: string[] = []
    const keys = createSystemDialogKeys(async ({ script }) => {
      scripts.push(script)
      return null
    })
    const userName = `'"\`\${1}\\ </script> \u2028`
    await expect(keys.create(aCreation({ userName }), talk)).rejects.toMatchObject({ code: 'key-cancelled' })
    const literal = /JSON\.parse\((".*")\)/su.exec(scripts[0] ?? '')?.[1] ?? ''
    const text: unknown = JSON.parse(literal)
    expect(JSON.parse(String(text))).toMatchObject({
      user: { name: userName },
      authenticatorSelection: {
        authenticatorAttachment: 'cross-platform',
        residentKey: 'discouraged',
        userVerification: 'required',
      },
      attestation: 'none',
    })
  })

  it('asks nobody where no credential is allowed', async () => {
    let asked = 0
    const keys = createSystemDialogKeys(async () => (asked += 1))
    await expect(keys.assert(anAssertion([]), talk)).rejects.toMatchObject({ code: 'key-unknown' })
    expect(asked).toBe(0)
  })
})
