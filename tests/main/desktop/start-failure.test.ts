import { describe, expect, it } from 'vitest'
import { wordStartFailure } from '../../../src/main/desktop/start-failure'
import { AppError } from '../../../src/shared/errors'

describe('wordStartFailure', () => {
  it('says a refusal in the language of the system, with what it is about', () => {
    const error = new AppError('environment-unsafe', { name: 'SSLKEYLOGFILE' })
    expect(wordStartFailure(error, 'ja-JP')).toMatch(/環境変数 SSLKEYLOGFILE/u)
    expect(wordStartFailure(error, 'en-US')).toMatch(/environment variable SSLKEYLOGFILE/u)
    expect(wordStartFailure(error, 'fr-FR')).toBe(wordStartFailure(error, 'en-US'))
  })

  it('says anything else as it is, without a stack trace', () => {
    expect(wordStartFailure(new Error('--config needs a value.'), 'ja')).toBe('--config needs a value.')
    expect(wordStartFailure('odd', 'ja')).toBe('odd')
  })
})
