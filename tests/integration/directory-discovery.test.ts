import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import type { DirectoryConfig } from '../../src/main/config'
import { createDirectory } from '../../src/main/directory'
import type { Directory, DirectorySession } from '../../src/main/directory/directory'
import type { PersonId } from '../../src/shared/model/common'
import { startDnsmasq } from '../support/dnsmasq'
import type { SrvRecord, TestDns } from '../support/dnsmasq'
import type { TestDirectory } from '../support/organisation'
import { sambaDomain, startSamba } from '../support/samba'
import { silentLog } from '../support/silent-log'

const dc1 = `dc1.${sambaDomain}`
const dc2 = `dc2.${sambaDomain}`
const gone = `dc3.${sambaDomain}`
const ofDomain = `_ldap._tcp.dc._msdcs.${sambaDomain}`
const ofPdc = `_ldap._tcp.pdc._msdcs.${sambaDomain}`
const ofSite = `_ldap._tcp.Osaka._sites.dc._msdcs.${sambaDomain}`

function srv(name: string, target: string, priority = 0): SrvRecord {
  return { name, target, port: 389, priority }
}

/** Two domain controllers of one domain. They do not replicate, which shows which of them was asked. */
describe('discovery of domain controllers', () => {
  let pdc: TestDirectory
  let other: TestDirectory
  const nameServers: TestDns[] = []
  const sessions: DirectorySession[] = []

  beforeAll(async () => {
    pdc = await startSamba()
    other = await startSamba({ certificateNames: [dc2] })
  })

  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()))
    await Promise.all(nameServers.splice(0).map((dns) => dns.stop()))
  })

  afterAll(async () => {
    await pdc.stop()
    await other.stop()
  })

  async function directoryFor(
    records: readonly SrvRecord[],
    change: Partial<DirectoryConfig> = {},
  ): Promise<Directory> {
    // Nothing listens at 127.0.0.9: a domain controller that is switched off.
    const dns = await startDnsmasq(records, {
      [dc1]: pdc.host,
      [dc2]: other.host,
      [gone]: '127.0.0.9',
      'dc1.evil.test': pdc.host,
    })
    nameServers.push(dns)
    const config = {
      ...pdc.config,
      servers: [],
      domain: sambaDomain,
      dnsServers: [dns.server],
      ca: `${pdc.config.ca ?? ''}\n${other.config.ca ?? ''}`,
      connectTimeoutMs: 2000,
      ...change,
    }
    return createDirectory({ config, clock: systemClock(), log: silentLog })
  }

  async function signIn(directory: Directory): Promise<DirectorySession> {
    const session = await directory.signIn('sato.misaki', pdc.password)
    sessions.push(session)
    return session
  }

  async function idOf(session: DirectorySession, userId: string): Promise<PersonId> {
    return (await session.search(userId, 2)).people[0]?.id ?? ''
  }

  it('finds them by SRV records and speaks LDAPS to them by name', async () => {
    const session = await signIn(await directoryFor([srv(ofDomain, dc1)]))
    expect(session.server).toBe(`${dc1}:636`)
    expect(await session.roles()).toEqual(['agent'])
  })

  it('prefers the site, and goes on when its server is off', async () => {
    const atSite = await directoryFor([srv(ofSite, dc2), srv(ofDomain, dc1)], { site: 'Osaka' })
    expect((await signIn(atSite)).server).toBe(`${dc2}:636`)

    const siteIsOff = await directoryFor([srv(ofSite, gone), srv(ofDomain, dc2)], { site: 'Osaka' })
    expect((await signIn(siteIsOff)).server).toBe(`${dc2}:636`)
  })

  it('reads lock state and writes on the PDC emulator, and searches next door', async () => {
    const directory = await directoryFor([srv(ofSite, dc2), srv(ofDomain, dc2), srv(ofPdc, dc1)], { site: 'Osaka' })
    const session = await signIn(directory)
    expect(session.server).toBe(`${dc2}:636`)
    const id = await idOf(session, 'yamada.hanako')
    await pdc.lock('yamada.hanako')

    expect(await session.state(id)).toMatchObject({ locked: true })
    expect((await session.card(id)).card.state.locked).toBe(true)
    expect(await session.stateOn(`${dc2}:636`, id)).toMatchObject({ locked: false })
    expect(await session.unlock(id)).toEqual({ kind: 'done', server: `${dc1}:636`, missed: [] })
    expect(await pdc.bindAs('yamada.hanako', pdc.password)).toBe('ok')

    expect(await session.resetPassword(id, 'Tsubame-Oka-77')).toMatchObject({ kind: 'done', server: `${dc1}:636` })
    expect(await pdc.bindAs('yamada.hanako', 'Tsubame-Oka-77')).toBe('must-change')
    expect(await other.bindAs('yamada.hanako', pdc.password)).toBe('ok')
  })

  it('knows the PDC emulator among configured servers by the role it holds', async () => {
    const servers = [`ldaps://${dc2}:636`, `ldaps://${dc1}:636`]
    const session = await signIn(await directoryFor([], { servers, domain: null }))
    const id = await idOf(session, 'abe.takumi')
    await pdc.lock('abe.takumi')
    expect(session.server).toBe(`${dc2}:636`)
    expect(await session.state(id)).toMatchObject({ locked: true })
  })

  it('works on another server while the PDC emulator is off', async () => {
    const session = await signIn(await directoryFor([srv(ofDomain, dc2), srv(ofPdc, gone, 10)]))
    const id = await idOf(session, 'okada.kaito')
    expect(await session.state(id)).toMatchObject({ locked: false })
    expect(await session.unlock(id)).toMatchObject({ kind: 'done', server: `${dc2}:636` })
  })

  it('never connects to a server outside the domain', async () => {
    const directory = await directoryFor([srv(ofDomain, 'dc1.evil.test'), srv(ofPdc, 'dc1.evil.test')])
    await expect(directory.signIn('sato.misaki', pdc.password)).rejects.toMatchObject({ code: 'directory-no-server' })
  })

  it('says when the DNS names no server, or does not answer', async () => {
    const nothing = await directoryFor([])
    await expect(nothing.signIn('sato.misaki', pdc.password)).rejects.toMatchObject({ code: 'directory-no-server' })
    const silent = await directoryFor([], { dnsServers: ['127.0.0.1:9'] })
    await expect(silent.signIn('sato.misaki', pdc.password)).rejects.toMatchObject({ code: 'directory-no-server' })
  })

  it('refuses to ask a server about a state that it does not know', async () => {
    const session = await signIn(await directoryFor([srv(ofDomain, dc1)]))
    const id = await idOf(session, 'okada.kaito')
    await expect(session.stateOn('dc1.evil.test:636', id)).rejects.toMatchObject({ code: 'directory-unreachable' })
  })
})
