import { describe, expect, it } from 'vitest'
import { SoftwareAuthenticator } from '../../../support/software-authenticator'
import { aConversation, anAssertion, aCreation, deviceOf, pluggedIn } from './support'

describe('createCredential and signAssertion', () => {
  it.each([
    ['protocol 2 with permissions', {}],
    ['protocol 1 with permissions', { pinProtocols: [1] as const }],
    ['protocol 1 of a CTAP 2.0 key', { pinProtocols: [1] as const, permissions: false, versions: ['FIDO_2_0'] }],
    ['protocol 2 without permissions', { pinProtocols: [2] as const, permissions: false }],
  ])('register and check a key by PIN: %s', async (_name, options) => {
    const key = new SoftwareAuthenticator({ ...options, autoTouch: true })
    const talk = aConversation(pluggedIn(deviceOf(key)), { pins: ['1234', '1234'] })
    const made = await talk.create(aCreation())
    const signed = await talk.assert(anAssertion([made.credentialId]))
    expect(signed.credentialId).toBe(made.credentialId)
    expect(talk.prompts.map(({ step }) => step)).toContain('touch')
  })
})
