import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import QrCode from '../../src/renderer/src/components/registration/QrCode.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import type { Api } from '../../src/shared/contract'
import { messages } from '../../src/shared/i18n'
import { ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { approverPassword, identify, openRegistration, press, sendCode } from './support/registration'
import { aMethod, anEnrolment, aRegistration, atWork, field, typedKey, withProps } from './support/work'

const words = messages.en.registration
let unmount: () => unknown = () => undefined

async function open(
  registration: Partial<Api['registration']>,
): Promise<{ api: FakeApi; state: () => string; closed: unknown[] }> {
  const dialog = await openRegistration({ startApp: () => ok(anEnrolment()), ...registration })
  unmount = dialog.unmount
  return dialog
}

async function showKey(): Promise<void> {
  await identify('Pixel 9')
  await press(words.submit.app)
}

const confirm = (code: string) => sendCode(words.scan.code, code)

afterEach(async () => {
  await unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('RegistrationDialog', () => {
  it('makes no key before the identity is confirmed and an approver named', async () => {
    const { api } = await open({})
    await press(words.submit.app)

    expect(api.called).not.toContain('registration.startApp')
    expect(pageText()).toContain('Choose the document and confirm both points.')
    expect(pageText()).toContain('Enter a name for the method.')
  })

  it('shows the key, keeps it and the approver’s password out of every store, and drops it once confirmed', async () => {
    const { api, state } = await open({ confirm: () => ok(aRegistration({ methods: [aMethod()], counting: 1 })) })
    await showKey()
    expect(pageText()).toContain(typedKey)
    expect(document.querySelector('svg[role="img"]')?.getAttribute('aria-label')).toBe(
      'QR code for the authenticator app',
    )
    expect(state()).not.toContain('JBSW')
    expect(state() + document.body.innerHTML).not.toContain(approverPassword)

    await confirm('１２３４５６')
    expect(pageText()).toContain('The authenticator app is registered')
    expect(pageText()).toContain('A check wants 2 methods of different kinds; 1 count now.')
    expect(pageText()).not.toContain('JBSW')
    await unmount()
    unmount = () => undefined
    expect(api.called).not.toContain('registration.cancel')
  })

  it('says that a code was wrong and waits for the next one', async () => {
    await open({ confirm: () => refused('enrolment-code-wrong') })
    await showKey()
    await confirm('000000')

    expect(pageText()).toContain('The code does not match.')
    expect(field('Code that the app shows now').value).toBe('')
    expect(pageText()).toContain(typedKey)
  })

  it('empties the approver’s password when main refuses them', async () => {
    await open({ startApp: () => refused('approver-without-role') })
    await showKey()

    expect(field('Approver’s password').value).toBe('')
    expect(field(words.identity.label).value).toBe('Pixel 9')
    expect(pageText()).not.toContain(typedKey)
  })

  it('takes an unconfirmed app back when it is cancelled', async () => {
    const { api, closed } = await open({})
    await showKey()
    await press(words.cancel)

    expect(api.called).toContain('registration.cancel')
    expect(closed).toEqual(['app'])
    expect(pageText()).not.toContain(typedKey)
  })

  it('takes it back when the session is locked', async () => {
    const { api } = await open({})
    await showKey()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(api.called).toContain('registration.cancel')
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
    await showKey()
    await unmount()
    unmount = () => undefined
    answer()
    await flushPromises()

    expect(api.called).toContain('registration.cancel')
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
