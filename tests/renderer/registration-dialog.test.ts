import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import QrCode from '../../src/renderer/src/components/registration/QrCode.vue'
import RegistrationDialog from '../../src/renderer/src/components/registration/RegistrationDialog.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import type { Api } from '../../src/shared/contract'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { anEnrolment, button, callerId, field, type, typedKey, withProps, atWork } from './support/work'

let unmount: () => void = () => undefined

async function open(
  registration: Partial<Api['registration']>,
): Promise<{ api: FakeApi; state: () => string; closed: () => number }> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    registration: { startApp: () => ok(anEnrolment()), cancelApp: () => ok(undefined), ...registration },
  })
  let closed = 0
  const person = { id: callerId, name: '山田 花子', userId: 'yamada.hanako' }
  const { wrapper, pinia } = await show(withProps(RegistrationDialog, { person, onClose: () => (closed += 1) }))
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value), closed: () => closed }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

async function identify(): Promise<void> {
  type('Document that was seen', 'employee-card')
  field('The photo shows this person').click()
  field('The name is the one in the directory').click()
  type('Name of the device', 'Pixel 9')
  type('Approver’s user ID', 'takahashi.yumi')
  type('Approver’s password', 'Sakura-Fubuki-1')
  await flushPromises()
  await press('Show the QR code')
}

async function confirm(code: string): Promise<void> {
  type('Code that the app shows now', code)
  field('Code that the app shows now').form?.requestSubmit()
  await flushPromises()
}

afterEach(() => {
  unmount()
  document.body.innerHTML = ''
})

describe('RegistrationDialog', () => {
  it('makes no key before the identity is confirmed and an approver named', async () => {
    const { api } = await open({})
    await press('Show the QR code')

    expect(api.called).not.toContain('registration.startApp')
    expect(pageText()).toContain('Choose the document and confirm both points.')
    expect(pageText()).toContain('Enter a name for the device.')
  })

  it('shows the key, keeps it and the approver’s password out of every store, and drops it once confirmed', async () => {
    const { api, state } = await open({ confirmApp: () => ok({ methods: [], required: 2, ready: false }) })
    await identify()
    expect(pageText()).toContain(typedKey)
    expect(document.querySelector('svg[role="img"]')?.getAttribute('aria-label')).toBe(
      'QR code for the authenticator app',
    )
    expect(state()).not.toContain('JBSW')
    expect(state() + document.body.innerHTML).not.toContain('Sakura-Fubuki-1')

    await confirm('１２３４５６')
    expect(pageText()).toContain('The authenticator app is registered')
    expect(pageText()).toContain('Policy asks for 2 methods')
    expect(pageText()).not.toContain('JBSW')
    unmount()
    unmount = () => undefined
    await flushPromises()
    expect(api.called).not.toContain('registration.cancelApp')
  })

  it('says that a code was wrong and waits for the next one', async () => {
    await open({ confirmApp: () => refused('enrolment-code-wrong') })
    await identify()
    await confirm('000000')

    expect(pageText()).toContain('The code does not match.')
    expect(field('Code that the app shows now').value).toBe('')
    expect(pageText()).toContain(typedKey)
  })

  it('empties the approver’s password when main refuses them', async () => {
    await open({ startApp: () => refused('approver-without-role') })
    await identify()

    expect(field('Approver’s password').value).toBe('')
    expect(field('Name of the device').value).toBe('Pixel 9')
    expect(pageText()).not.toContain(typedKey)
  })

  it('takes an unconfirmed app back when it is cancelled', async () => {
    const { api, closed } = await open({})
    await identify()
    await press('Cancel')

    expect(api.called).toContain('registration.cancelApp')
    expect(closed()).toBe(1)
    expect(pageText()).not.toContain(typedKey)
  })

  it('takes it back when the session is locked', async () => {
    const { api } = await open({})
    await identify()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(api.called).toContain('registration.cancelApp')
    expect(pageText()).not.toContain(typedKey)
  })

  it('never shows a key that arrives after the dialog is gone', async () => {
    let answer: () => void = () => undefined
    const { api } = await open({
      startApp: () =>
        new Promise((resolve) => {
          answer = () => {
            resolve({ ok: true, value: anEnrolment() })
          }
        }),
    })
    await identify()
    unmount()
    unmount = () => undefined
    answer()
    await flushPromises()

    expect(api.called).toContain('registration.cancelApp')
    expect(document.body.innerHTML).not.toContain('JBSW')
  })
})

describe('QrCode', () => {
  it('draws every dark module once, dark on white, with four light ones around', async () => {
    const rows = ['101', '010', '111']
    const { wrapper } = await show(withProps(QrCode, { rows, label: 'QR' }))
    unmount = () => {
      wrapper.unmount()
    }
    const svg = wrapper.get('svg')
    const path = svg.get('path')

    expect(svg.attributes('viewBox')).toBe('0 0 11 11')
    expect(svg.get('rect').attributes('fill')).toBe('#ffffff')
    expect(path.attributes('fill')).toBe('#000000')
    expect(path.attributes('d')?.match(/M\d+ \d+/gu)).toEqual(['M4 4', 'M6 4', 'M5 5', 'M4 6', 'M5 6', 'M6 6'])
  })
})
