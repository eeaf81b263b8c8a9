import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Router } from 'vue-router'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import AppShell from '../../src/renderer/src/components/shell/AppShell.vue'
import { useApprovalsStore } from '../../src/renderer/src/stores/approvals'
import { useRequestsStore } from '../../src/renderer/src/stores/requests'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import ApprovalsView from '../../src/renderer/src/views/ApprovalsView.vue'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { Role } from '../../src/shared/model/operator'
import type { WaitingApproval } from '../../src/shared/model/verification'
import { anOperator, fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { aRequest, atWork, button, callerId, minutesFromNow, requestId, type } from './support/work'

const words = messages.en.approvals
let unmount: () => void = () => undefined
let router: Router

function anApproval(change: Partial<WaitingApproval> = {}): WaitingApproval {
  return {
    proofId: '00000000-0000-4000-e000-000000000001',
    requestId,
    requestNumber: 12,
    personId: callerId,
    personName: '山田 花子',
    agentName: '佐藤 美咲',
    kind: 'attested',
    attestation: 'in-person',
    label: 'passport',
    note: 'Stands at desk 2',
    action: 'reset',
    privileged: false,
    askedAt: minutesFromNow(-1),
    expiresAt: minutesFromNow(9),
    refusal: null,
    ...change,
  }
}
const later = () =>
  anApproval({
    proofId: '00000000-0000-4000-e000-000000000002',
    personName: '伊藤 健太',
    requestNumber: 13,
    attestation: 'second-person',
    label: '',
    note: '',
    privileged: true,
    expiresAt: minutesFromNow(9.5),
  })

async function open(
  approvals: Partial<Api['approvals']>,
  page: object = ApprovalsView,
  roles: Role[] = ['approver'],
): Promise<FakeApi> {
  const api = fakeApi({
    session: { status: () => ok(atWork({ operator: anOperator({ id: `${callerId}x`, name: '高橋 由美', roles }) })) },
    requests: {
      list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }),
      get: () => ok({ request: aRequest(), events: [] }),
    },
    approvals,
  })
  const shown = await show(page)
  router = shown.router
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    shown.wrapper.unmount()
  }
  return api
}

async function key(name: string): Promise<void> {
  const target = document.activeElement ?? document.body
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))
  await flushPromises()
}
async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}
const dialog = () => document.querySelector('[role="dialog"]')
const selected = () => document.querySelector('[aria-current="true"]')?.textContent ?? ''
const detail = () => document.querySelector('article')?.textContent?.replace(/\s+/gu, ' ') ?? ''

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined
  window.addEventListener('keydown', handleShortcut)
})
afterEach(async () => {
  unmount()
  await flushPromises()
  window.removeEventListener('keydown', handleShortcut)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('ApprovalsView', () => {
  it('shows who, what, on what evidence and how long, what ends first at the top', async () => {
    await open({ list: () => ok([later(), anApproval()]) })

    expect(selected()).toContain('山田 花子')
    expect(pageText()).toContain('2 wait')
    expect(detail()).toContain('Reset or unlock, request 12')
    expect(detail()).toContain('In person: Passport')
    expect(detail()).toContain('佐藤 美咲')
    expect(detail()).toContain('Stands at desk 2')
    expect(detail()).toMatch(/[89]:\d\d/u)
    expect(detail()).not.toContain(words.privilegedText)

    await key('j')
    expect(selected()).toContain('伊藤 健太')
    expect(detail()).toContain(words.privilegedText)
    expect(detail()).toContain(words.meaning['second-person'])
    expect(detail()).toContain(words.noNote)
  })

  it('approves by keyboard in two steps, and goes on with the next', async () => {
    const given: unknown[] = []
    await open({
      list: () => ok([anApproval(), later()]),
      decide: (input) => {
        given.push(input)
        return ok([later()])
      },
    })
    await key('a')
    expect(given).toEqual([])
    expect(document.activeElement).toBe(button(words.approve.confirm))
    await press(words.approve.confirm)

    expect(given).toEqual([{ proofId: anApproval().proofId, approve: true, reason: '' }])
    expect(dialog()).toBeNull()
    expect(selected()).toContain('伊藤 健太')
    expect(pageText()).toContain('Approved for 山田 花子.')
  })

  it('refuses with a reason only', async () => {
    const given: unknown[] = []
    await open({
      list: () => ok([anApproval()]),
      decide: (input) => {
        given.push(input)
        return ok([])
      },
    })
    await key('x')
    await press(words.refuse.confirm)
    expect(given).toEqual([])
    expect(pageText()).toContain(words.refuse.reasonMissing)

    type(words.refuse.reason, 'nobody was there')
    await flushPromises()
    await press(words.refuse.confirm)
    expect(given).toEqual([{ proofId: anApproval().proofId, approve: false, reason: 'nobody was there' }])
    expect(pageText()).toContain(words.empty.title)
  })

  it.each(['own-case', 'own-account'] as const)('lets nobody decide %s, by no key', async (refusal) => {
    const api = await open({ list: () => ok([anApproval({ refusal })]) })
    expect(detail()).toContain(words.refusal[refusal])
    expect(button(words.approve.open).disabled).toBe(true)
    expect(button(words.refuse.open).disabled).toBe(true)
    await key('a')
    await key('x')

    expect(dialog()).toBeNull()
    expect(api.called).not.toContain('approvals.decide')
    expect(useApprovalsStore().count).toBe(0)
  })

  it('takes no decision once the time is over', async () => {
    await open({ list: () => ok([anApproval({ expiresAt: minutesFromNow(-1) })]) })
    expect(detail()).toContain(words.overText)
    await key('a')
    expect(dialog()).toBeNull()
  })

  it('keeps the dialog and says why when main refuses', async () => {
    await open({ list: () => ok([anApproval()]), decide: () => refused('approval-over') })
    await key('a')
    await press(words.approve.confirm)

    expect(dialog()?.textContent).toContain(messages.en.errors['approval-over'].title)
    expect(selected()).toContain('山田 花子')
  })

  it('leads to the request', async () => {
    await open({ list: () => ok([anApproval()]) })
    await key('o')
    expect(router.currentRoute.value.name).toBe('queue')
    expect(useRequestsStore().selectedId).toBe(requestId)
  })

  it('says what to expect when nothing waits, and what went wrong when it could not be read', async () => {
    await open({ list: () => ok([]) })
    expect(pageText()).toContain(words.empty.next)
    unmount()
    document.body.innerHTML = ''

    await open({ list: () => refused('directory-unreachable', { server: 'ldap1' }) })
    expect(pageText()).not.toContain(words.empty.title)
    expect(document.querySelector('[role="alert"]')).not.toBeNull()
  })

  it('forgets everything at the sign-out', async () => {
    await open({ list: () => ok([anApproval()]) })
    fakeApi({ session: { signOut: () => ok({ ...atWork(), phase: 'signed-out', operator: null }) } })
    await useSessionStore().signOut()
    expect(useApprovalsStore().rows).toEqual([])
    expect(useApprovalsStore().selectedId).toBeNull()
  })
})

describe('AppShell, approvals', () => {
  const badge = () => document.querySelector('nav a[href="/approvals"]')?.textContent?.replace(/\s+/gu, '')

  it('counts what the approver may decide, by pushes and by asking after other desks', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let rows: WaitingApproval[] = []
    const api = await open({ list: () => ok(rows) }, AppShell)
    expect(badge()).toBe('Approvals')

    rows = [anApproval(), { ...later(), refusal: 'own-case' }]
    api.emit('approvals-changed', {})
    await flushPromises()
    expect(badge()).toBe('Approvals1(1waiting)')

    rows = [anApproval(), later()]
    await vi.advanceTimersByTimeAsync(15_000)
    await flushPromises()
    expect(badge()).toBe('Approvals2(2waiting)')
  })

  it('asks for nothing for those who are no approvers', async () => {
    const api = await open({ list: () => ok([anApproval()]) }, AppShell, ['agent'])
    api.emit('approvals-changed', {})
    await flushPromises()

    expect(badge()).toBeUndefined()
    expect(api.called).not.toContain('approvals.list')
  })
})
