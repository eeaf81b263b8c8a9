import { createCredential, signAssertion } from '../../src/main/gateways/security-key/ceremony'
import type { SecurityKeys } from '../../src/main/gateways/security-key'
import { deviceOf, pluggedIn, quickTimes } from '../main/gateways/security-key/support'
import { ok, openDesk } from './desk'
import type { TestDesk } from './desk'
import { SoftwareAuthenticator } from './software-authenticator'

export const keyPin = '1234'
export const keyRpId = 'sakura.example'

export interface KeyDesk extends TestDesk {
  /** What is plugged in; a test puts another key in its place. */
  readonly plug: (key: SoftwareAuthenticator | null) => void
}

/** A desk at a machine that reads security keys; whoever sits there types the PIN as soon as it is asked for. */
export async function openKeyDesk(policy: Readonly<Record<string, number | boolean>> = {}): Promise<KeyDesk> {
  let plugged: SoftwareAuthenticator | null = null
  const devices = { list: () => (plugged === null ? pluggedIn() : pluggedIn(deviceOf(plugged))).list() }
  const parts = { devices, times: quickTimes, waits: { lookMs: 5, insertMs: 200 } }
  const talking = (talk: Parameters<SecurityKeys['create']>[1]) => ({
    ...parts,
    signal: talk.signal,
    show: (prompt: Parameters<typeof talk.show>[0]) => talk.show(prompt),
    pin: () => talk.pin(),
  })
  const keys: SecurityKeys = {
    availability: () => Promise.resolve({ available: true, dialog: false }),
    create: (request, talk) => createCredential(request, talking(talk)),
    assert: (request, talk) => signAssertion(request, talking(talk)),
    close: () => Promise.resolve(),
  }
  const desk = await openDesk({ policy, more: { securityKey: { rpId: keyRpId } }, securityKeys: () => keys })
  desk.desk.on('security-key-changed', () => {
    setImmediate(() => void desk.api.securityKey.pin({ pin: keyPin }))
  })
  return {
    ...desk,
    plug: (key) => {
      plugged = key
    },
  }
}

/** A key of software that is touched by itself. */
export function aKey(): SoftwareAuthenticator {
  return new SoftwareAuthenticator({ pin: keyPin, autoTouch: true })
}

/** Starts the registration of a key that is then made with {@link KeyDesk.plug}'s. */
export async function startKey(desk: TestDesk, personId: string, label: string, checked: object): Promise<string> {
  const input = { personId, label, ...checked } as Parameters<TestDesk['api']['registration']['startKey']>[0]
  return (await ok(desk.api.registration.startKey(input))).enrolmentId
}
