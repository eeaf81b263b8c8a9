import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import QueueView from '../../src/renderer/src/views/QueueView.vue'
import type { Calls, FakeApi } from './support/api'
import { fakeApi, ok, refused } from './support/api'
import { pageText, show } from './support/mount'
import {
  aCard,
  anOutcome,
  aPreview,
  aRequest,
  aSatisfied,
  button,
  requestId,
  temporaryPassword,
  atWork,
} from './support/work'

let unmount: () => void = () => undefined
let queue = [aRequest()]

async function open(calls: Calls = {}): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    people: { card: () => ok(aCard()) },
    verification: { status: () => ok(aSatisfied()) },
    reset: { preview: () => ok(aPreview()), dismiss: () => ok(undefined), ...calls.reset },
    requests: {
      list: ({ filter }) => {
        const requests = queue.filter(({ state }) => filter.states?.includes(state))
        return ok({ requests, nextCursor: null, total: requests.length, totalCapped: false })
      },
      get: ({ requestId: id }) => ok({ request: queue.find((one) => one.id === id) ?? aRequest(), events: [] }),
      ...calls.requests,
    },
  })
  const { wrapper } = await show(QueueView)
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  await settle()
  return api
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
}

async function press(name: string): Promise<void> {
  button(name).click()
  await settle()
}

function key(name: string): void {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })
  Object.defineProperty(event, 'target', { value: document.body })
  handleShortcut(event)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  // jsdom lays nothing out: the list would believe that it has no room.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(700)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(350)
  queue = [aRequest()]
})

afterEach(async () => {
  unmount()
  await settle()
  vi.useRealTimers()
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

describe('QueueView', () => {
  it('says what to do when there is nothing', async () => {
    queue = []
    await open()

    expect(pageText()).toContain('The queue is empty')
    expect(pageText()).toContain('press N to enter their request')
  })

  it('lists each request in words and opens the chosen one', async () => {
    await open()
    const row = document.querySelector<HTMLElement>('[role="option"]')
    for (const words of ['山田 花子', 'yamada.hanako', 'Locked out', 'Claimed', 'You', 'At the desk', '#12']) {
      expect(row?.textContent).toContain(words)
    }
    row?.click()
    await settle()

    expect(row?.getAttribute('aria-selected')).toBe('true')
    expect(pageText()).toContain('Claimed by you')
  })

  it('keeps the password on screen when the reset closes its request', async () => {
    const api = await open({
      reset: {
        perform: () => {
          queue = [aRequest({ state: 'done', version: 4 })]
          return ok(anOutcome())
        },
      },
    })
    await useRequestsStore().select(requestId)
    await settle()
    await press('Reset password…')
    await press('Reset password')
    api.emit('queue-changed', { requestId })
    await settle()

    expect(useRequestsStore().detail?.request.state).toBe('done')
    expect(document.querySelector('output')?.textContent).toBe(temporaryPassword)

    await press('Close')
    await press('Yes, close')
    expect(document.body.innerHTML).not.toContain('Kametani')
    expect(pageText()).toContain('What was done')
  })

  it('follows a run of changes with one look at the queue', async () => {
    const api = await open()
    const before = api.called.length
    for (let n = 0; n < 20; n += 1) api.emit('queue-changed', { requestId })
    await settle()

    expect(api.called.slice(before)).toEqual(['requests.get'])
  })

  it('keeps the open case while the list moves on without it', async () => {
    const api = await open()
    await useRequestsStore().select(requestId)
    queue = [aRequest({ state: 'refused', version: 5 })]
    api.emit('queue-changed', { requestId: null })
    await settle()

    expect(useRequestsStore().selectedId).toBe(requestId)
    expect(pageText()).toContain('Refused')
    expect(pageText()).toContain('This request is closed.')
  })

  it('tells that another agent was faster and shows the request as it is now', async () => {
    queue = [aRequest({ state: 'open', holder: null })]
    const other = { id: '00000000-0000-4000-8000-000000000002@dc=example', name: '鈴木 健' }
    await open({
      requests: {
        claim: () => {
          queue = [aRequest({ holder: other, version: 4 })]
          return refused('request-held-by-other', { name: other.name })
        },
      },
    })
    await useRequestsStore().select(requestId)
    await settle()
    key('c')
    await settle()

    expect(pageText()).toContain('鈴木 健')
    expect(pageText()).toContain('request-held-by-other')
    expect(useRequestsStore().detail?.request.holder).toEqual(other)
  })

  it('refuses a request only with a reason and after a second step', async () => {
    const given: unknown[] = []
    await open({
      requests: {
        refuse: (input) => {
          given.push(input)
          return ok(aRequest({ state: 'refused', version: 4 }))
        },
      },
    })
    await useRequestsStore().select(requestId)
    await settle()
    key('x')
    await settle()
    await press('Refuse the request')
    expect(given).toEqual([])
    expect(pageText()).toContain('Enter a reason.')

    const area = document.querySelector<HTMLTextAreaElement>('[role="dialog"] textarea')
    if (area) {
      area.value = 'not verified'
      area.dispatchEvent(new Event('input'))
    }
    await settle()
    await press('Refuse the request')
    expect(given).toEqual([{ requestId, version: 3, reason: 'not verified' }])
  })
})
