import type { SecurityKeys } from '../../src/main/gateways/security-key'
import { ok, openDesk } from './desk'
import type { TestDesk } from './desk'
import { securityKeysWith } from './security-keys'
import { SoftwareAuthenticator } from './software-authenticator'

const keyPin = '1234'
export const keyRpId = 'sakura.example'

export interface KeyDesk extends TestDesk {
  /** What is plugged in; a test puts another key in its place. */
  readonly plug: (key: SoftwareAuthenticator | null) => void
}

/** A desk at a machine that reads security keys; whoever sits there types the PIN as soon as it is asked for. */
export async function openKeyDesk(policy: Readonly<Record<string, number | boolean>> = {}): Promise<KeyDesk> {
  let plugged: SoftwareAuthenticator | null = null
  const here = (): SecurityKeys => securityKeysWith(...(plugged === null ? [] : [plugged]))
  const keys: SecurityKeys = {
    availability: () => here().availability(),
    create: (request, talk) => here().create(request, talk),
    assert: (request, talk) => here().assert(request, talk),
    close: () => here().close(),
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
