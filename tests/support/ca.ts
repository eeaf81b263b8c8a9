import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, run } from './process'

/** A certificate authority of one test, and a server certificate that it signed. */
export interface TestCa {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/** Makes a CA and a server certificate for these names and addresses in `folder`. Without `names`: no name fits. */
export function createCa(folder: string, names: readonly string[], prefix = ''): TestCa {
  const openssl = findProgram(['openssl'], 'openssl')
  const file = (name: string): string => join(folder, `${prefix}${name}`)
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = ['-x509', ...curve, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '30']
  const extensions = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ]
  run(openssl, ['req', ...authority, '-subj', '/CN=Sakura Test CA', ...extensions])
  const request = ['-keyout', file('server.key'), '-out', file('server.csr'), '-subj', `/CN=${names[0] ?? 'nobody'}`]
  run(openssl, ['req', '-newkey', 'rsa:2048', '-nodes', ...request])
  const alternatives = names.map((name) => (/^[\d.]+$/u.test(name) ? `IP:${name}` : `DNS:${name}`))
  writeFileSync(
    file('server.ext'),
    `subjectAltName=${alternatives.join(',') || 'DNS:nobody.invalid'}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  )
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '30']
  run(openssl, [
    'x509',
    '-req',
    '-in',
    file('server.csr'),
    ...signing,
    '-extfile',
    file('server.ext'),
    '-out',
    file('server.pem'),
  ])
  return { caFile: file('ca.pem'), certFile: file('server.pem'), keyFile: file('server.key') }
}
