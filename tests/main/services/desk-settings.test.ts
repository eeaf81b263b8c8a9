import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeskSettings, SettingsSaved } from '../../../src/shared/model/desk-settings'
import { smsPresets } from '../../../src/shared/sms-presets'
import { voicePresets } from '../../../src/shared/voice-presets'
import { createCa } from '../../support/ca'
import { codeOf, ok, seedPassword } from '../../support/desk'
import { finish, freshDesk, passphrase, setUp, wizardSettings } from '../../support/fresh-desk'
import type { FreshDesk } from '../../support/fresh-desk'

let desk: FreshDesk

beforeEach(async () => {
  desk = await freshDesk()
})
afterEach(() => desk.close())

const signIn = (userId: string): Promise<unknown> => ok(desk.api.session.signIn({ userId, password: seedPassword }))
const phase = async (): Promise<string> => (await ok(desk.api.session.status())).phase
const written = (): Record<string, unknown> =>
  JSON.parse(readFileSync(desk.configFile, 'utf8')) as Record<string, unknown>

const mailbox: DeskSettings['mailbox'] = {
  host: 'imap.sakura.example',
  port: 993,
  security: 'tls',
  userName: 'desk',
  folder: 'INBOX',
  ca: null,
  startDays: 7,
  identity: null,
}

/** Everything that lies in the desk's folder, as one text. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n')
}

/** A configuration that works, as somebody else put it together. */
async function fileOfAnotherDesk(): Promise<string> {
  const other = await freshDesk()
  try {
    await ok(finish(other))
    return readFileSync(other.configFile, 'utf8')
  } finally {
    await other.close()
  }
}

describe('DeskSettingsService.finish', () => {
  it('writes the file, takes it at once, and seals the secrets when the key is made', async () => {
    const settings = wizardSettings({ mailbox })
    const secrets = { 'mailbox.password': 'Kaki-no-tane-77' }

    expect(await ok(finish(desk, settings, secrets))).toEqual({
      written: true,
      file: desk.configFile,
      copy: '',
      command: '',
    })

    expect(await phase()).toBe('needs-vault')
    expect(everythingIn(desk.folder)).not.toContain('Kaki-no-tane-77')
    await ok(desk.api.vault.create({ passphrase }))
    await signIn('tanaka.hiroshi')
    const edit = await ok(desk.api.settings.edit())
    expect(edit).toMatchObject({ secrets: ['mailbox.password'], file: desk.configFile, writable: 'yes' })
    expect(edit.settings).toEqual(settings)
    expect(
      JSON.stringify([edit, await ok(desk.api.settings.view()), await ok(desk.api.session.status())]),
    ).not.toContain('Kaki-no-tane-77')
    // What lies on the disk: configuration, stores, audit and log.
    expect(everythingIn(desk.folder)).toContain('desk.started')
    expect(everythingIn(desk.folder)).not.toContain('Kaki-no-tane-77')
  })

  it('forgets secrets that were entered before there was a key when the app ends', async () => {
    await ok(finish(desk, wizardSettings({ mailbox }), { 'mailbox.password': 'secret' }))
    desk = await desk.restart()
    await ok(desk.api.vault.create({ passphrase }))
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual([])
  })

  it('writes nothing that would not load', async () => {
    const { directory } = wizardSettings()
    const settings = wizardSettings({ directory: { ...directory, bindDn: null } })
    const answer = await desk.api.setup.finish({ settings, secrets: {} })
    expect(answer).toMatchObject({
      ok: false,
      code: 'setting-invalid',
      params: { field: 'directory.bindDn', problemCode: 'needs-bind-dn' },
    })
    expect(existsSync(desk.configFile)).toBe(false)
    expect(await phase()).toBe('needs-config')
  })

  it('refuses a desk that nobody could administer', async () => {
    const settings = wizardSettings({ roles: { ...wizardSettings().roles, admin: [] } })
    expect(await codeOf(desk.api.setup.finish({ settings, secrets: {} }))).toBe('settings-lock-out')
    expect(existsSync(desk.configFile)).toBe(false)
  })

  it('ends in no sign-in that nobody can pass', async () => {
    const { directory } = wizardSettings()
    const settings = wizardSettings({ directory: { ...directory, servers: ['ldaps://127.0.0.1:9'] } })
    expect(await codeOf(desk.api.setup.finish({ settings, secrets: {} }))).toBe('directory-unreachable')
    expect(existsSync(desk.configFile)).toBe(false)
    expect(await codeOf(finish(desk, settings))).toBe('ok')
  })

  it('is over once a configuration works, with and without a key', async () => {
    const again = (): Promise<string> => codeOf(desk.api.setup.finish({ settings: wizardSettings(), secrets: {} }))
    await ok(finish(desk))
    const before = readFileSync(desk.configFile, 'utf8')
    expect(await again()).toBe('not-available')
    await ok(desk.api.vault.create({ passphrase }))
    expect(await again()).toBe('not-available')
    await signIn('tanaka.hiroshi')
    expect(await again()).toBe('not-available')
    expect(await codeOf(desk.api.setup.chooseFile())).toBe('not-available')
    expect(readFileSync(desk.configFile, 'utf8')).toBe(before)
  })

  it('is over at once when a configuration comes meanwhile, and never writes over it', async () => {
    const settings = wizardSettings({ organisation: 'of the wizard' })
    const credentials = { userId: 'tanaka.hiroshi', password: seedPassword }
    await ok(desk.api.connections.signIn({ directory: settings.directory, credentials }))
    const installed = await fileOfAnotherDesk()
    mkdirSync(join(desk.folder, 'machine'))
    writeFileSync(desk.configFile, installed)

    const secrets = { 'mailbox.password': 'planted' }
    expect(await codeOf(desk.api.setup.finish({ settings, secrets }))).toBe('not-available')
    desk.desktop.openFrom = { name: '/home/somebody/mine.json', text: installed }
    expect(await codeOf(desk.api.setup.chooseFile())).toBe('not-available')

    expect(readFileSync(desk.configFile, 'utf8')).toBe(installed)
    expect(existsSync(`${desk.configFile}.bak`)).toBe(false)
    await ok(desk.api.vault.create({ passphrase }))
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual([])
  })

  it('is over as well when it comes while the file dialog is open', async () => {
    const installed = await fileOfAnotherDesk()
    desk.desktop.askOpenFile = async () => {
      mkdirSync(join(desk.folder, 'machine'))
      writeFileSync(desk.configFile, installed)
      return { name: '/home/somebody/mine.json', text: installed.replace('{', '{ ') }
    }
    expect(await codeOf(desk.api.setup.chooseFile())).toBe('not-available')
    expect(readFileSync(desk.configFile, 'utf8')).toBe(installed)
  })

  it('plants no secret in a desk whose own configuration takes effect after all', async () => {
    // Anybody may end the wizard; where they may not write, a copy waits that nobody puts in place.
    const saved = await elsewhere(desk, () =>
      ok(finish(desk, wizardSettings({ mailbox }), { 'mailbox.password': 'planted' })),
    )
    expect(saved.written).toBe(false)

    writeFileSync(desk.configFile, await fileOfAnotherDesk())
    expect(await phase()).toBe('needs-vault')
    await ok(desk.api.vault.create({ passphrase }))
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual([])
  })

  it('takes nothing over from a file that was refused, and keeps it beside', async () => {
    mkdirSync(join(desk.folder, 'machine'))
    writeFileSync(desk.configFile, '{ "version": 1, "secretFiles": { "mailbox.password": "/etc/shadow" }')
    expect(await phase()).toBe('config-broken')
    await ok(finish(desk))
    expect(written()).not.toHaveProperty('secretFiles')
    expect(readFileSync(`${desk.configFile}.bak`, 'utf8')).toContain('/etc/shadow')
    expect(await phase()).toBe('needs-vault')
  })

  it('is not a way around a store that cannot be opened', async () => {
    await setUp(desk)
    await desk.close({ keepFolder: true })
    writeFileSync(join(desk.folder, 'desk.db'), 'no database, but long enough to look like one. '.repeat(100))
    desk = await freshDesk({ folder: desk.folder })
    expect((await ok(desk.api.vault.unlock({ passphrase }))).phase).toBe('config-broken')
    expect(await codeOf(desk.api.setup.finish({ settings: wizardSettings(), secrets: {} }))).toBe('not-available')
    expect(await codeOf(desk.api.connections.groups({ query: 'a' }))).toBe('not-available')
  })

  it('names the line to run where this user may not write, and sees the file when it has come', async () => {
    // Another user's folder; as root nothing is forbidden, so the platform is asked that never makes one.
    const saved = await elsewhere(desk, () =>
      ok(finish(desk, wizardSettings({ mailbox }), { 'mailbox.password': 'x' })),
    )
    expect(saved).toMatchObject({ written: false, file: desk.configFile })
    expect(saved.command).toContain(saved.copy)
    expect(await phase()).toBe('needs-config')

    mkdirSync(join(desk.folder, 'machine'), { recursive: true })
    writeFileSync(desk.configFile, readFileSync(saved.copy))
    expect(await phase()).toBe('needs-vault')
    await ok(desk.api.vault.create({ passphrase }))
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual(['mailbox.password'])
  })
})

describe('DeskSettingsService.chooseFile', () => {
  it('puts an expert’s file in place as it is, with the certificates beside it', async () => {
    const expert = join(desk.folder, 'expert')
    mkdirSync(expert)
    createCa(expert, ['localhost'])
    const { servers, bindDn } = wizardSettings().directory
    const text = `{ "version": 1, "organisation": "X",\n  "directory": ${JSON.stringify({ kind: 'openldap', servers, bindDn, caFile: 'ca.pem' })} }`
    desk.desktop.openFrom = { name: join(expert, 'my.json'), text }

    expect((await ok(desk.api.setup.chooseFile()))?.written).toBe(true)

    expect(readFileSync(desk.configFile, 'utf8')).toBe(text)
    expect(existsSync(join(desk.folder, 'machine', 'ca.pem'))).toBe(true)
    expect(await phase()).toBe('needs-vault')
  })

  it('names the fault by the file that was chosen, writes nothing, and takes a cancelled dialog for no', async () => {
    expect(await ok(desk.api.setup.chooseFile())).toBeNull()
    desk.desktop.openFrom = { name: '/somewhere/my.json', text: '{\n "version": 2 }' }
    expect(await desk.api.setup.chooseFile()).toMatchObject({
      code: 'config-invalid',
      params: { file: '/somewhere/my.json', line: 2, field: 'version' },
    })
    desk.desktop.openFrom = { name: '/somewhere/my.json', text: ' ' }
    expect(await codeOf(desk.api.setup.chooseFile())).toBe('config-unreadable')
    expect(existsSync(desk.configFile)).toBe(false)
  })
})

describe('DeskSettingsService.save', () => {
  const save = (settings: DeskSettings, secrets: Record<string, string> = {}) =>
    desk.api.settings.save({ settings, secrets })

  it('writes, ends the session, and opens the desk anew without asking for the passphrase', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())

    const saved = await ok(
      save(
        { ...settings, mailbox, policy: { ...settings.policy, methodsRequired: 2 } },
        { 'mailbox.password': 'pw-9' },
      ),
    )

    expect(saved.written).toBe(true)
    expect(desk.ended).toEqual(['settings-changed'])
    expect(await phase()).toBe('signed-out')
    expect(written()).toMatchObject({ policy: { methodsRequired: 2 }, mailbox: { host: 'imap.sakura.example' } })
    expect(JSON.parse(readFileSync(`${desk.configFile}.bak`, 'utf8'))).toMatchObject({ policy: { methodsRequired: 1 } })
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.view())).policy.methodsRequired).toBe(2)
    expect((await ok(desk.api.settings.edit())).secrets).toEqual(['mailbox.password'])
    expect(everythingIn(desk.folder)).not.toContain('pw-9')
  })

  it('is in the audit with what changed, and with no secret', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const roles = { ...settings.roles, auditor: [...settings.roles.auditor, ...settings.roles.admin] }
    const sms = { ...smsPresets.json.settings, body: '{"key":"very-hidden","to":"{to}","text":"{text}"}' }
    await ok(save({ ...settings, roles, sms, policy: { ...settings.policy, codeTries: 2 } }, { 'sms.token': 'tok-7' }))

    await signIn('watanabe.aya')
    const { rows } = await ok(desk.api.audit.list({ filter: { actions: ['settings.save'] } }))
    expect(rows.map(({ phase: part, outcome }) => [part, outcome])).toEqual([
      ['result', 'succeeded'],
      ['intent', 'started'],
    ])
    expect(rows[0]).toMatchObject({
      actorName: expect.stringContaining('田中') as unknown,
      details: { 'policy.codeTries': '3 → 2', secrets: 'sms.token', 'sms.preset': '– → json' },
    })
    expect(String(rows[0]?.details['changed']).split(' ')).toEqual(
      expect.arrayContaining(['policy.codeTries', 'roles.auditor', 'sms.body', 'sms.url']),
    )
    expect(String(rows[0]?.details['roles.auditor'])).toContain(settings.roles.admin[0])
    expect(JSON.stringify(rows)).not.toMatch(/very-hidden|tok-7/u)
  })

  it.each(['sato.misaki', 'takahashi.yumi', 'watanabe.aya'])('is for admins only: not for %s', async (userId) => {
    await setUp(desk)
    await signIn(userId)
    const before = readFileSync(desk.configFile, 'utf8')
    expect(await codeOf(desk.api.settings.edit())).toBe('role-required')
    expect(await codeOf(save(wizardSettings()))).toBe('role-required')
    expect(readFileSync(desk.configFile, 'utf8')).toBe(before)
    await ok(desk.api.session.signOut())
    expect(await codeOf(desk.api.settings.edit())).toBe('not-signed-in')
    expect(await codeOf(save(wizardSettings()))).toBe('not-signed-in')
  })

  it('writes nothing over what somebody else changed meanwhile', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    expect(await codeOf(save(wizardSettings()))).toBe('config-changed')
    const { settings } = await ok(desk.api.settings.edit())
    const theirs = JSON.stringify({ ...written(), policy: { codeTries: 1 } })
    writeFileSync(desk.configFile, theirs)

    expect(await codeOf(save(settings))).toBe('config-changed')
    expect(readFileSync(desk.configFile, 'utf8')).toBe(theirs)
    expect((await ok(desk.api.settings.edit())).settings.policy['codeTries']).toBe(1)
    expect(await codeOf(save(settings))).toBe('ok')
  })

  it('lets no admin lock themselves and everybody out', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const before = readFileSync(desk.configFile, 'utf8')
    const { directory, roles } = settings
    for (const locking of [
      { ...settings, roles: { ...roles, admin: [] } },
      { ...settings, roles: { ...roles, admin: roles.auditor } },
      { ...settings, roles: { ...roles, admin: ['cn=nobody,dc=sakura,dc=example'] } },
      { ...settings, directory: { ...directory, bindDn: 'cn={user},dc=other,dc=example' } },
    ]) {
      expect(await codeOf(save(locking))).toBe('settings-lock-out')
    }
    const dead = { ...directory, servers: ['ldaps://127.0.0.1:9'] }
    expect(await codeOf(save({ ...settings, directory: dead }))).toBe('directory-unreachable')
    expect(readFileSync(desk.configFile, 'utf8')).toBe(before)
    expect(await phase()).toBe('active')
  })

  it('takes another directory once somebody has signed in to it', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const directory = { ...settings.directory, servers: ['ldaps://127.0.0.1:9'] }
    const credentials = { userId: 'tanaka.hiroshi', password: seedPassword }
    await ok(desk.api.connections.signIn({ directory, credentials }))
    expect(await codeOf(save({ ...settings, directory }))).toBe('ok')
  })

  it('forgets a sign-in to another directory when the session ends or locks', async () => {
    await setUp(desk)
    for (const end of [desk.api.session.signOut, desk.api.session.lock]) {
      await signIn('tanaka.hiroshi')
      const { settings } = await ok(desk.api.settings.edit())
      const directory = { ...settings.directory, bindDn: 'cn={user},ou=others,dc=sakura,dc=example' }
      const credentials = { userId: 'tanaka.hiroshi', password: seedPassword }
      await ok(desk.api.connections.signIn({ directory, credentials }))
      await ok(end())
      await (end === desk.api.session.lock
        ? ok(desk.api.session.unlock({ password: seedPassword }))
        : signIn('tanaka.hiroshi'))
      await ok(desk.api.settings.edit())
      const save = desk.api.settings.save({ settings: { ...settings, directory }, secrets: {} })
      expect(await codeOf(save)).toBe('settings-lock-out')
      await ok(desk.api.session.signOut())
    }
  })

  it('lets a stored password go to no other server than the one it was entered for', async () => {
    await setUp(desk, wizardSettings({ mailbox, sms: smsPresets.json.settings }), {
      'mailbox.password': 'one',
      'sms.token': 'two',
    })
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const elsewhereMail = { ...mailbox, host: 'imap.evil.example' }
    const elsewhereSms = { ...smsPresets.json.settings, url: 'https://evil.example/', allowedHosts: ['evil.example'] }
    expect(await save({ ...settings, mailbox: elsewhereMail })).toMatchObject({
      code: 'secret-missing',
      params: { name: 'mailbox.password' },
    })
    expect(await save({ ...settings, sms: elsewhereSms })).toMatchObject({ params: { name: 'sms.token' } })
    expect(await codeOf(save({ ...settings, mailbox: { ...mailbox, startDays: 30 } }))).toBe('ok')
    await signIn('tanaka.hiroshi')
    await ok(desk.api.settings.edit())
    expect(await codeOf(save({ ...settings, mailbox: elsewhereMail }, { 'mailbox.password': 'new' }))).toBe('ok')
  })

  it('lets keys of calls and passwords of mails go nowhere else either', async () => {
    const mailOut = {
      host: 'mail.sakura.example',
      port: 587,
      security: 'starttls' as const,
      userName: 'desk',
      from: 'desk@sakura.example',
      fromName: null,
      ca: null,
    }
    const voice = voicePresets.json.settings
    await setUp(desk, wizardSettings({ voice, mailOut }), { 'voice.token': 'one', 'smtp.password': 'two' })
    await signIn('tanaka.hiroshi')
    const { settings, secrets } = await ok(desk.api.settings.edit())
    expect(secrets).toEqual(['smtp.password', 'voice.token'])
    const elsewhere = { ...voice, url: 'https://evil.example/', delivery: null, allowedHosts: ['evil.example'] }
    expect(await save({ ...settings, voice: elsewhere })).toMatchObject({ params: { name: 'voice.token' } })
    for (const change of [{ host: 'mail.evil.example' }, { port: 2525 }, { userName: 'other' }]) {
      const other = { ...settings, mailOut: { ...mailOut, ...change } }
      expect(await save(other)).toMatchObject({ code: 'secret-missing', params: { name: 'smtp.password' } })
    }
    expect(await codeOf(save({ ...settings, mailOut: { ...mailOut, fromName: 'Desk' }, voice: null }))).toBe('ok')
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual(['smtp.password'])
  })

  it('lets the password of the intake’s own account go to no other directory, and to no other account', async () => {
    const matching = { ...mailbox, identity: 'ito.kenta' }
    await setUp(desk, wizardSettings({ mailbox: matching }), { 'mailbox.password': 'one', 'intake.password': 'two' })
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const directory = { ...settings.directory, servers: ['ldaps://ldap.evil.example'] }
    const credentials = { userId: 'tanaka.hiroshi', password: seedPassword }
    await ok(desk.api.connections.signIn({ directory, credentials }))
    const missing = { code: 'secret-missing', params: { name: 'intake.password' } }
    expect(await save({ ...settings, directory })).toMatchObject(missing)
    const other = { ...matching, identity: 'yamada.hanako' }
    expect(await save({ ...settings, mailbox: other })).toMatchObject(missing)
    expect(await codeOf(save({ ...settings, mailbox: other }, { 'intake.password': 'three' }))).toBe('ok')
  })

  it('keeps no password of what was taken away, and every other one', async () => {
    await setUp(desk, wizardSettings({ mailbox, sms: smsPresets.json.settings }), {
      'mailbox.password': 'one',
      'sms.token': 'two',
    })
    await signIn('tanaka.hiroshi')
    const { settings, secrets } = await ok(desk.api.settings.edit())
    expect(secrets).toEqual(['mailbox.password', 'sms.token'])
    expect(await codeOf(save({ ...settings, mailbox: null }))).toBe('ok')
    await signIn('tanaka.hiroshi')
    expect((await ok(desk.api.settings.edit())).secrets).toEqual(['sms.token'])
  })

  it('is refused in the sample organisation', async () => {
    await ok(desk.api.session.useSample())
    await signIn('tanaka.hiroshi')
    const { settings, writable, file } = await ok(desk.api.settings.edit())
    expect({ writable, file }).toEqual({ writable: 'sample', file: null })
    expect(await codeOf(save(settings))).toBe('not-available')
  })

  it('goes on with what is in force until a copy has been put in place', async () => {
    await setUp(desk)
    await signIn('tanaka.hiroshi')
    const { settings } = await ok(desk.api.settings.edit())
    const changed = { ...settings, organisation: '別の会社' }
    const saved = await elsewhere(desk, () => ok(save(changed)))

    expect(saved.written).toBe(false)
    expect(await phase()).toBe('active')
    expect(desk.ended).toEqual([])
    writeFileSync(desk.configFile, readFileSync(saved.copy))
    expect(await phase()).toBe('signed-out')
    expect((await ok(desk.api.session.status())).organisation).toBe('別の会社')
    expect(desk.ended).toEqual(['settings-changed'])
    // Once: afterwards the file may be written by hand without anybody being thrown out.
    await signIn('tanaka.hiroshi')
    writeFileSync(desk.configFile, readFileSync(saved.copy))
    expect(await phase()).toBe('active')
  })
})

/** Runs with a configuration file that this user may not write. */
async function elsewhere(fresh: FreshDesk, work: () => Promise<SettingsSaved>): Promise<SettingsSaved> {
  const hash = (): string =>
    existsSync(fresh.configFile) ? createHash('sha256').update(readFileSync(fresh.configFile)).digest('hex') : ''
  const before = hash()
  const saved = await asNobody(fresh, work)
  expect(hash()).toBe(before)
  return saved
}

/** Root may write everywhere: the test works as somebody else, to whom the desk's own folder belongs. */
async function asNobody<T>({ folder, configFile }: FreshDesk, work: () => Promise<T>): Promise<T> {
  const machine = join(configFile, '..')
  mkdirSync(machine, { recursive: true })
  if (process.geteuid?.() !== 0) {
    chmodSync(machine, 0o555)
    return work().finally(() => chmodSync(machine, 0o755))
  }
  chmodSync(machine, 0o755)
  for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    if (!name.startsWith('machine')) chownSync(join(folder, name), 65_534, 65_534)
  }
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}
