import type { Item } from './software-authenticator-cbor'

/** Status codes of CTAP 2.1 §8.2. */
export const status = {
  ok: 0x00,
  invalidCommand: 0x01,
  invalidCbor: 0x12,
  missingParameter: 0x14,
  excluded: 0x19,
  unsupportedAlgorithm: 0x26,
  operationDenied: 0x27,
  keepaliveCancel: 0x2d,
  noCredentials: 0x2e,
  pinInvalid: 0x31,
  pinBlocked: 0x32,
  pinAuthInvalid: 0x33,
  pinAuthBlocked: 0x34,
  pinNotSet: 0x35,
  pinRequired: 0x36,
  uvInvalid: 0x3f,
} as const

/** Tries of a PIN until it is locked, and until the key must be plugged in again (CTAP 2.1 §6.5.1). */
export const attempts = 8
export const attemptsInARow = 3

/** Flags of authenticator data (WebAuthn L2 §6.1). */
export const flag = { touched: 0x01, verified: 0x04, credential: 0x40 } as const

/** What the key answers instead of a result. */
export class Refusal extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`)
  }
}

export function option(options: Item | undefined, name: string): boolean {
  return options instanceof Map && options.get(name) === true
}

export function buffer(item: Item | undefined): Buffer {
  if (Buffer.isBuffer(item)) return item
  throw new Refusal(status.missingParameter)
}

export function text(item: Item | undefined): string {
  if (typeof item === 'string') return item
  throw new Refusal(status.missingParameter)
}

export function number(item: Item | undefined): number {
  if (typeof item === 'number') return item
  throw new Refusal(status.missingParameter)
}

export function list(item: Item | undefined): Item[] {
  if (Array.isArray(item)) return item
  throw new Refusal(status.missingParameter)
}
