import {
  ConstraintViolationError,
  InsufficientAccessError,
  InvalidCredentialsError,
  NoSuchObjectError,
  UnwillingToPerformError,
} from 'ldapts'
import { describe, expect, it } from 'vitest'
import {
  bindRefusal,
  connectRefusal,
  ConnectionLost,
  lossOf,
  passwordRefusal,
  refusal,
} from '../../../src/main/directory/refusals'

const server = 'dc1:636'
const bindAnswer = (data: string) =>
  new InvalidCredentialsError(
    `80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data ${data}, v1db1`,
  )

describe('bindRefusal', () => {
  it('words every answer of Active Directory', () => {
    for (const [data, code] of [
      ['52e', 'sign-in-wrong'],
      ['525', 'sign-in-wrong'],
      ['530', 'sign-in-hours'],
      ['531', 'sign-in-workstation'],
      ['532', 'sign-in-expired'],
      ['533', 'sign-in-disabled'],
      ['701', 'sign-in-account-expired'],
      ['773', 'sign-in-must-change'],
      ['775', 'sign-in-locked'],
      ['abc', 'sign-in-wrong'],
    ] as const)
      expect(bindRefusal(bindAnswer(data), undefined, server), data).toMatchObject({ code })
  })

  it('words the response control of OpenLDAP, which also refuses a bind that succeeded', () => {
    const wrong = new InvalidCredentialsError()
    expect(bindRefusal(wrong, undefined, server)).toMatchObject({ code: 'sign-in-wrong' })
    expect(bindRefusal(wrong, 1, server)).toMatchObject({ code: 'sign-in-locked' })
    expect(bindRefusal(wrong, 0, server)).toMatchObject({ code: 'sign-in-expired' })
    expect(bindRefusal(null, 2, server)).toMatchObject({ code: 'sign-in-must-change' })
    expect(bindRefusal(null, undefined, server)).toBeNull()
  })

  it('answers an unknown person like a wrong password', () => {
    expect(bindRefusal(new NoSuchObjectError(), undefined, server)).toMatchObject({ code: 'sign-in-wrong' })
  })

  it('does not take a lost connection for an answer', () => {
    const lost = new ConnectionLost('gone')
    expect(bindRefusal(lost, undefined, server)).toMatchObject({ code: 'directory-unreachable', params: { server } })
  })

  it('passes on what nobody expected', () => {
    const bug = new TypeError('x')
    expect(bindRefusal(bug, undefined, server)).toBe(bug)
    expect(refusal(bug, server)).toBe(bug)
  })
})

describe('passwordRefusal', () => {
  it('says why where the server says it', () => {
    const constraint = new ConstraintViolationError('x')
    for (const [error, reason] of [
      [8, 'history'],
      [6, 'too-short'],
      [5, 'complexity'],
      [7, 'min-age'],
      [3, 'not-allowed'],
    ] as const)
      expect(passwordRefusal(constraint, error, server)).toMatchObject({
        code: 'directory-refused-policy',
        params: { reason },
      })
    expect(passwordRefusal(constraint, undefined, server)).toMatchObject({ params: { reason: 'unknown' } })
    const windows =
      '0000052D: AtrErr: DSID-03191083, #1: 0: 0000052D: problem 1005 (CONSTRAINT_ATT_TYPE), Att 9005a (unicodePwd)'
    expect(passwordRefusal(new ConstraintViolationError(windows), undefined, server)).toMatchObject({
      code: 'directory-refused-policy',
      params: { reason: 'unknown' },
    })
  })

  it('tells missing rights and other answers from the policy', () => {
    expect(passwordRefusal(new InsufficientAccessError(), undefined, server)).toMatchObject({
      code: 'directory-refused-rights',
    })
    const unencrypted = new UnwillingToPerformError('0000001F: SvcErr: WILL_NOT_PERFORM')
    expect(passwordRefusal(unencrypted, undefined, server)).toMatchObject({
      code: 'directory-refused',
      params: { server, resultCode: 53 },
    })
  })
})

describe('connectRefusal', () => {
  it('tells certificates, time-outs and dead servers apart', () => {
    const withCode = (code: string): Error => Object.assign(new Error('x'), { code })
    const reasons: [string, string][] = [
      ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-authority'],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-authority'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-name'],
      ['CERT_HAS_EXPIRED', 'expired'],
      ['CERT_NOT_YET_VALID', 'not-yet-valid'],
    ]
    for (const [code, reason] of reasons)
      expect(connectRefusal(withCode(code), server)).toMatchObject({
        code: 'directory-certificate',
        params: { server, reason },
      })
    expect(connectRefusal(withCode('ECONNREFUSED'), server)).toMatchObject({ code: 'directory-unreachable' })
    expect(connectRefusal(new Error('Connection timeout'), server)).toMatchObject({ code: 'directory-timeout' })
  })
})

describe('lossOf', () => {
  it('knows how ldapts says that a connection is gone, and takes no answer for it', () => {
    expect(lossOf(new Error('Connection closed before message response was received. Message type: X'))).not.toBeNull()
    expect(lossOf(new Error('ModifyRequest: Operation timed out'))).not.toBeNull()
    expect(lossOf(new InvalidCredentialsError())).toBeNull()
    expect(lossOf(new TypeError('x'))).toBeNull()
  })
})
