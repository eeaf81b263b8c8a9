import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeDirectory } from '../../src/main/directory/probe'
import { directoryProbe } from '../../src/shared/model/desk-settings'
import type { DirectoryProbe } from '../../src/shared/model/desk-settings'
import { createCa } from '../support/ca'
import { startDnsmasq } from '../support/dnsmasq'
import type { SrvRecord } from '../support/dnsmasq'
import type { TestDirectory } from '../support/organisation'
import { freePort } from '../support/ports'
import { sambaDomain, startSamba } from '../support/samba'
import { silentLog } from '../support/silent-log'
import { startSlapd } from '../support/slapd'
import { startTlsProxy } from '../support/tls-proxy'

interface Asked {
  readonly ca?: string | null
  readonly dnsServers?: readonly string[]
}

async function look(address: string, { ca = null, dnsServers = [] }: Asked = {}): Promise<DirectoryProbe> {
  const probe = await probeDirectory({ address, ca, dnsServers, log: silentLog, connectTimeoutMs: 1500 })
  return directoryProbe.parse(probe)
}

function listen(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}

describe('probeDirectory', () => {
  let openldap: TestDirectory
  let samba: TestDirectory
  let folder: string
  let ldapCa: string
  let sambaCa: string
  let otherCa: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'desk-probe-'))
    openldap = await startSlapd()
    samba = await startSamba()
    ldapCa = readFileSync(openldap.caFile, 'utf8')
    sambaCa = readFileSync(samba.caFile, 'utf8')
    otherCa = readFileSync(createCa(folder, ['localhost']).caFile, 'utf8')
  })

  afterAll(async () => {
    await openldap.stop()
    await samba.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('of a server', () => {
    it.each(['ldaps', 'ldap'] as const)(
      'recognises OpenLDAP over %s and trusts the given authority',
      async (scheme) => {
        const port = scheme === 'ldaps' ? openldap.ldapsPort : openldap.ldapPort
        const url = `${scheme}://127.0.0.1:${port}`

        expect(await look(url, { ca: ldapCa })).toMatchObject({
          servers: [url],
          domain: null,
          reached: url,
          trust: 'pinned',
          kind: 'openldap',
          namingContexts: ['dc=sakura,dc=example'],
          problem: null,
        })
      },
    )

    it('recognises Active Directory, and offers its domain alone', async () => {
      expect(await look(samba.host, { ca: sambaCa })).toMatchObject({
        servers: [`ldaps://${samba.host}:636`],
        reached: `ldaps://${samba.host}:636`,
        trust: 'pinned',
        kind: 'active-directory',
        namingContexts: ['DC=ad,DC=sakura,DC=example'],
        problem: null,
      })
    })

    it('takes StartTLS where the port speaks no LDAPS', async () => {
      expect(await look(`localhost:${openldap.ldapPort}`, { ca: ldapCa })).toMatchObject({
        servers: [`ldap://localhost:${openldap.ldapPort}`],
        trust: 'pinned',
        problem: null,
      })
    })

    it.each([
      ['the system knows nothing of its authority', () => null, 'unknown-authority'],
      ['another authority is given', () => otherCa, 'unknown-authority'],
    ])('shows the certificate and does not trust it when %s', async (_when, ca, reason) => {
      const probe = await look(`127.0.0.1:${openldap.ldapsPort}`, { ca: ca() })

      expect(probe).toMatchObject({
        trust: 'untrusted',
        kind: 'openldap',
        problem: { code: 'directory-certificate', params: { reason } },
      })
      expect(probe.reached).not.toBeNull()
      const [own] = probe.chain
      expect(own).toMatchObject({ subject: 'CN=localhost', issuer: 'CN=Sakura Test CA', isAuthority: false, pem: '' })
      expect(own?.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/u)
      expect(Date.parse(own?.validTo ?? '')).toBeGreaterThan(Date.parse(own?.validFrom ?? ''))
    })

    it('offers an authority for pinning that the server itself showed, and it is the real one', async () => {
      const { chain } = await look(samba.host)
      const authorities = chain.filter(({ isAuthority }) => isAuthority)
      for (const { pem } of authorities)
        expect(new X509Certificate(pem).fingerprint256).toBe(new X509Certificate(sambaCa).fingerprint256)
      for (const { pem } of authorities) expect(await look(samba.host, { ca: pem })).toMatchObject({ trust: 'pinned' })
    })

    it('does not trust a certificate of another name', async () => {
      const server = await startSlapd({ certificateNames: ['ldap.elsewhere.example'] })
      try {
        const probe = await look(`127.0.0.1:${server.ldapsPort}`, { ca: readFileSync(server.caFile, 'utf8') })
        expect(probe).toMatchObject({
          trust: 'untrusted',
          problem: { code: 'directory-certificate', params: { reason: 'wrong-name' } },
        })
      } finally {
        await server.stop()
      }
    })

    it('sends no bind, and nothing at all in clear before StartTLS but the wish for it', async () => {
      const proxy = await startTlsProxy({ host: '127.0.0.1', port: openldap.ldapPort })
      try {
        await look(`ldap://127.0.0.1:${proxy.port}`, { ca: ldapCa })
        expect(proxy.connections()).toBe(1)
        const [sent = Buffer.alloc(0)] = proxy.sent()
        const length = sent[1] ?? 0
        expect(sent.subarray(0, 2 + length).toString('latin1')).toContain('1.3.6.1.4.1.1466.20037')
        // What follows is a TLS record.
        expect(sent[2 + length]).toBe(0x16)
      } finally {
        await proxy.stop()
      }
    })
  })

  describe('of a domain', () => {
    const dc1 = `dc1.${sambaDomain}`
    const srv = (name: string, target: string): SrvRecord => ({ name, target, port: 389 })

    it('asks DNS for its servers and takes the first that answers', async () => {
      const records = [
        { ...srv(`_ldap._tcp.dc._msdcs.${sambaDomain}`, `dc9.${sambaDomain}`), priority: 0 },
        { ...srv(`_ldap._tcp.dc._msdcs.${sambaDomain}`, dc1), priority: 10 },
      ]
      const dns = await startDnsmasq(records, { [dc1]: samba.host, [`dc9.${sambaDomain}`]: '127.0.0.9' })
      try {
        expect(await look('AD.Sakura.Example.', { ca: sambaCa, dnsServers: [dns.server] })).toMatchObject({
          servers: [`ldaps://dc9.${sambaDomain}:636`, `ldaps://${dc1}:636`],
          domain: sambaDomain,
          reached: `ldaps://${dc1}:636`,
          trust: 'pinned',
          kind: 'active-directory',
          problem: null,
        })
      } finally {
        await dns.stop()
      }
    })

    it('takes a name that DNS knows no servers of for a host', async () => {
      const dns = await startDnsmasq([], { [dc1]: samba.host })
      try {
        expect(await look(dc1, { ca: sambaCa, dnsServers: [dns.server] })).toMatchObject({
          servers: [`ldaps://${dc1}:636`],
          domain: null,
          trust: 'pinned',
        })
      } finally {
        await dns.stop()
      }
    })

    it('never follows DNS out of the domain', async () => {
      const records = [srv(`_ldap._tcp.dc._msdcs.${sambaDomain}`, 'dc1.evil.test')]
      const dns = await startDnsmasq(records, { 'dc1.evil.test': samba.host, [sambaDomain]: '127.0.0.9' })
      try {
        const probe = await look(sambaDomain, { ca: sambaCa, dnsServers: [dns.server] })
        expect(probe).toMatchObject({ reached: null, problem: { code: 'directory-unreachable' } })
        expect(JSON.stringify(probe)).not.toContain('evil')
      } finally {
        await dns.stop()
      }
    })
  })

  describe('that finds nothing', () => {
    it('says where nobody answered', async () => {
      const port = await freePort()
      expect(await look(`127.0.0.1:${port}`)).toMatchObject({
        reached: null,
        trust: 'untrusted',
        chain: [],
        kind: null,
        problem: { code: 'directory-unreachable', params: { server: `127.0.0.1:${port}` } },
      })
    })

    it('gives up on a server that says nothing', async () => {
      const { server, port } = await listen(() => undefined)
      expect(await look(`ldaps://127.0.0.1:${port}`)).toMatchObject({
        reached: null,
        problem: { code: 'directory-timeout' },
      })
      server.close()
    })

    it('says so when a server will not speak TLS', async () => {
      // ExtendedResponse to the first message: unavailable (52), as servers without a certificate answer StartTLS.
      const refusal = (id: number): Buffer => Buffer.from([0x30, 12, 2, 1, id, 0x78, 7, 10, 1, 52, 4, 0, 4, 0])
      const { server, port } = await listen((socket) =>
        socket.once('data', (sent) => socket.write(refusal(sent[4] ?? 0))),
      )
      expect(await look(`ldap://127.0.0.1:${port}`)).toMatchObject({
        reached: null,
        problem: { code: 'directory-tls-required' },
      })
      server.close()
    })

    it('takes a name that no DNS can hold for one that nobody answers to', async () => {
      const probe = await look(`${'a'.repeat(64)}.example`)
      expect(probe).toMatchObject({ reached: null, problem: { code: 'directory-unreachable' } })
    })

    it.each([
      '',
      'http://ldap.example',
      'ldaps://user@host',
      'a b',
      'host:99999',
      'host/path',
      'ldap.example,dc=x',
      '[::1',
      'ldapi:///',
      '*',
      'ldap.example\u0000',
    ])('refuses %j as an address', async (address) => {
      expect(await look(address)).toMatchObject({
        servers: [],
        reached: null,
        problem: { code: 'invalid-input', params: { field: 'address' } },
      })
    })
  })
})
