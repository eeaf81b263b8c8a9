import type { KeyAvailability, KeyPrompt } from '../../shared/model/security-key'

/** What a key is asked to make; all bytes are base64url without padding (RFC 4648 §5). */
export interface KeyCreation {
  readonly rpId: string
  readonly rpName: string
  readonly challenge: string
  /** Random, unknown to the directory: a key shows it to nobody, and it says nothing of the person. */
  readonly userHandle: string
  readonly userName: string
  /** Credentials that the person has already: a key that holds one of them is refused. */
  readonly exclude: readonly string[]
}

/** What a key is asked to sign. */
export interface KeyAssertion {
  readonly rpId: string
  readonly challenge: string
  readonly allow: readonly string[]
}

/** The WebAuthn structures that a relying party verifies; base64url. */
export interface CreatedCredential {
  readonly credentialId: string
  readonly clientDataJson: string
  readonly attestationObject: string
}

export interface SignedAssertion {
  readonly credentialId: string
  readonly clientDataJson: string
  readonly authenticatorData: string
  readonly signature: string
}

/** How the one at the machine takes part. */
export interface KeyTalk {
  /** What is wanted now: a key, its PIN, a touch. */
  show(prompt: KeyPrompt): void
  /** The PIN as the key's owner typed it; asked once per prompt, never again by itself. Rejects when `signal` aborts. */
  pin(): Promise<string>
  readonly signal: AbortSignal
}

/**
 * Security keys at this machine (FIDO2): CTAP2 over USB, or the operating system's own dialog. Nothing of a PIN is kept or logged. Throws
 * `key-not-available {reason}`, `key-cancelled`, `key-timeout`, `key-pin-wrong {remaining}`, `key-pin-blocked`, `key-pin-not-set`,
 * `key-already-registered`, `key-unknown` (none of the allowed credentials is on it), `key-failed {status}`.
 */
export interface SecurityKeys {
  availability(): Promise<KeyAvailability>
  create(request: KeyCreation, talk: KeyTalk): Promise<CreatedCredential>
  assert(request: KeyAssertion, talk: KeyTalk): Promise<SignedAssertion>
  close(): Promise<void>
}
