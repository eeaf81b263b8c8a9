import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { PersonKey } from '../vault'
import { decrypt, encrypt } from './cipher'
import type { Part } from './encoding'

const version = 1
const keyLength = 32

/** Whose key it is: both are associated data of the wrapped key and of everything under it. */
interface Owner {
  readonly installationId: string
  readonly personId: string
}

/** A new key of 32 random bytes, wrapped with AES-256-GCM; the plain key is wiped at once. */
export function wrapNewPersonKey(wrappingKey: Uint8Array | KeyObject, owner: Owner): Uint8Array {
  const key = randomBytes(keyLength)
  const wrapped = encrypt(wrappingKey, wrapContext(owner), key)
  key.fill(0)
  return wrapped
}

/** Throws `store-tampered` for a key that was altered, cut, or wrapped for another person or installation. */
export function openPersonKey(wrappingKey: Uint8Array | KeyObject, owner: Owner, wrapped: Uint8Array): PersonKey {
  const key = decrypt(wrappingKey, wrapContext(owner), wrapped)
  if (key?.length !== keyLength) throw new AppError('store-tampered')
  const opened = new OpenPersonKey(createSecretKey(key), owner)
  key.fill(0)
  return opened
}

class OpenPersonKey implements PersonKey {
  readonly #key: KeyObject
  readonly #owner: Owner

  constructor(key: KeyObject, owner: Owner) {
    this.#key = key
    this.#owner = owner
  }

  seal(context: string, plain: Uint8Array): Uint8Array {
    return encrypt(this.#key, this.#context(context), plain)
  }

  open(context: string, sealed: Uint8Array): Uint8Array {
    const plain = decrypt(this.#key, this.#context(context), sealed)
    if (plain === null) throw new AppError('store-tampered')
    return plain
  }

  #context(context: string): readonly Part[] {
    return ['person-value', this.#owner.installationId, this.#owner.personId, context]
  }
}

function wrapContext({ installationId, personId }: Owner): readonly Part[] {
  return ['person-key', installationId, personId, version]
}
