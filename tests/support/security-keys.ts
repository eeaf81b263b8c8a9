import { createCredential, signAssertion } from '../../src/main/gateways/security-key/ceremony'
import type { CeremonyParts } from '../../src/main/gateways/security-key/ceremony'
import type { KeyTalk, SecurityKeys } from '../../src/main/gateways/security-key'
import { deviceOf, pluggedIn, quickTimes } from '../main/gateways/security-key/support'
import type { SoftwareAuthenticator } from './software-authenticator'

/** A machine with these keys of software plugged in, without a process of its own. */
export function securityKeysWith(...keys: readonly SoftwareAuthenticator[]): SecurityKeys {
  const parts = (talk: KeyTalk): CeremonyParts => ({
    devices: pluggedIn(...keys.map((key, index) => deviceOf(key, `key-${index}`))),
    times: quickTimes,
    waits: { lookMs: 5, insertMs: 2000 },
    show: (prompt) => talk.show(prompt),
    pin: () => talk.pin(),
    signal: talk.signal,
  })
  return {
    availability: async () => ({ available: true, dialog: false }),
    create: (request, talk) => createCredential(request, parts(talk)),
    assert: (request, talk) => signAssertion(request, parts(talk)),
    close: async () => undefined,
  }
}
