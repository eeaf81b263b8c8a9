import { decodeCbor, encodeCbor } from './cbor'
import type { Cbor } from './cbor'
import { CtapRefusal, ctapStatus } from './ctap2-status'
import { failed } from './key-connection'
import type { KeyConnection } from './key-connection'
import type { CborMap } from './ctap2-shapes'
import { bool, bytes, field, ints, map, optional, texts, uint } from './ctap2-shapes'
import { agree, authenticate, isToken } from './pin-protocol'
import type { PinProtocol, SharedSecret } from './pin-protocol'

const command = { makeCredential: 0x01, getAssertion: 0x02, getInfo: 0x04, clientPin: 0x06, selection: 0x0b } as const
const subCommand = {
  getPinRetries: 0x01,
  getKeyAgreement: 0x02,
  getPinToken: 0x05,
  getTokenUsingUv: 0x06,
  getTokenUsingPin: 0x09,
} as const

/** What a key says of itself (authenticatorGetInfo, CTAP 2.1 §6.4). */
export interface KeyInfo {
  readonly versions: readonly string[]
  readonly aaguid: Uint8Array
  /** `true`: a PIN is set; `false`: none is set; `null`: it knows none. */
  readonly clientPin: boolean | null
  /** It verifies its owner by itself, by fingerprint for example, and is set up for that. */
  readonly builtInUv: boolean
  /** Tokens carry permissions (CTAP 2.1). */
  readonly permissions: boolean
  /** The best one that both sides know; `null`: none. */
  readonly pinProtocol: PinProtocol | null
  readonly maxMessageBytes: number
  /** Longest list of credentials in one request; `null`: only the message's length counts. */
  readonly maxCredentials: number | null
  readonly maxCredentialIdBytes: number | null
}

/** What a token may be used for (CTAP 2.1 §6.5.5.7). */
export const permission = { makeCredential: 0x01, getAssertion: 0x02 } as const

/** A proof that the owner has been verified; `null` fields of requests stand for built-in verification without a token. */
export interface PinUvToken {
  readonly protocol: PinProtocol
  readonly token: Uint8Array
}

export interface MakeCredential {
  readonly clientDataHash: Uint8Array
  readonly rpId: string
  readonly rpName: string
  readonly userId: Uint8Array
  readonly userName: string
  readonly exclude: readonly Uint8Array[]
  readonly token: PinUvToken | null
}

export interface GetAssertion {
  readonly clientDataHash: Uint8Array
  readonly rpId: string
  readonly allow: readonly Uint8Array[]
  readonly token: PinUvToken | null
  /** Whether somebody must touch the key; `false` asks only whether it holds one of the credentials. */
  readonly touch: boolean
}

/** How one command takes part in the conversation. */
export interface Turn {
  readonly signal: AbortSignal
  readonly onTouch?: () => void
}

const maxMessageBytesByDefault = 1024

/** The CTAP2 commands of one connected key. Answers are read strictly; any other is `key-failed`, refusals are {@link CtapRefusal}. */
export class Ctap2 {
  readonly #connection: Pick<KeyConnection, 'cbor'>

  constructor(connection: Pick<KeyConnection, 'cbor'>) {
    this.#connection = connection
  }

  async getInfo(turn: Turn): Promise<KeyInfo> {
    const answer = await this.#call(command.getInfo, null, turn, false)
    return shaped(() => {
      const options = map(optional(answer, 0x04) ?? new Map<string, Cbor>())
      const option = (name: string): boolean | null => {
        const value = optional(options, name)
        return value === undefined ? null : bool(value)
      }
      const versions = texts(field(answer, 0x01))
      const protocols = ints(optional(answer, 0x06) ?? [1])
      const aaguid = bytes(field(answer, 0x03))
      if (aaguid.length !== 16) throw new Error('AAGUID')
      return {
        versions,
        aaguid,
        clientPin: option('clientPin'),
        builtInUv: option('uv') === true,
        permissions: option('pinUvAuthToken') === true,
        pinProtocol: protocols.includes(2) ? 2 : protocols.includes(1) ? 1 : null,
        maxMessageBytes: uint(optional(answer, 0x05) ?? maxMessageBytesByDefault),
        maxCredentials: numberOrNull(optional(answer, 0x07)),
        maxCredentialIdBytes: numberOrNull(optional(answer, 0x08)),
      }
    })
  }

  /** Tries left before the key locks its PIN; `null`: it does not say. */
  async pinRetries(protocol: PinProtocol, turn: Turn): Promise<number | null> {
    const answer = await this.#clientPin({ protocol, sub: subCommand.getPinRetries }, turn)
    return shaped(() => numberOrNull(optional(answer, 0x03)))
  }

  /** A secret with the key, for one conversation. The caller ends it. */
  async keyAgreement(protocol: PinProtocol, turn: Turn): Promise<SharedSecret> {
    const answer = await this.#clientPin({ protocol, sub: subCommand.getKeyAgreement }, turn)
    return shaped(() => {
      const key = map(field(answer, 0x01))
      return agree(protocol, { x: bytes(field(key, -2)), y: bytes(field(key, -3)) })
    })
  }

  /** A token for the hash of a PIN, for this relying party only where the key can; costs a try when it is wrong. */
  async tokenByPin(
    secret: SharedSecret,
    hash: Uint8Array,
    scope: { readonly rpId: string; readonly permissions: number } | null,
    turn: Turn,
  ): Promise<PinUvToken> {
    const sub = scope === null ? subCommand.getPinToken : subCommand.getTokenUsingPin
    const pinHashEnc = secret.encrypt(hash)
    const answer = await this.#clientPin({ protocol: secret.protocol, sub, secret, pinHashEnc, scope }, turn)
    return tokenOf(secret, answer)
  }

  /** A token by the key's own verification, by fingerprint for example. */
  async tokenByUv(
    secret: SharedSecret,
    scope: { readonly rpId: string; readonly permissions: number },
    turn: Turn,
  ): Promise<PinUvToken> {
    const { protocol } = secret
    const answer = await this.#clientPin({ protocol, sub: subCommand.getTokenUsingUv, secret, scope }, turn, true)
    return tokenOf(secret, answer)
  }

  /** Waits until somebody touches this key (authenticatorSelection; before CTAP 2.1 an empty `pinUvAuthParam`). */
  async select(info: KeyInfo, turn: Turn): Promise<void> {
    if (info.versions.includes('FIDO_2_1')) {
      await this.#call(command.selection, null, turn, true)
      return
    }
    const request: Map<number, Cbor> = new Map<number, Cbor>([
      [0x01, new Uint8Array(32)],
      [
        0x02,
        new Map([
          ['id', '.dummy'],
          ['name', '.dummy'],
        ]),
      ],
      [
        0x03,
        new Map<string, Cbor>([
          ['id', new Uint8Array(1)],
          ['name', '.dummy'],
        ]),
      ],
      [0x04, [algorithm(-7)]],
    ])
    if (info.clientPin !== null) {
      request.set(0x08, new Uint8Array(0))
      request.set(0x09, info.pinProtocol ?? 1)
    }
    try {
      await this.#call(command.makeCredential, request, turn, true)
    } catch (error) {
      // Touched: the empty proof is refused only then.
      const touched: readonly number[] = [ctapStatus.pinInvalid, ctapStatus.pinNotSet, 0x33]
      if (!(error instanceof CtapRefusal) || !touched.includes(error.status)) throw error
    }
  }

  /** The attestation as the key made it (CTAP 2.1 §6.1). */
  async makeCredential(
    request: MakeCredential,
    turn: Turn,
  ): Promise<{
    readonly format: string
    readonly authData: Uint8Array
    readonly statement: CborMap
  }> {
    const options = new Map<string, Cbor>([['rk', false]])
    if (request.token === null) options.set('uv', true)
    const parameters = new Map<number, Cbor>([
      [0x01, request.clientDataHash],
      [
        0x02,
        new Map([
          ['id', request.rpId],
          ['name', request.rpName],
        ]),
      ],
      [
        0x03,
        new Map<string, Cbor>([
          ['id', request.userId],
          ['name', request.userName],
          ['displayName', request.userName],
        ]),
      ],
      [0x04, [algorithm(-7), algorithm(-8)]],
      [0x07, options],
    ])
    if (request.exclude.length > 0) parameters.set(0x05, request.exclude.map(descriptor))
    prove(parameters, request.token, request.clientDataHash, [0x08, 0x09])
    const answer = await this.#call(command.makeCredential, parameters, turn, true)
    return shaped(() => {
      const format = field(answer, 0x01)
      if (typeof format !== 'string') throw new Error('format')
      return { format, authData: bytes(field(answer, 0x02)), statement: map(field(answer, 0x03)) }
    })
  }

  /** The first assertion (CTAP 2.1 §6.2); `credentialId` is `null` where the key leaves it out, as it may for a list of one. */
  async getAssertion(
    request: GetAssertion,
    turn: Turn,
  ): Promise<{
    readonly credentialId: Uint8Array | null
    readonly authData: Uint8Array
    readonly signature: Uint8Array
  }> {
    const options = new Map<string, Cbor>([['up', request.touch]])
    if (request.token === null && request.touch) options.set('uv', true)
    const parameters = new Map<number, Cbor>([
      [0x01, request.rpId],
      [0x02, request.clientDataHash],
      [0x03, request.allow.map(descriptor)],
      [0x05, options],
    ])
    prove(parameters, request.token, request.clientDataHash, [0x06, 0x07])
    const answer = await this.#call(command.getAssertion, parameters, turn, request.touch)
    return shaped(() => {
      const credential = optional(answer, 0x01)
      return {
        credentialId: credential === undefined ? null : bytes(field(map(credential), 'id')),
        authData: bytes(field(answer, 0x02)),
        signature: bytes(field(answer, 0x03)),
      }
    })
  }

  async #clientPin(
    request: {
      readonly protocol: PinProtocol
      readonly sub: number
      readonly secret?: SharedSecret
      readonly pinHashEnc?: Uint8Array
      readonly scope?: { readonly rpId: string; readonly permissions: number } | null
    },
    turn: Turn,
    touch = false,
  ): Promise<CborMap> {
    const { protocol, sub, secret, pinHashEnc, scope } = request
    const parameters = new Map<number, Cbor>([
      [0x01, protocol],
      [0x02, sub],
    ])
    if (secret !== undefined) {
      const { x, y } = secret.platformKey
      parameters.set(
        0x03,
        new Map<number, Cbor>([
          [1, 2],
          [3, -25],
          [-1, 1],
          [-2, x],
          [-3, y],
        ]),
      )
    }
    if (pinHashEnc !== undefined) parameters.set(0x06, pinHashEnc)
    if (scope !== undefined && scope !== null) {
      parameters.set(0x09, scope.permissions)
      parameters.set(0x0a, scope.rpId)
    }
    return this.#call(command.clientPin, parameters, turn, touch)
  }

  async #call(
    code: number,
    parameters: ReadonlyMap<number, Cbor> | null,
    turn: Turn,
    touch: boolean,
  ): Promise<CborMap> {
    const body = parameters === null ? new Uint8Array(0) : encodeCbor(parameters)
    const request = new Uint8Array(1 + body.length)
    request[0] = code
    request.set(body, 1)
    const answer = await this.#connection.cbor(request, { ...turn, touch })
    const status = answer[0]
    if (status === undefined) throw failed('empty')
    if (status !== ctapStatus.ok) throw new CtapRefusal(status)
    if (answer.length === 1) return new Map()
    return shaped(() => map(decodeCbor(answer.subarray(1))))
  }
}

function tokenOf(secret: SharedSecret, answer: CborMap): PinUvToken {
  return shaped(() => {
    const token = secret.decrypt(bytes(field(answer, 0x02)))
    if (!isToken(secret.protocol, token)) throw new Error('token')
    return { protocol: secret.protocol, token }
  })
}

function prove(
  parameters: Map<number, Cbor>,
  token: PinUvToken | null,
  clientDataHash: Uint8Array,
  [param, protocol]: readonly [number, number],
): void {
  if (token === null) return
  parameters.set(param, authenticate(token.protocol, token.token, clientDataHash))
  parameters.set(protocol, token.protocol)
}

/** Whatever of a device's answer does not have its form is the device's failure, never ours. */
function shaped<T>(read: () => T): T {
  try {
    return read()
  } catch {
    throw failed('answer')
  }
}

function numberOrNull(value: Cbor | undefined): number | null {
  return value === undefined ? null : uint(value)
}

function descriptor(id: Uint8Array): Cbor {
  return new Map<string, Cbor>([
    ['id', id],
    ['type', 'public-key'],
  ])
}

function algorithm(alg: number): Cbor {
  return new Map<string, Cbor>([
    ['alg', alg],
    ['type', 'public-key'],
  ])
}
