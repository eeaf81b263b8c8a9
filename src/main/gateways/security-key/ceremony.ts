import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import type { KeyPrompt } from '../../../shared/model/security-key'
import type { CreatedCredential, KeyAssertion, KeyCreation, SignedAssertion } from '../security-key'
import { credentialIdOf } from './authenticator-data'
import { encodeCbor } from './cbor'
import type { Cbor } from './cbor'
import { Ctap2, permission } from './ctap2'
import type { KeyInfo, PinUvToken, Turn } from './ctap2'
import { CtapRefusal, ctapStatus, refusalOf } from './ctap2-status'
import { chooseKey } from './choose-key'
import type { WaitTimes } from './choose-key'
import type { KeyDevices } from './hid-channel'
import { failed } from './key-connection'
import type { KeyTimes } from './key-connection'
import { pinHash } from './pin-protocol'

/** What a conversation with a key needs around it. */
export interface CeremonyParts {
  readonly devices: KeyDevices
  readonly times: KeyTimes
  readonly waits: WaitTimes
  readonly show: (prompt: KeyPrompt) => void
  /** Rejects when `signal` aborts. */
  readonly pin: () => Promise<string>
  readonly signal: AbortSignal
}

/** Bytes of a request besides its list of credentials, with room to spare. */
const requestOverhead = 512
/** Bytes of one credential in a list besides its id. */
const descriptorOverhead = 32

interface OpenKey {
  readonly ctap: Ctap2
  readonly info: KeyInfo
}

/** Makes a credential on the key that its owner chooses. Throws as `SecurityKeys` says. */
export async function createCredential(request: KeyCreation, parts: CeremonyParts): Promise<CreatedCredential> {
  const clientData = clientDataOf('webauthn.create', request)
  return withKey(parts, async (key, turn) => {
    const scope = {
      rpId: request.rpId,
      permissions: permission.makeCredential | permission.getAssertion,
    }
    const token = await ownerVerified(key, scope, parts, turn)
    try {
      const lists = fittingLists(request.exclude.map(fromBase64Url), key.info)
      // One list goes with the request; the key itself refuses. More than one it is asked for before.
      for (const allow of lists.length > 1 ? lists : []) {
        if (await holdsOneOf(key, request.rpId, allow, token, turn)) throw new AppError('key-already-registered')
      }
      const made = await key.ctap.makeCredential(
        {
          clientDataHash: clientData.hash,
          rpId: request.rpId,
          rpName: request.rpName,
          userId: fromBase64Url(request.userHandle),
          userName: request.userName,
          exclude: lists.length === 1 ? (lists[0] ?? []) : [],
          token,
        },
        turn,
      )
      const attestation = new Map<string, Cbor>([
        ['fmt', made.format],
        ['attStmt', made.statement],
        ['authData', made.authData],
      ])
      return {
        credentialId: toBase64Url(credentialIdOf(made.authData)),
        clientDataJson: toBase64Url(clientData.json),
        attestationObject: toBase64Url(encodeCbor(attestation)),
      }
    } finally {
      token?.token.fill(0)
    }
  })
}

/** Lets the key that its owner chooses sign a challenge. Throws as `SecurityKeys` says. */
export async function signAssertion(request: KeyAssertion, parts: CeremonyParts): Promise<SignedAssertion> {
  const allowed = request.allow.map(fromBase64Url)
  if (allowed.length === 0) throw new AppError('key-unknown')
  const clientData = clientDataOf('webauthn.get', request)
  return withKey(parts, async (key, turn) => {
    const token = await ownerVerified(key, { rpId: request.rpId, permissions: permission.getAssertion }, parts, turn)
    try {
      const allow = await listOnKey(fittingLists(allowed, key.info), key, request.rpId, token, turn)
      const signed = await key.ctap.getAssertion(
        { clientDataHash: clientData.hash, rpId: request.rpId, allow, token, touch: true },
        turn,
      )
      const id = signed.credentialId ?? (allow.length === 1 ? allow[0] : undefined)
      // A key that signs with something else than it was asked for is none that follows the standard.
      if (id === undefined || !allow.some((one) => Buffer.from(one).equals(id))) throw failed('credential')
      return {
        credentialId: toBase64Url(id),
        clientDataJson: toBase64Url(clientData.json),
        authenticatorData: toBase64Url(signed.authData),
        signature: toBase64Url(signed.signature),
      }
    } finally {
      token?.token.fill(0)
    }
  })
}

/** Finds the key, works with it and lets go of it again, whatever happens. */
async function withKey<T>(parts: CeremonyParts, work: (key: OpenKey, turn: Turn) => Promise<T>): Promise<T> {
  const { signal, show } = parts
  try {
    const { connection, info } = await chooseKey(parts)
    try {
      show({ step: 'working' })
      return await work({ ctap: new Ctap2(connection), info }, { signal, onTouch: () => show({ step: 'touch' }) })
    } finally {
      await connection.close()
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('key-cancelled')
    throw error instanceof CtapRefusal ? refusalOf(error.status) : error
  }
}

/**
 * Proof that the key's owner is there: by the key itself where it can, else by the PIN. `null`: the key proves it while it works.
 * A wrong PIN is asked for again with what is left, never sent again by itself.
 */
async function ownerVerified(
  key: OpenKey,
  scope: { readonly rpId: string; readonly permissions: number },
  parts: CeremonyParts,
  turn: Turn,
): Promise<PinUvToken | null> {
  const { info } = key
  if (info.builtInUv) {
    if (!info.permissions || info.pinProtocol === null) return null
    const secret = await key.ctap.keyAgreement(info.pinProtocol, turn)
    try {
      return await key.ctap.tokenByUv(secret, scope, turn)
    } catch (error) {
      const useless: readonly number[] = [ctapStatus.uvBlocked, ctapStatus.uvInvalid, ctapStatus.notAllowed]
      if (!(error instanceof CtapRefusal) || !useless.includes(error.status) || info.clientPin !== true) throw error
    } finally {
      secret.end()
    }
  }
  if (info.clientPin !== true || info.pinProtocol === null) throw new AppError('key-pin-not-set')
  return tokenByPin(key, info.pinProtocol, info.permissions ? scope : null, parts, turn)
}

async function tokenByPin(
  { ctap }: OpenKey,
  protocol: 1 | 2,
  scope: { readonly rpId: string; readonly permissions: number } | null,
  parts: CeremonyParts,
  turn: Turn,
): Promise<PinUvToken> {
  for (let wrong = false; ; wrong = true) {
    const remaining = await ctap.pinRetries(protocol, turn)
    if (remaining === 0) throw new AppError('key-pin-blocked')
    // Asked for before it is shown: whoever sees the prompt can answer it.
    const typed = parts.pin()
    parts.show({ step: 'pin', remaining, wrong })
    const hash = pinHash(await typed)
    if (hash === null) continue
    parts.show({ step: 'working' })
    const secret = await ctap.keyAgreement(protocol, turn)
    try {
      return await ctap.tokenByPin(secret, hash, scope, turn)
    } catch (error) {
      if (!(error instanceof CtapRefusal) || error.status !== ctapStatus.pinInvalid) throw error
    } finally {
      hash.fill(0)
      secret.end()
    }
  }
}

/** The list that the key holds a credential of; with a single list the key says so itself when it is asked to sign. */
async function listOnKey(
  lists: readonly (readonly Uint8Array[])[],
  key: OpenKey,
  rpId: string,
  token: PinUvToken | null,
  turn: Turn,
): Promise<readonly Uint8Array[]> {
  const [first, ...more] = lists
  if (first === undefined) throw new AppError('key-unknown')
  if (more.length === 0) return first
  for (const allow of lists) if (await holdsOneOf(key, rpId, allow, token, turn)) return allow
  throw new AppError('key-unknown')
}

/** Asks without a touch and throws the signature away (CTAP 2.1 §6.1.3, pre-flight). */
async function holdsOneOf(
  { ctap }: OpenKey,
  rpId: string,
  allow: readonly Uint8Array[],
  token: PinUvToken | null,
  turn: Turn,
): Promise<boolean> {
  try {
    await ctap.getAssertion({ clientDataHash: new Uint8Array(32), rpId, allow, token, touch: false }, turn)
    return true
  } catch (error) {
    if (error instanceof CtapRefusal && error.status === ctapStatus.noCredentials) return false
    throw error
  }
}

/** Credentials in lists that this key takes; ids longer than its own ever are left out, since it holds none of them. */
function fittingLists(ids: readonly Uint8Array[], info: KeyInfo): readonly (readonly Uint8Array[])[] {
  const room = Math.max(info.maxMessageBytes - requestOverhead, 0)
  const most = Math.max(info.maxCredentials ?? Number.POSITIVE_INFINITY, 1)
  const lists: Uint8Array[][] = []
  let left = 0
  for (const id of ids) {
    if (info.maxCredentialIdBytes !== null && id.length > info.maxCredentialIdBytes) continue
    const size = id.length + descriptorOverhead
    const last = lists.at(-1)
    if (last === undefined || last.length >= most || size > left) {
      lists.push([id])
      left = room - size
    } else {
      last.push(id)
      left -= size
    }
  }
  return lists
}

/** The page's part of WebAuthn, made by us: there is no page (WebAuthn L2 §5.8.1). */
function clientDataOf(
  type: 'webauthn.create' | 'webauthn.get',
  { challenge, rpId }: { readonly challenge: string; readonly rpId: string },
): { readonly json: Buffer; readonly hash: Uint8Array } {
  const json = Buffer.from(JSON.stringify({ type, challenge, origin: `https://${rpId}`, crossOrigin: false }), 'utf8')
  return { json, hash: new Uint8Array(createHash('sha256').update(json).digest()) }
}

function toBase64Url(value: Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

function fromBase64Url(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}
