import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameAddress, isWithinDomains, maskAddress, readAddress } from '../../../src/main/domain/registration-address'

describe('readAddress', () => {
  it.each([
    ['hanako@example.jp', 'hanako@example.jp'],
    [' Hanako.Yamada+desk@Example.JP ', 'Hanako.Yamada+desk@example.jp'],
    ['ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ', 'hanako@example.jp'],
    ['hanako@例え.jp', 'hanako@xn--r8jz45g.jp'],
    ['hanako@xn--r8jz45g.jp', 'hanako@xn--r8jz45g.jp'],
    ["o'brien@mail.example.co.jp", "o'brien@mail.example.co.jp"],
  ])('reads %s', (typed, address) => {
    expect(readAddress(typed)).toBe(address)
  })

  it.each([
    '',
    '@',
    'hanako',
    'hanako@',
    '@example.jp',
    'hanako@localhost',
    'hanako@192.0.2.1',
    'hanako@[192.0.2.1]',
    'hanako@example.jp:25',
    'hanako@example.jp/path',
    'hanako@user@example.jp',
    'hana ko@example.jp',
    'hanako@exam ple.jp',
    '"hanako"@example.jp',
    'Hanako <hanako@example.jp>',
    'hanako@example.jp>',
    'hanako@example.jp, taro@example.jp',
    'hanako@example.jp\r\nBcc: taro@example.jp',
    'hanako\r\nRCPT TO:<taro@example.jp>@example.jp',
    'hanako@example.jp\u0000',
    'hanako..yamada@example.jp',
    '.hanako@example.jp',
    'hanako.@example.jp',
    '花子@example.jp',
    'hanako@-example.jp',
    'hanako@example.1',
    'hanako@0x7f.1',
    `${'a'.repeat(65)}@example.jp`,
    `hanako@${'a.'.repeat(125)}jp`,
  ])('refuses %j', (typed) => {
    expect(readAddress(typed)).toBeNull()
  })

  it('answers nothing that means more than one address, whatever was typed', () => {
    const noise = fc.string({ unit: 'binary' })
    const mixed = fc
      .tuple(noise, fc.constantFrom('@', '＠', '@example.jp', '\r\n', '<', '>'), noise)
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(noise, mixed, fc.emailAddress()), (typed) => {
        const address = readAddress(typed)
        if (address === null) return
        expect(address).toMatch(/^[!-~]+@[a-z0-9.-]+$/u)
        expect(address).not.toMatch(/[\s<>(),:;"\\[\]]/u)
        expect(readAddress(address)).toBe(address)
      }),
    )
  })
})

describe('isSameAddress', () => {
  it('ignores case alone', () => {
    expect(isSameAddress('Hanako@example.jp', 'hanako@example.jp')).toBe(true)
    expect(isSameAddress('hanako@example.jp', 'hanako+1@example.jp')).toBe(false)
  })
})

describe('isWithinDomains', () => {
  it.each([
    ['hanako@sakura.example', true],
    ['hanako@mail.sakura.example', true],
    ['hanako@notsakura.example', false],
    ['hanako@sakura.example.jp', false],
    ['sakura.example@gmail.com', false],
    ['hanako@xn--r8jz45g.jp', true],
  ])('says of %s: %s', (address, own) => {
    expect(isWithinDomains(address, ['Sakura.Example', '例え.jp'])).toBe(own)
  })
})

describe('maskAddress', () => {
  it('shows first and last letter, and the top-level domain', () => {
    expect(maskAddress('hanako@example.jp')).toBe('h…o@e…e.jp')
    expect(maskAddress('hanako@mail.example.co.jp')).toBe('h…o@m…o.jp')
    expect(maskAddress('ab@cd.jp')).toBe('a…@c….jp')
  })

  it('never shows more of a name than its ends', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (typed) => {
        const address = readAddress(typed)
        if (address === null) return
        const [local = ''] = maskAddress(address).split('@')
        expect([...local].length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
