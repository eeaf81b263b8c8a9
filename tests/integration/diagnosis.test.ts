import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import type { DirectoryConfig } from '../../src/main/config'
import type { HealthPart } from '../../src/shared/model/health'
import { enrol, ok, openCase, openDesk, personIdOf, signIn } from '../support/desk'
import type { TestDesk } from '../support/desk'
import type { TestDirectory } from '../support/organisation'
import { sambaGroupDn, startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { slapdGroupDn } from '../support/slapd-seed'
import { TestClock } from '../support/test-clock'

const worlds = [
  ['OpenLDAP', startSlapd, slapdGroupDn],
  ['Samba AD', startSamba, sambaGroupDn],
] as const

/** What only real servers can say: nested groups for the diagnosis, their own clock and their absence for the health line. */
describe.each(worlds)('a desk on %s', (_name, start, groupDn) => {
  let server: TestDirectory
  let desk: TestDesk | null = null

  beforeAll(async () => {
    server = await start()
  })

  afterEach(async () => {
    await desk?.close()
    desk = null
  })

  afterAll(async () => {
    await server.stop()
  })

  async function open(config: Partial<DirectoryConfig> = {}, startsAt = systemClock().iso()): Promise<TestDesk> {
    const sspr = {
      scope: 'selected',
      groups: [groupDn('sspr-users')],
      managedElsewhere: [groupDn('partner-accounts')],
      withoutWriteBack: [],
    }
    desk = await openDesk({
      server: { ...server.config, ...config },
      more: { sspr },
      clock: new TestClock(startsAt),
    })
    await signIn(desk)
    return desk
  }

  const part = async ({ api }: TestDesk, name: HealthPart['part']): Promise<HealthPart | undefined> =>
    (await ok(api.health.check())).parts.find((each) => each.part === name)

  it('tells the three errors apart', async () => {
    const opened = await open()
    const found = async (userId: string) =>
      ok(opened.api.diagnosis.ofPerson({ personId: await personIdOf(opened, userId) }))
    expect(await found('haken.taro')).toMatchObject({ reason: 'password-elsewhere', decidedBy: 'partner-accounts' })
    expect(await found('yamada.hanako')).toMatchObject({ reason: 'not-in-scope', microsoftCode: 'SSPR_0013' })
    expect(await found('ogawa.yuto')).toMatchObject({ reason: 'no-method', decidedBy: 'sspr-users' })
    if (server.kind === 'active-directory') expect(await found('kato.sho')).toMatchObject({ reason: 'smart-card' })
    await enrol(opened, 'ogawa.yuto')
    expect(await found('ogawa.yuto')).toMatchObject({ cause: 'none', registered: 1 })
  })

  it('keeps the cause with the request', async () => {
    const opened = await open()
    const { id: requestId } = await openCase(opened, 'yamada.hanako')
    await ok(opened.api.diagnosis.ofRequest({ requestId }))
    expect((await ok(opened.api.requests.get({ requestId }))).request.cause).toBe('not-enabled')
  })

  it('compares its clock with the server’s', async () => {
    const right = await open()
    expect(await part(right, 'clock')).toMatchObject({ state: 'ok' })
    await right.close()
    const ahead = new Date(systemClock().now() + 120_000).toISOString()
    const wrong = await open({}, ahead)
    expect(await part(wrong, 'clock')).toMatchObject({ code: 'clock-off', params: { direction: 'ahead' } })
  })
})

describe('a desk whose directory goes', () => {
  it('says so, and guesses nothing of the clock', async () => {
    const server = await startSlapd()
    const desk = await openDesk({ server: server.config, clock: new TestClock(systemClock().iso()) })
    try {
      await signIn(desk)
      await server.stop()
      const { parts } = await ok(desk.api.health.check())
      expect(parts.find(({ part }) => part === 'directory')).toMatchObject({ state: 'down', code: 'unreachable' })
      expect(parts.find(({ part }) => part === 'clock')).toMatchObject({ state: 'unknown' })
      expect(desk.events).toContainEqual({ name: 'health-changed', payload: {} })
    } finally {
      await desk.close()
    }
  })

  it('says which server stands in for the first one', async () => {
    const [first, second] = await Promise.all([startSlapd(), startSlapd()])
    const servers = [...first.config.servers, ...second.config.servers]
    const ca = `${first.config.ca ?? ''}\n${second.config.ca ?? ''}`
    const desk = await openDesk({
      server: { ...first.config, servers, ca },
      // What the desk was told to use; the connections come from `server`.
      more: { directory: { kind: 'openldap', servers, bindDn: 'uid={user},dc=sample,dc=invalid' } },
      clock: new TestClock(systemClock().iso()),
    })
    try {
      await signIn(desk)
      expect((await ok(desk.api.health.check())).parts[0]).toMatchObject({ part: 'directory', code: 'ok' })
      await first.stop()
      expect((await ok(desk.api.health.check())).parts[0]).toMatchObject({
        code: 'other-server',
        params: { server: `127.0.0.1:${second.ldapsPort}`, preferred: `127.0.0.1:${first.ldapsPort}` },
      })
    } finally {
      await desk.close()
      await second.stop()
    }
  })
})
