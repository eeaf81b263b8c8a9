import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDistinguishedName } from '../../../src/main/config/dn'

describe('isDistinguishedName', () => {
  it.each([
    'dc=example',
    'CN=Help Desk,OU=Groups,DC=ad,DC=example',
    'cn=佐藤 美咲,dc=example',
    'cn=a\\, b,dc=example',
    'cn=\\23x,dc=example',
    'cn=\\#x\\ ,dc=example',
    'cn=a+sn=b, dc=example',
    '2.5.4.3=#0401ff',
    'cn=a=b,dc=example',
  ])('takes %s', (text) => expect(isDistinguishedName(text)).toBe(true))

  it.each([
    '',
    'helpdesk',
    'cn=',
    '=a',
    'cn=a,',
    ',dc=a',
    'cn=a"b',
    'cn=a;dc=b',
    'cn=<a>',
    'cn=a\\',
    'cn=a\\zz',
    'c n=a',
    'cn=#0',
    'cn=a\0',
  ])('refuses %j', (text) => expect(isDistinguishedName(text)).toBe(false))

  it('answers any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 1000 }), (text) => typeof isDistinguishedName(text) === 'boolean'))
  })
})
