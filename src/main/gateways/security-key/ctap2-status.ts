import { AppError } from '../../../shared/errors'
import { failed, hex } from './key-connection'

/** Status codes that mean something to a person (CTAP 2.1 §8.2). */
export const ctapStatus = {
  ok: 0x00,
  credentialExcluded: 0x19,
  operationDenied: 0x27,
  keepaliveCancel: 0x2d,
  noCredentials: 0x2e,
  userActionTimeout: 0x2f,
  notAllowed: 0x30,
  pinInvalid: 0x31,
  pinBlocked: 0x32,
  pinAuthBlocked: 0x34,
  pinNotSet: 0x35,
  actionTimeout: 0x3a,
  uvBlocked: 0x3c,
  uvInvalid: 0x3f,
} as const

/** What the key answered instead of `ok`; turned into an {@link AppError} by {@link refusalOf} unless somebody knows better. */
export class CtapRefusal extends Error {
  override readonly name = 'CtapRefusal'

  constructor(readonly status: number) {
    super(`CTAP status ${hex(status)}`)
  }
}

/** A refusal in this product's words. */
export function refusalOf(status: number): AppError {
  switch (status) {
    case ctapStatus.credentialExcluded:
      return new AppError('key-already-registered')
    case ctapStatus.noCredentials:
      return new AppError('key-unknown')
    // Its owner said no on the key itself.
    case ctapStatus.operationDenied:
    case ctapStatus.keepaliveCancel:
      return new AppError('key-cancelled')
    case ctapStatus.userActionTimeout:
    case ctapStatus.actionTimeout:
      return new AppError('key-timeout')
    // After three wrong ones in a row it takes none until it is plugged in again; after eight none at all.
    case ctapStatus.pinAuthBlocked:
    case ctapStatus.pinBlocked:
      return new AppError('key-pin-blocked')
    case ctapStatus.pinNotSet:
      return new AppError('key-pin-not-set')
    default:
      return failed(hex(status))
  }
}
