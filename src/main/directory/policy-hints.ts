import { Ber, BerWriter, Control } from 'ldapts'
import type { Attributes } from './values'

/** LDAP_SERVER_POLICY_HINTS_OID and its predecessor, which older domain controllers know (MS-ADTS 3.1.1.3.4.1.27). */
const policyHints = '1.2.840.113556.1.4.2239'
const policyHintsDeprecated = '1.2.840.113556.1.4.2066'

/**
 * Makes a reset obey password history and minimum age, as a user's own change does (MS-ADTS 3.1.1.3.4.1.27). Its value is
 * `SEQUENCE { INTEGER 1 }`. Critical: a server that cannot do it must refuse rather than set the password anyway.
 */
class PolicyHintsControl extends Control {
  constructor(oid: string) {
    super(oid, { critical: true })
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter()
    value.startSequence()
    value.writeInt(1)
    value.endSequence()
    writer.writeBuffer(value.buffer, Ber.OctetString)
  }
}

/** The control, if this server lists it; `null`: its resets ignore the history. */
export function policyHintsFor(rootDse: Attributes): Control | null {
  const supported = rootDse.texts('supportedControl')
  const oid = [policyHints, policyHintsDeprecated].find((candidate) => supported.includes(candidate))
  return oid === undefined ? null : new PolicyHintsControl(oid)
}

/** A password as `unicodePwd` takes it: in double quotes, UTF-16LE (MS-ADTS 3.1.1.3.1.5.1). */
export function unicodePassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}
