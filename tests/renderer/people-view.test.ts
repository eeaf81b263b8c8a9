import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { usePeopleStore } from '../../src/renderer/src/stores/people'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import PeopleView from '../../src/renderer/src/views/PeopleView.vue'
import { messages } from '../../src/shared/i18n'
import type { Role } from '../../src/shared/model/operator'
import { anOperator, fakeApi, ok, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { approverPassword, press } from './support/registration'
import { aCard, aMethod, anEnrolment, aRegistration, atWork, callerId, field, type } from './support/work'

const words = messages.en
let unmount: () => void = () => undefined

async function open(roles: readonly Role[], calls: Calls = {}, personId = callerId): Promise<FakeApi> {
  const api = fakeApi({
    ...calls,
    session: { status: () => ok(atWork({ operator: anOperator({ roles: [...roles] }) })) },
    people: { card: () => ok(aCard({ id: personId })) },
    registration: {
      list: () => ok(aRegistration({ methods: [aMethod({ type: 'mobile', kind: 'phone', masked: '••• 5678' })] })),
      cancel: () => ok(undefined),
      ...calls.registration,
    },
  })
  const { wrapper } = await show(PeopleView)
  await useSessionStore().refresh()
  usePeopleStore().selectedId = personId
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

/** The lines of the menu beside the only method; empty without a menu. */
async function menu(): Promise<string[]> {
  const opener = document.querySelector<HTMLElement>('li button[aria-haspopup="menu"]')
  opener?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  await flushPromises()
  return [...document.querySelectorAll('[role="menuitem"]')].map((one) => (one.textContent ?? '').trim())
}

afterEach(() => {
  unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('PeopleView', () => {
  it('offers an agent the methods of the person, but neither imports nor personal data', async () => {
    await open(['agent'])

    expect(pageText()).toContain(words.people.card.registerApp)
    expect(pageText()).not.toContain(words.imports.start)
    expect(pageText()).not.toContain(words.privacy.title)
    expect(await menu()).not.toContain(words.registration.summary.reveal)
  })

  it('offers an admin imports and personal data, but no change of methods without being an agent', async () => {
    await open(['admin'])

    expect(pageText()).toContain(words.imports.start)
    expect(pageText()).toContain(words.privacy.title)
    expect(pageText()).not.toContain(words.people.card.registerApp)
    expect(await menu()).toEqual([words.registration.summary.reveal])
  })

  it('lets nobody change, show or erase their own', async () => {
    await open(['agent', 'admin'], {}, anOperator().id)

    expect(pageText()).toContain(words.people.card.self)
    expect(pageText()).not.toContain(words.privacy.title)
    expect(await menu()).toEqual([])
  })

  it('opens the import from the list of people', async () => {
    await open(['admin'], { imports: { progress: () => ok(null) } })
    await press(words.imports.start)

    expect(pageText()).toContain(words.imports.file.dry)
    await press(words.common.cancel)
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })

  it('offers no registration any more once the person was erased', async () => {
    await open(['agent', 'admin'], { privacy: { erase: () => ok({ methods: 1, requests: 0, mails: 0 }) } })
    await press(words.privacy.erase.start)
    type(words.privacy.erase.userId, 'yamada.hanako')
    type(words.privacy.reason, 'left the company')
    await flushPromises()
    await press(words.privacy.erase.next)
    expect(document.activeElement).toBe(field('Approver’s user ID'))
    type('Approver’s user ID', 'takahashi.yumi')
    type('Approver’s password', approverPassword)
    await flushPromises()
    await press(words.privacy.erase.submit)
    await press(words.common.close)

    expect(pageText()).toContain(words.registration.summary.erased)
    expect(pageText()).not.toContain(words.people.card.registerApp)
    expect(pageText()).not.toContain('••• 5678')
  })

  it('says what became void when a registration was cancelled, until somebody else is chosen', async () => {
    await open(['agent'], { registration: { startApp: () => ok(anEnrolment()) } })
    await press(words.people.card.registerApp)
    type(words.registration.identity.document, 'employee-card')
    field(words.registration.identity.photoMatches).click()
    field(words.registration.identity.nameMatches).click()
    type(words.registration.identity.label, 'Pixel 9')
    type('Approver’s user ID', 'takahashi.yumi')
    type('Approver’s password', approverPassword)
    await flushPromises()
    await press(words.registration.submit.app)
    await press(words.registration.cancel)

    expect(pageText()).toContain(words.registration.cancelled.app)
    expect(document.body.innerHTML).not.toContain('JBSW')
  })
})
