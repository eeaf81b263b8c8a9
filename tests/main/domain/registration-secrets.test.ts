import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import {
  answerHashesOf,
  answersSecret,
  destinationOf,
  destinationSecret,
  keyCredentialOf,
  keySecret,
} from '../../../src/main/domain/registration-secrets'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('destinationOf', () => {
  it('reads what destinationSecret wrote', () => {
    const office = { to: '+81312345678', extension: '4021' }
    expect(destinationOf(destinationSecret(office))).toEqual(office)
  })
})

describe('keyCredentialOf', () => {
  it('reads what keySecret wrote', () => {
    const credential = { credentialId: 'aWQ', publicKey: 'a2V5', rpId: 'desk.example', userHandle: 'aGFuZGxl' }
    expect(keyCredentialOf(keySecret(credential))).toEqual(credential)
  })
})

describe('answerHashesOf', () => {
  it('reads what answersSecret wrote', () => {
    const answers = [{ questionId: 'first-teacher', salt: 'c2FsdA', hash: 'aGFzaA' }]
    expect(answerHashesOf(answersSecret(answers))).toEqual(answers)
  })

  it.each(['{"answers":{}}', '{"answers":[1]}', '{"answers":[{"questionId":"a","salt":1,"hash":"b"}]}'])(
    'refuses %s',
    (text) => {
      expect(() => answerHashesOf(bytes(text))).toThrow(expect.objectContaining({ code: 'store-tampered' }))
    },
  )
})

describe('secrets that are none', () => {
  it.each([[bytes('')], [bytes('null')], [bytes('{}')], [bytes('+819012345678')], [Uint8Array.of(0xff, 0xfe)]])(
    'are refused without being repeated: %s',
    (secret) => {
      for (const read of [destinationOf, keyCredentialOf, answerHashesOf]) {
        expect(refusalOf(() => read(secret))).toMatchObject({ code: 'store-tampered', params: {}, cause: null })
      }
    },
  )
})

function refusalOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error instanceof AppError ? { code: error.code, params: error.params, cause: error.cause ?? null } : error
  }
}
