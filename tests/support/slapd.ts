import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change, Client, escapeFilter, PasswordPolicyControl, ResultCodeError } from 'ldapts'
import { createCa } from './ca'
import type { TestCa } from './ca'
import { configDocument, organisation, withCa } from './organisation'
import type { BindAnswer, DirectoryFileConfig, TestDirectory } from './organisation'
import { accepts, freePort } from './ports'
import { findProgram, run, startServer } from './process'
import { escapeDnValue, slapdBase, slapdGroupDn, writeSeed } from './slapd-seed'

export interface SlapdOptions {
  /** Further people `bulk.000000`…, for the bench. */
  readonly bulk?: number
  /** Names and addresses of the server's certificate; a name that does not fit tests the host check. */
  readonly certificateNames?: readonly string[]
  /** Most entries that a search answers, paged or not; 5000 and no limit for pages unless told. */
  readonly sizeLimit?: number
  /** Whether people may read the server's clock in its monitor; they may unless told. */
  readonly monitor?: boolean
}

const rootDn = `cn=root,${slapdBase}`
const rootPassword = 'Root-Of-The-Test-1'
const helpdesk = `set="[${slapdGroupDn('helpdesk')}]/member* & user"`

/** People whom the help desk may not touch: its own, and the server team. */
const untouchable = ['helpdesk', 'helpdesk-l1', 'server-team', 'infrastructure', 'domain-admins']
  .map((name) => `(memberOf=${slapdGroupDn(name)})`)
  .join('')

function configuration(folder: string, ca: TestCa, { sizeLimit, monitor = true }: SlapdOptions): string {
  const limits =
    sizeLimit === undefined
      ? 'size.soft=500 size.hard=5000 size.prtotal=unlimited size.pr=1000'
      : `size.soft=${sizeLimit} size.hard=${sizeLimit} size.prtotal=${sizeLimit}`
  const schema = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  const modules = ['back_mdb', 'memberof', 'refint', 'ppolicy'].map((name) => `moduleload ${name}`)
  const people = `dn.subtree="ou=people,${slapdBase}"`
  const stateAttributes =
    'pwdAccountLockedTime,pwdReset,pwdFailureTime,pwdChangedTime,pwdPolicySubentry,pwdGraceUseTime,pwdStartTime,pwdEndTime'
  return `${schema.join('\n')}
attributeoptions lang- phonetic
modulepath /usr/lib/ldap
${modules.join('\n')}
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
loglevel none
TLSCACertificateFile ${ca.caFile}
TLSCertificateFile ${ca.certFile}
TLSCertificateKeyFile ${ca.keyFile}
TLSVerifyClient never
sizelimit 500
database mdb
suffix "${slapdBase}"
rootdn "${rootDn}"
rootpw ${rootPassword}
directory ${folder}/db
maxsize 4294967296
dbnosync
index objectClass eq
index uid,cn,sn,givenName,displayName,mail,employeeNumber eq,sub
index member,memberOf,entryUUID,entryCSN eq
index pwdAccountLockedTime pres
limits users ${limits}
overlay memberof
memberof-refint TRUE
overlay refint
refint_attributes member memberOf manager
overlay ppolicy
ppolicy_default "cn=default,ou=policies,${slapdBase}"
ppolicy_hash_cleartext
ppolicy_use_lockout
# Delegated in part: the help desk may reset this one, but not require a change at next sign-in.
access to ${people} filter=(uid=maeda.ryo) attrs=pwdReset by ${helpdesk} read by self read by * none
access to ${people} filter=(|${untouchable}) attrs=userPassword by self =xw by anonymous auth by * none
access to ${people} filter=(|${untouchable}) attrs=${stateAttributes} by ${helpdesk} read by self read by * none
access to ${people} attrs=userPassword by ${helpdesk} =w by self =xw by anonymous auth by * none
access to ${people} attrs=${stateAttributes} by ${helpdesk} manage by self read by * none
access to dn.subtree="ou=policies,${slapdBase}" by users read by * none
access to * by users read by * none
database monitor
access to * by ${monitor ? 'users' : `dn.exact="${rootDn}"`} read by * none
`
}

function client(url: string, ca: string): Client {
  return new Client({ url, tlsOptions: { ca: [ca] }, timeout: 20_000, connectTimeout: 5000 })
}

/** Starts OpenLDAP on random loopback ports in a temporary folder; throws when slapd is not installed. */
export async function startSlapd(options: SlapdOptions = {}): Promise<TestDirectory> {
  const slapd = findProgram(['slapd'], 'slapd ldap-utils')
  if (!existsSync('/etc/ldap/schema/inetorgperson.schema')) throw new Error('the schemas of slapd are not installed')
  const folder = mkdtempSync(join(tmpdir(), 'desk-slapd-'))
  const ca = createCa(folder, options.certificateNames ?? ['localhost', '127.0.0.1', 'ldap.sakura.example'])
  const configFile = join(folder, 'slapd.conf')
  mkdirSync(join(folder, 'db'))
  writeFileSync(configFile, configuration(folder, ca, options))
  // A distribution's AppArmor profile would keep /usr/sbin/slapd out of the temporary folder.
  const program = join(folder, 'slapd')
  copyFileSync(slapd, program)
  await writeSeed(join(folder, 'seed.ldif'), options.bulk ?? 0, Date.now())
  run(program, ['-Tadd', '-q', '-f', configFile, '-l', join(folder, 'seed.ldif')])

  const ldapPort = await freePort()
  const ldapsPort = await freePort()
  const listeners = `ldap://127.0.0.1:${ldapPort} ldaps://127.0.0.1:${ldapsPort}`
  const server = await startServer(program, ['-d', '0', '-f', configFile, '-h', listeners], {
    logFile: join(folder, 'slapd.log'),
    ready: async () => (await accepts('127.0.0.1', ldapPort)) && accepts('127.0.0.1', ldapsPort),
  })

  const url = `ldaps://127.0.0.1:${ldapsPort}`
  const authority = readFileSync(ca.caFile, 'utf8')

  async function asRoot<T>(work: (root: Client) => Promise<T>): Promise<T> {
    const root = client(url, authority)
    try {
      await root.bind(rootDn, rootPassword)
      return await work(root)
    } finally {
      await root.unbind()
    }
  }

  async function findDn(root: Client, userId: string): Promise<string> {
    const filter = escapeFilter`(uid=${userId})`
    const found = await root.search(slapdBase, { scope: 'sub', filter, attributes: ['1.1'] })
    const [person] = found.searchEntries
    if (person === undefined) throw new Error(`no person ${userId}`)
    return person.dn
  }

  const dn = (userId: string): Promise<string> => asRoot((root) => findDn(root, userId))

  async function bindAs(userId: string, password: string): Promise<BindAnswer> {
    const personDn = await dn(userId)
    const person = client(url, authority)
    const policy = new PasswordPolicyControl()
    try {
      await person.bind(personDn, password, policy)
      return policy.value?.error === 2 ? 'must-change' : 'ok'
    } catch (error) {
      if (!(error instanceof ResultCodeError) || error.code !== 49) return `other:${String(error)}`
      if (policy.value?.error === 1) return 'locked'
      return policy.value?.error === 0 ? 'expired' : 'wrong'
    } finally {
      await person.unbind()
    }
  }

  async function replace(userId: string, attribute: string, values: readonly string[]): Promise<void> {
    await asRoot(async (root) => {
      const modification = new Attribute({ type: attribute, values: [...values] })
      await root.modify(await findDn(root, userId), new Change({ operation: 'replace', modification }))
    })
  }

  const directoryConfig: DirectoryFileConfig = {
    kind: 'auto',
    servers: [url],
    domain: null,
    site: null,
    dnsServers: [],
    caFile: ca.caFile,
    peopleBase: `ou=people,${slapdBase}`,
    bindDn: `uid={user},ou=people,${slapdBase}`,
    readingAttributes: ['cn;lang-ja;phonetic'],
    protectedGroups: organisation.protectedGroups.map(slapdGroupDn),
    roles: {
      agent: organisation.roles.agent.map(slapdGroupDn),
      approver: organisation.roles.approver.map(slapdGroupDn),
      admin: organisation.roles.admin.map(slapdGroupDn),
      auditor: organisation.roles.auditor.map(slapdGroupDn),
    },
    connectTimeoutMs: 5000,
    operationTimeoutMs: 20_000,
  }

  return {
    kind: 'openldap',
    host: '127.0.0.1',
    ldapPort,
    ldapsPort,
    baseDn: slapdBase,
    caFile: ca.caFile,
    password: organisation.password,
    directoryConfig,
    config: withCa(directoryConfig),
    configDocument: configDocument(directoryConfig),
    dn,
    bindAs,
    replace,
    async lock(userId) {
      for (let attempt = 0; attempt < organisation.policies.default.lockoutThreshold; attempt += 1)
        await bindAs(userId, 'certainly-wrong')
      const answer = await bindAs(userId, organisation.password)
      if (answer !== 'locked') throw new Error(`${userId} is not locked: ${answer}`)
    },
    async setPassword(userId, password) {
      await replace(userId, 'userPassword', [password])
      await replace(userId, 'pwdReset', [])
    },
    rename(userId, name) {
      return asRoot(async (root) => {
        const old = await findDn(root, userId)
        if (old.startsWith('uid=')) {
          const modification = new Attribute({ type: 'cn', values: [name] })
          await root.modify(old, [
            new Change({ operation: 'replace', modification }),
            new Change({
              operation: 'replace',
              modification: new Attribute({ type: 'displayName', values: [name] }),
            }),
          ])
        }
        await root.modifyDN(old, `cn=${escapeDnValue(name)}`)
      })
    },
    setMember(group, userId, member) {
      return asRoot(async (root) => {
        const modification = new Attribute({ type: 'member', values: [await findDn(root, userId)] })
        await root.modify(slapdGroupDn(group), new Change({ operation: member ? 'add' : 'delete', modification }))
      })
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
