import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import HealthLine from '../../src/renderer/src/components/health/HealthLine.vue'
import { healthWords } from '../../src/renderer/src/components/health/health-words'
import { i18n, setLanguage } from '../../src/renderer/src/lib/i18n'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import { healthCodes, healthParts, type HealthPart } from '../../src/shared/model/health'
import { fakeApi, ok, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { atWork, button, minutesFromNow } from './support/work'

let unmount: () => void = () => undefined

function part(change: Partial<HealthPart>): HealthPart {
  return {
    part: 'directory',
    state: 'ok',
    code: 'ok',
    params: {},
    since: minutesFromNow(-3),
    checkedAt: minutesFromNow(0),
    ...change,
  }
}

const down = part({ state: 'down', code: 'unreachable', params: { server: 'ldap1.example.co.jp:636' } })
const off = part({ part: 'sms', state: 'off', code: 'off' })

async function open(parts: () => HealthPart[], health: Calls['health'] = {}): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    health: { status: () => ok({ parts: parts() }), ...health },
  })
  const { wrapper } = await show(HealthLine)
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

const announced = () => document.querySelector('[role="status"]')?.textContent ?? ''
const trigger = () => document.querySelector('button[aria-haspopup="dialog"]')

async function press(element: Element | null): Promise<void> {
  if (!(element instanceof HTMLElement)) throw new Error('nothing to press')
  element.click()
  await flushPromises()
}

afterEach(async () => {
  unmount()
  await flushPromises()
  document.body.innerHTML = ''
})

describe('HealthLine', () => {
  it('names every part that is set up by icon and word, and leaves out what is not', async () => {
    await open(() => [part({}), part({ part: 'clock', state: 'unknown', code: 'unknown' }), off])

    const named = trigger()?.textContent ?? ''
    for (const name of ['Health of the desk', 'Directory', 'working', 'Clock', 'not known yet']) {
      expect(named).toContain(name)
    }
    expect(trigger()?.querySelectorAll('svg')).toHaveLength(2)
    expect(pageText()).not.toContain('SMS')
    expect(announced()).toBe('')
  })

  it('follows main, and says politely when the directory stops answering, and no more once it is back', async () => {
    let now = [part({})]
    const api = await open(() => now)
    expect(announced()).toBe('')

    now = [down]
    api.emit('health-changed', {})
    await flushPromises()
    expect(announced()).toContain(messages.en.health.directory.unreachable.title)
    expect(announced()).toContain(messages.en.health.directory.unreachable.next)

    now = [part({})]
    api.emit('health-changed', {})
    await flushPromises()
    expect(announced()).toBe('')
  })

  it('does not interrupt for a mailbox', async () => {
    await open(() => [part({ part: 'mailbox', state: 'down', code: 'refused' })])

    expect(announced()).toBe('')
    expect(trigger()?.textContent).toMatch(/Mailbox\s*not working/u)
  })

  it('shows in its details what to do, since when, and what is not set up, and asks again on demand', async () => {
    await open(() => [down, off], { check: () => ok({ parts: [part({}), off] }) })
    await press(trigger())
    const details = document.querySelector('[role="dialog"]')

    expect(details?.textContent).toContain(messages.en.health.directory.unreachable.next)
    expect(details?.textContent).toContain('ldap1.example.co.jp:636')
    expect(details?.textContent).toContain('since')
    expect(details?.textContent).toContain(messages.en.health.sms.off.next)

    await press(button('Check now'))
    expect(details?.textContent).toContain(messages.en.health.directory.ok.title)
    expect(details?.textContent).not.toContain(messages.en.health.directory.unreachable.title)
  })

  it('closes its details when the desk is locked, and listens no more once it is gone', async () => {
    const api = await open(() => [down])
    await press(trigger())
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(document.querySelector('[role="dialog"]')).toBeNull()

    unmount()
    unmount = () => undefined
    expect(api.listeners()).toBe(0)
  })
})

describe('healthWords', () => {
  it.each(['ja', 'en'] as const)('has words for every part and code, with everything filled in, in %s', (language) => {
    setLanguage(language)
    for (const name of healthParts) {
      for (const code of healthCodes) {
        const params = { server: 'a', preferred: 'b', seconds: 90, direction: 'behind', freeMegabytes: 12 }
        const { title, next } = healthWords({ part: name, code, params }, i18n.global.t)
        expect(title).not.toBe('')
        expect(title + next).not.toMatch(/health\.|[{}]/u)
      }
    }
  })

  it('says whether the clock is ahead or behind', () => {
    setLanguage('en')
    const words = (direction: string) =>
      healthWords({ part: 'clock', code: 'clock-off', params: { seconds: 40, direction } }, i18n.global.t).title
    expect(words('ahead')).toContain('40 s ahead of the')
    expect(words('behind')).toContain('40 s behind the')
  })
})
