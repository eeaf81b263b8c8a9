import { failed } from './key-connection'

const flagsAt = 32
const credentialFlag = 0x40
/** rpIdHash 32, flags 1, counter 4, AAGUID 16 (WebAuthn L2 §6.1). */
const lengthAt = 53
const idAt = 55

/** The id of the credential that a creation's authenticator data carries. Throws `key-failed` for any other data. */
export function credentialIdOf(authData: Uint8Array): Uint8Array {
  const view = new DataView(authData.buffer, authData.byteOffset, authData.byteLength)
  if (authData.length < idAt || (view.getUint8(flagsAt) & credentialFlag) === 0) throw failed('credential')
  const length = view.getUint16(lengthAt)
  if (length === 0 || authData.length < idAt + length) throw failed('credential')
  return authData.slice(idAt, idAt + length)
}
