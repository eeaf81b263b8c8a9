import { describe, expect, it } from 'vitest'
import { sampleConfig, type DeskConfig, type StoreConfig } from '../../../src/main/config'
import { SampleDirectory } from '../../../src/main/directory/memory'
import type { Acting } from '../../../src/main/services/session'
import { SettingsService } from '../../../src/main/services/settings'
import { settingsView, type SettingsView } from '../../../src/shared/model/settings'
import { seedPassword } from '../../support/desk'
import { TestClock } from '../../support/test-clock'

const postgresql: StoreConfig = {
  kind: 'postgresql',
  host: 'db.sakura.example',
  port: 5432,
  database: 'sspr',
  user: 'sspr_desk',
  schema: null,
  ca: null,
  caFile: '/etc/sspr-desk/store-ca.pem',
}

async function viewOf(change: Partial<DeskConfig>): Promise<SettingsView> {
  const config: DeskConfig = { ...sampleConfig(), ...change }
  const directory = await new SampleDirectory({ config: config.directory, clock: new TestClock() }).signIn(
    'sato.misaki',
    seedPassword,
  )
  const operator = { ...directory.person, roles: await directory.roles() }
  const acting: Acting = { operator, directory, current: async () => operator }
  const service = new SettingsService({
    config,
    version: '1.0.0',
    vault: 'key-file',
    dataFolder: '/data',
    auditFile: '/data/audit.db',
    preferences: { get: async () => ({ language: 'ja', theme: 'system', notifications: true }) } as never,
  })
  return settingsView.parse(await service.view(acting))
}

describe('SettingsService.view', () => {
  it('tells where requests are kept, and which methods count', async () => {
    const view = await viewOf({})
    expect(view.store).toEqual({ kind: 'sqlite' })
    expect(view.policy).toMatchObject({
      allowApp: true,
      allowQuestions: true,
      questionsToAsk: 3,
      reconfirmDays: 180,
      approvalMinutes: 10,
      reportClosureHours: 24,
    })
  })

  it('names the server of a shared database, without what opens it', async () => {
    const { store } = await viewOf({ store: postgresql })
    expect(store).toEqual({
      kind: 'postgresql',
      server: 'db.sakura.example:5432',
      database: 'sspr',
      schema: '',
      role: 'sspr_desk',
      caFingerprint: '',
    })
  })
})
