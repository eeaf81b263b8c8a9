import { AppError } from '../../shared/errors'

/** Where a number or address leads: the secret of methods of the kinds `phone` and `mail`. */
export interface Destination {
  /** A number in E.164, or a mail address. */
  readonly to: string
  /** Digits to be dialled once the call is answered; empty for none. Office numbers only. */
  readonly extension: string
}

/** The secret of a security key: what a check needs to ask for it, and to verify its signature; base64url without padding. */
export interface KeyCredential {
  readonly credentialId: string
  /** COSE key (RFC 9052 §7). */
  readonly publicKey: string
  readonly rpId: string
  readonly userHandle: string
}

/** One answered security question: scrypt over the peppered, folded answer; salt and hash in base64url. */
export interface AnswerHash {
  readonly questionId: string
  readonly salt: string
  readonly hash: string
}

export function destinationSecret({ to, extension }: Destination): Uint8Array {
  return bytesOf({ to, extension })
}

/** Throws `store-tampered` for bytes that are none. */
export function destinationOf(secret: Uint8Array): Destination {
  const { to, extension } = fieldsOf(secret)
  return { to: textOf(to), extension: textOf(extension) }
}

export function keySecret({ credentialId, publicKey, rpId, userHandle }: KeyCredential): Uint8Array {
  return bytesOf({ credentialId, publicKey, rpId, userHandle })
}

/** Throws `store-tampered` for bytes that are none. */
export function keyCredentialOf(secret: Uint8Array): KeyCredential {
  const { credentialId, publicKey, rpId, userHandle } = fieldsOf(secret)
  return {
    credentialId: textOf(credentialId),
    publicKey: textOf(publicKey),
    rpId: textOf(rpId),
    userHandle: textOf(userHandle),
  }
}

export function answersSecret(answers: readonly AnswerHash[]): Uint8Array {
  return bytesOf({ answers: answers.map(({ questionId, salt, hash }) => ({ questionId, salt, hash })) })
}

/** Throws `store-tampered` for bytes that are none. */
export function answerHashesOf(secret: Uint8Array): AnswerHash[] {
  const { answers } = fieldsOf(secret)
  if (!Array.isArray(answers)) throw new AppError('store-tampered')
  return answers.map((one: unknown) => {
    const { questionId, salt, hash } = recordOf(one)
    return { questionId: textOf(questionId), salt: textOf(salt), hash: textOf(hash) }
  })
}

function bytesOf(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function fieldsOf(secret: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(secret)))
  } catch {
    // Whatever is wrong with it: the parser's words would repeat the secret.
    throw new AppError('store-tampered')
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new AppError('store-tampered')
  return Object.fromEntries(Object.entries(value))
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new AppError('store-tampered')
  return value
}
