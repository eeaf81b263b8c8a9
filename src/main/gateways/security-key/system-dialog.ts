import { z } from 'zod'
import { AppError } from '../../../shared/errors'
import type { KeyAssertion, KeyCreation, KeyTalk, SecurityKeys } from '../security-key'
import { failed } from './key-connection'

/**
 * Runs `script` in a page of its own at `https://<host>/` and gives its result; `null` when the window was closed before. Closes it when
 * `signal` aborts.
 */
export type AskPage = (page: {
  readonly host: string
  readonly script: string
  readonly signal: AbortSignal
}) => Promise<unknown>

/** For the system's dialog, in milliseconds. */
const dialogMs = 120_000

const base64url = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]+$/u)
const failure = z.strictObject({ failed: z.string().max(64) })
const created = z.union([
  failure,
  z.object({ id: base64url, response: z.object({ clientDataJSON: base64url, attestationObject: base64url }) }),
])
const signed = z.union([
  failure,
  z.object({
    id: base64url,
    response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
  }),
])

/**
 * Security keys by the operating system's own dialog, for Windows, where no program may speak with them itself. A page of the relying
 * party's name asks the system by WebAuthn; the dialog asks for key, PIN and touch.
 */
export function createSystemDialogKeys(askPage: AskPage): SecurityKeys {
  const end = new AbortController()
  let asking = false

  async function ask<T extends object>(
    request: { readonly rpId: string },
    script: string,
    answer: z.ZodType<T>,
    talk: KeyTalk,
  ): Promise<Exclude<T, { failed: string }>> {
    if (asking) throw failed('busy')
    const signal = AbortSignal.any([talk.signal, end.signal])
    if (signal.aborted) throw new AppError('key-cancelled')
    asking = true
    try {
      talk.show({ step: 'dialog' })
      const raw = await askPage({ host: request.rpId, script, signal })
      if (raw === null || signal.aborted) throw new AppError('key-cancelled')
      const read = answer.safeParse(raw)
      if (!read.success) throw failed('answer')
      if (!isDone(read.data)) throw refusalOf(read.data)
      return read.data
    } finally {
      asking = false
    }
  }

  return {
    availability: () => Promise.resolve({ available: true, dialog: true }),
    async create(request, talk) {
      const { id, response } = await ask(request, creationScript(request), created, talk)
      const { clientDataJSON, attestationObject } = response
      return { credentialId: id, clientDataJson: clientDataJSON, attestationObject }
    },
    async assert(request, talk) {
      if (request.allow.length === 0) throw new AppError('key-unknown')
      const { id, response } = await ask(request, assertionScript(request), signed, talk)
      const { clientDataJSON, authenticatorData, signature } = response
      return { credentialId: id, clientDataJson: clientDataJSON, authenticatorData, signature }
    },
    close() {
      end.abort()
      return Promise.resolve()
    },
  }
}

function isDone<T extends object>(answer: T): answer is Exclude<T, { failed: string }> {
  return !('failed' in answer)
}

/** Names of DOMExceptions (WebAuthn L2 §5.1.3, §5.1.4). A timeout and "cancel" in the dialog have the same, on purpose. */
function refusalOf(answer: object): AppError {
  const name = 'failed' in answer && typeof answer.failed === 'string' ? answer.failed : ''
  switch (name) {
    case 'InvalidStateError':
      return new AppError('key-already-registered')
    case 'NotAllowedError':
    case 'AbortError':
      return new AppError('key-cancelled')
    case 'SecurityError':
    case 'NotSupportedError':
    case 'ConstraintError':
      return failed(name)
    default:
      return failed('dialog')
  }
}

function creationScript(request: KeyCreation): string {
  return script('create', {
    rp: { id: request.rpId, name: request.rpName },
    user: { id: request.userHandle, name: request.userName, displayName: request.userName },
    challenge: request.challenge,
    pubKeyCredParams: [-7, -8].map((alg) => ({ type: 'public-key', alg })),
    timeout: dialogMs,
    excludeCredentials: request.exclude.map(descriptor),
    // A key that its owner carries, never this machine itself: that one is the agent's.
    authenticatorSelection: {
      authenticatorAttachment: 'cross-platform',
      residentKey: 'discouraged',
      userVerification: 'required',
    },
    hints: ['security-key'],
    attestation: 'none',
  })
}

function assertionScript(request: KeyAssertion): string {
  return script('get', {
    rpId: request.rpId,
    challenge: request.challenge,
    timeout: dialogMs,
    allowCredentials: request.allow.map(descriptor),
    userVerification: 'required',
    hints: ['security-key'],
  })
}

function descriptor(id: string): object {
  return { type: 'public-key', id, transports: ['usb'] }
}

/** Everything that is asked is JSON within a string of JSON: no value of it is ever read as code. */
function script(verb: 'create' | 'get', options: object): string {
  const read = verb === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON'
  const text = JSON.stringify(JSON.stringify(options))
  return `(async () => {
  try {
    const publicKey = PublicKeyCredential.${read}(JSON.parse(${text}))
    const { id, response } = (await navigator.credentials.${verb}({ publicKey })).toJSON()
    return { id, response }
  } catch (error) {
    return { failed: error instanceof DOMException ? error.name : 'other' }
  }
})()`
}
