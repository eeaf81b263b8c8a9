import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { read, write } from './software-authenticator-cbor'
import type { Item } from './software-authenticator-cbor'
import {
  newAgreement,
  newCredential,
  open,
  pinHash,
  proves,
  seal,
  secretOf,
  signed,
} from './software-authenticator-crypto'
import type { Credential, Secret, Token } from './software-authenticator-crypto'
import { HidEnd } from './software-authenticator-hid'
import type { KeyPort } from './software-authenticator-hid'
import {
  attempts,
  attemptsInARow,
  buffer,
  flag,
  list,
  number,
  option,
  Refusal,
  status,
  text,
} from './software-authenticator-status'

/** How a key of software behaves; each default is that of a common key with a PIN set. */
export interface AuthenticatorOptions {
  /** `null`: none is set yet. */
  readonly pin?: string | null
  readonly versions?: readonly string[]
  readonly pinProtocols?: readonly (1 | 2)[]
  /** CTAP 2.1: tokens carry permissions and are bound to a relying party. */
  readonly permissions?: boolean
  /** It verifies its owner by itself; every touch then counts as the owner's finger unless `wrongFinger`. */
  readonly builtInUv?: boolean
  readonly wrongFinger?: boolean
  readonly maxMessageBytes?: number
  readonly maxCredentials?: number
  readonly maxCredentialIdBytes?: number
  /** `none`: signatures carry 0, as those of keys without a counter do. */
  readonly counter?: 'counts' | 'none'
  /** It is touched by itself as soon as it asks. */
  readonly autoTouch?: boolean
  readonly keepaliveMs?: number
  readonly algorithm?: -7 | -8
}

/** It waits for a touch. */
interface Operation {
  readonly channel: number
  readonly end: (outcome: 'touched' | 'cancelled') => void
}

export const softwareAaguid = Buffer.from('f8a011f38c0a4d15800617111f9edc7d', 'hex')

/**
 * A FIDO2 key of software: real CTAPHID frames in and out, real ES256 signatures, PIN protocols 1 and 2 with their retries, keep-alives,
 * several channels at once. Written from the standard (CTAP 2.1) without the app's own code, so that neither hides the other's mistakes.
 */
export class SoftwareAuthenticator {
  readonly #options: Required<Omit<AuthenticatorOptions, 'pin'>>
  readonly #hid = new HidEnd({
    run: (channel, message) => this.#run(channel, message),
    cancel: (channel) => this.#cancel(channel),
  })
  readonly #credentials: Credential[] = []
  readonly #tokens = new Map<1 | 2, Token>()
  #agreement = newAgreement()
  #pinHash: Buffer | null
  #retries = attempts
  #wrongInARow = 0
  #counter = 0
  #running: Operation | null = null
  /** Touches, PINs sent and PINs refused: what must not happen can be seen here. */
  readonly seen = { pinTries: 0, touches: 0, cancels: 0, commands: [] as number[] }

  constructor(options: AuthenticatorOptions = {}) {
    const { pin = '1234', ...rest } = options
    this.#pinHash = pin === null ? null : pinHash(pin)
    this.#options = {
      versions: ['U2F_V2', 'FIDO_2_0', 'FIDO_2_1'],
      pinProtocols: [2, 1],
      permissions: true,
      builtInUv: false,
      wrongFinger: false,
      maxMessageBytes: 1200,
      maxCredentials: 8,
      maxCredentialIdBytes: 64,
      counter: 'counts',
      autoTouch: false,
      keepaliveMs: 20,
      algorithm: -7,
      ...rest,
    }
  }

  /** Opens it as a program does; every program hears every report that goes out. */
  connect(onReport: (report: Buffer) => void): KeyPort {
    return this.#hid.connect(onReport)
  }

  /** A finger; `false` when nothing waits for one. */
  touch(): boolean {
    if (this.#running === null) return false
    this.seen.touches += 1
    this.#running.end('touched')
    return true
  }

  get waitsForTouch(): boolean {
    return this.#running !== null
  }

  setPin(pin: string | null): void {
    this.#pinHash = pin === null ? null : pinHash(pin)
    this.#retries = attempts
    this.#wrongInARow = 0
  }

  get retries(): number {
    return this.#retries
  }

  /** As when it is pulled out and plugged in: what it was doing is over, the PIN may be tried again. */
  powerCycle(): void {
    this.#running?.end('cancelled')
    this.#running = null
    this.#hid.reset()
    this.#tokens.clear()
    this.#agreement = newAgreement()
    this.#wrongInARow = 0
  }

  #cancel(channel: number): void {
    this.seen.cancels += 1
    if (this.#running?.channel === channel) this.#running.end('cancelled')
  }

  async #run(channel: number, message: Buffer): Promise<Buffer> {
    const command = message[0] ?? 0
    this.seen.commands.push(command)
    try {
      let parameters: Item = new Map<Item, Item>()
      if (message.length > this.#options.maxMessageBytes) throw new Refusal(0x39)
      if (message.length > 1) {
        try {
          parameters = read(message.subarray(1))
        } catch {
          throw new Refusal(status.invalidCbor)
        }
      }
      if (!(parameters instanceof Map)) throw new Refusal(status.invalidCbor)
      const answer = await this.#command(channel, command, parameters)
      return answer === null ? Buffer.of(status.ok) : Buffer.concat([Buffer.of(status.ok), write(answer)])
    } catch (error) {
      if (error instanceof Refusal) return Buffer.of(error.status)
      return Buffer.of(0x7f)
    }
  }

  async #command(channel: number, command: number, parameters: Map<Item, Item>): Promise<Item | null> {
    switch (command) {
      case 0x01:
        return this.#makeCredential(channel, parameters)
      case 0x02:
        return this.#getAssertion(channel, parameters)
      case 0x04:
        return this.#info()
      case 0x06:
        return this.#clientPin(channel, parameters)
      case 0x0b:
        await this.#touched(channel)
        return null
      default:
        throw new Refusal(status.invalidCommand)
    }
  }

  #info(): Item {
    const { versions, pinProtocols, permissions, builtInUv, maxMessageBytes } = this.#options
    return new Map<Item, Item>([
      [1, [...versions]],
      [3, softwareAaguid],
      [
        4,
        new Map<Item, Item>([
          ['rk', true],
          ['up', true],
          ['clientPin', this.#pinHash !== null],
          ...(builtInUv ? [['uv', true] as const] : []),
          ...(permissions ? [['pinUvAuthToken', true] as const] : []),
        ]),
      ],
      [5, maxMessageBytes],
      [6, [...pinProtocols]],
      [7, this.#options.maxCredentials],
      [8, this.#options.maxCredentialIdBytes],
    ])
  }

  async #clientPin(channel: number, parameters: Map<Item, Item>): Promise<Item> {
    const protocol = parameters.get(1) === 1 ? 1 : 2
    switch (parameters.get(2)) {
      case 1:
        return new Map([[3, this.#retries]])
      case 2: {
        const point = this.#agreement.getPublicKey()
        const key = new Map<Item, Item>([
          [1, 2],
          [3, -25],
          [-1, 1],
          [-2, point.subarray(1, 33)],
          [-3, point.subarray(33)],
        ])
        return new Map([[1, key]])
      }
      case 5:
        return this.#tokenByPin(protocol, parameters, null, null)
      case 9:
        return this.#tokenByPin(protocol, parameters, number(parameters.get(9)), text(parameters.get(10)))
      case 6: {
        const secret = this.#secret(protocol, parameters)
        await this.#touched(channel)
        if (this.#options.wrongFinger) throw new Refusal(status.uvInvalid)
        return this.#newToken(protocol, secret, number(parameters.get(9)), text(parameters.get(10)))
      }
      default:
        throw new Refusal(0x3e)
    }
  }

  #tokenByPin(protocol: 1 | 2, parameters: Map<Item, Item>, permissions: number | null, rpId: string | null): Item {
    if (this.#pinHash === null) throw new Refusal(status.pinNotSet)
    if (this.#retries === 0) throw new Refusal(status.pinBlocked)
    if (this.#wrongInARow >= attemptsInARow) throw new Refusal(status.pinAuthBlocked)
    const secret = this.#secret(protocol, parameters)
    this.seen.pinTries += 1
    this.#retries -= 1
    const hash = open(protocol, secret, buffer(parameters.get(6)))
    if (hash.length !== 16 || !timingSafeEqual(hash, this.#pinHash)) {
      this.#wrongInARow += 1
      this.#agreement = newAgreement()
      if (this.#retries === 0) throw new Refusal(status.pinBlocked)
      throw new Refusal(this.#wrongInARow >= attemptsInARow ? status.pinAuthBlocked : status.pinInvalid)
    }
    this.#retries = attempts
    this.#wrongInARow = 0
    return this.#newToken(protocol, secret, permissions, rpId)
  }

  #newToken(protocol: 1 | 2, secret: Secret, permissions: number | null, rpId: string | null): Item {
    const token = { bytes: randomBytes(32), permissions, rpId }
    this.#tokens.clear()
    this.#tokens.set(protocol, token)
    return new Map([[2, seal(protocol, secret, token.bytes)]])
  }

  #secret(protocol: 1 | 2, parameters: Map<Item, Item>): Secret {
    const key = parameters.get(3)
    if (!(key instanceof Map)) throw new Refusal(status.missingParameter)
    const point = Buffer.concat([Buffer.of(4), buffer(key.get(-2)), buffer(key.get(-3))])
    return secretOf(protocol, this.#agreement.computeSecret(point))
  }

  /** Whether the owner was verified, by a token or by the key itself. */
  async #verified(
    channel: number,
    need: {
      permission: number
      rpId: string
      hash: Buffer
      param: Item | undefined
      protocol: Item | undefined
      uv: boolean
    },
  ): Promise<boolean> {
    if (need.param !== undefined) {
      const param = buffer(need.param)
      if (param.length === 0) {
        await this.#touched(channel)
        throw new Refusal(this.#pinHash === null ? status.pinNotSet : status.pinInvalid)
      }
      const protocol = need.protocol === 1 ? 1 : 2
      const token = this.#tokens.get(protocol)
      if (token === undefined || !proves(token, protocol, need, param)) throw new Refusal(status.pinAuthInvalid)
      return true
    }
    if (need.uv) {
      if (!this.#options.builtInUv) throw new Refusal(0x2c)
      if (this.#options.wrongFinger) throw new Refusal(status.operationDenied)
      return true
    }
    return false
  }

  async #makeCredential(channel: number, parameters: Map<Item, Item>): Promise<Item> {
    const hash = buffer(parameters.get(1))
    const rp = parameters.get(2)
    const user = parameters.get(3)
    if (!(rp instanceof Map) || !(user instanceof Map)) throw new Refusal(status.missingParameter)
    const rpId = text(rp.get('id'))
    buffer(user.get('id'))
    const verified = await this.#verified(channel, {
      permission: 1,
      rpId,
      hash,
      param: parameters.get(8),
      protocol: parameters.get(9),
      uv: option(parameters.get(7), 'uv'),
    })
    if (!verified && this.#pinHash !== null) throw new Refusal(status.pinRequired)
    const offered = list(parameters.get(4)).map((one) => (one instanceof Map ? one.get('alg') : undefined))
    if (!offered.includes(this.#options.algorithm)) throw new Refusal(status.unsupportedAlgorithm)
    const excluded = this.#known(rpId, parameters.get(5))
    await this.#touched(channel)
    if (excluded.length > 0) throw new Refusal(status.excluded)
    const credential = newCredential(rpId, this.#options.algorithm)
    this.#credentials.push(credential)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(credential.id.length)
    const attested = Buffer.concat([softwareAaguid, length, credential.id, write(credential.publicKey)])
    const authData = Buffer.concat([
      this.#authData(rpId, flag.touched | flag.credential | (verified ? flag.verified : 0)),
      attested,
    ])
    const signature = signed(credential, Buffer.concat([authData, hash]))
    const statement = new Map<Item, Item>([
      ['alg', credential.algorithm],
      ['sig', signature],
    ])
    return new Map<Item, Item>([
      [1, 'packed'],
      [2, authData],
      [3, statement],
    ])
  }

  async #getAssertion(channel: number, parameters: Map<Item, Item>): Promise<Item> {
    const rpId = text(parameters.get(1))
    const hash = buffer(parameters.get(2))
    const verified = await this.#verified(channel, {
      permission: 2,
      rpId,
      hash,
      param: parameters.get(6),
      protocol: parameters.get(7),
      uv: option(parameters.get(5), 'uv'),
    })
    const [credential] = this.#known(rpId, parameters.get(3))
    if (credential === undefined) throw new Refusal(status.noCredentials)
    const asked = parameters.get(5)
    const touch = !(asked instanceof Map) || asked.get('up') !== false
    if (touch) await this.#touched(channel)
    const authData = this.#authData(rpId, (touch ? flag.touched : 0) | (verified ? flag.verified : 0))
    const descriptor = new Map<Item, Item>([
      ['id', credential.id],
      ['type', 'public-key'],
    ])
    return new Map<Item, Item>([
      [1, descriptor],
      [2, authData],
      [3, signed(credential, Buffer.concat([authData, hash]))],
    ])
  }

  #known(rpId: string, descriptors: Item | undefined): Credential[] {
    const ids = descriptors === undefined ? [] : list(descriptors)
    if (ids.length > this.#options.maxCredentials) throw new Refusal(0x15)
    return this.#credentials.filter(
      (one) => one.rpId === rpId && ids.some((id) => id instanceof Map && one.id.equals(buffer(id.get('id')))),
    )
  }

  #authData(rpId: string, flags: number): Buffer {
    const data = Buffer.alloc(37)
    createHash('sha256').update(rpId).digest().copy(data)
    data.writeUInt8(flags, 32)
    if (this.#options.counter === 'counts') data.writeUInt32BE((this.#counter += 1), 33)
    return data
  }

  /** Says that it is alive until somebody touches it; a cancelled one answers so. */
  async #touched(channel: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<'touched' | 'cancelled'>()
    const operation: Operation = { channel, end: resolve }
    this.#running = operation
    const alive = (): void => this.#hid.keepalive(channel, 2)
    const timer = setInterval(alive, this.#options.keepaliveMs)
    alive()
    if (this.#options.autoTouch) setImmediate(() => this.touch())
    const outcome = await promise
    clearInterval(timer)
    this.#running = null
    if (outcome === 'cancelled') throw new Refusal(status.keepaliveCancel)
  }
}
