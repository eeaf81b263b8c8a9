import { AppError } from '../../shared/errors'

/**
 * What can be wrong with one field. The word travels as `problemCode` for the catalogues; `problem` is the same in English,
 * for the log and as a last resort.
 */
const problems = {
  syntax: 'is not valid JSON here',
  'comment-not-allowed': 'has a comment; JSON has none',
  'duplicate-field': 'is written twice',
  'unknown-field': 'is not a field of this file',
  missing: 'is missing',
  'wrong-type': 'has the wrong type',
  'too-small': 'is too small or too short',
  'too-big': 'is too big or too long',
  'not-one-of': 'is not one of the allowed values',
  'not-a-dn': 'is not a distinguished name such as cn=helpdesk,ou=groups,dc=example,dc=com',
  'not-a-dn-template':
    'is not a distinguished name with {user} in it once, such as uid={user},ou=people,dc=example,dc=com',
  'not-a-server': 'is not a server such as ldaps://dc1.example.com or ldap://dc1.example.com (StartTLS)',
  'server-scheme': 'does not begin with ldaps:// or ldap:// (StartTLS)',
  'not-a-dns-name': 'is not a DNS name such as example.com',
  'not-a-dns-server': 'is not a DNS server such as 192.0.2.53 or 192.0.2.53:53',
  'not-an-attribute': 'is not the name of an attribute',
  'no-control-characters': 'has characters that do not belong in one line',
  'needs-server-or-domain': 'names neither servers nor a domain',
  'needs-bind-dn': 'is needed when the kind is openldap',
  'not-a-host': 'is not a host such as mail.example.com or 192.0.2.1',
  'not-a-gateway-url':
    'is not an address such as https://sms.example.com/send?to={to}; placeholders, user names and # do not belong before its path',
  'gateway-needs-https': 'does not begin with https://; http:// is for a gateway on this machine only',
  'host-not-allowed': 'names a host that is not among allowedHosts',
  'needs-to-and-text': 'has {to} and {text} neither in its address nor in its body',
  'needs-to-and-spoken': 'has {to} and one of {text}, {spokenText} and {code} neither in its address nor in its body',
  'needs-message-id': 'does not have {messageId} in it',
  'not-a-header': 'is not the name of a header',
  'not-a-mail-address': 'is not a mail address such as desk@example.com',
  'not-a-schema': 'is not a schema such as sspr_desk: small letters, digits and _',
  'not-a-region': 'is not a country such as JP (ISO 3166)',
  'not-a-secret':
    'is not the name of a secret: mailbox.password, intake.password, smtp.password, store.password, sms.NAME or voice.NAME',
  'secret-file-open': 'names a file that others than its owner may read; chmod 600 it',
  'file-missing': 'names a file that does not exist',
  'file-unreadable': 'names a file that cannot be read',
  'not-a-certificate': 'names a file that does not hold PEM certificates',
  'holds-private-key': 'names a file that holds a private key; only certificates belong there',
  'not-a-ca': 'names a certificate that is not a certificate authority (CA)',
} as const
export type ConfigProblem = keyof typeof problems

/** Whether a text names a problem: zod carries ours as the message of a custom issue. */
export function isConfigProblem(text: string): text is ConfigProblem {
  return Object.hasOwn(problems, text)
}

/** One fault in the file, told so that an administrator finds it: file, line, field, what is wrong, what is allowed. */
export function invalid(place: {
  readonly file: string
  readonly line: number
  readonly field: string
  readonly problem: ConfigProblem
  readonly expected?: string
}): AppError {
  const { file, line, field, problem, expected } = place
  const words = expected === undefined ? problems[problem] : `${problems[problem]} (${expected})`
  return new AppError('config-invalid', {
    file,
    line,
    field,
    problem: words,
    problemCode: problem,
    expected: expected ?? '',
  })
}
