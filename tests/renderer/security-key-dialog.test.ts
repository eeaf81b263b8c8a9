import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, ref, type Ref } from 'vue'
import SecurityKeyDialog from '../../src/renderer/src/components/security-key/SecurityKeyDialog.vue'
import { useSecurityKeyStore } from '../../src/renderer/src/stores/security-key'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { AppError } from '../../src/shared/errors'
import { messages } from '../../src/shared/i18n'
import type { KeyPrompt, KeyTalkState } from '../../src/shared/model/security-key'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { atWork, button, field, type } from './support/work'

const words = messages.en.securityKey
const secret = 'Hanako-7391'
let unmount: () => void = () => undefined

interface Open {
  readonly api: FakeApi
  /** What the key waits for now, pushed as main would. */
  readonly prompt: (next: KeyPrompt | null) => Promise<void>
  readonly pins: string[]
  readonly closed: () => number
  readonly retried: () => number
  readonly busy: Ref<boolean>
  readonly error: Ref<AppError | null>
  readonly state: () => string
}

async function open(first: KeyPrompt | null = null): Promise<Open> {
  let state: KeyTalkState = first === null ? null : { prompt: first }
  const pins: string[] = []
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    securityKey: {
      availability: () => ok({ available: true, dialog: false }),
      state: () => ok(state),
      pin: (input) => {
        pins.push(input.pin)
        return ok(undefined)
      },
      cancel: () => ok(undefined),
    },
  })
  const busy = ref(true)
  const error = ref<AppError | null>(null)
  let closed = 0
  let retried = 0
  const screen = defineComponent({
    name: 'TestScreen',
    render: () =>
      h(SecurityKeyDialog, {
        title: words.checkTitle,
        description: 'For 山田 花子',
        busy: busy.value,
        error: error.value,
        onClose: () => (closed += 1),
        onRetry: () => (retried += 1),
      }),
  })
  const { wrapper, pinia } = await show(screen)
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  const prompt = async (next: KeyPrompt | null) => {
    state = next === null ? null : { prompt: next }
    api.emit('security-key-changed', {})
    await flushPromises()
  }
  return {
    api,
    prompt,
    pins,
    closed: () => closed,
    retried: () => retried,
    busy,
    error,
    state: () => JSON.stringify(pinia.state.value),
  }
}

async function submitPin(pin: string): Promise<void> {
  type(words.pin.label, pin)
  await flushPromises()
  field(words.pin.label).form?.requestSubmit()
  await flushPromises()
}

afterEach(() => {
  unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('SecurityKeyDialog', () => {
  it('says each step in a region that screen readers follow', async () => {
    const { prompt } = await open()
    const region = document.querySelector('[role="dialog"] [role="status"]')
    expect(region?.textContent).toContain(words.step.start)

    for (const step of ['insert', 'choose', 'touch', 'dialog', 'working'] as const) {
      await prompt({ step })
      expect(region?.textContent).toContain(words.step[step])
      expect(region?.textContent).toContain(words.step[`${step}Next`])
    }
    expect(document.querySelector('input')).toBeNull()
  })

  it('asks the owner for the PIN, masked, and tells the agent to look away', async () => {
    const { prompt } = await open()
    await prompt({ step: 'pin', remaining: 8, wrong: false })

    expect(pageText()).toContain(words.step.pinNext)
    expect(pageText()).toContain('8 tries are left before the key locks itself.')
    expect(field(words.pin.label).type).toBe('password')
    expect(field(words.pin.label).autocomplete).toBe('off')
    expect(document.activeElement).toBe(field(words.pin.label))
  })

  it('hands the PIN out once and keeps it nowhere', async () => {
    const { prompt, pins, state } = await open({ step: 'pin', remaining: 8, wrong: false })
    await submitPin(secret)

    expect(pins).toEqual([secret])
    expect(field(words.pin.label).value).toBe('')
    expect(state() + document.body.innerHTML).not.toContain(secret)
    await prompt({ step: 'working' })
    expect(state() + document.body.innerHTML).not.toContain(secret)
  })

  it('sends nothing that cannot be a PIN: a try is not wasted on it', async () => {
    const { pins } = await open({ step: 'pin', remaining: 8, wrong: false })
    await submitPin('123')

    expect(pins).toEqual([])
    expect(pageText()).toContain(words.pin.short)
  })

  it('never types a PIN again by itself: a wrong one leaves an empty field and the tries that are left', async () => {
    const { prompt, pins } = await open({ step: 'pin', remaining: 8, wrong: false })
    await submitPin(secret)
    await prompt({ step: 'working' })
    await prompt({ step: 'pin', remaining: 7, wrong: true })

    expect(pins).toHaveLength(1)
    expect(field(words.pin.label).value).toBe('')
    expect(pageText()).toContain('The PIN did not match. 7 tries are left before the key locks itself.')
    expect(document.activeElement).toBe(field(words.pin.label))
  })

  it('says that it did not match where the key does not count aloud', async () => {
    await open({ step: 'pin', remaining: null, wrong: true })

    expect(pageText()).toContain(words.pin.wrong)
    expect(pageText()).not.toContain('null')
  })

  it('empties a half-typed PIN when the prompt changes', async () => {
    const { prompt } = await open({ step: 'pin', remaining: 8, wrong: false })
    type(words.pin.label, secret)
    await prompt({ step: 'touch' })
    await prompt({ step: 'pin', remaining: 8, wrong: false })

    expect(field(words.pin.label).value).toBe('')
  })

  it('ends the call in main when it is cancelled, by button or Esc', async () => {
    const { api, closed } = await open({ step: 'touch' })
    button(words.cancel).click()
    await flushPromises()
    expect(api.called).toContain('securityKey.cancel')
    expect(closed()).toBe(1)
    unmount()
    document.body.innerHTML = ''

    const second = await open({ step: 'pin', remaining: 8, wrong: false })
    type(words.pin.label, secret)
    document
      .querySelector('[role="dialog"]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
    await flushPromises()
    expect(second.api.called).toContain('securityKey.cancel')
    expect(second.closed()).toBe(1)
    unmount()
    unmount = () => undefined
    expect(document.body.innerHTML).not.toContain(secret)
  })

  it('ends it when the desk is locked', async () => {
    const { api, closed } = await open({ step: 'pin', remaining: 8, wrong: false })
    type(words.pin.label, secret)
    await flushPromises()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(api.called).toContain('securityKey.cancel')
    expect(closed()).toBe(1)
    expect(field(words.pin.label).value).toBe('')
  })

  it('shows how the call ended and offers to start again, without ending it twice', async () => {
    const { api, busy, error, retried, closed } = await open({ step: 'touch' })
    error.value = new AppError('key-timeout')
    busy.value = false
    await flushPromises()

    expect(pageText()).toContain(messages.en.errors['key-timeout'].title)
    expect(pageText()).not.toContain(words.step.touch)
    button(words.retry).click()
    expect(retried()).toBe(1)
    button(words.cancel).click()
    expect(closed()).toBe(1)
    expect(api.called).not.toContain('securityKey.cancel')
  })

  it('stops listening when it is gone', async () => {
    const { api } = await open({ step: 'touch' })
    const during = api.listeners()
    unmount()
    unmount = () => undefined

    expect(api.listeners()).toBe(during - 1)
    expect(useSecurityKeyStore().prompt).toBeNull()
  })
})

describe('useSecurityKeyStore', () => {
  it('keeps what main said about this machine, and shows nothing of a refused PIN', async () => {
    fakeApi({
      securityKey: {
        availability: () => ok({ available: false, reason: 'no-library' }),
        pin: () => refused('key-pin-blocked'),
      },
    })
    const { wrapper, pinia } = await show(defineComponent({ name: 'TestScreen', render: () => h('main') }))
    unmount = () => {
      wrapper.unmount()
    }
    const store = useSecurityKeyStore()
    await store.readAvailability()
    await expect(store.pin(secret)).rejects.toThrow('key-pin-blocked')

    expect(store.availability).toEqual({ available: false, reason: 'no-library' })
    expect(JSON.stringify(pinia.state.value)).not.toContain(secret)
  })
})
