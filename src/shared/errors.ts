/**
 * Every expected refusal of the product, named by the fact. Words live in `i18n/`: an error travels as
 * code and parameters and is put into the reader's language where it is read (DESIGN.md §5.12).
 */
export const errorCodes = [
  // what was asked
  'invalid-input',
  'internal',
  'not-available',
  'reason-required',
  'file-unreadable',
  'file-not-written',
  // configuration and vault
  'config-missing',
  'config-unreadable',
  'config-invalid',
  'config-untrusted-source',
  'config-not-written',
  'config-changed',
  'setting-invalid',
  'authority-invalid',
  'settings-lock-out',
  'environment-unsafe',
  'vault-locked',
  'vault-not-set-up',
  'vault-already-set-up',
  'vault-passphrase-wrong',
  'vault-passphrase-weak',
  'vault-recovery-key-wrong',
  'vault-key-file-wrong',
  'vault-damaged',
  'store-unavailable',
  'store-tampered',
  // session
  'not-signed-in',
  'session-locked',
  'role-required',
  'no-role',
  'password-empty',
  'sign-in-wrong',
  'sign-in-locked',
  'sign-in-expired',
  'sign-in-must-change',
  'sign-in-disabled',
  'sign-in-account-expired',
  'sign-in-hours',
  'sign-in-workstation',
  'sign-in-other-person',
  // directory
  'directory-unreachable',
  'directory-timeout',
  'directory-certificate',
  'directory-tls-required',
  'directory-refused-rights',
  'directory-refused-policy',
  'directory-refused',
  'directory-kind-unknown',
  'directory-no-server',
  'protected-group-unreadable',
  'person-not-found',
  'search-too-short',
  // requests
  'request-not-found',
  'request-exists',
  'request-step-forbidden',
  'request-held-by-other',
  'request-not-claimed',
  'request-changed',
  'operator-not-found',
  'view-not-found',
  // intake
  'mail-not-found',
  'mail-settled',
  'template-invalid',
  // verification
  'checks-closed',
  'method-not-found',
  'method-not-usable',
  'attestation-not-allowed',
  'attestation-not-found',
  'approval-needed',
  'approver-is-agent',
  'approver-is-target',
  'approver-without-role',
  'code-too-soon',
  'code-too-many',
  'trial-too-soon',
  'code-over',
  'number-invalid',
  'number-not-mobile',
  'number-taken',
  'dial-not-possible',
  'draw-over',
  'answers-incomplete',
  'threat-changed',
  'approval-over',
  'key-not-available',
  'key-cancelled',
  'key-timeout',
  'key-pin-blocked',
  'key-pin-not-set',
  'key-already-registered',
  'key-unknown',
  'key-refused',
  'key-failed',
  'address-invalid',
  'address-taken',
  'extension-invalid',
  'offer-gone',
  'method-limit',
  'questions-too-few',
  'question-repeated',
  'question-unknown',
  'answer-length',
  'answer-repeated',
  'answer-easy',
  'questions-invalid',
  // gateway and mailbox
  'sms-not-set-up',
  'sms-refused',
  'sms-unreachable',
  'sms-certificate',
  'sms-unknown',
  'voice-not-set-up',
  'voice-refused',
  'voice-unreachable',
  'voice-certificate',
  'voice-unknown',
  'mail-not-set-up',
  'mail-refused',
  'mail-recipient-refused',
  'mail-unreachable',
  'mail-certificate',
  'mail-tls-refused',
  'mail-unknown',
  'mailbox-unreachable',
  'mailbox-certificate',
  'mailbox-tls-refused',
  'mailbox-refused',
  'mailbox-folder-missing',
  'secret-missing',
  'enrolment-not-found',
  'enrolment-code-wrong',
  'already-registered',
  'person-erased',
  'reveal-not-possible',
  'import-not-found',
  'import-file-invalid',
  'import-running',
  // the gate
  'caller-not-verified',
  'proof-expired',
  'proof-spent',
  'self-action',
  'privileged-by-phone',
  'privileged-needs-strong',
  'heightened-by-phone',
  'action-blocked',
  'outcome-unknown-open',
  // audit
  'audit-unavailable',
  'audit-copy-failed',
  'desk-closed',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Facts that the sentence of a code names: names, times (UTC ISO), counts. Never a secret, never a full number. */
export type ErrorParams = Readonly<Record<string, string | number>>

/** An expected refusal. `cause` only ever reaches the log. */
export class AppError extends Error {
  override readonly name = 'AppError'

  constructor(
    readonly code: ErrorCode,
    readonly params: ErrorParams = {},
    options?: ErrorOptions,
  ) {
    super(code, options)
  }
}

/** The one shape in which main answers the renderer. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly params: ErrorParams }

/** The value of a successful result; throws the refusal as an {@link AppError} otherwise. */
export async function unwrap<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer
  if (result.ok) return result.value
  throw new AppError(result.code, result.params)
}
