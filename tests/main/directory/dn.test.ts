import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dnsDomainOf, escapeDnValue, isWithin, nameOfDn, normaliseDn } from '../../../src/main/directory/dn'

describe('escapeDnValue', () => {
  it('leaves no part of a name to be read as syntax', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const value = name.toWellFormed()
        const dn = `uid=${escapeDnValue(value)},ou=people,dc=x`
        expect(nameOfDn(dn)).toBe(value)
        expect(isWithin(dn, 'ou=people,dc=x')).toBe(true)
      }),
    )
  })

  it('escapes as RFC 4514 §2.4 says', () => {
    expect(escapeDnValue('a,ou=admins')).toBe('a\\,ou\\=admins')
    expect(escapeDnValue('#x ')).toBe('\\#x\\ ')
    expect(escapeDnValue('a\u0000b')).toBe('a\\00b')
  })
})

describe('normaliseDn', () => {
  it('takes spellings of one name for one', () => {
    const spellings = [
      'CN=Smith\\2C John \\22Jack\\22,OU=Staff,DC=x',
      'cn=Smith\\, John \\"Jack\\", ou=staff, dc=X',
      'cn=smith\\2c john \\"jack\\",OU=staff,dc=x',
    ]
    expect(new Set(spellings.map(normaliseDn)).size).toBe(1)
    expect(normaliseDn('cn=\\E5\\B1\\B1,dc=x')).toBe(normaliseDn('CN=山,DC=x'))
    expect(normaliseDn('cn=a+uid=b,dc=x')).toBe(normaliseDn('UID=b+CN=a,dc=x'))
  })

  it('keeps different names apart', () => {
    expect(normaliseDn('cn=a\\,ou=b,dc=x')).not.toBe(normaliseDn('cn=a,ou=b,dc=x'))
    expect(normaliseDn('cn=a\\20,dc=x')).not.toBe(normaliseDn('cn=a,dc=x'))
  })

  it('never throws and is its own normal form', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(normaliseDn(normaliseDn(text))).toBe(normaliseDn(text))
      }),
    )
  })
})

describe('isWithin', () => {
  it('compares whole parts', () => {
    expect(isWithin('ou=people,dc=x', 'dc=x')).toBe(true)
    expect(isWithin('DC=X', 'dc=x')).toBe(true)
    expect(isWithin('ou=people,dc=evilx', 'dc=x')).toBe(false)
    expect(isWithin('cn=a\\,dc=x', 'dc=x')).toBe(false)
  })
})

describe('dnsDomainOf', () => {
  it('joins the domain components', () => {
    expect(dnsDomainOf('DC=ad,DC=sakura,DC=example')).toBe('ad.sakura.example')
    expect(dnsDomainOf('o=company')).toBe('')
  })
})
