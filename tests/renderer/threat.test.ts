import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import AppShell from '../../src/renderer/src/components/shell/AppShell.vue'
import ThreatSwitch from '../../src/renderer/src/components/threat/ThreatSwitch.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { useThreatStore } from '../../src/renderer/src/stores/threat'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { Language } from '../../src/shared/model/common'
import type { Role } from '../../src/shared/model/operator'
import type { Threat } from '../../src/shared/model/threat'
import { anOperator, aThreat, fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { atWork, button, minutesFromNow, type } from './support/work'

const words = messages.en.threat
let unmount: () => void = () => undefined

async function open(
  threat: Partial<Api['threat']>,
  roles: Role[] = ['admin'],
  language: Language = 'en',
): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(atWork({ operator: anOperator({ roles }) })) },
    requests: { list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }) },
    threat,
  })
  const { wrapper } = await show(AppShell, { language })
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}
const banner = () => document.querySelector(`section[aria-label="${words.title}"]`)?.textContent ?? ''
const on = () =>
  aThreat({ heightened: true, reason: 'Calls of false employees', changedAt: minutesFromNow(-5), changedBy: '田中 宏' })

afterEach(async () => {
  unmount()
  await flushPromises()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('ThreatBanner', () => {
  it('says to everybody who switched it on, why, and what it means', async () => {
    await open({ get: () => ok(on()) }, ['agent'])

    expect(banner()).toContain(words.banner.title)
    expect(banner()).toContain('田中 宏')
    expect(banner()).toContain('Calls of false employees')
    expect(banner()).toContain(words.banner.meaning)
    expect([...document.querySelectorAll('button')].some((one) => one.textContent?.includes(words.end.open))).toBe(
      false,
    )
    expect(pageText()).not.toContain(messages.en.shell.status.threatOff)
  })

  it('comes with a push, and goes with one, or when another desk ended it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let now = aThreat()
    const api = await open({ get: () => ok(now) }, ['agent'])
    expect(banner()).toBe('')

    now = on()
    api.emit('threat-changed', {})
    await flushPromises()
    expect(banner()).toContain(words.banner.title)

    now = aThreat()
    await vi.advanceTimersByTimeAsync(60_000)
    await flushPromises()
    expect(banner()).toBe('')
  })
})

describe('ThreatDialog', () => {
  it('switches on with a reason only', async () => {
    const given: unknown[] = []
    const api = await open({
      get: () => ok(aThreat()),
      set: (input) => {
        given.push(input)
        return ok(on())
      },
    })
    await press(messages.en.shell.status.threatOff)
    await press(words.begin.confirm)
    expect(api.called).not.toContain('threat.set')
    expect(pageText()).toContain(words.reasonMissing)

    type(words.reason, 'Calls of false employees')
    await flushPromises()
    await press(words.begin.confirm)
    expect(given).toEqual([{ heightened: true, reason: 'Calls of false employees' }])
    expect(document.querySelector('[role="dialog"]')).toBeNull()
    expect(banner()).toContain(words.banner.title)
  })

  it('says so when somebody else was faster, and shows what is left to do', async () => {
    let now = aThreat()
    await open({
      get: () => ok(now),
      set: () => {
        now = on()
        return refused('threat-changed')
      },
    })
    await press(messages.en.shell.status.threatOff)
    type(words.reason, 'x')
    await flushPromises()
    await press(words.begin.confirm)
    expect(pageText()).toContain(messages.en.errors['threat-changed'].title)
    // That was at another desk, so no push came.
    expect(pageText()).toContain(words.end.title)
  })

  it('goes with the session', async () => {
    await open({ get: () => ok(aThreat()) })
    await press(messages.en.shell.status.threatOff)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(useThreatStore().asking).toBe(false)
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })
})

describe('ThreatSwitch', () => {
  async function openSwitch(roles: Role[], threat: Threat): Promise<void> {
    fakeApi({
      session: { status: () => ok(atWork({ operator: anOperator({ roles }) })) },
      threat: { get: () => ok(threat) },
    })
    const { wrapper } = await show(ThreatSwitch)
    await useSessionStore().refresh()
    await useThreatStore().load()
    await flushPromises()
    unmount = () => {
      wrapper.unmount()
    }
  }

  it('opens the dialog of the shell for an administrator', async () => {
    await openSwitch(['admin'], aThreat())
    expect(pageText()).toContain(words.off)
    expect(pageText()).toContain(words.never)
    await press(words.begin.open)
    expect(useThreatStore().asking).toBe(true)
  })

  it('shows others how it stands, and no switch', async () => {
    await openSwitch(['agent', 'approver', 'auditor'], on())
    expect(pageText()).toContain('Calls of false employees')
    expect(pageText()).toContain('田中 宏')
    expect(document.querySelectorAll('button')).toHaveLength(0)
  })
})
