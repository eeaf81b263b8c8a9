import { beforeEach, describe, expect, it } from 'vitest'
import { ShownPasswords } from '../../../src/main/services/shown-passwords'
import type { ResetRequest } from '../../../src/shared/model/request'

const request = { id: 'request' } as ResetRequest
let passwords: ShownPasswords
let resetId: string

beforeEach(() => {
  passwords = new ShownPasswords()
  resetId = passwords.show({ password: 'Kawa-Sora-1', agentId: 'agent', request }).resetId
})

describe('ShownPasswords', () => {
  it('gives a password to the agent whose write it was, and to nobody else', () => {
    expect(passwords.get(resetId, 'agent').password).toBe('Kawa-Sora-1')
    expect(() => passwords.get(resetId, 'other')).toThrow('not-available')
  })

  it('is dismissed by that agent alone', () => {
    passwords.dismiss(resetId, 'other')
    expect(passwords.get(resetId, 'agent').password).toBe('Kawa-Sora-1')
    passwords.dismiss(resetId, 'agent')
    expect(() => passwords.get(resetId, 'agent')).toThrow('not-available')
  })

  it('forgets everything at once', () => {
    passwords.forget()
    expect(() => passwords.get(resetId, 'agent')).toThrow('not-available')
  })
})
