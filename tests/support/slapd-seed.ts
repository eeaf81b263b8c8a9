import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { organisation } from './organisation'
import type { SamplePerson, SamplePolicy } from '../../src/main/directory/sample-organisation'

export const slapdBase = 'dc=sakura,dc=example'

/** Password hash as slapadd wants it (RFC 2307 scheme of slapd). */
function ssha(password: string, salt: string): string {
  const digest = createHash('sha1').update(password).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, Buffer.from(salt)]).toString('base64')}`
}

/** One value as an RDN wants it (RFC 4514 §2.4). */
export function escapeDnValue(value: string): string {
  return value
    .replace(/["+,;<>=\\]/gu, (character) => `\\${character}`)
    .replace(/^[ #]/u, (character) => `\\${character}`)
    .replace(/ $/u, '\\ ')
}

/** DN of a person at seed: by user ID, or by name where the sample wants an unusual DN. */
function slapdDn(person: Pick<SamplePerson, 'userId' | 'name' | 'namedByCn'>): string {
  const rdn = person.namedByCn ? `cn=${escapeDnValue(person.name)}` : `uid=${person.userId}`
  return `${rdn},ou=people,${slapdBase}`
}

export function slapdGroupDn(name: string): string {
  return `cn=${escapeDnValue(name)},ou=groups,${slapdBase}`
}

function generalizedTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:T]/gu, '').slice(0, 14)}Z`
}

/** One LDIF entry; values that LDIF cannot hold as they are go in base64 (RFC 2849). */
function entry(dn: string, attributes: readonly (readonly [string, string])[]): string {
  const line = (name: string, value: string): string =>
    /^[\x21-\x39\x3b\x3d-\x7e][\x20-\x7e]*$/u.test(value) && !value.endsWith(' ')
      ? `${name}: ${value}\n`
      : `${name}:: ${Buffer.from(value).toString('base64')}\n`
  return `${line('dn', dn)}${attributes
    .filter(([, value]) => value !== '')
    .map(([name, value]) => line(name, value))
    .join('')}\n`
}

function policyEntry(name: string, policy: SamplePolicy): string {
  return entry(`cn=${name},ou=policies,${slapdBase}`, [
    ['objectClass', 'device'],
    ['objectClass', 'pwdPolicy'],
    ['cn', name],
    ['pwdAttribute', 'userPassword'],
    ['pwdLockout', 'TRUE'],
    ['pwdMaxFailure', String(policy.lockoutThreshold)],
    ['pwdLockoutDuration', String(policy.lockoutSeconds)],
    ['pwdFailureCountInterval', '0'],
    ['pwdInHistory', String(policy.historyLength)],
    ['pwdMinLength', String(policy.minLength)],
    ['pwdMinAge', String(policy.minAgeSeconds)],
    ['pwdCheckQuality', '1'],
    ['pwdMustChange', 'TRUE'],
    ['pwdAllowUserChange', 'TRUE'],
    ['pwdSafeModify', 'FALSE'],
    ['pwdMaxAge', String(policy.maxAgeSeconds)],
    ['pwdExpireWarning', '0'],
  ])
}

/** Operational attributes of the states that ppolicy knows; smart cards are Active Directory's. */
function accountAttributes(person: SamplePerson, now: number): (readonly [string, string])[] {
  const day = 86_400_000
  const changed = person.account === 'password-expired' ? now - 200 * day : now - day
  const attributes: (readonly [string, string])[] = [['pwdChangedTime', generalizedTime(changed)]]
  if (person.account === 'disabled') attributes.push(['pwdAccountLockedTime', '000001010000Z'])
  if (person.account === 'must-change') attributes.push(['pwdReset', 'TRUE'])
  if (person.account === 'account-expired') attributes.push(['pwdEndTime', generalizedTime(now - day)])
  if (person.account === 'password-never-expires')
    attributes.push(['pwdPolicySubentry', `cn=never-expires,ou=policies,${slapdBase}`])
  if (person.policy === 'strict') attributes.push(['pwdPolicySubentry', `cn=strict,ou=policies,${slapdBase}`])
  return attributes
}

function personEntry(person: SamplePerson, now: number): string {
  const memberships = organisation.groups.filter((group) => group.members.includes(person.userId))
  const manager = organisation.people.find((candidate) => candidate.userId === person.manager)
  return entry(slapdDn(person), [
    ['objectClass', 'inetOrgPerson'],
    ['uid', person.userId],
    ['cn', person.name],
    ['sn', person.family],
    ['givenName', person.given],
    ['displayName', person.name],
    ['cn;lang-ja;phonetic', person.reading],
    ['mail', person.mail],
    ['telephoneNumber', person.telephone],
    ['mobile', person.mobile],
    ['employeeNumber', person.employeeNumber],
    ['title', person.title],
    ['ou', person.department],
    ['l', person.office],
    ['manager', manager === undefined ? '' : slapdDn(manager)],
    ['userPassword', ssha(organisation.password, person.userId)],
    // slapadd bypasses the memberof overlay.
    ...memberships.map((group) => ['memberOf', slapdGroupDn(group.name)] as const),
    ...accountAttributes(person, now),
  ])
}

const families = [
  '佐藤:さとう',
  '鈴木:すずき',
  '林:はやし',
  '斎藤:さいとう',
  'Müller:',
  'Schmidt:',
  'Nguyen:',
  '渡邉:わたなべ',
]
const givens = ['美咲:みさき', '健:けん', '翔太:しょうた', '陽子:ようこ', 'Anna:', 'Jürgen:', 'Linh:', '愛:あい']

function bulkEntry(index: number, hash: string): string {
  const [family = '', familyReading = ''] = (families[index % families.length] ?? '').split(':')
  const [given = '', givenReading = ''] = (givens[Math.floor(index / families.length) % givens.length] ?? '').split(':')
  const number = String(index).padStart(6, '0')
  const reading = familyReading !== '' && givenReading !== '' ? `${familyReading} ${givenReading}` : ''
  return entry(`uid=bulk.${number},ou=people,${slapdBase}`, [
    ['objectClass', 'inetOrgPerson'],
    ['uid', `bulk.${number}`],
    ['cn', `${family} ${given} ${number}`],
    ['sn', family],
    ['givenName', given],
    ['displayName', `${family} ${given}`],
    ['cn;lang-ja;phonetic', reading],
    ['mail', `bulk.${number}@sakura.example`],
    ['telephoneNumber', `+81 3 55${number}`],
    ['employeeNumber', `B${number}`],
    ['ou', `部門${index % 97}`],
    ['userPassword', hash],
  ])
}

/** Writes the sample organisation, and `bulk` further people in one nested group, as LDIF for slapadd. */
export async function writeSeed(file: string, bulk: number, now: number): Promise<void> {
  const out = createWriteStream(file)
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain')
  }
  await write(
    entry(slapdBase, [
      ['objectClass', 'dcObject'],
      ['objectClass', 'organization'],
      ['dc', 'sakura'],
      ['o', organisation.organisation],
    ]),
  )
  for (const unit of ['people', 'groups', 'policies'])
    await write(
      entry(`ou=${unit},${slapdBase}`, [
        ['objectClass', 'organizationalUnit'],
        ['ou', unit],
      ]),
    )
  await write(policyEntry('default', organisation.policies.default))
  await write(policyEntry('strict', organisation.policies.strict))
  await write(policyEntry('never-expires', { ...organisation.policies.default, maxAgeSeconds: 0 }))
  for (const person of organisation.people) await write(personEntry(person, now))
  for (const group of organisation.groups) {
    const people = organisation.people.filter((person) => group.members.includes(person.userId)).map(slapdDn)
    const parents = organisation.groups.filter((other) => other.groups.includes(group.name))
    await write(
      entry(slapdGroupDn(group.name), [
        ['objectClass', 'groupOfNames'],
        ['cn', group.name],
        ['description', group.description],
        ...[...people, ...group.groups.map(slapdGroupDn)].map((member) => ['member', member] as const),
        ...parents.map((parent) => ['memberOf', slapdGroupDn(parent.name)] as const),
      ]),
    )
  }
  const hash = ssha(organisation.password, 'bulk')
  for (let index = 0; index < bulk; index += 1) await write(bulkEntry(index, hash))
  out.end()
  await once(out, 'finish')
}
