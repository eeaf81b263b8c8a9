import type { EnrollableMethod } from './verification-method'

/** What the person's app needs, shown once on screen; `secret` is sealed by the vault before it is stored. */
export interface AuthenticatorAppStart {
  /** 20 random bytes (RFC 4226 §4 R6). */
  readonly secret: Uint8Array
  /** `otpauth://` key URI; holds the secret, never logged. */
  readonly uri: string
  /** Base32 in groups of four letters. */
  readonly typedKey: string
  /** QR code of the URI as rows of modules, `1` dark, with its quiet zone of four light modules around. */
  readonly qr: string[]
  /** As the app will show them. */
  readonly issuer: string
  readonly account: string
}

/** Time-based codes of an authenticator app: RFC 6238 with SHA-1, six digits, as Microsoft Authenticator expects. */
export function createAuthenticatorApp(): EnrollableMethod<AuthenticatorAppStart> {
  throw new Error('made in the next commit')
}
