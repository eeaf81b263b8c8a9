import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import PrivacySection from '../../src/renderer/src/components/privacy/PrivacySection.vue'
import RevealDialog from '../../src/renderer/src/components/privacy/RevealDialog.vue'
import { useRegistrationStore } from '../../src/renderer/src/stores/registration'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { approverPassword, caller, press } from './support/registration'
import { atWork, field, methodId, type, withProps } from './support/work'

const words = messages.en.privacy
const full = '+81 90-1234-5678'
let unmount: () => void = () => undefined

interface Shown {
  readonly api: FakeApi
  readonly state: () => string
  readonly closed: () => number
}

async function open(component: 'section' | 'reveal', privacy: Partial<Api['privacy']>): Promise<Shown> {
  const api = fakeApi({ session: { status: () => ok(atWork()) }, privacy })
  let closed = 0
  const method = { id: methodId, label: 'Work phone', masked: '••• 5678', type: 'mobile' }
  const page =
    component === 'section'
      ? withProps(PrivacySection, { person: caller })
      : withProps(RevealDialog, { method, onClose: () => (closed += 1) })
  const { wrapper, pinia } = await show(page)
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value), closed: () => closed }
}

async function say(label: string, text: string): Promise<void> {
  type(label, text)
  await flushPromises()
}

afterEach(() => {
  unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('RevealDialog', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const revealed: Partial<Api['privacy']> = { reveal: () => ok({ value: full, extension: '12' }) }

  it('wants a reason first', async () => {
    const { api } = await open('reveal', revealed)
    await press(words.reveal.submit)

    expect(api.called).not.toContain('privacy.reveal')
    expect(pageText()).toContain(words.reasonMissing)
  })

  it('shows the value for half a minute, then nothing of it is left', async () => {
    const inputs: unknown[] = []
    const { state } = await open('reveal', {
      reveal: (input) => {
        inputs.push(input)
        return ok({ value: full, extension: '12' })
      },
    })
    await say(words.reason, 'asked by the person')
    await press(words.reveal.submit)
    expect(inputs).toEqual([{ methodId, reason: 'asked by the person' }])
    expect(pageText()).toContain(full)
    expect(pageText()).toContain('Extension 12')
    expect(state()).not.toContain('1234')

    vi.advanceTimersByTime(29_000)
    await flushPromises()
    expect(pageText()).toContain(full)
    vi.advanceTimersByTime(2_000)
    await flushPromises()
    expect(document.body.innerHTML).not.toContain('1234')
    expect(pageText()).toContain(words.reveal.hidden)
  })

  it('hides it at once when asked, and leaves nothing after closing', async () => {
    await open('reveal', revealed)
    await say(words.reason, 'asked by the person')
    await press(words.reveal.submit)
    await press(words.reveal.hide)
    expect(document.body.innerHTML).not.toContain('1234')
    unmount()
    expect(document.body.innerHTML).not.toContain('1234')
  })

  it('hides it and closes when the desk is locked', async () => {
    const { closed } = await open('reveal', revealed)
    await say(words.reason, 'asked by the person')
    await press(words.reveal.submit)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(document.body.innerHTML).not.toContain('1234')
    expect(closed()).toBe(1)
  })

  it('shows nothing that comes after the lock', async () => {
    let answer: () => void = () => undefined
    await open('reveal', {
      reveal: () =>
        new Promise((resolve) => {
          answer = () => {
            resolve({ ok: true, value: { value: full, extension: '' } })
          }
        }),
    })
    await say(words.reason, 'asked by the person')
    await press(words.reveal.submit)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    answer()
    await flushPromises()

    expect(document.body.innerHTML).not.toContain('1234')
  })

  it('says why it was refused', async () => {
    await open('reveal', { reveal: () => refused('reveal-not-possible') })
    await say(words.reason, 'asked by the person')
    await press(words.reveal.submit)

    expect(pageText()).toContain(messages.en.errors['reveal-not-possible'].title)
    expect(field(words.reason).value).toBe('asked by the person')
  })
})

describe('PrivacySection', () => {
  it('saves everything about the person, and says where; a cancelled file dialog says nothing', async () => {
    let file: { file: string } | null = null
    await open('section', { export: () => ok(file) })
    await press(words.export.start)
    expect(pageText()).not.toContain('Saved as')

    file = { file: '/home/tanaka/person.json' }
    await press(words.export.start)
    expect(pageText()).toContain('Saved as /home/tanaka/person.json.')
  })

  async function toApprover(): Promise<void> {
    await press(words.erase.start)
    await say(words.erase.userId, 'yamada.hanako')
    await say(words.reason, 'left the company')
    await press(words.erase.next)
  }

  async function approve(): Promise<void> {
    await say('Approver’s user ID', 'takahashi.yumi')
    await say('Approver’s password', approverPassword)
    await press(words.erase.submit)
  }

  it('says exactly what goes and what stays', async () => {
    await open('section', {})
    await press(words.erase.start)

    for (const one of Object.values(words.erase.goesList)) expect(pageText()).toContain(one)
    for (const one of Object.values(words.erase.staysList)) expect(pageText()).toContain(one)
  })

  it('goes on only with the user ID of this very person and a reason', async () => {
    const { api } = await open('section', {})
    await press(words.erase.start)
    await press(words.erase.next)
    expect(pageText()).toContain('This is not yamada.hanako.')
    expect(pageText()).toContain(words.reasonMissing)
    await say(words.erase.userId, 'ito.kenta')
    await say(words.reason, 'left the company')
    await press(words.erase.next)

    expect(pageText()).not.toContain('Approver’s password')
    expect(api.called).not.toContain('privacy.erase')
  })

  it('erases with an approver, and says what went', async () => {
    const inputs: unknown[] = []
    const { state } = await open('section', {
      erase: (input) => {
        inputs.push(input)
        return ok({ methods: 6, requests: 2, mails: 1 })
      },
    })
    await toApprover()
    await press(words.erase.submit)
    expect(inputs).toEqual([])
    await approve()

    expect(inputs).toEqual([
      {
        personId: caller.id,
        reason: 'left the company',
        approver: { userId: 'takahashi.yumi', password: approverPassword },
      },
    ])
    expect(pageText()).toContain('Methods: 6. Requests: 2. Mails: 1.')
    expect(pageText()).toContain(words.erased)
    expect(useRegistrationStore().erased.has(caller.id)).toBe(true)
    expect(state() + document.body.innerHTML).not.toContain(approverPassword)
  })

  it('keeps everything but the password when main refuses', async () => {
    await open('section', { erase: () => refused('request-exists', { number: 12 }) })
    await toApprover()
    await approve()

    expect(pageText()).toContain('Request 12 of this person is still open')
    expect(field('Approver’s password').value).toBe('')
    expect(useRegistrationStore().erased.has(caller.id)).toBe(false)
  })

  it('closes when the desk is locked, with the password', async () => {
    await open('section', {})
    await toApprover()
    await say('Approver’s password', approverPassword)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(document.querySelector('[role="dialog"]')).toBeNull()
    expect(document.body.innerHTML).not.toContain(approverPassword)
  })
})
