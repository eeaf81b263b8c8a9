import { describe, expect, it } from 'vitest'
import { createNumberReader } from '../../../../src/main/gateways/sms/number'

const read = createNumberReader('JP')

describe('createNumberReader', () => {
  it.each([
    ['090-1234-5678', '+819012345678'],
    ['０９０ー１２３４ー５６７８', '+819012345678'],
    ['(090) 1234 5678', '+819012345678'],
    ['+81 90 1234 5678', '+819012345678'],
    ['060-1234-5678', '+816012345678'],
    ['+44 7400 123456', '+447400123456'],
    // North America does not tell mobile numbers apart.
    ['+1 202 555 0123', '+12025550123'],
  ])('reads %s as the mobile number %s', (typed, e164) => expect(read(typed)).toEqual({ e164, mobile: true }))

  it.each([
    ['03-1234-5678', '+81312345678'],
    ['050-1234-5678', '+815012345678'],
    ['0120-444-444', '+81120444444'],
    ['020-1234-5678', '+812012345678'],
  ])('knows that no message reaches %s', (typed, e164) => expect(read(typed)).toEqual({ e164, mobile: false }))

  it.each([
    [''],
    ['110'],
    ['yes'],
    ['call 090-1234-5678'],
    ['090-1234-5678 ext 12'],
    ['090-1234-567'],
    ['+999 1234567'],
    ['tel:+819012345678;x=1'],
  ])('takes %j for no number', (typed) => expect(read(typed)).toBeNull())

  it('needs the country code where the region is none', () => {
    expect(createNumberReader('XX')('090-1234-5678')).toBeNull()
    expect(createNumberReader('XX')('+819012345678')).toEqual({ e164: '+819012345678', mobile: true })
  })
})
