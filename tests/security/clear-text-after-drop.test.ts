import { setTimeout as sleep } from 'node:timers/promises'
import { Attribute, Change, Client, PasswordPolicyControl } from 'ldapts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createDirectory } from '../../src/main/directory'
import { Connection } from '../../src/main/directory/connection'
import type { DirectorySession } from '../../src/main/directory/directory'
import { parseEndpoint } from '../../src/main/directory/endpoint'
import { NotSent } from '../../src/main/directory/refusals'
import { AppError } from '../../src/shared/errors'
import type { PersonId } from '../../src/shared/model/common'
import type { TestDirectory } from '../support/organisation'
import { silentLog } from '../support/silent-log'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { startTlsProxy } from '../support/tls-proxy'
import type { TlsProxy } from '../support/tls-proxy'

/**
 * ldapts opens a connection anew after the server dropped it: over StartTLS in clear and unbound, and the password that
 * was to be set goes over the wire (DOMAIN.md §0.1). Here a listener on the wire must never see it.
 */

const servers = [
  ['OpenLDAP', startSlapd],
  ['Samba AD', startSamba],
] as const

describe.each(servers)('a dropped TLS connection to %s', { timeout: 60_000 }, (_name, start) => {
  let server: TestDirectory
  beforeAll(async () => {
    server = await start()
  }, 120_000)
  afterAll(() => server.stop())

  it('would show on the wire if the library were left to itself', async () => {
    const proxy = await startTlsProxy({ host: server.host, port: server.ldapPort })
    const bare = new Client({ url: `ldap://127.0.0.1:${proxy.port}`, timeout: 500, connectTimeout: 500 })
    try {
      await bare.startTLS({ ca: [server.config.ca ?? ''], host: 'localhost', servername: 'localhost' })
      proxy.drop()
      await sleep(50)
      const modification = new Attribute({ type: 'userPassword', values: ['Karasu-In-Clear-1'] })
      const write = (): Promise<void> => bare.modify('cn=x', new Change({ operation: 'replace', modification }))
      await expect(write()).rejects.toThrow()
      await expect(write()).rejects.toThrow()
      expect(Buffer.concat([...proxy.sent()]).includes('Karasu-In-Clear-1')).toBe(true)
    } finally {
      await bare.unbind()
      await proxy.stop()
    }
  })

  describe.each(['ldaps', 'ldap'] as const)('by %s://', (scheme) => {
    let proxy: TlsProxy
    let session: DirectorySession
    let target: PersonId
    let secret: string
    let tries = 0

    beforeEach(async () => {
      tries += 1
      secret = `Tsubame-${scheme}-${tries}`
      proxy = await startTlsProxy({
        host: server.host,
        port: scheme === 'ldaps' ? server.ldapsPort : server.ldapPort,
      })
      const directory = createDirectory({
        // Samba is reached by an address that its certificate does not name: "localhost" is in both.
        config: {
          ...server.config,
          servers: [`${scheme}://localhost:${proxy.port}`],
          connectTimeoutMs: 1500,
          operationTimeoutMs: 1500,
        },
        clock: systemClock(),
        log: silentLog,
      })
      session = await directory.signIn('sato.misaki', server.password)
      const { people } = await session.search('ogawa.yuto', 2)
      target = people[0]?.id ?? ''
    })

    afterEach(async () => {
      await session.close()
      await proxy.stop()
    })

    function assertNothingInClear(): void {
      for (const bytes of proxy.sent()) {
        for (const text of [Buffer.from(secret), Buffer.from(secret, 'utf16le'), Buffer.from(server.password)])
          expect(bytes.includes(text)).toBe(false)
        // StartTLS itself is the only thing that is ever said before TLS begins: a request of some 30 bytes.
        const hello = bytes.indexOf(Buffer.from([0x16, 0x03]))
        expect(hello < 0 ? bytes.length : hello).toBeLessThanOrEqual(scheme === 'ldaps' ? 0 : 40)
      }
    }

    it.each(['end', 'reset'] as const)('is renewed for a read, and the write after it is safe (%s)', async (how) => {
      proxy.drop(how)
      await sleep(50)
      const answer = await session.resetPassword(target, secret)
      expect(answer.kind).toBe('done')
      expect(proxy.connections()).toBe(2)
      assertNothingInClear()
    })

    it.each(['end', 'silence'] as const)('leaves a write unknown when its answer is lost (%s)', async (how) => {
      // The read that finds the person passes; the write is carried out, and its answer never comes.
      proxy.loseAnswer(1, how)
      expect(await session.resetPassword(target, secret)).toMatchObject({ kind: 'unknown', server: session.server })
      assertNothingInClear()
      // Sent once, on the one connection that there was: not again, not elsewhere.
      expect(proxy.connections()).toBe(1)
      expect(await server.bindAs('ogawa.yuto', secret)).not.toBe('wrong')
    })

    it.each(['end', 'reset'] as const)('sends nothing at all on a connection that is gone (%s)', async (how) => {
      // Without the session around it, which would read before a write and notice.
      const endpoint = parseEndpoint(`${scheme}://localhost:${proxy.port}`)
      const connection = await Connection.open(endpoint, { ...server.config, operationTimeoutMs: 1500 })
      const before = proxy.connections()
      proxy.drop(how)
      await sleep(50)

      const modification = new Attribute({ type: 'userPassword', values: [secret] })
      const write = new Change({ operation: 'replace', modification })
      await expect(connection.modify('cn=x', [write])).rejects.toBeInstanceOf(NotSent)
      await expect(connection.passwordModify('cn=x', secret, new PasswordPolicyControl())).rejects.toBeInstanceOf(
        NotSent,
      )
      await expect(connection.bind('cn=x', secret)).rejects.toMatchObject({ code: 'directory-unreachable' })
      await expect(connection.search('', { scope: 'base', attributes: ['cn'] })).rejects.toBeInstanceOf(NotSent)

      expect(proxy.connections()).toBe(before)
      assertNothingInClear()
      await connection.close()
    })

    it('refuses a write for certain when the connection goes before it, and never sends it later', async () => {
      proxy.loseAnswer(0, 'end')
      await expect(session.resetPassword(target, secret)).rejects.toSatisfy(
        (error) => error instanceof AppError && /^directory-(?:unreachable|timeout)$/u.test(error.code),
      )
      assertNothingInClear()
      expect(await server.bindAs('ogawa.yuto', secret)).toBe('wrong')
    })
  })
})
