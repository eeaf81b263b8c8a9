import { BerWriter } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { policyHintsFor, unicodePassword } from '../../../src/main/directory/policy-hints'
import { askedFor, Attributes } from '../../../src/main/directory/values'

const rootDse = (...supportedControl: string[]): Attributes =>
  new Attributes({ dn: '', supportedControl }, askedFor(['supportedControl']))

describe('policyHintsFor', () => {
  it('is the critical control with the value 30 03 02 01 01, byte by byte', () => {
    const writer = new BerWriter()
    policyHintsFor(rootDse('1.2.840.113556.1.4.319', '1.2.840.113556.1.4.2239'))?.write(writer)
    const oid = Buffer.from('1.2.840.113556.1.4.2239').toString('hex')
    // Control ::= SEQUENCE { controlType, criticality TRUE, controlValue OCTET STRING } (RFC 4511 §4.1.11)
    expect(writer.buffer.toString('hex')).toBe(`3023${'0417'}${oid}${'0101ff'}${'04053003020101'}`)
  })

  it('uses the older number where only that is known, and nothing where neither is', () => {
    expect(policyHintsFor(rootDse('1.2.840.113556.1.4.2066'))?.type).toBe('1.2.840.113556.1.4.2066')
    expect(policyHintsFor(rootDse('1.2.840.113556.1.4.319'))).toBeNull()
  })
})

describe('unicodePassword', () => {
  it('is quoted UTF-16LE', () => {
    expect(unicodePassword('aé').toString('hex')).toBe('22006100e9002200')
    expect(unicodePassword('𠮷').toString('hex')).toBe('220042d8b7df2200')
    expect(unicodePassword('"').toString('hex')).toBe('220022002200')
  })
})
