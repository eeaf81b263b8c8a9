import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DeskSettings } from '../../src/shared/model/desk-settings'
import { systemClock } from '../../src/main/clock'
import { codeOf, ok } from '../support/desk'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { freshDesk, passphrase } from '../support/fresh-desk'
import type { FreshDesk } from '../support/fresh-desk'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'

const adminId = 'tanaka.hiroshi'
const freshNumber = '090-8765-4321'

/** The first run as the wizard does it, without its screens, on a real directory, mailbox and gateway. */
describe.each([
  ['OpenLDAP', startSlapd],
  ['Samba AD', startSamba],
] as const)('A desk that is set up on %s', (_name, start) => {
  let server: TestDirectory
  let mailbox: TestMailbox
  let gateway: TestSms
  let desk: FreshDesk

  beforeAll(async () => {
    ;[server, mailbox, gateway] = await Promise.all([start(), startDovecot(), startKannel()])
  })
  afterAll(async () => {
    await Promise.all([server, mailbox, gateway].map((each) => each.stop()))
  })
  beforeEach(async () => {
    desk = await freshDesk({ real: true, clock: systemClock() })
  })
  afterEach(() => desk.close())

  const address = (): string => `ldaps://${server.host}:${server.ldapsPort}`
  const directory = (ca: string | null): DeskSettings['directory'] => ({
    kind: 'auto',
    servers: [address()],
    domain: null,
    site: null,
    ca,
    peopleBase: null,
    bindDn: server.directoryConfig.bindDn,
    protectedGroups: [],
  })
  const credentials = (): { userId: string; password: string } => ({ userId: adminId, password: server.password })

  async function groupNamed(name: string): Promise<string> {
    const entries = await ok(desk.api.connections.groups({ query: name }))
    const found = entries.find((entry) => entry.name === name)
    if (found === undefined) throw new Error(`no group ${name} among ${JSON.stringify(entries)}`)
    return found.dn
  }

  /** Everything up to the end of the wizard. */
  async function wizard(): Promise<DeskSettings> {
    const { api, desktop } = desk
    desktop.openFrom = { name: server.caFile, text: readFileSync(server.caFile, 'utf8') }
    const authority = await ok(api.connections.chooseAuthority())
    const pinned = directory(authority?.pem ?? null)
    await ok(api.connections.signIn({ directory: pinned, credentials: credentials() }))
    const group = async (name: string): Promise<string[]> => [await groupNamed(name)]
    return {
      organisation: 'さくら商事',
      directory: { ...pinned, protectedGroups: await group('infrastructure') },
      roles: {
        agent: await group('helpdesk'),
        approver: await group('desk-approvers'),
        admin: await group('desk-admins'),
        auditor: await group('desk-auditors'),
      },
      mailbox: {
        host: mailbox.host,
        port: mailbox.tlsPort,
        security: 'tls',
        userName: mailbox.userName,
        folder: mailbox.folder,
        ca: mailbox.ca,
        startDays: 7,
        identity: null,
      },
      sms: gateway.config,
      voice: null,
      mailOut: null,
      securityKey: null,
      calls: { scheme: 'tel', host: null },
      mailDomains: [],
      sspr: { scope: 'selected', groups: await group('sspr-users'), managedElsewhere: [], withoutWriteBack: [] },
      policy: { methodsRequired: 1 },
      links: [],
    }
  }

  it('trusts nobody until the authority is pinned, then recognises the directory', async () => {
    const { api } = desk
    const unknown = await ok(api.connections.probe({ address: address(), ca: null }))
    expect(unknown.trust).toBe('untrusted')
    expect(await codeOf(api.connections.signIn({ directory: directory(null), credentials: credentials() }))).toBe(
      'directory-certificate',
    )
    const ca = readFileSync(server.caFile, 'utf8')
    expect(await ok(api.connections.probe({ address: address(), ca }))).toMatchObject({
      trust: 'pinned',
      kind: server.kind,
      problem: null,
    })
  })

  it('answers a wrong password as the sign-in does, binds once for it, and shows nothing to nobody', async () => {
    const ca = readFileSync(server.caFile, 'utf8')
    const wrong = { userId: adminId, password: 'no-such-password' }
    expect(await codeOf(desk.api.connections.signIn({ directory: directory(ca), credentials: wrong }))).toBe(
      'sign-in-wrong',
    )
    expect(await codeOf(desk.api.connections.groups({ query: 'desk' }))).toBe('not-signed-in')
    expect(await server.bindAs(adminId, server.password)).toBe('ok')
  })

  it('goes from nothing to a signed-in admin, whose later change takes effect without a restart', async () => {
    const { api } = desk
    expect((await ok(api.session.status())).phase).toBe('needs-config')
    const settings = await wizard()
    const { mailbox: mail, sms } = settings
    if (mail === null || sms === null) throw new Error('the wizard left something out')

    expect(await ok(api.connections.mailbox({ mailbox: mail, password: mailbox.password }))).toMatchObject({ ok: true })
    expect(await ok(api.connections.mailbox({ mailbox: mail, password: 'wrong' }))).toMatchObject({
      problem: { code: 'mailbox-refused' },
    })
    expect(
      await ok(api.connections.mailbox({ mailbox: { ...mail, ca: mailbox.otherCa }, password: 'x' })),
    ).toMatchObject({ problem: { code: 'mailbox-certificate' } })
    expect(await ok(api.connections.sms({ sms, secrets: gateway.secrets, number: freshNumber }))).toMatchObject({
      ok: true,
    })
    expect((await gateway.waitForMessage('+819087654321')).text).toContain('SSPR Desk')

    const secrets = { ...gateway.secrets, 'mailbox.password': mailbox.password }
    expect((await ok(api.setup.finish({ settings, secrets }))).written).toBe(true)
    expect((await ok(api.session.status())).phase).toBe('needs-vault')
    // The set-up is over: what was open to anybody is closed, and its sign-in is gone.
    expect(await codeOf(api.connections.groups({ query: 'desk' }))).toBe('not-available')
    await ok(api.vault.create({ passphrase }))

    const status = await ok(api.session.signIn(credentials()))
    expect(status.operator?.roles).toContain('admin')
    expect(status.directoryKind).toBe(server.kind)
    const edit = await ok(api.settings.edit())
    expect(edit.secrets).toEqual(Object.keys(secrets).toSorted())
    expect(edit.settings).toMatchObject({ ...settings, policy: edit.settings.policy, sms: { ...sms, ca: null } })
    // As an admin, with the password that is kept.
    expect(await ok(api.connections.mailbox({ mailbox: mail, password: null }))).toMatchObject({ ok: true })

    const agents = [...edit.settings.roles.agent, await groupNamed('server-team')]
    await ok(
      api.settings.save({
        settings: { ...edit.settings, roles: { ...edit.settings.roles, agent: agents } },
        secrets: {},
      }),
    )
    expect((await ok(api.session.status())).phase).toBe('signed-out')
    await ok(api.session.signIn(credentials()))
    expect((await ok(api.settings.edit())).settings.roles.agent).toEqual(agents)

    await ok(api.session.signOut())
    await ok(api.session.signIn({ userId: 'watanabe.aya', password: server.password }))
    expect(await ok(api.audit.verify())).toMatchObject({ intact: true })
  })

  it('refuses an admin who would no longer be one by the directory’s own word', async () => {
    const { api } = desk
    const settings = await wizard()
    await ok(api.setup.finish({ settings: { ...settings, mailbox: null, sms: null }, secrets: {} }))
    await ok(api.vault.create({ passphrase }))
    await ok(api.session.signIn(credentials()))
    const edit = await ok(api.settings.edit())
    const before = readFileSync(desk.configFile, 'utf8')
    const roles = { ...edit.settings.roles, admin: edit.settings.roles.auditor }
    expect(await codeOf(api.settings.save({ settings: { ...edit.settings, roles }, secrets: {} }))).toBe(
      'settings-lock-out',
    )
    const dead = { ...edit.settings.directory, servers: ['ldaps://127.0.0.9:636'] }
    expect(await codeOf(api.settings.save({ settings: { ...edit.settings, directory: dead }, secrets: {} }))).toBe(
      'directory-unreachable',
    )
    expect(readFileSync(desk.configFile, 'utf8')).toBe(before)
    expect((await ok(api.session.status())).phase).toBe('active')
  })
})
