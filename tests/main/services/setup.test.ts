import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Api } from '../../../src/shared/contract'
import { createDesk } from '../../../src/main/desk'
import type { Desk, DeskOptions } from '../../../src/main/desk'
import type { SafeStorage } from '../../../src/main/vault'
import { FakeDesktop, codeOf, ok, pageOf } from '../../support/desk'
import { TestClock } from '../../support/test-clock'
import { noSecurityKeys } from '../../support/no-security-keys'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const config = {
  version: 1,
  organisation: 'さくら商事',
  directory: { kind: 'openldap', servers: ['ldaps://ldap.invalid'], bindDn: 'uid={user},dc=example' },
}

let folder: string
let desks: Desk[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-setup-'))
  desks = []
})

afterEach(async () => {
  for (const desk of desks) await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

function write(content: string): string {
  const file = join(folder, 'desk.json')
  writeFileSync(file, content)
  chmodSync(file, 0o600)
  return file
}

async function boot(options: Partial<DeskOptions> = {}): Promise<Api> {
  const desk = await createDesk({
    userDataDir: folder,
    configFile: null,
    machineConfigFile: join(folder, 'machine', 'config.json'),
    vaultKeyFile: null,
    clock: new TestClock(),
    log: quiet,
    desktop: new FakeDesktop(),
    safeStorage: null,
    securityKeys: noSecurityKeys,
    version: '1.2.3',
    ...options,
  })
  desks.push(desk)
  return pageOf(desk)
}

describe('SetupService.start', () => {
  it('asks for a configuration, and says where it belongs, when there is none', async () => {
    const api = await boot()

    const status = await ok(api.session.status())

    expect(status).toMatchObject({ phase: 'needs-config', problem: null, sample: false, operator: null })
    expect(status.configPath).toBe(join(folder, 'machine', 'config.json'))
    expect(await codeOf(api.session.signIn({ userId: 'a', password: 'b' }))).toBe('config-missing')
    expect(await codeOf(api.vault.create({ passphrase: null }))).toBe('vault-already-set-up')
  })

  it('tells file, line and field of a broken configuration and leaves the file as it is', async () => {
    const text = '{\n  "version": 1,\n  "organisation": 7\n}'
    const configFile = write(text)
    const api = await boot({ configFile })

    const { phase, problem } = await ok(api.session.status())

    expect(phase).toBe('config-broken')
    expect(problem).toMatchObject({ code: 'config-invalid', params: { file: configFile } })
    expect(statSync(configFile).size).toBe(text.length)
    expect(await codeOf(api.session.signIn({ userId: 'a', password: 'b' }))).toBe('not-available')
  })

  it('sees a file that came or was mended when it is asked again, without a restart', async () => {
    const configFile = join(folder, 'desk.json')
    const api = await boot({ configFile, vaultKeyFile: join(folder, 'vault.key') })
    expect((await ok(api.session.status())).phase).not.toBe('needs-vault')

    write('{ "version": 1, "organisation": 7 }')
    expect((await ok(api.session.status())).phase).toBe('config-broken')

    write(JSON.stringify(config))
    const { phase, problem, organisation } = await ok(api.session.status())
    expect({ phase, problem, organisation }).toEqual({
      phase: 'needs-vault',
      problem: null,
      organisation: 'さくら商事',
    })
  })

  it('lands in a phase with a problem when the database is damaged', async () => {
    const configFile = write(JSON.stringify(config))
    const vaultKeyFile = join(folder, 'vault.key')
    const first = await boot({ configFile, vaultKeyFile })
    await ok(first.vault.create({ passphrase: null }))
    for (const desk of desks.splice(0)) await desk.close()
    writeFileSync(join(folder, 'desk.db'), 'this is no database, but long enough to look like one'.repeat(100))

    const api = await boot({ configFile, vaultKeyFile })

    const { phase, problem } = await ok(api.session.status())
    expect(phase).toBe('config-broken')
    expect(problem?.code).toBe('store-unavailable')
  })

  it('lands in a phase with a problem when the audit store is damaged', async () => {
    const configFile = write(JSON.stringify(config))
    const vaultKeyFile = join(folder, 'vault.key')
    const first = await boot({ configFile, vaultKeyFile })
    await ok(first.vault.create({ passphrase: null }))
    for (const desk of desks.splice(0)) await desk.close()
    writeFileSync(join(folder, 'audit.db'), 'this is no database, but long enough to look like one'.repeat(100))

    const api = await boot({ configFile, vaultKeyFile })

    const { phase, problem } = await ok(api.session.status())
    expect(phase).toBe('config-broken')
    expect(problem?.code).toBe('audit-unavailable')
  })
})

describe('SetupService.useSample', () => {
  it('opens the sample organisation in a folder of its own, without a set-up', async () => {
    const api = await boot()

    const status = await ok(api.session.useSample())

    expect(status).toMatchObject({ phase: 'signed-out', sample: true, keyFileWarning: false })
    expect(existsSync(join(folder, 'sample', 'vault.json'))).toBe(true)
    expect(existsSync(join(folder, 'vault.json'))).toBe(false)
  })

  it('opens the same sample again after a restart', async () => {
    await ok((await boot()).session.useSample())
    for (const desk of desks.splice(0)) await desk.close()

    const api = await boot()

    expect((await ok(api.session.status())).phase).toBe('needs-config')
    expect((await ok(api.session.useSample())).phase).toBe('signed-out')
  })

  it('is refused where a configuration works', async () => {
    const api = await boot({ configFile: write(JSON.stringify(config)) })

    expect(await codeOf(api.session.useSample())).toBe('not-available')
    expect(existsSync(join(folder, 'sample'))).toBe(false)
  })
})

describe('SetupService and the installation key', () => {
  it('makes a key once, shows the recovery key once, and opens by itself from the key file afterwards', async () => {
    const options = { configFile: write(JSON.stringify(config)), vaultKeyFile: join(folder, 'vault.key') }
    const api = await boot(options)
    expect((await ok(api.session.status())).phase).toBe('needs-vault')
    expect(await ok(api.vault.protection())).toEqual({ kind: 'key-file' })

    const { recoveryKey, status } = await ok(api.vault.create({ passphrase: null }))

    expect(recoveryKey.length).toBeGreaterThan(20)
    expect(status).toMatchObject({ phase: 'signed-out', keyFileWarning: true })
    expect(statSync(join(folder, 'vault.key')).mode & 0o077).toBe(0)
    expect(await codeOf(api.vault.create({ passphrase: null }))).toBe('vault-already-set-up')

    for (const desk of desks.splice(0)) await desk.close()
    expect((await ok((await boot(options)).session.status())).phase).toBe('signed-out')
  })

  it('makes one key when two set-ups are asked for at once', async () => {
    const options = { configFile: write(JSON.stringify(config)), vaultKeyFile: join(folder, 'vault.key') }
    const api = await boot(options)

    const codes = await Promise.all([
      codeOf(api.vault.create({ passphrase: null })),
      codeOf(api.vault.create({ passphrase: null })),
    ])

    expect(codes.toSorted()).toEqual(['not-available', 'ok'])
  })

  // Five scrypt derivations of 128 MiB each.
  it(
    'stays locked until the passphrase is right, and recovers with the recovery key',
    { timeout: 60_000 },
    async () => {
      const options = { configFile: write(JSON.stringify(config)) }
      const first = await boot(options)
      expect(await codeOf(first.vault.create({ passphrase: 'short' }))).toBe('vault-passphrase-weak')
      const { recoveryKey } = await ok(first.vault.create({ passphrase: 'tamago-yaki-oishii' }))
      for (const desk of desks.splice(0)) await desk.close()

      const api = await boot(options)
      expect((await ok(api.session.status())).phase).toBe('vault-locked')
      expect(await codeOf(api.session.signIn({ userId: 'a', password: 'b' }))).toBe('vault-locked')
      expect(await codeOf(api.vault.unlock({ passphrase: 'something-else' }))).toBe('vault-passphrase-wrong')
      expect(await codeOf(api.vault.recover({ recoveryKey: 'nonsense', passphrase: 'another-passphrase' }))).toBe(
        'vault-recovery-key-wrong',
      )

      expect((await ok(api.vault.recover({ recoveryKey, passphrase: 'another-passphrase' }))).phase).toBe('signed-out')

      for (const desk of desks.splice(0)) await desk.close()
      const last = await boot(options)
      expect((await ok(last.vault.unlock({ passphrase: 'another-passphrase' }))).phase).toBe('signed-out')
    },
  )

  it("keeps the key under the operating system's protection where there is one", { timeout: 60_000 }, async () => {
    let works = true
    const safeStorage: SafeStorage = {
      available: async () => works,
      encrypt: async (plain) => plain.map((byte) => byte ^ 0x5a),
      decrypt: async (sealed) => ({ plain: sealed.map((byte) => byte ^ 0x5a), shouldReEncrypt: false }),
    }
    const options = { configFile: write(JSON.stringify(config)), safeStorage }
    const first = await boot(options)
    expect(await ok(first.vault.protection())).toEqual({ kind: 'safe-storage' })
    const { recoveryKey, status } = await ok(first.vault.create({ passphrase: null }))
    expect(status).toMatchObject({ phase: 'signed-out', keyFileWarning: false })
    for (const desk of desks.splice(0)) await desk.close()
    expect((await ok((await boot(options)).session.status())).phase).toBe('signed-out')
    for (const desk of desks.splice(0)) await desk.close()

    // The keyring is gone: the recovery key opens the vault, and a passphrase keeps it from now on.
    works = false
    const api = await boot(options)
    expect(await ok(api.session.status())).toMatchObject({ phase: 'vault-locked', problem: { code: 'vault-locked' } })
    const recovered = await ok(api.vault.recover({ recoveryKey, passphrase: 'tamago-yaki-oishii' }))
    expect(recovered.phase).toBe('signed-out')
  })

  it('offers the recovery key when the key file is gone', async () => {
    const options = { configFile: write(JSON.stringify(config)), vaultKeyFile: join(folder, 'vault.key') }
    const first = await boot(options)
    const { recoveryKey } = await ok(first.vault.create({ passphrase: null }))
    for (const desk of desks.splice(0)) await desk.close()
    rmSync(join(folder, 'vault.key'))

    const api = await boot(options)

    expect(await ok(api.session.status())).toMatchObject({
      phase: 'vault-locked',
      problem: { code: 'vault-key-file-wrong' },
    })
    expect((await ok(api.vault.recover({ recoveryKey, passphrase: null }))).phase).toBe('signed-out')
  })
})

describe('PreferencesService', () => {
  it('keeps a language chosen before the key was made', async () => {
    const options = { configFile: write(JSON.stringify(config)), vaultKeyFile: join(folder, 'vault.key') }
    const api = await boot(options)
    expect(await ok(api.settings.preferences())).toEqual({ language: 'system', theme: 'system', notifications: true })
    await ok(api.settings.setPreferences({ language: 'ja', theme: 'dark' }))

    await ok(api.vault.create({ passphrase: null }))
    for (const desk of desks.splice(0)) await desk.close()

    expect(await ok((await boot(options)).settings.preferences())).toEqual({
      language: 'ja',
      theme: 'dark',
      notifications: true,
    })
  })
})
