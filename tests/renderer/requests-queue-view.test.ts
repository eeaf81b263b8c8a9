import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { viewFilters } from '../../src/renderer/src/stores/queue-filter'
import QueueView from '../../src/renderer/src/views/QueueView.vue'
import type { SessionStatus } from '../../src/shared/model/operator'
import type { RequestView } from '../../src/shared/model/request'
import type { Calls, FakeApi } from './support/api'
import { anOperator, fakeApi, ok, refused } from './support/api'
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
  minutesFromNow,
  type,
} from './support/work'

let unmount: () => void = () => undefined
let queue = [aRequest()]

async function open(calls: Calls = {}): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(atWork()), ...calls.session },
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

const idOf = (number: number) => `00000000-0000-4000-9000-0000000001${String(number).padStart(2, '0')}`
const otherId = idOf(99)
const checked = () => [...document.querySelectorAll('[role="option"]')].map((row) => row.getAttribute('aria-checked'))

/** What a live region with these words says. */
function status(words: string): string | undefined {
  return [...document.querySelectorAll('[role="status"]')]
    .map((one) => (one.textContent ?? '').trim())
    .find((text) => text.includes(words))
}

/** The id of the control that a label with exactly these words belongs to. */
function label(words: string): string {
  const found = [...document.querySelectorAll('label')].find((one) => (one.textContent ?? '').trim() === words)
  return found?.htmlFor ?? ''
}

/** Chooses from a menu by keyboard. */
async function menu(name: string, item: string): Promise<void> {
  const trigger = button(name)
  trigger.focus()
  trigger.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  await settle()
  const found = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find((one) =>
    (one.textContent ?? '').trim().startsWith(item),
  )
  if (found === undefined) throw new Error(`no item "${item}" in the menu`)
  found.click()
  await settle()
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
    queue = [
      aRequest({ repeats: 4, lastAskedAt: minutesFromNow(-3), dueAt: minutesFromNow(40.5), cause: 'not-enabled' }),
    ]
    await open()
    const row = document.querySelector<HTMLElement>('[role="option"]')
    for (const words of [
      '山田 花子',
      'yamada.hanako',
      'Locked out',
      'Claimed',
      'You',
      'At the desk',
      '#12',
      'due in 40 mins',
      '5 times, 3 minutes ago',
      'Not enabled',
    ]) {
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

  it('says how long a request is overdue, in words and not by colour alone', async () => {
    queue = [aRequest({ dueAt: minutesFromNow(-125) })]
    await open()
    const row = document.querySelector('[role="option"]')
    expect(row?.textContent).toContain('overdue by 2 hrs')
    expect(row?.querySelector('time')?.parentElement?.querySelector('svg')).not.toBeNull()
  })

  it('shows a new mail without a reload, says so, and leaves focus and open case alone', async () => {
    const api = await open()
    await useRequestsStore().select(requestId)
    await settle()
    const list = document.querySelector<HTMLElement>('[role="listbox"]')
    list?.focus()
    const fresh = aRequest({
      id: otherId,
      number: 13,
      personName: '伊藤 健太',
      state: 'open',
      holder: null,
      channel: 'mail',
      createdBy: null,
      createdAt: minutesFromNow(1),
    })
    queue = [...queue, fresh]
    api.emit('queue-changed', { requestId: otherId })
    await settle()

    expect(document.querySelectorAll('[role="option"]')).toHaveLength(2)
    expect(status('new request')).toBe('1 new request')
    expect(document.activeElement).toBe(list)
    expect(useRequestsStore().selectedId).toBe(requestId)
    expect(api.called.filter((call) => call === 'requests.list')).toHaveLength(2)
  })

  it('shows the request of a notification, from another screen too, and keeps the keyboard there', async () => {
    const api = await open()
    queue = [aRequest(), aRequest({ id: otherId, number: 13 })]
    key('s')
    await settle()
    api.emit('show-request', { requestId: otherId })
    await settle()

    expect(useRequestsStore().selectedId).toBe(otherId)
    expect(document.activeElement?.textContent).toContain('Request 13')
  })

  it('waits with a notification until the desk is unlocked', async () => {
    let phase: SessionStatus['phase'] = 'locked'
    const api = await open({ session: { status: () => ok(atWork({ phase })) } })
    api.emit('show-request', { requestId })
    await settle()
    expect(api.called).not.toContain('requests.get')

    phase = 'active'
    await useSessionStore().refresh()
    await settle()
    expect(useRequestsStore().selectedId).toBe(requestId)
  })

  it('says that a mail made the request, where no agent did', async () => {
    queue = [aRequest({ createdBy: null, channel: 'mail', reason: 'not-said' })]
    await open({
      requests: {
        get: () =>
          ok({
            request: queue[0] ?? aRequest(),
            events: [{ id: 1, at: minutesFromNow(-3), kind: 'repeated', by: null, text: '' }],
          }),
      },
    })
    await useRequestsStore().select(requestId)
    await settle()

    expect(pageText()).toContain('Entered by mail')
    expect(pageText()).toContain('Asked again')
    expect(pageText()).toContain('Reason not given')
    expect(pageText()).not.toContain('null')
  })

  it('counts no further than main does', async () => {
    await open({
      requests: { list: () => ok({ requests: queue, nextCursor: 'more', total: 1000, totalCapped: true }) },
    })
    expect(pageText()).toContain('1,000+ requests')
    expect(document.querySelector('[role="option"]')?.getAttribute('aria-setsize')).toBe('-1')
  })

  it('marks by keyboard and refuses the marked ones for one reason, telling what became of each', async () => {
    queue = [1, 2, 3].map((number) => aRequest({ id: idOf(number), number, dueAt: minutesFromNow(number) }))
    const given: unknown[] = []
    await open({
      requests: {
        refuseMany: (input) => {
          given.push(input)
          return ok(
            input.requests.map(({ requestId: id }) => ({
              requestId: id,
              code: id === idOf(2) ? 'request-held-by-other' : null,
            })),
          )
        },
      },
    })
    const list = document.querySelector<HTMLElement>('[role="listbox"]')
    const type = async (init: KeyboardEventInit) => {
      list?.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))
      await settle()
    }
    await type({ key: 'ArrowDown' })
    await type({ key: 'ArrowDown', shiftKey: true })
    expect(checked()).toEqual(['true', 'true', 'false'])
    await type({ key: ' ' })
    expect(checked()).toEqual(['true', 'false', 'false'])
    await type({ key: 'Escape' })
    expect(checked()).toEqual(['false', 'false', 'false'])
    await type({ key: 'a', ctrlKey: true })
    expect(checked()).toEqual(['true', 'true', 'true'])
    expect(pageText()).toContain('3 marked')

    await press('Refuse…')
    await press('Refuse them')
    expect(given).toEqual([])
    const area = document.querySelector<HTMLTextAreaElement>('[role="dialog"] textarea')
    if (area) {
      area.value = 'a drill'
      area.dispatchEvent(new Event('input'))
    }
    await press('Refuse them')
    expect(given).toEqual([
      { requests: [1, 2, 3].map((number) => ({ requestId: idOf(number), version: 3 })), reason: 'a drill' },
    ])
    expect(pageText()).toContain('2 requests were refused.')
    expect(pageText()).toContain('One was not refused:')
    expect(pageText()).toContain('Request 2, 山田 花子')
    expect(pageText()).toContain('Somebody else holds this request')
  })

  it('lets nobody but agents mark', async () => {
    await open({ session: { status: () => ok(atWork({ operator: anOperator({ roles: ['approver'] }) })) } })
    expect(document.querySelector('[aria-checked]')).toBeNull()
  })

  it('asks the desk for what is ticked in the filter, keeps it as a view, and comes back to it', async () => {
    const asked: unknown[] = []
    const kept: RequestView[] = []
    await open({
      requests: {
        list: (input) => {
          asked.push(input)
          return ok({ requests: queue, nextCursor: null, total: queue.length, totalCapped: false })
        },
        saveView: (view) => {
          kept.push({ ...view, filter: { ...viewFilters.active, ...view.filter } } as RequestView)
          return ok([...kept])
        },
      },
    })
    await press('Filter')
    document.querySelector<HTMLInputElement>(`[id="${label('Mail')}"]`)?.click()
    await settle()
    document.querySelector<HTMLInputElement>(`[id="${label('Not diagnosed yet')}"]`)?.click()
    await settle()
    expect(asked.at(-1)).toMatchObject({ filter: { channels: ['mail'], causes: ['unknown'] }, sort: 'due' })
    expect(button('Filter').textContent).toContain('(2)')
    button('Filter').click()
    await settle()

    await menu('Views', 'Save this filter')
    await press('Save the view')
    expect(kept).toEqual([])
    expect(pageText()).toContain('Enter a name.')
    type('Name', 'Mails')
    await press('Save the view')
    expect(kept).toMatchObject([{ name: 'Mails', sort: 'due', filter: { channels: ['mail'], causes: ['unknown'] } }])
    expect(button('Mails').getAttribute('aria-label')).toBe('View: Mails')

    await press('Active')
    expect(asked.at(-1)).toMatchObject({ filter: { channels: [], causes: [] } })
    await menu('Views', 'Mails')
    expect(asked.at(-1)).toMatchObject({ filter: { channels: ['mail'], causes: ['unknown'] } })
  })

  it('orders the queue as asked', async () => {
    const asked: unknown[] = []
    await open({
      requests: {
        list: ({ sort }) => {
          asked.push(sort)
          return ok({ requests: queue, nextCursor: null, total: queue.length, totalCapped: false })
        },
      },
    })
    await menu('Sort by', 'Last changed first')
    expect([asked[0], asked.at(-1)]).toEqual(['due', 'updated'])
  })

  it('comes to the front with a request that another screen opens', async () => {
    await open()
    key('s')
    await settle()
    expect(document.querySelector('[aria-label="Mails to sort"]')).not.toBeNull()
    await useRequestsStore().select(requestId)
    await settle()
    expect(document.querySelector('[aria-label="Mails to sort"]')).toBeNull()
    expect(pageText()).toContain('Claimed by you')
  })

  it('looks again every minute where time alone moves requests into the view, and nowhere else', async () => {
    const api = await open()
    const looks = () => api.called.filter((call) => call === 'requests.list').length
    const before = looks()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(looks()).toBe(before)

    await press('Overdue')
    const overdue = looks()
    await vi.advanceTimersByTimeAsync(60_000)
    await flushPromises()
    expect(looks()).toBe(overdue + 1)
  })
})
