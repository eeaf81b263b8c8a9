import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HealthService } from '../../../src/main/services/health'
import type { HealthReport } from '../../../src/main/services/health-reports'
import { AppError } from '../../../src/shared/errors'
import { health as healthModel } from '../../../src/shared/model/health'
import type { HealthPart } from '../../../src/shared/model/health'
import { ok, openDesk, signIn, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { silentLog } from '../../support/silent-log'
import { TestClock } from '../../support/test-clock'

type Part = HealthPart['part']

/** A health service whose parts do what a test says. */
function bench(
  change: { preferredServer?: string | null; setUp?: readonly ('mailbox' | 'sms' | 'voice' | 'mail-out')[] } = {},
) {
  const clock = new TestClock()
  const world = {
    present: true,
    server: 'dc1:636',
    time: async (): Promise<string | null> => clock.iso(),
    times: 0,
    gateway: async (): Promise<HealthReport> => ({ state: 'ok', code: 'ok', params: {} }),
    gateways: 0,
    closed: false,
    read: async (): Promise<unknown> => null,
    free: 10 ** 12,
    changes: 0,
  }
  const directory = {
    get server() {
      return world.server
    },
    serverTime: () => {
      world.times += 1
      return world.time()
    },
  }
  const service = new HealthService({
    clock,
    log: silentLog,
    emit: (name) => {
      if (name === 'health-changed') world.changes += 1
    },
    // Only what the service asks of a session.
    present: () => (world.present ? { directory: directory as never } : null),
    preferredServer: change.preferredServer === undefined ? 'dc1:636' : change.preferredServer,
    setUp: change.setUp ?? ['sms'],
    ask: {
      sms: () => {
        world.gateways += 1
        return world.gateway()
      },
    },
    store: { closed: () => world.closed, read: () => world.read(), freeBytes: async () => world.free },
  })
  const of = (part: Part): HealthPart => {
    const found = service.status().parts.find((each) => each.part === part)
    if (found === undefined) throw new Error(part)
    return found
  }
  return { service, world, clock, of }
}

describe('HealthService.check', () => {
  it('knows nothing before it asked, and what is not set up is off', async () => {
    const { service, of } = bench()
    expect(healthModel.parse(service.status()).parts.map(({ part, state }) => `${part} ${state}`)).toEqual([
      'directory unknown',
      'mailbox off',
      'sms unknown',
      'voice off',
      'mail-out off',
      'store unknown',
      'clock unknown',
    ])
    const { parts } = await service.check()
    expect(parts.map(({ part, state }) => `${part} ${state}`)).toEqual([
      'directory ok',
      'mailbox off',
      'sms ok',
      'voice off',
      'mail-out off',
      'store ok',
      'clock ok',
    ])
    expect(of('directory')).toMatchObject({ params: { server: 'dc1:636' } })
  })

  it.each([
    ['directory-unreachable', 'unreachable'],
    ['directory-timeout', 'timeout'],
    ['directory-certificate', 'certificate'],
    ['directory-tls-required', 'tls-refused'],
  ] as const)('says %s of the directory, and of the clock nothing', async (code, word) => {
    const { service, world, of } = bench()
    world.time = async () => {
      throw new AppError(code, { server: 'dc1:636' })
    }
    await service.check()
    expect(of('directory')).toMatchObject({ state: 'down', code: word, params: { server: 'dc1:636' } })
    expect(of('clock').state).toBe('unknown')
    expect(of('store').state).toBe('ok')
  })

  it('warns of a wrong clock and of a server that stands in for the first one', async () => {
    const { service, world, clock, of } = bench()
    world.server = 'dc2:636'
    world.time = async () => new Date(clock.now() + 45_000).toISOString()
    await service.check()
    expect(of('directory')).toMatchObject({ state: 'warning', code: 'other-server' })
    expect(of('clock')).toMatchObject({ state: 'warning', params: { seconds: 45, direction: 'behind' } })
  })

  it('takes the server of the sign-in for the first one where none is named', async () => {
    const { service, world, of } = bench({ preferredServer: null })
    await service.check()
    world.server = 'dc2:636'
    await service.check()
    expect(of('directory')).toMatchObject({ code: 'other-server', params: { preferred: 'dc1:636' } })
    service.end()
    await service.begin()
    expect(of('directory')).toMatchObject({ code: 'ok', params: { server: 'dc2:636' } })
  })

  it('warns of a full disk, and says when the store fails or the desk is closed', async () => {
    const { service, world, of } = bench()
    world.free = 1000
    await service.check()
    expect(of('store')).toMatchObject({ state: 'warning', code: 'disk-low' })
    world.read = async () => {
      throw new Error('disk I/O error')
    }
    await service.check()
    expect(of('store')).toMatchObject({ state: 'down', code: 'failing', params: {} })
    world.closed = true
    await service.check()
    expect(of('store')).toMatchObject({ state: 'down', code: 'desk-closed' })
  })

  it('asks nobody’s directory while nobody is at the desk', async () => {
    const { service, world, of } = bench()
    world.present = false
    await service.check()
    expect(world.times).toBe(0)
    expect(of('directory').state).toBe('unknown')
    expect(of('sms').state).toBe('ok')
  })

  it('asks once however many ask at the same time', async () => {
    const { service, world } = bench()
    await Promise.all([service.check(), service.check(), service.sweep()])
    expect([world.times, world.gateways]).toEqual([1, 1])
    await service.check()
    expect(world.times).toBe(2)
  })

  it('asks the gateway on demand even while the minute’s turn asks the others', async () => {
    const { service, world } = bench()
    await service.check()
    await Promise.all([service.sweep(), service.check()])
    expect(world.gateways).toBe(2)
  })

  it('forgets an answer that comes when the person has gone', async () => {
    const { service, world, of } = bench()
    let answer = (_time: string): void => undefined
    world.time = () => new Promise((resolve) => (answer = resolve))
    const checking = service.check()
    world.present = false
    service.end()
    answer('2020-01-01T00:00:00.000Z')
    await checking
    expect([of('directory').state, of('clock').state]).toEqual(['unknown', 'unknown'])
  })
})

describe('HealthService.report', () => {
  it('sends news only, and remembers since when', async () => {
    const { service, world, clock, of } = bench()
    const down = { state: 'down', code: 'unreachable', params: { host: 'mail', tries: 1 } } as const
    service.report('mailbox', down)
    const { since } = of('mailbox')
    clock.advance(60)
    service.report('mailbox', { ...down, params: { host: 'mail', tries: 2 } })
    expect(world.changes).toBe(1)
    expect(of('mailbox')).toMatchObject({ since, checkedAt: clock.iso(), params: { tries: 2 } })
    service.report('mailbox', { state: 'ok', code: 'ok', params: {} })
    expect(world.changes).toBe(2)
    expect(of('mailbox').since).toBe(clock.iso())
  })
})

describe('HealthService.heard', () => {
  it('takes every answer for a sign of life, and a silence for none', () => {
    const { service, of } = bench()
    service.heard('directory-timeout', 'dc1:636')
    expect(of('directory')).toMatchObject({ state: 'down', code: 'timeout', params: { server: 'dc1:636' } })
    service.heard(null, 'dc1:636')
    expect(of('directory')).toMatchObject({ state: 'ok' })
  })

  it('hears nothing when nobody is at the desk', () => {
    const { service, world, of } = bench()
    world.present = false
    service.heard(null, 'dc1:636')
    expect(of('directory').state).toBe('unknown')
  })
})

describe('HealthService.sweep', () => {
  it('does nothing while nobody is at the desk', async () => {
    const { service, world } = bench()
    world.present = false
    await service.sweep()
    expect([world.times, world.gateways]).toEqual([0, 0])
  })

  it('asks the directory each time, and the gateway every ten minutes only', async () => {
    const { service, world, clock } = bench()
    for (let minute = 0; minute < 10; minute += 1) {
      await service.sweep()
      clock.advance(60)
    }
    expect([world.times, world.gateways]).toEqual([10, 1])
    await service.sweep()
    expect([world.times, world.gateways]).toEqual([11, 2])
    await service.check()
    expect(world.gateways).toBe(3)
  })

  it('says what a gateway answered', async () => {
    const { service, world, of } = bench()
    world.gateway = async () => {
      throw new AppError('sms-unreachable', { host: 'sms.example' })
    }
    await service.sweep()
    expect(of('sms')).toMatchObject({ state: 'down', code: 'unreachable', params: { host: 'sms.example' } })
  })
})

describe('the health of a desk', () => {
  let desk: TestDesk

  beforeEach(async () => {
    desk = await openDesk()
  })

  afterEach(async () => {
    await desk.close()
  })

  const stateOf = async (part: Part): Promise<string> => {
    const { parts } = await ok(desk.api.health.status())
    const found = parts.find((each) => each.part === part)
    return `${found?.state} ${found?.code}`
  }

  it('is asked at the sign-in, told by every call, and off where nothing is set up', async () => {
    await signIn(desk)
    await expect.poll(() => stateOf('clock')).toBe('ok ok')
    await expect.poll(() => stateOf('store')).toBe('ok ok')
    for (const part of ['mailbox', 'sms', 'voice', 'mail-out'] as const) expect(await stateOf(part)).toBe('off off')
    desk.events.length = 0

    desk.directory.faults.card = async () => {
      throw new AppError('directory-timeout', { server: 'sample:0' })
    }
    const { people } = await ok(desk.api.people.search({ query: 'yamada' }))
    await desk.api.people.card({ personId: people[0]?.id ?? '' })

    expect(await stateOf('directory')).toBe('down timeout')
    expect(desk.events).toContainEqual({ name: 'health-changed', payload: {} })
    await ok(desk.api.health.check())
    expect(await stateOf('directory')).not.toContain('down')
  })

  it('does not keep the desk awake', async () => {
    await signIn(desk)
    await wait(desk, 60)
    desk.clock.advance(290)
    await ok(desk.api.health.check())
    desk.clock.advance(20)
    const { phase } = await ok(desk.api.session.status())
    expect(phase).toBe('locked')
  })
})
