import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NotificationService } from '../../../src/main/services/notifications'
import { preferences as preferencesModel } from '../../../src/shared/model/settings'
import type { Preferences } from '../../../src/shared/model/settings'
import type { ResetRequest } from '../../../src/shared/model/request'
import { ok, openCase, openDesk, signIn, wait } from '../../support/desk'
import { silentLog } from '../../support/silent-log'
import { TestClock } from '../../support/test-clock'

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const aRequest = (number: number): Pick<ResetRequest, 'id' | 'number'> => ({ id: id(number), number })

/** A service on a clock that timers follow. */
function bench(chosen: Partial<Preferences> = {}) {
  const clock = new TestClock()
  const world = {
    shown: [] as { title: string; body: string; onClick: () => void }[],
    clicks: [] as unknown[],
    due: [] as { number: number; at: string }[],
    failing: false,
    preferences: { ...preferencesModel.parse({}), language: 'en' as const, ...chosen },
  }
  const service = new NotificationService({
    requests: {
      becameDue: async (after, until) => {
        if (world.failing) throw new Error('disk I/O error')
        const found = world.due.filter(({ at }) => after < at && at <= until)
        return found.map(({ number }) => aRequest(number) as ResetRequest)
      },
    },
    preferences: { get: async () => world.preferences },
    systemLanguage: () => 'ja',
    desktop: { notify: (notification) => world.shown.push(notification) },
    clock,
    emit: (name, payload) => world.clicks.push([name, payload]),
    log: silentLog,
  })
  const pass = async (seconds: number): Promise<void> => {
    clock.advance(seconds)
    await vi.advanceTimersByTimeAsync(seconds * 1000)
  }
  const titles = (): string[] => world.shown.map(({ title }) => title)
  return { service, world, clock, pass, titles }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('NotificationService.arrived', () => {
  it('shows the first at once, and gathers what follows for 30 seconds', async () => {
    const { service, pass, titles } = bench()
    await service.arrived([aRequest(1)])
    expect(titles()).toEqual(['New request #1'])
    for (const number of [2, 3, 4]) await service.arrived([aRequest(number)])
    await pass(29)
    await service.arrived([aRequest(5), aRequest(6)])
    expect(titles()).toHaveLength(1)
    await pass(1)
    expect(titles()).toEqual(['New request #1', '5 new requests'])
    await pass(300)
    expect(titles()).toHaveLength(2)
  })

  it('shows at most one in 30 seconds however many mails come', async () => {
    const { service, pass, titles } = bench()
    for (let number = 1; number <= 600; number += 1) {
      await service.arrived([aRequest(number)])
      await pass(1)
    }
    expect(titles().length).toBeLessThanOrEqual(21)
    expect(titles().length).toBeGreaterThan(15)
  })

  it('tells a request once, and none of none', async () => {
    const { service, pass, titles } = bench()
    await service.arrived([])
    await service.arrived([aRequest(1)])
    await service.arrived([aRequest(2)])
    await service.arrived([aRequest(2)])
    await pass(60)
    expect(titles()).toEqual(['New request #1', 'New request #2'])
  })

  it('leads to the request, or to the queue when there are several', async () => {
    const { service, world, pass } = bench()
    await service.arrived([aRequest(7)])
    await service.arrived([aRequest(8), aRequest(9)])
    await pass(30)
    for (const { onClick } of world.shown) onClick()
    expect(world.clicks).toEqual([
      ['show-request', { requestId: id(7) }],
      ['show-request', { requestId: null }],
    ])
  })

  it('speaks the chosen language, and the machine’s for whoever follows it', async () => {
    const ja = bench({ language: 'ja' })
    await ja.service.arrived([aRequest(1)])
    const system = bench({ language: 'system' })
    await system.service.arrived([aRequest(1)])
    expect([...ja.titles(), ...system.titles()]).toEqual(['新しい依頼 #1', '新しい依頼 #1'])
  })

  it('shows nothing to somebody who wants none, and does not save it up', async () => {
    const { service, world, pass, titles } = bench({ notifications: false })
    await service.arrived([aRequest(1), aRequest(2)])
    await pass(60)
    world.preferences = { ...world.preferences, notifications: true }
    await service.arrived([aRequest(3)])
    await pass(60)
    expect(titles()).toEqual(['New request #3'])
  })

  it('is not kept silent for hours by a clock that was set back', async () => {
    const { service, clock, titles } = bench()
    await service.arrived([aRequest(1)])
    clock.advance(-7200)
    await service.arrived([aRequest(2)])
    expect(titles()).toHaveLength(2)
  })

  it('shows nothing after the desk was closed', async () => {
    const { service, pass, titles } = bench()
    await service.arrived([aRequest(1)])
    await service.arrived([aRequest(2)])
    service.close()
    await pass(60)
    expect(titles()).toHaveLength(1)
  })
})

describe('NotificationService.sweep', () => {
  it('tells each request once when its time is over, and none that was late before the start', async () => {
    const { service, world, clock, pass, titles } = bench()
    world.due.push({ number: 1, at: new Date(clock.now() - 1000).toISOString() })
    world.due.push({ number: 2, at: new Date(clock.now() + 90_000).toISOString() })
    for (let minute = 0; minute < 5; minute += 1) {
      await service.sweep()
      await pass(60)
    }
    expect(titles()).toEqual(['Request #2 is overdue'])
  })

  it('catches up after a failure', async () => {
    const { service, world, clock, pass, titles } = bench()
    world.due.push({ number: 3, at: new Date(clock.now() + 1000).toISOString() })
    world.failing = true
    await pass(60)
    await service.sweep()
    expect(titles()).toEqual([])
    world.failing = false
    await pass(60)
    await service.sweep()
    expect(titles()).toEqual(['Request #3 is overdue'])
  })

  it('says late and new together', async () => {
    const { service, world, clock, pass } = bench()
    await service.arrived([aRequest(1)])
    world.due.push({ number: 9, at: new Date(clock.now() + 1000).toISOString() })
    await service.arrived([aRequest(2)])
    await pass(2)
    await service.sweep()
    await pass(28)
    expect(world.shown.map(({ title, body }) => [title, body]).slice(1)).toEqual([
      ['Request #9 is overdue', 'New request #2\nClick to open the queue.'],
    ])
  })
})

describe('the notifications of a desk', () => {
  it('never name anybody, and none comes of what the operator entered', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const desk = await openDesk({ policy: { dueHours: 1 } })
    try {
      await signIn(desk)
      await ok(desk.api.settings.setPreferences({ language: 'en', theme: 'system', notifications: true }))
      const request = await openCase(desk, 'yamada.hanako', { claim: false })
      expect(desk.desktop.notifications).toEqual([])
      await wait(desk, 3600)
      await vi.advanceTimersByTimeAsync(60_000)
      vi.useRealTimers()
      await expect.poll(() => desk.desktop.notifications.length).toBe(1)
      const [shown] = desk.desktop.notifications
      expect(shown?.title).toBe(`Request #${request.number} is overdue`)
      expect(JSON.stringify(shown)).not.toMatch(/山田|花子|yamada|やまだ/iu)
      shown?.onClick()
      expect(desk.events).toContainEqual({ name: 'show-request', payload: { requestId: request.id } })
    } finally {
      await desk.close()
    }
  })
})
