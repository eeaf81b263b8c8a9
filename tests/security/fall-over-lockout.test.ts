import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createDirectory } from '../../src/main/directory'
import type { Directory } from '../../src/main/directory/directory'
import { Connection } from '../../src/main/directory/connection'
import { parseEndpoint } from '../../src/main/directory/endpoint'
import { Links } from '../../src/main/directory/links'
import type { TestDirectory } from '../support/organisation'
import { freePort } from '../support/ports'
import { silentLog } from '../support/silent-log'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { startTlsProxy } from '../support/tls-proxy'
import type { TlsProxy } from '../support/tls-proxy'

/** A wrong password tried on every server in turn would lock an agent out at the first slip of a finger (DESIGN.md §5.2). */
const servers = [
  // Records of the client before the bind: TLS's "finished", and the request for the rootDSE. Samba asks for a client
  // certificate besides, which is declined in one more.
  ['OpenLDAP', startSlapd, 2],
  ['Samba AD', startSamba, 3],
] as const

describe.each(servers)('falling over between servers of %s', { timeout: 60_000 }, (_name, start, recordsBeforeBind) => {
  let server: TestDirectory
  const proxies: TlsProxy[] = []

  beforeAll(async () => {
    server = await start()
  }, 120_000)
  afterAll(() => server.stop())
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
  })

  async function twoServers(): Promise<{ first: TlsProxy; second: TlsProxy; directory: Directory }> {
    const target = { host: server.host, port: server.ldapsPort }
    const [first, second] = await Promise.all([startTlsProxy(target), startTlsProxy(target)])
    proxies.push(first, second)
    return { first, second, directory: directoryOn(first.port, second.port) }
  }

  function directoryOn(...ports: readonly number[]): Directory {
    const urls = ports.map((port) => `ldaps://localhost:${port}`)
    const config = { ...server.config, servers: urls, connectTimeoutMs: 3000, operationTimeoutMs: 5000 }
    return createDirectory({ config, clock: systemClock(), log: silentLog })
  }

  async function failuresOf(userId: string): Promise<number | null> {
    const straight = createDirectory({ config: server.config, clock: systemClock(), log: silentLog })
    const session = await straight.signIn('suzuki.ken', server.password)
    const { people } = await session.search(userId, 2)
    const { badPasswordCount } = await session.state(people[0]?.id ?? '')
    await session.close()
    return badPasswordCount
  }

  it('counts a wrong password once', async () => {
    const { first, second, directory } = await twoServers()
    await expect(directory.signIn('ogawa.yuto', 'wrong')).rejects.toMatchObject({ code: 'sign-in-wrong' })
    expect(await failuresOf('ogawa.yuto')).toBe(1)
    expect(first.connections()).toBe(1)
    expect(second.connections()).toBe(0)
  })

  it('goes on to the next server when one cannot be reached, and counts once there', async () => {
    const { first } = await twoServers()
    const directory = directoryOn(await freePort(), first.port)
    await expect(directory.signIn('maeda.ryo', 'wrong')).rejects.toMatchObject({ code: 'sign-in-wrong' })
    expect(await failuresOf('maeda.ryo')).toBe(1)
    const session = await directory.signIn('maeda.ryo', server.password)
    expect(session.server).toBe(`localhost:${first.port}`)
    await session.close()
  })

  it('does not go on when the answer to the bind is lost: it may have counted', async () => {
    const { first, second, directory } = await twoServers()
    first.loseAnswer(recordsBeforeBind, 'end')
    await expect(directory.signIn('goto.riku', 'wrong')).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect(second.connections()).toBe(0)
    expect(await failuresOf('goto.riku')).toBe(1)
  })

  it.each([
    ['not when the own connection is gone too', true],
    ['but goes on by the own connection, which is bound', false],
  ])('does not bind again when the PDC emulator loses the answer to one: %s', async (_what, dropped) => {
    const { first, second } = await twoServers()
    const [own, authority] = [first, second].map(({ port }) => parseEndpoint(`ldaps://localhost:${port}`))
    if (own === undefined || authority === undefined) throw new Error('no endpoints')
    const settings = { ...server.config, connectTimeoutMs: 3000, operationTimeoutMs: 5000 }
    const bindName = await server.dn('okada.kaito')
    const connection = await Connection.open(own, settings)
    await connection.bind(bindName, server.password)
    const endpoints = [own, authority]
    // As if it had been changed since: whatever binds with it counts.
    const links = new Links({ connection, endpoints, authority, bindName, password: 'wrong', settings, log: silentLog })
    second.loseAnswer(recordsBeforeBind, 'end')
    if (dropped) first.drop()
    await sleep(50)

    const read = links.readAuthority(async (live) => live.server)

    if (dropped) await expect(read).rejects.toMatchObject({ code: 'directory-unreachable' })
    else expect(await read).toBe(`localhost:${first.port}`)
    expect([first.connections(), second.connections()]).toEqual([1, 1])
    await links.close()
  })

  it('ends the session at the first refused bind after the connection was lost', async () => {
    const { first, second, directory } = await twoServers()
    const session = await directory.signIn('fujita.hina', server.password)
    await server.setPassword('fujita.hina', 'Kawasemi-Numa-42')
    first.drop()
    await sleep(50)
    await expect(session.roles()).rejects.toMatchObject({ code: 'sign-in-wrong' })
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(session.roles()).rejects.toMatchObject({ code: 'not-signed-in' })
    // Active Directory does not count the password that was right before.
    expect(await failuresOf('fujita.hina')).toBeLessThanOrEqual(1)
    expect(first.connections() + second.connections()).toBe(2)
  })

  it('reads on at the other server when the first one is gone for good', async () => {
    const { first, second, directory } = await twoServers()
    const session = await directory.signIn('sato.misaki', server.password)
    await first.stop()
    await sleep(50)
    expect(await session.roles()).toEqual(['agent'])
    expect(session.server).toBe(`localhost:${second.port}`)
    await session.close()
  })

  it('binds once however many reads found the connection gone', async () => {
    const { first, directory } = await twoServers()
    const session = await directory.signIn('sato.misaki', server.password)
    first.drop()
    await sleep(50)
    await Promise.all(Array.from({ length: 10 }, () => session.roles()))
    expect(first.connections()).toBe(2)
    await session.close()
  })
})
