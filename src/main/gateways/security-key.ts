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
  /**
   * The PIN as the key's owner typed it; asked once per prompt `pin`. After a wrong one the prompt is shown again, with `wrong` and what
   * remains; nothing is ever sent twice. Rejects when `signal` aborts.
   */
  pin(): Promise<string>
  readonly signal: AbortSignal
}

/**
 * Security keys at this machine (FIDO2): CTAP2 over USB, or the operating system's own dialog. Nothing of a PIN is kept or logged. Throws
 * `key-not-available {reason}`, `key-cancelled`, `key-timeout`, `key-pin-blocked`, `key-pin-not-set`, `key-already-registered`, `key-unknown` (none of the allowed credentials is on it), `key-failed {status}`.
 */
export interface SecurityKeys {
  availability(): Promise<KeyAvailability>
  create(request: KeyCreation, talk: KeyTalk): Promise<CreatedCredential>
  assert(request: KeyAssertion, talk: KeyTalk): Promise<SignedAssertion>
  close(): Promise<void>
}

/** What is kept of a credential, sealed with its method; bytes are base64url, so that it can stand in JSON. */
export interface KeptCredential {
  readonly credentialId: string
  /** COSE key (RFC 9052). */
  readonly publicKey: string
  /** As the key said last; 0 for keys that do not count. */
  readonly counter: number
}

/** What this desk asked for. */
export interface KeyExpectation {
  readonly rpId: string
  readonly challenge: string
}

/** The judge of what a key answers; it never sees the key. */
export interface RelyingParty {
  /**
   * Verifies what a key made (WebAuthn L2 §7.1): type, challenge, origin, relying party, touch, its owner's verification, the
   * attestation's signature, an algorithm that was offered. Throws `key-refused {reason}` when anything does not hold.
   */
  verifyCreated(
    created: CreatedCredential,
    expected: KeyExpectation,
  ): Promise<KeptCredential & { readonly aaguid: string }>
  /**
   * Verifies what a key signed (WebAuthn L2 §7.2) with one kept credential, and its counter: both 0 is a key that does not count,
   * otherwise it must have grown. Returns the counter to keep. Throws `key-refused {reason}`; `reason` is `counter` where all but the
   * counter holds: there may be two keys with that credential.
   */
  verifyAssertion(
    signed: SignedAssertion,
    expected: KeyExpectation,
    kept: KeptCredential,
  ): Promise<{ readonly counter: number }>
}
