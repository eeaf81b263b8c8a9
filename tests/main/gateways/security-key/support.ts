import { randomBytes } from 'node:crypto'
import { createCredential, signAssertion } from '../../../../src/main/gateways/security-key/ceremony'
import type { CeremonyParts } from '../../../../src/main/gateways/security-key/ceremony'
import type { HidChannel, KeyDevice, KeyDevices } from '../../../../src/main/gateways/security-key/hid-channel'
import type { KeyTimes } from '../../../../src/main/gateways/security-key/key-connection'
import type {
  CreatedCredential,
  KeyAssertion,
  KeyCreation,
  SignedAssertion,
} from '../../../../src/main/gateways/security-key'
import type { KeyPrompt } from '../../../../src/shared/model/security-key'
import type { SoftwareAuthenticator } from '../../../support/software-authenticator'

export const rpId = 'desk.example.co.jp'

export const quickTimes: KeyTimes = { answerMs: 2000, touchMs: 5000, busyMs: 5, cancelMs: 200 }

export function aCreation(changes: Partial<KeyCreation> = {}): KeyCreation {
  return {
    rpId,
    rpName: 'SSPR Desk',
    challenge: randomBytes(32).toString('base64url'),
    userHandle: randomBytes(16).toString('base64url'),
    userName: '山田 花子',
    exclude: [],
    ...changes,
  }
}

export function anAssertion(allow: readonly string[], changes: Partial<KeyAssertion> = {}): KeyAssertion {
  return { rpId, challenge: randomBytes(32).toString('base64url'), allow, ...changes }
}

/** A key of software as a device that is plugged in. */
export function deviceOf(
  key: SoftwareAuthenticator,
  id = 'key',
): KeyDevice & { readonly open: () => Promise<HidChannel> } {
  return {
    id,
    mayOpen: async () => true,
    open: async () => {
      let listener: ((report: Uint8Array) => void) | undefined
      const port = key.connect((report) => {
        const copy = new Uint8Array(report)
        setImmediate(() => listener?.(copy))
      })
      return {
        send: async (report) => port.write(report),
        onReport: (next) => {
          listener = next
        },
        onGone: () => undefined,
        close: async () => port.close(),
      }
    },
  }
}

export function pluggedIn(...devices: readonly KeyDevice[]): KeyDevices {
  return { list: async () => devices }
}

/** The one at the machine: types these PINs one after the other, and sees the prompts. */
export function aConversation(
  devices: KeyDevices,
  changes: Partial<CeremonyParts> & {
    readonly pins?: readonly string[]
    readonly onPrompt?: (prompt: KeyPrompt) => void
  } = {},
): {
  readonly prompts: KeyPrompt[]
  readonly abort: AbortController
  readonly create: (request: KeyCreation) => Promise<CreatedCredential>
  readonly assert: (request: KeyAssertion) => Promise<SignedAssertion>
} {
  const { pins = [], onPrompt, ...rest } = changes
  const left = [...pins]
  const prompts: KeyPrompt[] = []
  const abort = new AbortController()
  const parts: CeremonyParts = {
    devices,
    times: quickTimes,
    waits: { lookMs: 5, insertMs: 2000 },
    signal: abort.signal,
    show: (prompt) => {
      prompts.push(prompt)
      onPrompt?.(prompt)
    },
    pin: async () => {
      const pin = left.shift()
      if (pin === undefined) throw new Error('a PIN that nobody types was asked for')
      return pin
    },
    ...rest,
  }
  return {
    prompts,
    abort,
    create: (request) => createCredential(request, parts),
    assert: (request) => signAssertion(request, parts),
  }
}
