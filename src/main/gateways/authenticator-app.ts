import { randomBytes } from 'node:crypto'
import { ScureBase32Plugin, generateURI, verify } from 'otplib'
import { create } from 'qrcode'
import type { CheckAnswer, CheckContext, EnrollableMethod } from './verification-method'

/** What the person's app needs, shown once on screen; `secret` is sealed by the vault before it is stored. */
export interface AuthenticatorAppStart {
  /** 20 random bytes (RFC 4226 §4 R6). */
  readonly secret: Uint8Array
  /** `otpauth://` key URI; holds the secret, never logged. */
  readonly uri: string
  /** Base32 in groups of four letters. */
  readonly typedKey: string
  /** QR code of the URI as rows of modules, `1` dark, with its quiet zone of four light modules around (ISO/IEC 18004). */
  readonly qr: string[]
  /** As the app will show them. */
  readonly issuer: string
  readonly account: string
}

const secretBytes = 20
const codeDigits = 6
const quietZone = 4
/** Encoded; 30 Japanese characters. The issuer is in the URI twice: longer names make a QR code that phones cannot read. */
const labelPartLength = 270

/**
 * Time-based codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 s. Others are silently ignored by some apps,
 * Microsoft Authenticator among them, so none are offered.
 */
export function createAuthenticatorApp(): EnrollableMethod<AuthenticatorAppStart> {
  return { kind: 'app', check, startEnrolment }
}

async function check(secret: Uint8Array, typed: string, context: CheckContext): Promise<CheckAnswer> {
  const token = typed.normalize('NFKC').replace(/[\s\-\u2010-\u2015\u2212]/gu, '')
  if (!new RegExp(`^[0-9]{${codeDigits}}$`, 'u').test(token)) return { matched: false, hint: 'malformed' }

  const tolerance = context.toleranceSteps * context.stepSeconds
  const answer = await verify({
    secret,
    token,
    algorithm: 'sha1',
    digits: codeDigits,
    period: context.stepSeconds,
    epoch: Math.floor(context.now / 1000),
    epochTolerance: [tolerance, tolerance],
  })
  if (!answer.valid || !('timeStep' in answer)) return { matched: false, hint: null }
  // Also after this machine's clock was set back: then every code is of a step that was accepted before.
  if (context.lastStep !== null && answer.timeStep <= context.lastStep) return { matched: false, hint: 'replayed' }
  return { matched: true, step: answer.timeStep, drift: answer.delta }
}

function startEnrolment(subject: { readonly issuer: string; readonly account: string }): AuthenticatorAppStart {
  const secret = new Uint8Array(randomBytes(secretBytes))
  const key = new ScureBase32Plugin().encode(secret, { padding: false })
  const issuer = labelPart(subject.issuer)
  const account = labelPart(subject.account)
  const uri = generateURI({ issuer, label: account, secret: key })
  return { secret, uri, typedKey: (key.match(/.{1,4}/gu) ?? []).join(' '), qr: qrRows(uri), issuer, account }
}

/** A colon separates issuer and account in the label and may be in neither (Key Uri Format); cut between characters. */
function labelPart(text: string): string {
  const plain = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[:\p{Cc}\s]+/gu, ' ')
    .trim()
  if (fits(plain)) return plain

  let cut = ''
  for (const { segment } of new Intl.Segmenter().segment(plain)) {
    if (!fits(`${cut}${segment}…`)) break
    cut += segment
  }
  return `${cut}…`
}

function fits(part: string): boolean {
  return encodeURIComponent(part).length <= labelPartLength
}

function qrRows(uri: string): string[] {
  const { size, data } = create(uri, { errorCorrectionLevel: 'M' }).modules
  const margin = '0'.repeat(quietZone)
  const empty = Array.from({ length: quietZone }, () => '0'.repeat(size + 2 * quietZone))
  const rows = Array.from({ length: size }, (_row, y) => {
    const dark = Array.from(data.subarray(y * size, (y + 1) * size), (module) => (module === 0 ? '0' : '1'))
    return margin + dark.join('') + margin
  })
  return [...empty, ...rows, ...empty]
}
