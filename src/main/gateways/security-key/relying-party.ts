import type * as SimpleWebAuthn from '@simplewebauthn/server'
import { AppError } from '../../../shared/errors'
import type { CreatedCredential, KeptCredential, KeyExpectation, RelyingParty, SignedAssertion } from '../security-key'

/** Verification by a library that follows the standard; it is loaded with the first answer of a key. */
export function createRelyingParty(): RelyingParty {
  return { verifyCreated, verifyAssertion }
}

async function verifyCreated(
  created: CreatedCredential,
  expected: KeyExpectation,
): Promise<KeptCredential & { readonly aaguid: string }> {
  const { verifyRegistrationResponse } = await library()
  const answer = await holding('creation', () =>
    verifyRegistrationResponse({
      response: {
        id: created.credentialId,
        rawId: created.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: created.clientDataJson, attestationObject: created.attestationObject },
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: originOf(expected.rpId),
      expectedRPID: expected.rpId,
      expectedType: 'webauthn.create',
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...offeredAlgorithms],
    }),
  )
  if (!answer.verified) throw refused('creation')
  const { aaguid, credential } = answer.registrationInfo
  // The id beside the attestation is not signed: the one inside is meant.
  if (credential.id !== created.credentialId) throw refused('credential')
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    aaguid,
  }
}

async function verifyAssertion(
  signed: SignedAssertion,
  expected: KeyExpectation,
  kept: KeptCredential,
): Promise<{ readonly counter: number }> {
  const { verifyAuthenticationResponse } = await library()
  if (signed.credentialId !== kept.credentialId) throw refused('credential')
  const verify = (counter: number): ReturnType<typeof verifyAuthenticationResponse> =>
    verifyAuthenticationResponse({
      response: {
        id: signed.credentialId,
        rawId: signed.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: signed.clientDataJson,
          authenticatorData: signed.authenticatorData,
          signature: signed.signature,
        },
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: originOf(expected.rpId),
      expectedRPID: expected.rpId,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      credential: {
        id: kept.credentialId,
        publicKey: new Uint8Array(Buffer.from(kept.publicKey, 'base64url')),
        counter,
      },
    })
  // Told apart from forgery: a signature that holds with a counter that does not points at a copied key.
  const answer = await holding('assertion', () => verify(0))
  if (!answer.verified) throw refused('assertion')
  const { newCounter } = answer.authenticationInfo
  if ((newCounter !== 0 || kept.counter !== 0) && newCounter <= kept.counter) throw refused('counter')
  return { counter: newCounter }
}

/** ES256 and EdDSA (RFC 9053): what was offered when the key was made. */
const offeredAlgorithms = [-7, -8] as const

function originOf(rpId: string): string {
  return `https://${rpId}`
}

function library(): Promise<typeof SimpleWebAuthn> {
  // Loaded with the first key: certificates and ASN.1 of all kinds come with it.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  return import('@simplewebauthn/server')
}

/** The library throws an Error for whatever does not hold. */
async function holding<T>(reason: string, verify: () => Promise<T>): Promise<T> {
  try {
    return await verify()
  } catch (error) {
    throw refused(reason, error)
  }
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError('key-refused', { reason }, { cause })
}
