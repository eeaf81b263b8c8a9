import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import { sampleConfig } from '../../../src/main/config'
import type { DeskConfig } from '../../../src/main/config'
import { SetupService } from '../../../src/main/services/setup'
import type { Opened } from '../../../src/main/services/setup'
import { silentLog } from '../../support/silent-log'
import { TestClock } from '../../support/test-clock'
import { testVault } from '../../support/vault'

interface FakeDesk extends Opened {
  readonly organisation: string
}

/** What the file says now; an error: it cannot be used. */
let file: DeskConfig | AppError
/** Organisations whose desk cannot be opened. */
let broken: string[]
let opened: string[]
let closed: string[]
let setup: SetupService<FakeDesk>

const named = (organisation: string): DeskConfig => ({ ...sampleConfig(), source: 'machine', organisation })

beforeEach(async () => {
  file = named('old')
  broken = []
  opened = []
  closed = []
  setup = new SetupService<FakeDesk>({
    loadConfig: () => {
      if (file instanceof AppError) throw file
      return file
    },
    sampleConfig,
    vaultKeeper: () => ({
      state: () => 'present',
      protection: async () => 'key-file',
      create: () => Promise.reject(new Error('not here')),
      open: async () => testVault(),
      recover: () => Promise.reject(new Error('not here')),
    }),
    open: async ({ organisation }) => {
      opened.push(organisation)
      if (broken.includes(organisation)) throw new AppError('store-unavailable', { reason: 'busy' })
      return {
        organisation,
        session: { view: () => ({ phase: 'signed-out', operator: null, server: null, directoryKind: null }) },
        closed: () => false,
        recordVault: () => undefined,
        close: async (reason) => void closed.push(`${organisation} ${reason ?? ''}`),
      }
    },
    configPath: '/etc/sspr-desk/config.json',
    clock: new TestClock(),
    log: silentLog,
  })
  await setup.start()
})

describe('SetupService.reload', () => {
  it('closes the old desk before it opens the new one', async () => {
    file = named('new')
    await setup.reload()
    expect({ opened, closed }).toEqual({ opened: ['old', 'new'], closed: ['old settings-changed'] })
    expect(setup.desk().organisation).toBe('new')
    expect(setup.status().organisation).toBe('new')
  })

  it('leaves the old desk alone when the new configuration cannot be read', async () => {
    file = new AppError('config-invalid', { field: 'x' })
    await expect(setup.reload()).rejects.toMatchObject({ code: 'config-invalid' })
    expect(closed).toEqual([])
    expect(setup.desk().organisation).toBe('old')
    expect(setup.status().phase).toBe('signed-out')
  })

  it('goes back to the old desk when the new one cannot be opened, and says what was wrong', async () => {
    file = named('new')
    broken = ['new']
    await expect(setup.reload()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(opened).toEqual(['old', 'new', 'old'])
    expect(setup.desk().organisation).toBe('old')
  })

  it('says so when neither can be opened', async () => {
    file = named('new')
    broken = ['new', 'old']
    await expect(setup.reload()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(setup.status()).toMatchObject({ phase: 'config-broken', problem: { code: 'store-unavailable' } })
    expect(setup.isUnconfigured()).toBe(false)
  })

  it('opens once for two who ask at a time', async () => {
    file = named('new')
    await Promise.all([setup.reload(), setup.reload(), setup.lookAgain()])
    expect(opened).toEqual(['old', 'new'])
    expect(setup.desk().organisation).toBe('new')
  })

  it('is not for a desk that is not open', async () => {
    file = new AppError('config-missing', {})
    const other = new SetupService<FakeDesk>({
      loadConfig: () => {
        throw new AppError('config-missing', {})
      },
      sampleConfig,
      vaultKeeper: () => {
        throw new Error('not here')
      },
      open: () => Promise.reject(new Error('not here')),
      configPath: '',
      clock: new TestClock(),
      log: silentLog,
    })
    await other.start()
    await expect(other.reload()).rejects.toMatchObject({ code: 'not-available' })
    expect(other.isUnconfigured()).toBe(true)
  })
})

describe('SetupService.lookAgain with an open desk', () => {
  it('loads a copy when it has been put in place, once, and nothing that was not waited for', async () => {
    file = named('new')
    await setup.lookAgain()
    expect(setup.desk().organisation).toBe('old')

    let installed = false
    setup.expect(() => installed)
    await setup.lookAgain()
    expect(setup.desk().organisation).toBe('old')
    installed = true
    await setup.lookAgain()
    expect(setup.desk().organisation).toBe('new')
    await setup.lookAgain()
    expect(opened).toEqual(['old', 'new'])
  })

  it('tells nobody who only looked, and tries no second time, when it cannot be opened', async () => {
    file = named('new')
    broken = ['new']
    setup.expect(() => true)
    await setup.lookAgain()
    expect(setup.desk().organisation).toBe('old')
    await setup.lookAgain()
    expect(opened).toEqual(['old', 'new', 'old'])
  })
})
