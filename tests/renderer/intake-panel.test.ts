import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inert } from '../../src/renderer/src/components/intake/inert'
import RequestMails from '../../src/renderer/src/components/intake/RequestMails.vue'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useIntakeStore } from '../../src/renderer/src/stores/intake'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import QueueView from '../../src/renderer/src/views/QueueView.vue'
import type { IntakeMail, IntakeMailDetail } from '../../src/shared/model/intake'
import type { SessionStatus } from '../../src/shared/model/operator'
import { anOperator, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  aCard,
  aMail,
  aMailDetail,
  aPerson,
  aRequest,
  aSatisfied,
  atWork,
  button,
  requestId,
  withProps,
} from './support/work'

const hostile =
  '<img src=x onerror="alert(1)"><script>alert(2)</script>\n\u202etxt.exe\nhttps://evil.example/ +81 90 1234 5678'
const other = aPerson({ id: '00000000-0000-4000-8000-000000000101@dc=example', name: '伊藤 健太', userId: 'ito.kenta' })

let unmount: () => void = () => undefined
let mails: IntakeMail[] = []
let detail: IntakeMailDetail = aMailDetail()

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
}

async function open(intake: Calls['intake'] = {}, status: SessionStatus = atWork()): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(status) },
    people: { card: () => ok(aCard()), search: () => ok({ people: [other], more: false }) },
    verification: { status: () => ok(aSatisfied()) },
    reset: {},
    requests: {
      list: () => ok({ requests: [aRequest()], nextCursor: null, total: 1, totalCapped: false }),
      get: () => ok({ request: aRequest(), events: [] }),
      views: () => ok([]),
    },
    intake: {
      list: ({ limit = 100 }) => ok({ mails: mails.slice(0, limit), nextCursor: null, toSort: mails.length }),
      get: () => ok(detail),
      ofRequest: () => ok([]),
      ...intake,
    },
  })
  const { wrapper } = await show(QueueView)
  await useSessionStore().refresh()
  unmount = () => {
    wrapper.unmount()
  }
  await settle()
  return api
}

async function press(name: string): Promise<void> {
  button(name).click()
  await settle()
}

async function key(name: string): Promise<void> {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })
  Object.defineProperty(event, 'target', { value: document.body })
  handleShortcut(event)
  await settle()
}

async function openMail(): Promise<void> {
  await key('s')
  document.querySelector<HTMLElement>('[role="option"]')?.click()
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(700)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(350)
  mails = [aMail(), aMail({ id: '00000000-0000-4000-d000-000000000002', subject: 'Second', trouble: 'not-understood' })]
  detail = aMailDetail({}, { text: hostile, candidates: [aPerson(), other] })
})

afterEach(async () => {
  unmount()
  await settle()
  vi.useRealTimers()
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

describe('inert', () => {
  it('shows what would turn the text around, and leaves lines, tabs and every script alone', () => {
    expect(inert('a\u202egnp.exe')).toBe('a⟨U+202E⟩gnp.exe')
    expect(inert('\u2066x\u2069\u0000\u001b[31m')).toBe('⟨U+2066⟩x⟨U+2069⟩⟨U+0000⟩⟨U+001B⟩[31m')
    const plain = '山田\tشكرا\r\n👩‍💻 \u200f'
    expect(inert(plain)).toBe(plain)
  })
})

describe('mails to sort', () => {
  it('says on the tab how many wait, and follows them without a reload', async () => {
    const api = await open()
    expect(button('Mails to sort').textContent).toContain('(2)')
    mails = [...mails, aMail({ id: '00000000-0000-4000-d000-000000000003' })]
    const focused = document.activeElement
    api.emit('intake-changed', {})
    await settle()

    expect(button('Mails to sort').textContent).toContain('(3)')
    expect(document.activeElement).toBe(focused)
  })

  it('shows sender, subject and trouble in words', async () => {
    await open()
    await key('s')
    const rows = [...document.querySelectorAll('[role="option"]')].map((row) => row.textContent ?? '')
    expect(rows).toHaveLength(2)
    expect(rows[0]).toContain('msonlineservicesteam@microsoftonline.com')
    expect(rows[0]).toContain('Several people')
    expect(rows[1]).toContain('Not understood')
  })

  it('renders nothing that a mail says: no element, no link, no picture', async () => {
    detail = aMailDetail(
      { subject: '<b>hi</b>', from: '<img src=x>', named: ['<i>x</i>'] },
      { text: hostile, candidates: [] },
    )
    await open()
    await openMail()
    const article = document.querySelector('article')

    expect(article?.querySelectorAll('img,script,a,b,i,iframe,style')).toHaveLength(0)
    expect(article?.textContent).toContain('<script>alert(2)</script>')
    expect(article?.textContent).toContain('⟨U+202E⟩txt.exe')
    expect(pageText()).toContain('Untrusted: written by whoever sent it')
    const text = document.querySelector('[aria-label="Text of the mail"]')
    expect(text?.className).toContain('whitespace-pre-wrap')
    expect(text?.querySelector('bdi')).not.toBeNull()
  })

  it('matches a candidate by one key and a second step, and goes on to the request', async () => {
    const matched: unknown[] = []
    await open({
      match: (input) => {
        matched.push(input)
        return ok(aRequest())
      },
    })
    await openMail()
    await key('2')
    expect(matched).toEqual([])
    expect(pageText()).toContain('Match this mail with 伊藤 健太?')
    expect(document.activeElement).toBe(button('Match'))
    await press('Match')

    expect(matched).toEqual([{ mailId: aMail().id, personId: other.id }])
    expect(useRequestsStore().selectedId).toBe(requestId)
    expect(document.querySelector('article[aria-label="Request 12"]')).not.toBeNull()
    expect(useIntakeStore().mails.map(({ subject }) => subject)).toEqual(['Second'])
  })

  it('keeps the mail and says why when it could not be matched', async () => {
    await open({ match: () => refused('self-action') })
    await openMail()
    await key('1')
    await press('Match')
    expect(pageText()).toContain('self-action')
    expect(useIntakeStore().mails).toHaveLength(2)
  })

  it('does not let agents match a mail with themselves', async () => {
    const { id, name, userId } = anOperator()
    detail = aMailDetail({}, { candidates: [aPerson({ id, name, userId })] })
    await open()
    await openMail()
    expect(pageText()).toContain('another agent matches this mail')
    await key('1')
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })

  it('searches for somebody whom the mail does not name', async () => {
    detail = aMailDetail({}, { candidates: [] })
    await open()
    await openMail()
    expect(document.querySelector('[role="combobox"]')).not.toBeNull()
    expect(pageText()).toContain('not by numbers or addresses that only the mail gives')
  })

  it('dismisses only with a reason, and goes on with the next mail', async () => {
    const given: unknown[] = []
    await open({
      dismiss: (input) => {
        given.push(input)
        return ok(aMail({ state: 'dismissed' }))
      },
    })
    await openMail()
    await key('x')
    await press('Dismiss the mail')
    expect(given).toEqual([])
    expect(pageText()).toContain('Enter a reason.')

    const area = document.querySelector<HTMLTextAreaElement>('[role="dialog"] textarea')
    if (area) {
      area.value = 'advertising'
      area.dispatchEvent(new Event('input'))
    }
    await press('Dismiss the mail')
    expect(given).toEqual([{ mailId: aMail().id, reason: 'advertising' }])
    expect(useIntakeStore().selectedId).toBe(mails[1]?.id)
    expect(document.querySelector('[role="status"].text-ok')?.textContent).toBe('Dismissed.')
  })

  it('lets only agents sort', async () => {
    await open({}, atWork({ operator: anOperator({ roles: ['approver'] }) }))
    await openMail()
    expect(pageText()).toContain('Untrusted')
    expect(document.querySelector('section[aria-label="Whose mail is this?"]')).toBeNull()
    await key('x')
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })

  it('says what to do when nothing waits, and when the list cannot be read', async () => {
    mails = []
    await open()
    await key('s')
    expect(pageText()).toContain('No mail waits for a person')
    unmount()

    let readable = false
    mails = [aMail()]
    await open({
      list: () => (readable ? ok({ mails, nextCursor: null, toSort: 1 }) : refused('store-unavailable')),
    })
    await key('s')
    expect(pageText()).toContain('store-unavailable')
    readable = true
    await press('Try again')
    expect(pageText()).not.toContain('store-unavailable')
    expect(pageText()).toContain(aMail().subject)
  })
})

describe('RequestMails', () => {
  it('keeps the mails of a request folded, and inert when unfolded', async () => {
    vi.useRealTimers()
    fakeApi({ intake: { ofRequest: () => ok([aMailDetail({ state: 'request' }, { text: hostile })]) } })
    const { wrapper } = await show(withProps(RequestMails, { request: aRequest() }))
    unmount = () => {
      wrapper.unmount()
    }
    expect(pageText()).toContain('One mail')
    expect(pageText()).not.toContain('evil.example')

    const details = document.querySelector('details')
    details?.setAttribute('open', '')
    details?.dispatchEvent(new Event('toggle'))
    await flushPromises()
    expect(pageText()).toContain('evil.example')
    expect(document.querySelectorAll('img,script,a')).toHaveLength(0)
    vi.useFakeTimers()
  })
})
