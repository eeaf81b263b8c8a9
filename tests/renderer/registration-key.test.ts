import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { ErrorCode, Result } from '../../src/shared/errors'
import type { RegistrationSummary } from '../../src/shared/model/registration'
import type { KeyTalkState } from '../../src/shared/model/security-key'
import { ok, refused } from './support/api'
import { pageText } from './support/mount'
import { chooseType, identify, identity, openRegistration, press, type OpenDialog } from './support/registration'
import { aMethod, aRegistration, atWork, button, field, minutesFromNow, type } from './support/work'

const words = messages.en
const enrolmentId = '00000000-0000-4000-c000-000000000003'
const pin = 'Hanako-7391'
let unmount: () => unknown = () => undefined

interface KeyDialog extends OpenDialog {
  readonly prompt: (next: KeyTalkState) => Promise<void>
  readonly end: (answer: Result<RegistrationSummary>) => Promise<void>
  readonly pins: string[]
}

async function open(registration: Partial<Api['registration']> = {}): Promise<KeyDialog> {
  let talk: KeyTalkState = { prompt: { step: 'insert' } }
  let settle: (answer: Result<RegistrationSummary>) => void = () => undefined
  const pins: string[] = []
  const dialog = await openRegistration(
    {
      startKey: () => ok({ enrolmentId, expiresAt: minutesFromNow(10) }),
      createKey: () =>
        new Promise((resolve) => {
          settle = resolve
        }),
      ...registration,
    },
    aRegistration(),
    {
      securityKey: {
        availability: () => ok({ available: true, dialog: false }),
        state: () => ok(talk),
        pin: (input) => {
          pins.push(input.pin)
          return ok(undefined)
        },
        cancel: () => ok(undefined),
      },
    },
  )
  unmount = dialog.unmount
  return {
    ...dialog,
    pins,
    prompt: async (next) => {
      talk = next
      dialog.api.emit('security-key-changed', {})
      await flushPromises()
    },
    end: async (answer) => {
      settle(answer)
      await flushPromises()
    },
  }
}

async function begin(): Promise<void> {
  await chooseType('key')
  await identify('Blue key')
  await press(words.registration.submit.key)
}

const refusal = (code: ErrorCode): Result<RegistrationSummary> => ({ ok: false, code, params: {} })
const count = (dialog: KeyDialog, call: string) => dialog.api.called.filter((one) => one === call).length

afterEach(async () => {
  await unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('RegistrationDialog for a security key', () => {
  it('leads its owner through the steps and registers it', async () => {
    const inputs: unknown[] = []
    const dialog = await open({
      startKey: (input) => {
        inputs.push(input)
        return ok({ enrolmentId, expiresAt: minutesFromNow(10) })
      },
    })
    await begin()
    expect(inputs).toEqual([{ ...identity, label: 'Blue key' }])
    expect(pageText()).toContain(words.securityKey.step.insert)

    await dialog.prompt({ prompt: { step: 'pin', remaining: 8, wrong: false } })
    expect(pageText()).toContain(words.securityKey.step.pinNext)
    type(words.securityKey.pin.label, pin)
    await flushPromises()
    field(words.securityKey.pin.label).form?.requestSubmit()
    await flushPromises()
    expect(dialog.pins).toEqual([pin])
    expect(dialog.state() + document.body.innerHTML).not.toContain(pin)

    await dialog.prompt({ prompt: { step: 'touch' } })
    expect(pageText()).toContain(words.securityKey.step.touch)
    const key = aMethod({ type: 'key', kind: 'key', label: 'Blue key' })
    await dialog.end({ ok: true, value: aRegistration({ methods: [key], counting: 1 }) })
    expect(pageText()).toContain(words.registration.done.title.key)
    await press(words.registration.close)
    expect(dialog.closed).toEqual([null])
    expect(dialog.api.called).not.toContain('registration.cancel')
    expect(dialog.api.called).not.toContain('securityKey.cancel')
  })

  it('starts again only when asked', async () => {
    const dialog = await open()
    await begin()
    await dialog.end(refusal('key-timeout'))
    expect(pageText()).toContain(words.errors['key-timeout'].title)
    expect(count(dialog, 'registration.createKey')).toBe(1)

    await press(words.registration.key.retry)
    expect(count(dialog, 'registration.createKey')).toBe(2)
    expect(count(dialog, 'registration.startKey')).toBe(1)
    expect(pageText()).toContain(words.securityKey.step.insert)
  })

  it('ends the conversation and takes the registration back when it is cancelled meanwhile', async () => {
    const dialog = await open()
    await begin()
    await press(words.registration.cancel)

    expect(dialog.api.called.slice(-2)).toEqual(['securityKey.cancel', 'registration.cancel'])
    expect(dialog.closed).toEqual(['other'])
  })

  it('ends it when the desk is locked, with what was typed', async () => {
    const dialog = await open()
    await begin()
    await dialog.prompt({ prompt: { step: 'pin', remaining: 8, wrong: false } })
    type(words.securityKey.pin.label, pin)
    await flushPromises()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(dialog.api.called).toContain('securityKey.cancel')
    expect(dialog.api.called).toContain('registration.cancel')
    expect(document.querySelector<HTMLInputElement>('input[type=password]')?.value ?? '').toBe('')
  })

  it('shows no result of a key that is touched after the desk was locked', async () => {
    const dialog = await open()
    await begin()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    await dialog.end({ ok: true, value: aRegistration() })

    expect(pageText()).not.toContain(words.registration.done.title.key)
  })

  it('begins nothing where main refuses the approver', async () => {
    const dialog = await open({ startKey: () => refused('approver-is-agent') })
    await begin()

    expect(dialog.api.called).not.toContain('registration.createKey')
    expect(pageText()).toContain('approver-is-agent')
    expect(button(words.registration.submit.key).disabled).toBe(false)
  })
})
