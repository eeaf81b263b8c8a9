import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import type { DirectoryConfig } from '../../src/main/config'
import { createDirectory } from '../../src/main/directory'
import { Connection } from '../../src/main/directory/connection'
import { parseEndpoint } from '../../src/main/directory/endpoint'
import type { TestDirectory } from '../support/organisation'
import { freePort } from '../support/ports'
import { silentLog } from '../support/silent-log'
import { startSlapd } from '../support/slapd'

describe('connecting to a directory', () => {
  let server: TestDirectory
  let fake: Server | null = null
  const sockets = new Set<Socket>()

  beforeAll(async () => {
    server = await startSlapd()
  })
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    fake?.close()
  })
  afterAll(() => server.stop())

  const signIn = (change: Partial<DirectoryConfig>) => {
    const config = { ...server.config, connectTimeoutMs: 500, operationTimeoutMs: 1000, ...change }
    return createDirectory({ config, clock: systemClock(), log: silentLog }).signIn('sato.misaki', server.password)
  }

  /** A server that answers what `answer` makes of the first bytes; keeps what it heard. */
  function fakeServer(answer: (request: Buffer) => Buffer | null): Promise<{ port: number; heard: Buffer[] }> {
    const heard: Buffer[] = []
    const listener = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('data', (request) => {
        heard.push(request)
        const reply = answer(request)
        if (reply !== null) socket.write(reply)
      })
    })
    fake = listener
    return new Promise((resolve) => {
      listener.listen(0, '127.0.0.1', () => {
        const address = listener.address()
        resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, heard })
      })
    })
  }

  it('works by LDAPS and by StartTLS', async () => {
    for (const url of [`ldaps://127.0.0.1:${server.ldapsPort}`, `ldap://localhost:${server.ldapPort}`]) {
      const session = await signIn({ servers: [url] })
      expect(await session.roles()).toEqual(['agent'])
      await session.close()
    }
  })

  it('refuses a certificate of another authority', async () => {
    const other = await startSlapd()
    try {
      for (const servers of [server.config.servers, [`ldap://localhost:${server.ldapPort}`]])
        await expect(signIn({ servers, ca: other.config.ca })).rejects.toMatchObject({
          code: 'directory-certificate',
          params: { reason: 'unknown-authority' },
        })
      await expect(signIn({ ca: null })).rejects.toMatchObject({ code: 'directory-certificate' })
    } finally {
      await other.stop()
    }
  })

  it('refuses a certificate of another name', async () => {
    const other = await startSlapd({ certificateNames: ['ldap.elsewhere.example'] })
    try {
      for (const url of [`ldaps://localhost:${other.ldapsPort}`, `ldap://localhost:${other.ldapPort}`])
        await expect(signIn({ servers: [url], ca: other.config.ca })).rejects.toMatchObject({
          code: 'directory-certificate',
          params: { reason: 'wrong-name' },
        })
    } finally {
      await other.stop()
    }
  })

  it('says which server cannot be reached', async () => {
    const port = await freePort()
    await expect(signIn({ servers: [`ldaps://127.0.0.1:${port}`] })).rejects.toMatchObject({
      code: 'directory-unreachable',
      params: { server: `127.0.0.1:${port}` },
    })
  })

  it('gives up on a server that says nothing', async () => {
    const { port } = await fakeServer(() => null)
    for (const scheme of ['ldaps', 'ldap'])
      await expect(signIn({ servers: [`${scheme}://127.0.0.1:${port}`] })).rejects.toMatchObject({
        code: 'directory-timeout',
      })
  })

  it('gives up on a server that starts TLS and then says nothing', async () => {
    // ExtendedResponse, success: the client begins its hand-shake and nobody answers.
    const started = Buffer.from('300c02010278070a010004000400', 'hex')
    const { port, heard } = await fakeServer((request) => (request[0] === 0x30 ? started : null))
    await expect(signIn({ servers: [`ldap://127.0.0.1:${port}`] })).rejects.toMatchObject({ code: 'directory-timeout' })
    expect(Buffer.concat(heard).includes(server.password)).toBe(false)
  })

  it('never goes on in clear where StartTLS is refused', async () => {
    // ExtendedResponse, unwillingToPerform.
    const refused = Buffer.from('300c02010278070a013504000400', 'hex')
    const { port, heard } = await fakeServer(() => refused)
    await expect(signIn({ servers: [`ldap://127.0.0.1:${port}`] })).rejects.toMatchObject({
      code: 'directory-tls-required',
      params: { server: `127.0.0.1:${port}` },
    })
    expect(heard).toHaveLength(1)
    expect(heard[0]?.includes(server.password)).toBe(false)
  })

  it('sends no bind with an empty password, which a server would take for an anonymous one, whoever asks', async () => {
    const { ca, connectTimeoutMs, operationTimeoutMs, dnsServers } = server.config
    const [endpoint] = server.config.servers.map(parseEndpoint)
    if (endpoint === undefined) throw new Error('no server')
    const settings = { ca, connectTimeoutMs, operationTimeoutMs, dnsServers }
    const connection = await Connection.open(endpoint, settings)
    const before = connection.requests

    await expect(connection.bind('cn=anybody', '')).rejects.toMatchObject({ code: 'password-empty' })

    expect(connection.requests).toBe(before)
    await connection.close()
  })

  it('asks no server about an empty password or a user ID that ends early in C', async () => {
    const { port, heard } = await fakeServer(() => null)
    const directory = createDirectory({
      config: { ...server.config, servers: [`ldap://127.0.0.1:${port}`], connectTimeoutMs: 500 },
      clock: systemClock(),
      log: silentLog,
    })
    await expect(directory.signIn('sato.misaki', '')).rejects.toMatchObject({ code: 'password-empty' })
    for (const userId of ['sato.misaki\u0000', 'sato\u0000,ou=admins', 'sato\nmisaki'])
      await expect(directory.signIn(userId, server.password)).rejects.toMatchObject({ code: 'sign-in-wrong' })
    for (const password of ['\0', `\0${server.password}`, `${server.password}\0`])
      await expect(directory.signIn('sato.misaki', password)).rejects.toMatchObject({ code: 'sign-in-wrong' })
    expect(heard).toEqual([])
  })

  it('refuses an address that is not one of a directory', async () => {
    for (const url of ['http://localhost', 'ldap://', 'ldaps://user@host', 'localhost:636'])
      await expect(signIn({ servers: [url] })).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('refuses a directory of another kind than configured', async () => {
    await expect(signIn({ kind: 'active-directory' })).rejects.toMatchObject({ code: 'directory-kind-unknown' })
  })

  it('finds the DN of a user ID itself when no template is given', async () => {
    const session = await signIn({ bindDn: null })
    expect(session.person.userId).toBe('sato.misaki')
    await session.close()
  })

  it('cuts a result that the server cuts, and says so', async () => {
    const small = await startSlapd({ sizeLimit: 10 })
    try {
      const config = { ...small.config }
      const directory = createDirectory({ config, clock: systemClock(), log: silentLog })
      const session = await directory.signIn('sato.misaki', small.password)
      const cut = await session.search('sakura.example', 50)
      expect(cut.more).toBe(true)
      expect(cut.people.length).toBeGreaterThan(0)
      expect(cut.people.length).toBeLessThanOrEqual(10)
      await session.close()
    } finally {
      await small.stop()
    }
  })
})
