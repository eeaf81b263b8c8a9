import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import App from '../../src/renderer/src/App.vue'
import { forgetOnSignOut } from '../../src/renderer/src/lib/forget'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import type { SessionStatus } from '../../src/shared/model/operator'
import { messages } from '../../src/shared/i18n'
import { anActiveStatus, anOperator, aStatus, fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'

const preferences = { language: 'en', theme: 'system', notifications: true } as const

/** A screen that an agent is in the middle of. */
const Work = defineComponent({
  name: 'WorkView',
  setup() {
    const note = ref('')
    return () =>
      h('main', [h('textarea', { value: note.value, onInput: (event: InputEvent) => (note.value = valueOf(event)) })])
  },
})

function valueOf(event: InputEvent): string {
  return event.target instanceof HTMLTextAreaElement ? event.target.value : ''
}

function desk(): { readonly api: FakeApi; set: (change: Partial<SessionStatus>) => void } {
  let status = anActiveStatus()
  const set = (change: Partial<SessionStatus>): void => {
    status = { ...status, ...change }
  }
  const api = fakeApi({
    session: {
      status: () => ok(status),
      touch: () => ok(undefined),
      unlock: ({ password }) => {
        if (password !== 'right') return refused('sign-in-wrong')
        set({ phase: 'active' })
        return ok(status)
      },
      signOut: () => {
        status = aStatus()
        return ok(status)
      },
    },
    settings: { preferences: () => ok(preferences) },
  })
  return { api, set }
}

function cover(): HTMLDialogElement {
  const dialog = document.querySelector('dialog')
  if (dialog === null) throw new Error('the page is not covered')
  return dialog
}

async function unlockWith(password: string): Promise<void> {
  const field = cover().querySelector('input')
  if (field === null) throw new Error('no password is asked')
  field.value = password
  field.dispatchEvent(new Event('input'))
  cover()
    .querySelector('form')
    ?.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

afterEach(() => {
  document.body.replaceChildren()
})

describe('the lock', () => {
  it('covers the page at once, and gives it back as it was', async () => {
    const { api, set } = desk()
    const { wrapper } = await show(App, { routes: Work })
    await wrapper.get('textarea').setValue('half a note')

    set({ phase: 'locked' })
    api.emit('session-changed', { reason: 'idle' })
    await flushPromises()
    expect(cover().hasAttribute('open')).toBe(true)
    expect(cover().textContent).toContain(messages.en.session.locked.idle)

    await unlockWith('wrong')
    expect(cover().textContent).toContain(messages.en.errors['sign-in-wrong'].title)

    await unlockWith('right')
    expect(document.querySelector('dialog')).toBeNull()
    expect(wrapper.get<HTMLTextAreaElement>('textarea').element.value).toBe('half a note')
    wrapper.unmount()
  })

  it('covers before main has answered what the status is', async () => {
    const { api } = desk()
    const { wrapper } = await show(App, { routes: Work })

    api.emit('session-changed', { reason: 'computer-locked' })
    await wrapper.vm.$nextTick()

    expect(cover().textContent).toContain(messages.en.session.locked.computer)
    wrapper.unmount()
  })

  it('keeps keys and clicks from the dialogs below', async () => {
    const { api, set } = desk()
    const { wrapper } = await show(App, { routes: Work })
    set({ phase: 'locked' })
    api.emit('session-changed', { reason: 'locked' })
    await flushPromises()
    const heard: string[] = []
    const listen = (event: Event): number => heard.push(event.type)
    window.addEventListener('keydown', listen)
    window.addEventListener('pointerdown', listen)

    cover().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    cover().dispatchEvent(new Event('pointerdown', { bubbles: true }))
    const cancel = new Event('cancel', { cancelable: true })
    cover().dispatchEvent(cancel)

    expect(heard).toEqual([])
    expect(cancel.defaultPrevented).toBe(true)
    window.removeEventListener('keydown', listen)
    window.removeEventListener('pointerdown', listen)
    wrapper.unmount()
  })

  it('asks twice before it signs out, and then forgets what the stores hold', async () => {
    const { api, set } = desk()
    const { wrapper } = await show(App, { routes: Work })
    let forgotten = 0
    forgetOnSignOut(() => {
      forgotten += 1
    })
    set({ phase: 'locked' })
    api.emit('session-changed', { reason: 'locked' })
    await flushPromises()
    const button = (words: string): HTMLButtonElement | undefined =>
      [...cover().querySelectorAll('button')].find((one) => one.textContent?.trim() === words)

    button('Sign out')?.click()
    await flushPromises()
    expect(api.called).not.toContain('session.signOut')
    expect(forgotten).toBe(0)

    button('Sign out')?.click()
    await flushPromises()
    expect(forgotten).toBe(1)
    expect(document.querySelector('textarea')).toBeNull()
    expect(pageText()).toContain(messages.en.session.ended.signedOut.title)
    wrapper.unmount()
  })
})

describe('useSessionStore', () => {
  it('forgets everything when somebody else is at the desk', async () => {
    const { set } = desk()
    const { wrapper } = await show(App, { routes: Work })
    let forgotten = 0
    forgetOnSignOut(() => {
      forgotten += 1
    })
    const session = useSessionStore()

    await session.refresh()
    expect(forgotten).toBe(0)
    set({ operator: anOperator({ id: '00000000-0000-4000-8000-000000000002@dc=example', name: '鈴木 健' }) })
    await session.refresh()

    expect(forgotten).toBe(1)
    wrapper.unmount()
  })

  it('stops listening with the app', async () => {
    const { api } = desk()
    const { wrapper } = await show(App, { routes: Work })
    expect(api.listeners()).toBeGreaterThan(0)

    wrapper.unmount()

    expect(api.listeners()).toBe(0)
  })

  it('shows the closed desk on every screen', async () => {
    const { api, set } = desk()
    const { wrapper } = await show(App, { routes: Work })

    set({ closed: true })
    api.emit('desk-closed', {})
    await flushPromises()

    expect(wrapper.get('[role=alert]').text()).toContain(messages.en.errors['desk-closed'].title)
    wrapper.unmount()
  })
})
