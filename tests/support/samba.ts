import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { Attribute, Change, Client, EqualityFilter, ResultCodeError } from 'ldapts'
import { createCa } from './ca'
import type { TestCa } from './ca'
import { configDocument, organisation, withCa } from './organisation'
import type { BindAnswer, DirectoryFileConfig, TestDirectory } from './organisation'
import { accepts, canListen } from './ports'
import { findProgram, run, startServer } from './process'
import { escapeDnValue } from './slapd-seed'

const sambaBase = 'DC=ad,DC=sakura,DC=example'
export const sambaDomain = 'ad.sakura.example'
const administrator = `Administrator@${sambaDomain}`
const administratorPassword = 'Root-Of-The-Test-1'
const seedScript = resolve('tests/support/samba-seed.py')
const organisationFile = resolve('resources/sample-organisation.json')

export interface SambaOptions {
  /** Names and addresses of the server's certificate besides its own address. */
  readonly certificateNames?: readonly string[]
}

/** DN of a group of the sample organisation. */
export function sambaGroupDn(name: string): string {
  return name === 'domain-admins'
    ? `CN=Domain Admins,CN=Users,${sambaBase}`
    : `CN=${escapeDnValue(name)},OU=Groups,${sambaBase}`
}

/**
 * A provisioned and seeded domain, made once per machine and user and copied for each test: provisioning takes seconds, a
 * copy milliseconds. It lies outside the tree; its name changes with the seed.
 */
function seededDomain(): string {
  const python = findProgram(
    ['/usr/bin/python3', 'python3'].map((name) => name.replace('/usr/bin/', '')),
    'python3-samba',
  )
  const hash = createHash('sha256').update(readFileSync(seedScript)).update(readFileSync(organisationFile))
  const cache = join(tmpdir(), `desk-samba-${userInfo().uid}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(cache)) return cache
  const fresh = mkdtempSync(join(tmpdir(), 'desk-samba-seed-'))
  try {
    // Without a file of its own the distribution's smb.conf leaks in.
    writeFileSync(join(fresh, 'base.conf'), '[global]\n')
    run(existsSync('/usr/bin/python3') ? '/usr/bin/python3' : python, [seedScript, fresh, organisationFile], {
      HOME: fresh,
    })
    if (!existsSync(cache)) renameSync(fresh, cache)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return cache
}

/** AD's ports are fixed, so every domain controller has an address of its own. */
async function freeAddress(): Promise<string> {
  const first = 10 + Math.floor(Math.random() * 200)
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const address = `127.0.0.${10 + ((first + attempt) % 240)}`
    const taken = await Promise.all([389, 636, 3268, 3269].map((port) => accepts(address, port)))
    if (!taken.includes(true)) return address
  }
  throw new Error('no free loopback address for a domain controller')
}

function configuration(folder: string, address: string): string {
  return `[global]
  netbios name = DC1
  realm = ${sambaDomain.toUpperCase()}
  workgroup = SAKURA
  server role = active directory domain controller
  server services = ldap
  dcerpc endpoint servers =
  interfaces = ${address}/8
  bind interfaces only = yes
  private dir = ${folder}/private
  state directory = ${folder}/state
  cache directory = ${folder}/cache
  lock directory = ${folder}/lock
  pid directory = ${folder}
  ncalrpc dir = ${folder}/ncalrpc
  ntp signd socket directory = ${folder}/ntp_signd
  winbindd socket directory = ${folder}/winbindd
  log file = ${folder}/log/%m.log
  log level = 1
  tls enabled = yes
  tls cafile = ${folder}/private/ca.pem
  tls certfile = ${folder}/private/server.pem
  tls keyfile = ${folder}/private/server.key
  ldap server require strong auth = yes
  old password allowed period = 0
`
}

function install(ca: TestCa, folder: string): void {
  copyFileSync(ca.caFile, join(folder, 'private/ca.pem'))
  copyFileSync(ca.certFile, join(folder, 'private/server.pem'))
  copyFileSync(ca.keyFile, join(folder, 'private/server.key'))
  chmodSync(join(folder, 'private/server.key'), 0o600)
}

const bindData: Readonly<Record<string, BindAnswer>> = {
  '52e': 'wrong',
  '525': 'wrong',
  '532': 'expired',
  '533': 'disabled',
  '701': 'account-expired',
  '773': 'must-change',
  '775': 'locked',
}

/**
 * Samba's program for whoever runs the tests. An ordinary user may not listen on 389 and 636: a copy of the program gets that
 * one capability, with sudo; root's own program stays as it is.
 */
async function programToRun(samba: string): Promise<string> {
  if (await canListen('127.0.0.1', 389)) return samba
  const copy = join(tmpdir(), `desk-samba-program-${userInfo().uid}-${statSync(samba).mtimeMs}`)
  if (existsSync(copy)) return copy
  copyFileSync(samba, copy)
  try {
    run('sudo', ['-n', 'setcap', 'cap_net_bind_service=+ep', copy])
  } catch (error) {
    rmSync(copy)
    throw new Error('A domain controller needs ports 389 and 636: run as root, or with sudo and libcap2-bin.', {
      cause: error,
    })
  }
  return copy
}

/**
 * Starts a Samba AD domain controller on a free 127.0.0.x, ports 389 and 636: as root, or as a user with sudo. Throws when
 * Samba is not installed.
 */
export async function startSamba(options: SambaOptions = {}): Promise<TestDirectory> {
  const samba = findProgram(['samba'], 'samba samba-dsdb-modules samba-ad-provision samba-ad-dc python3-samba')
  const seeded = seededDomain()
  const folder = mkdtempSync(join(tmpdir(), 'desk-samba-'))
  cpSync(seeded, folder, { recursive: true, preserveTimestamps: true })
  for (const name of ['log', 'lock', 'cache', 'state', 'etc']) mkdirSync(join(folder, name), { recursive: true })
  const host = await freeAddress()
  const ca = createCa(folder, [`dc1.${sambaDomain}`, 'localhost', host, ...(options.certificateNames ?? [])])
  install(ca, folder)
  writeFileSync(join(folder, 'etc/smb.conf'), configuration(folder, host))
  const flags = ['-F', '-M', 'single', '--no-process-group', '-s', join(folder, 'etc/smb.conf'), '--debug-stdout']
  const server = await startServer(await programToRun(samba), flags, {
    logFile: join(folder, 'log/samba.out'),
    ready: async () => (await accepts(host, 636)) && accepts(host, 389),
  })

  const authority = readFileSync(ca.caFile, 'utf8')
  const client = (): Client =>
    new Client({ url: `ldaps://${host}:636`, tlsOptions: { ca: [authority] }, timeout: 20_000, connectTimeout: 5000 })

  async function asAdministrator<T>(work: (administrator: Client) => Promise<T>): Promise<T> {
    const session = client()
    try {
      await session.bind(administrator, administratorPassword)
      return await work(session)
    } finally {
      await session.unbind()
    }
  }

  async function findDn(session: Client, userId: string): Promise<string> {
    const filter = new EqualityFilter({ attribute: 'sAMAccountName', value: userId })
    const found = await session.search(sambaBase, { scope: 'sub', filter, attributes: ['cn'] })
    const [person] = found.searchEntries
    if (person === undefined) throw new Error(`no person ${userId}`)
    return person.dn
  }

  function replaceAt(session: Client, dn: string, type: string, values: readonly (string | Buffer)[]): Promise<void> {
    const buffers = values.map((value) => Buffer.from(value))
    return session.modify(
      dn,
      new Change({ operation: 'replace', modification: new Attribute({ type, values: buffers }) }),
    )
  }

  async function bindAs(userId: string, password: string): Promise<BindAnswer> {
    const person = client()
    try {
      await person.bind(`${userId}@${sambaDomain}`, password)
      return 'ok'
    } catch (error) {
      const data = error instanceof ResultCodeError ? /data ([0-9a-f]+)/u.exec(error.message)?.[1] : undefined
      return bindData[data ?? ''] ?? `other:${String(error)}`
    } finally {
      await person.unbind()
    }
  }

  const directoryConfig: DirectoryFileConfig = {
    kind: 'auto',
    servers: [`ldaps://${host}:636`],
    domain: null,
    site: null,
    dnsServers: [],
    caFile: ca.caFile,
    peopleBase: null,
    bindDn: null,
    readingAttributes: ['msDS-PhoneticDisplayName'],
    protectedGroups: [],
    roles: {
      agent: organisation.roles.agent.map(sambaGroupDn),
      approver: organisation.roles.approver.map(sambaGroupDn),
      admin: organisation.roles.admin.map(sambaGroupDn),
      auditor: organisation.roles.auditor.map(sambaGroupDn),
    },
    connectTimeoutMs: 5000,
    operationTimeoutMs: 20_000,
  }

  return {
    kind: 'active-directory',
    host,
    ldapPort: 389,
    ldapsPort: 636,
    baseDn: sambaBase,
    caFile: ca.caFile,
    password: organisation.password,
    directoryConfig,
    config: withCa(directoryConfig),
    configDocument: configDocument(directoryConfig),
    dn: (userId) => asAdministrator((session) => findDn(session, userId)),
    bindAs,
    async lock(userId) {
      for (let attempt = 0; attempt < organisation.policies.default.lockoutThreshold; attempt += 1)
        await bindAs(userId, 'certainly-wrong')
      const answer = await bindAs(userId, organisation.password)
      if (answer !== 'locked') throw new Error(`${userId} is not locked: ${answer}`)
    },
    setPassword(userId, password) {
      return asAdministrator(async (session) => {
        const dn = await findDn(session, userId)
        await replaceAt(session, dn, 'unicodePwd', [Buffer.from(`"${password}"`, 'utf16le')])
        await replaceAt(session, dn, 'lockoutTime', ['0'])
        await replaceAt(session, dn, 'pwdLastSet', ['-1'])
      })
    },
    rename(userId, name) {
      return asAdministrator(async (session) => {
        const dn = await findDn(session, userId)
        await replaceAt(session, dn, 'displayName', [name])
        await session.modifyDN(dn, `CN=${escapeDnValue(name)}`)
      })
    },
    replace: (userId, attribute, values) =>
      asAdministrator(async (session) => replaceAt(session, await findDn(session, userId), attribute, values)),
    setMember(group, userId, member) {
      return asAdministrator(async (session) => {
        const modification = new Attribute({ type: 'member', values: [await findDn(session, userId)] })
        const change = new Change({ operation: member ? 'add' : 'delete', modification })
        await session.modify(sambaGroupDn(group), change)
      })
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
