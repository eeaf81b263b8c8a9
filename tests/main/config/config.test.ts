import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  authorityFingerprint,
  loadConfig,
  machineConfigPath,
  sampleConfig,
  type DeskConfig,
} from '../../../src/main/config'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { AppError } from '../../../src/shared/errors'
import { createCa } from '../../support/ca'
import { aConfigFile, writeConfig } from '../../support/config'
import { findProgram, run } from '../../support/process'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function load(content: unknown): DeskConfig {
  return loadConfig(places({ commandLineFile: writeConfig(folder, content) }))
}

function places(changes: object = {}) {
  return {
    commandLineFile: null,
    userDataDir: join(folder, 'user'),
    machineFile: join(folder, 'machine', 'config.json'),
    ...changes,
  }
}

/** What a configuration is refused with; fails when it is not. */
function refusal(content: unknown): AppError {
  return refused(() => load(content))
}

function refused(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('was accepted')
}

const withDirectory = (changes: object): object =>
  aConfigFile({ directory: { servers: ['ldaps://dc1.sakura.example'], ...changes } })

describe('loadConfig', () => {
  it('fills in every default and turns human units into seconds', () => {
    const config = load(aConfigFile())

    expect(config).toMatchObject({
      source: 'command-line',
      file: join(folder, 'config.json'),
      organisation: 'Sakura Seisakusho',
    })
    expect(config.policy).toEqual(defaultPolicy)
    expect(config.externalHosts).toEqual([])
    expect(config.directory).toEqual({
      kind: 'openldap',
      servers: ['ldaps://ldap.sakura.example:636'],
      domain: null,
      site: null,
      dnsServers: [],
      ca: null,
      caFile: null,
      peopleBase: null,
      bindDn: 'uid={user},ou=people,dc=sakura,dc=example',
      readingAttributes: ['msDS-PhoneticDisplayName'],
      protectedGroups: [],
      roles: { agent: ['cn=helpdesk,ou=groups,dc=sakura,dc=example'], approver: [], admin: [], auditor: [] },
      connectTimeoutMs: 5000,
      operationTimeoutMs: 15_000,
    })
  })

  it('takes every field of the policy', () => {
    const { policy } = load(
      aConfigFile({
        policy: {
          methodsRequired: 1,
          proofMinutes: 5,
          failureLimit: 3,
          failureWindowHours: 12,
          closureHours: 2,
          coolDownDays: 14,
          totpStepSeconds: 60,
          totpToleranceSteps: 0,
          enrolmentMinutes: 15,
          temporaryPasswordLength: 20,
          clipboardSeconds: 10,
          idleLockMinutes: 1,
          requestExpiryDays: 3,
          auditKeepDays: 365,
          dueHours: 8,
          dueSoonMinutes: 30,
          foldHours: 48,
          codeMinutes: 3,
          codeTries: 2,
          resendMinutes: 1,
          sendsPerDay: 5,
          directoryNumbers: true,
          methodsToRegister: 3,
          questionsToRegister: 6,
          questionsToAsk: 4,
          reconfirmDays: 0,
          approvalMinutes: 30,
          reportClosureHours: 48,
          allowApp: false,
          allowSms: false,
          allowVoice: false,
          allowCallBack: false,
          allowKey: false,
          allowMail: false,
          allowQuestions: false,
          callBackNeedsApproval: false,
          offerDirectoryData: false,
        },
      }),
    )
    expect(policy).toEqual({
      methodsRequired: 1,
      proofSeconds: 300,
      failureLimit: 3,
      failureWindowSeconds: 43_200,
      closureSeconds: 7200,
      coolDownSeconds: 1_209_600,
      totpStepSeconds: 60,
      totpToleranceSteps: 0,
      enrolmentSeconds: 900,
      temporaryPasswordLength: 20,
      clipboardSeconds: 10,
      idleLockSeconds: 60,
      requestExpirySeconds: 259_200,
      auditKeepDays: 365,
      dueSeconds: 28_800,
      dueSoonSeconds: 1800,
      foldSeconds: 172_800,
      codeSeconds: 180,
      codeTries: 2,
      resendSeconds: 60,
      sendsPerDay: 5,
      directoryNumbers: true,
      methodsToRegister: 3,
      questionsToRegister: 6,
      questionsToAsk: 4,
      reconfirmSeconds: 0,
      approvalSeconds: 1800,
      reportClosureSeconds: 172_800,
      allowApp: false,
      allowSms: false,
      allowVoice: false,
      allowCallBack: false,
      allowKey: false,
      allowMail: false,
      allowQuestions: false,
      callBackNeedsApproval: false,
      offerDirectoryData: false,
    })
  })

  it('refuses to draw more questions than a person answers', () => {
    const three = { questionsToRegister: 3 }
    expect(load(aConfigFile({ policy: { ...three, questionsToAsk: 3 } })).policy.questionsToAsk).toBe(3)
    expect(() => load(aConfigFile({ policy: { ...three, questionsToAsk: 4 } }))).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        params: expect.objectContaining({ field: 'policy.questionsToAsk', problemCode: 'too-big' }) as unknown,
      }),
    )
  })

  it.each([
    ['ldaps://DC1.Sakura.Example', 'ldaps://dc1.sakura.example:636'],
    ['ldap://dc1.sakura.example', 'ldap://dc1.sakura.example:389'],
    ['ldaps://dc1.sakura.example:3269/', 'ldaps://dc1.sakura.example:3269'],
    ['LDAPS://127.0.0.1:1636', 'ldaps://127.0.0.1:1636'],
    ['ldaps://[2001:db8::1]', 'ldaps://[2001:db8::1]:636'],
  ])('reads the server %s as %s', (server, normal) => {
    expect(load(withDirectory({ servers: [server] })).directory.servers).toEqual([normal])
  })

  it.each([
    ['http://dc1.sakura.example', 'server-scheme'],
    ['https://dc1.sakura.example', 'server-scheme'],
    ['ldapi://%2ftmp', 'server-scheme'],
    ['dc1.sakura.example', 'not-a-server'],
    ['ldaps://', 'not-a-server'],
    ['ldaps://host:0', 'not-a-server'],
    ['ldaps://host:65536', 'not-a-server'],
    ['ldaps://user:pass@host', 'not-a-server'],
    ['ldaps://host/dc=example', 'not-a-server'],
    ['ldaps://host?x', 'not-a-server'],
    ['ldaps://-host', 'not-a-server'],
    ['ldaps://[zz]', 'not-a-server'],
  ])('refuses the server %s: %s', (server, problemCode) => {
    expect(refusal(withDirectory({ servers: [server] }))).toMatchObject({
      code: 'config-invalid',
      params: { field: 'directory.servers[0]', problemCode },
    })
  })

  it.each([
    [{ organisation: undefined }, 'organisation', 'missing'],
    [{ organisation: '' }, 'organisation', 'too-small'],
    [{ organisation: 'a\nb' }, 'organisation', 'no-control-characters'],
    [{ organisation: 7 }, 'organisation', 'wrong-type'],
    [{ version: 2 }, 'version', 'not-one-of'],
    [{ version: undefined }, 'version', 'missing'],
    [{ organization: 'x' }, 'organization', 'unknown-field'],
    [{ organisation: undefined, organization: 'x' }, 'organization', 'unknown-field'],
    [{ directory: undefined }, 'directory', 'missing'],
    [{ directory: [] }, 'directory', 'wrong-type'],
    [{ directory: {} }, 'directory.servers', 'needs-server-or-domain'],
    [{ directory: { kind: 'openldap', domain: 'a.example' } }, 'directory.bindDn', 'needs-bind-dn'],
    [{ directory: { kind: 'sample' } }, 'directory.kind', 'not-one-of'],
    [{ directory: { domain: 'a b' } }, 'directory.domain', 'not-a-dns-name'],
    [
      { directory: { domain: 'a.example', dnsServers: ['dns.example'] } },
      'directory.dnsServers[0]',
      'not-a-dns-server',
    ],
    [{ directory: { domain: 'a.example', bindDn: 'uid=x,dc=y' } }, 'directory.bindDn', 'not-a-dn-template'],
    [{ directory: { domain: 'a.example', bindDn: '{user}' } }, 'directory.bindDn', 'not-a-dn-template'],
    [{ directory: { domain: 'a.example', peopleBase: 'people' } }, 'directory.peopleBase', 'not-a-dn'],
    [
      { directory: { domain: 'a.example', readingAttributes: ['a)(b=*'] } },
      'directory.readingAttributes[0]',
      'not-an-attribute',
    ],
    [{ directory: { domain: 'a.example', connectTimeoutMs: 99 } }, 'directory.connectTimeoutMs', 'too-small'],
    [{ directory: { domain: 'a.example', operationTimeoutMs: 1.5e9 } }, 'directory.operationTimeoutMs', 'too-big'],
    [{ roles: { agents: [] } }, 'roles.agents', 'unknown-field'],
    [{ roles: { agent: 'cn=a' } }, 'roles.agent', 'wrong-type'],
    [{ roles: { agent: ['helpdesk'] } }, 'roles.agent[0]', 'not-a-dn'],
    [{ policy: { methodsRequired: 0 } }, 'policy.methodsRequired', 'too-small'],
    [{ policy: { proofMinutes: 11 } }, 'policy.proofMinutes', 'too-big'],
    [{ policy: { proofMinutes: 1.5 } }, 'policy.proofMinutes', 'wrong-type'],
    [{ policy: { proofMinutes: '10' } }, 'policy.proofMinutes', 'wrong-type'],
    [{ policy: { proofSeconds: 10 } }, 'policy.proofSeconds', 'unknown-field'],
    [{ links: ['https://a.example'] }, 'links[0]', 'not-a-dns-name'],
  ])('refuses %j at %s: %s', (changes, field, problemCode) => {
    expect(refusal(aConfigFile(changes))).toMatchObject({ code: 'config-invalid', params: { field, problemCode } })
  })

  it('names file, line and what is allowed, of the first fault', () => {
    const text = ['{', '  "version": 1,', '  "organisation": "x",', '  "directory": { "domain": "a.example" },']
    const more = [
      '  "policy": {',
      '    "failureLimit": 3,',
      '    "idleLockMinutes": 90,',
      '    "clipboardSeconds": 1',
      '  }',
      '}',
    ]

    expect(refusal([...text, ...more].join('\r\n')).params).toEqual({
      file: join(folder, 'config.json'),
      line: 7,
      field: 'policy.idleLockMinutes',
      problem: 'is too big or too long (≤ 60)',
      problemCode: 'too-big',
      expected: '≤ 60',
    })
  })

  it.each([
    ['{\n  "version": 1,\n  "version": 1\n}', 3, 'version', 'duplicate-field'],
    ['{ "roles": { "agent": [],\n "agent": [] } }', 2, 'roles.agent', 'duplicate-field'],
    ['{\n // no\n "version": 1 }', 2, '', 'comment-not-allowed'],
    ['{ "version": 1, }', 1, '', 'syntax'],
    ['{ "version": 1\n', 2, '', 'syntax'],
    ["{ 'version': 1 }", 1, '', 'syntax'],
    ['{} {}', 1, '', 'syntax'],
    ['{\n"__proto__": { "version": 1 } }', 2, '__proto__', 'unknown-field'],
    ['[]', 1, '', 'wrong-type'],
    ['"text"', 1, '', 'wrong-type'],
    ['null', 1, '', 'wrong-type'],
  ])('refuses %j at line %i', (text, line, field, problemCode) => {
    expect(refusal(text)).toMatchObject({ code: 'config-invalid', params: { line, field, problemCode } })
  })

  it.each([
    ['an empty file', '', 'empty'],
    ['white space', ' \n\t', 'empty'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'encoding'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'encoding'],
  ])('refuses %s with a reason', (_, content, reason) => {
    expect(refusal(content)).toMatchObject({
      code: 'config-unreadable',
      params: { reason, file: join(folder, 'config.json') },
    })
  })

  it('passes over a UTF-8 byte order mark, as Windows editors write it', () => {
    expect(load(`\ufeff${JSON.stringify(aConfigFile())}`).organisation).toBe('Sakura Seisakusho')
  })

  it('refuses a folder, a named pipe and a file of 100 MB without reading them', () => {
    mkdirSync(join(folder, 'folder.json'))
    run(findProgram(['mkfifo'], 'coreutils'), [join(folder, 'pipe.json')])
    writeFileSync(join(folder, 'large.json'), '')
    truncateSync(join(folder, 'large.json'), 100 * 1024 * 1024)
    const reason = (name: string) =>
      refused(() => loadConfig(places({ commandLineFile: join(folder, name) }))).params['reason']

    expect(reason('folder.json')).toBe('folder')
    expect(reason('pipe.json')).toBe('not-a-file')
    expect(reason('large.json')).toBe('too-large')
  })

  it('never throws anything but a refusal, and never writes, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 })), (content) => {
        const error = refusal(content)
        expect(['config-invalid', 'config-unreadable']).toContain(error.code)
        expect(readFileSync(join(folder, 'config.json'))).toEqual(Buffer.from(content))
      }),
      { numRuns: 200 },
    )
  })

  it('takes deep nesting for what it is: not a configuration', () => {
    const deep = `{"directory":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(refusal(deep).code).toBe('config-invalid')
  })
})

describe('loadConfig with a pinned CA', () => {
  it('reads it relative to the file and answers its fingerprint as openssl does', () => {
    const { caFile } = createCa(folder, ['localhost'])
    const config = load(withDirectory({ caFile: 'ca.pem' }))

    expect(config.directory.caFile).toBe(caFile)
    expect(config.directory.ca).toContain('BEGIN CERTIFICATE')
    const openssl = run(findProgram(['openssl'], 'openssl'), [
      'x509',
      '-in',
      caFile,
      '-noout',
      '-fingerprint',
      '-sha256',
    ])
    expect(openssl).toContain(`=${authorityFingerprint(config.directory.ca)}`)
    expect(authorityFingerprint(null)).toBe('')
  })

  it.each([
    ['nothing.pem', 'file-missing'],
    ['.', 'file-unreadable'],
    ['config.json', 'not-a-certificate'],
    ['server.pem', 'not-a-ca'],
    ['server.key', 'holds-private-key'],
    ['broken.pem', 'not-a-certificate'],
  ])('refuses %s: %s, at the line of the field', (caFile, problemCode) => {
    createCa(folder, ['localhost'])
    writeFileSync(join(folder, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    expect(
      refusal(`{ "version": 1, "organisation": "x",\n"directory": { "domain": "a.example",\n"caFile": "${caFile}" } }`),
    ).toMatchObject({
      code: 'config-invalid',
      params: { line: 3, field: 'directory.caFile', problemCode },
    })
  })
})

describe('machineConfigPath', () => {
  it('is where administrators expect it', () => {
    expect(machineConfigPath('win32', { ProgramData: 'D:\\Data' })).toBe('D:\\Data\\SSPR Desk\\config.json')
    expect(machineConfigPath('win32', {})).toBe('C:\\ProgramData\\SSPR Desk\\config.json')
    expect(machineConfigPath('darwin', {})).toBe('/Library/Application Support/SSPR Desk/config.json')
    expect(machineConfigPath('linux', {})).toBe('/etc/sspr-desk/config.json')
  })
})

describe('sampleConfig', () => {
  it('connects to nothing and needs one method, the only kind there is yet', () => {
    const config = sampleConfig()
    expect(config).toMatchObject({ source: 'sample', file: null, directory: { kind: 'sample', servers: [] } })
    expect(config.policy).toEqual({ ...defaultPolicy, methodsRequired: 1 })
    expect(config.directory.roles.agent).toHaveLength(1)
  })
})

describe('loadConfig without the right to read', () => {
  it('says so, and a machine-wide file that may not be read does not give way to the user’s own', () => {
    const user = join(folder, 'user')
    mkdirSync(user)
    mkdirSync(join(folder, 'machine'), { mode: 0o755 })
    writeConfig(user, aConfigFile({ roles: undefined }))
    const file = writeConfig(join(folder, 'machine'), aConfigFile())
    chmodSync(folder, 0o755)
    chmodSync(file, 0)

    const error = asNobody(() => refused(() => loadConfig(places())))

    expect(error).toMatchObject({ code: 'config-unreadable', params: { file, reason: 'no-permission' } })
  })
})

/** Root may read everything; the test must not. */
function asNobody<T>(work: () => T): T {
  const before = process.geteuid?.()
  if (before !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return work()
  } finally {
    process.seteuid?.(before)
  }
}
