import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Router } from 'vue-router'
import AppShell from '../../src/renderer/src/components/shell/AppShell.vue'
import { usePaletteStore } from '../../src/renderer/src/stores/palette'
import { usePeopleStore } from '../../src/renderer/src/stores/people'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import { preferences } from '../../src/shared/model/settings'
import type { Role } from '../../src/shared/model/operator'
import { anOperator, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { aPerson, aRequest, atWork, callerId, requestId } from './support/work'

let unmount: () => void = () => undefined
let router: Router
let preferred: unknown[] = []
const words = messages.en.palette

async function open(roles: Role[] = ['agent'], calls: Calls = {}): Promise<FakeApi> {
  const status = atWork({ operator: anOperator({ roles }) })
  const api = fakeApi({
    session: { status: () => ok(status), lock: () => ok({ ...status, phase: 'locked' }) },
    people: { search: () => ok({ people: [aPerson()], more: false }), ...calls.people },
    requests: {
      list: () => ok({ requests: [aRequest()], nextCursor: null, total: 1, totalCapped: false }),
      get: () => ok({ request: aRequest(), events: [] }),
      ...calls.requests,
    },
    settings: {
      setPreferences: (next) => {
        preferred.push(next)
        return ok(preferences.parse(next))
      },
    },
  })
  const shown = await show(AppShell)
  await useSessionStore().refresh()
  await settle()
  router = shown.router
  unmount = () => {
    shown.wrapper.unmount()
  }
  return api
}

async function settle(): Promise<void> {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(250)
  await flushPromises()
}

async function press(key: string, init: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  const target = document.activeElement ?? document.body
  target.dispatchEvent(event)
  await settle()
  return event
}

const box = () => document.querySelector<HTMLInputElement>('[role="dialog"] [role="combobox"]')
const options = () => [...document.querySelectorAll('[role="dialog"] [role="option"]')]
const selected = () => options().filter((one) => one.getAttribute('aria-selected') === 'true')

async function typeIn(text: string): Promise<void> {
  const input = box()
  if (input === null) throw new Error('the palette is not open')
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await settle()
}

const openPalette = () => press('k', { ctrlKey: true })

beforeEach(() => {
  preferred = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  // jsdom lays nothing out.
  Element.prototype.scrollIntoView = () => undefined
})

afterEach(async () => {
  unmount()
  await settle()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('CommandPalette', () => {
  it('opens by Ctrl K and by ⌘ K, in a field too, with the cursor in it, and closes by the same key', async () => {
    await open()
    const field = document.createElement('input')
    document.body.append(field)
    field.focus()
    expect((await openPalette()).defaultPrevented).toBe(true)
    expect(document.activeElement).toBe(box())
    await openPalette()
    expect(box()).toBeNull()

    await press('k', { metaKey: true })
    expect(box()).not.toBeNull()
    await press('Escape')
    expect(box()).toBeNull()
  })

  it('is a combobox with a grouped listbox, and says which option is pointed at', async () => {
    await open()
    await openPalette()
    const input = box()
    const list = document.getElementById(input?.getAttribute('aria-controls') ?? '')

    expect(list?.getAttribute('role')).toBe('listbox')
    for (const group of list?.querySelectorAll('[role="group"]') ?? []) {
      expect(document.getElementById(group.getAttribute('aria-labelledby') ?? '')?.textContent).not.toBe('')
    }
    expect(selected()).toHaveLength(1)
    expect(input?.getAttribute('aria-activedescendant')).toBe(selected()[0]?.id)

    await press('ArrowDown')
    expect(selected()[0]).toBe(options()[1])
    expect(input?.getAttribute('aria-activedescendant')).toBe(options()[1]?.id)
    await press('ArrowUp')
    await press('ArrowUp')
    expect(selected()[0]).toBe(options().at(-1))
  })

  it('goes to a screen, and offers it first the next time', async () => {
    await open(['agent', 'admin'])
    await openPalette()
    await typeIn('audit')
    await press('Enter')
    expect(router.currentRoute.value.name).toBe('audit')
    expect(box()).toBeNull()

    await openPalette()
    expect(options()[0]?.textContent).toContain('Audit')
    expect(pageText()).toContain(words.group.recent)
  })

  it('offers no screen and no action that this operator may not use, and looks for nobody', async () => {
    const api = await open(['auditor'])
    await openPalette()
    expect(pageText()).not.toContain(words.command['new-request'])
    expect(options().map((one) => one.textContent)).not.toContain('Call mode')
    await typeIn('yamada')

    expect(api.called).not.toContain('people.search')
    expect(api.called).not.toContain('requests.list')
    expect(pageText()).toContain(words.none)
  })

  it('finds a person and shows their card', async () => {
    await open()
    await openPalette()
    await typeIn('yamada')
    const person = options().find((one) => one.textContent?.includes('やまだ はなこ'))
    person?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    await settle()

    expect(router.currentRoute.value.name).toBe('people')
    expect(usePeopleStore().selectedId).toBe(callerId)
  })

  it('finds a request by its number, asks the directory nothing for that, and shows it', async () => {
    const texts: unknown[] = []
    const api = await open(['agent'], {
      requests: {
        list: ({ filter }) => {
          texts.push(filter.text)
          return ok({ requests: [aRequest({ state: 'done' })], nextCursor: null, total: 1, totalCapped: false })
        },
      },
    })
    await openPalette()
    await typeIn('#12')
    expect(texts).toEqual(['12'])
    expect(api.called).not.toContain('people.search')
    expect(options()).toHaveLength(1)
    await press('Enter')

    expect(router.currentRoute.value.name).toBe('queue')
    expect(useRequestsStore().selectedId).toBe(requestId)
  })

  it('takes too few letters for no error, and a directory that does not answer for one', async () => {
    let answer: ReturnType<NonNullable<NonNullable<Calls['people']>['search']>> = refused('search-too-short')
    await open(['agent'], { people: { search: () => answer } })
    await openPalette()
    await typeIn('y')
    expect(document.querySelector('[role="dialog"] [role="alert"]')).toBeNull()

    answer = refused('directory-timeout')
    await typeIn('ya')
    expect(document.querySelector('[role="dialog"] [role="alert"]')?.textContent).toContain(
      messages.en.errors['directory-timeout'].title,
    )
  })

  it('drops the answer to an older text', async () => {
    const waiting = new Map<string, (name: string) => void>()
    await open(['agent'], {
      people: {
        search: ({ query }) =>
          new Promise((resolve) => {
            waiting.set(query, (name) => {
              resolve({ ok: true, value: { people: [aPerson({ name })], more: false } })
            })
          }),
      },
    })
    await openPalette()
    await typeIn('zz')
    await typeIn('zzy')
    waiting.get('zzy')?.('the newer one')
    await settle()
    waiting.get('zz')?.('the older one')
    await settle()

    expect(pageText()).toContain('the newer one')
    expect(pageText()).not.toContain('the older one')
  })

  it('changes the appearance and enters a request without leaving the keyboard', async () => {
    await open()
    await openPalette()
    await typeIn('dark')
    await press('Enter')
    expect(preferred).toEqual([expect.objectContaining({ theme: 'dark' })])

    await openPalette()
    await typeIn('new request')
    await press('Enter')
    expect(document.querySelector('[role="dialog"]')?.textContent).toContain(messages.en.requests.create.title)
  })

  it('takes the open request to the telephone', async () => {
    await open()
    await useRequestsStore().select(requestId)
    await openPalette()
    await typeIn('request 12')
    await press('Enter')

    expect(router.currentRoute.value.name).toBe('call')
    expect(router.currentRoute.value.params['requestId']).toBe(requestId)
  })

  it('does not open behind the lock or over another dialog, and goes when the desk is locked', async () => {
    await open()
    await openPalette()
    await typeIn('lock')
    await press('Enter')
    expect(useSessionStore().phase).toBe('locked')
    expect(box()).toBeNull()
    await openPalette()
    expect(box()).toBeNull()

    await useSessionStore().refresh()
    await settle()
    await press('?')
    expect(document.querySelector('[role="dialog"]')).not.toBeNull()
    await openPalette()
    expect(box()).toBeNull()
    await press('Escape')

    await openPalette()
    expect(box()).not.toBeNull()
    useSessionStore().status = atWork({ phase: 'locked' })
    await settle()
    expect(box()).toBeNull()
    expect(usePaletteStore().open).toBe(false)
  })
})

describe('AppShell', () => {
  it('opens call mode by its key for agents, and for nobody else', async () => {
    await open()
    await press('t')
    expect(router.currentRoute.value.name).toBe('call')
    unmount()
    await settle()

    await open(['approver'])
    await press('t')
    expect(router.currentRoute.value.name).toBe('queue')
    expect(document.querySelector('nav')?.textContent).not.toContain('Call mode')
  })
})
