import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import RegistrationDialog from '../../src/renderer/src/components/registration/RegistrationDialog.vue'
import RegistrationSummary from '../../src/renderer/src/components/registration/RegistrationSummary.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { RegistrationSummary as Summary } from '../../src/shared/model/registration'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { aCodeEnrolment, atWork, button, callerId, field, minutesFromNow, type, withProps } from './support/work'

const words = messages.en.registration
const spoken = '090-1234-5678'
const person = { id: callerId, name: '山田 花子', userId: 'yamada.hanako' }
let unmount: () => void = () => undefined

const registered = (change: Partial<Summary> = {}): Summary => ({
  methods: [
    {
      id: '00000000-0000-4000-a000-000000000002',
      kind: 'phone',
      label: 'Work phone',
      masked: '••• 5678',
      registeredAt: minutesFromNow(0),
      lastUsedAt: null,
    },
  ],
  required: 1,
  ready: true,
  ...change,
})

async function open(
  registration: Partial<Api['registration']> = {},
): Promise<{ api: FakeApi; state: () => string; closed: unknown[] }> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    registration: {
      startPhone: () => ok(aCodeEnrolment()),
      cancelPhone: () => ok(undefined),
      ...registration,
    },
  })
  const closed: unknown[] = []
  const dialog = withProps(RegistrationDialog, { person, onClose: (what: unknown) => closed.push(what) })
  const { wrapper, pinia } = await show(dialog)
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value), closed }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

async function identify(number: string): Promise<void> {
  field(words.choice.phone).click()
  await flushPromises()
  if (number !== '') type(words.phone.number, number)
  type(words.identity.document, 'employee-card')
  field(words.identity.photoMatches).click()
  field(words.identity.nameMatches).click()
  type(words.identity.label, 'Work phone')
  type('Approver’s user ID', 'takahashi.yumi')
  type('Approver’s password', 'Sakura-Fubuki-1')
  await flushPromises()
  await press(words.phone.submit)
}

async function confirm(code: string): Promise<void> {
  type(words.phone.code, code)
  field(words.phone.code).form?.requestSubmit()
  await flushPromises()
}

afterEach(async () => {
  unmount()
  await flushPromises()
  document.body.innerHTML = ''
})

describe('RegistrationDialog for a mobile number', () => {
  it('sends the number as it was said, in the chosen language, and keeps it nowhere', async () => {
    const inputs: unknown[] = []
    const { state } = await open({
      startPhone: (input) => {
        inputs.push(input)
        return ok(aCodeEnrolment())
      },
    })
    field(words.choice.phone).click()
    await flushPromises()
    field(messages.en.verification.sms.languages.ja).click()
    await identify(spoken)

    expect(inputs).toEqual([
      {
        personId: callerId,
        label: 'Work phone',
        number: spoken,
        language: 'ja',
        document: 'employee-card',
        photoMatches: true,
        nameMatches: true,
        approver: { userId: 'takahashi.yumi', password: 'Sakura-Fubuki-1' },
      },
    ])
    expect(pageText()).toContain('A code was sent to ••• 5678.')
    expect(document.activeElement).toBe(field(words.phone.code))
    expect(state() + document.body.innerHTML).not.toContain('1234')
    expect(state() + document.body.innerHTML).not.toContain('Sakura-Fubuki-1')
  })

  it('asks for the number before anything is sent, and keeps the approver’s password meanwhile', async () => {
    const { api } = await open()
    await identify('')

    expect(api.called).not.toContain('registration.startPhone')
    expect(pageText()).toContain(words.phone.numberMissing)
    expect(field('Approver’s password').value).toBe('Sakura-Fubuki-1')
  })

  it('keeps the number for a correction when main refuses it', async () => {
    await open({ startPhone: () => refused('number-not-mobile') })
    await identify('03-1234-5678')

    expect(pageText()).toContain(messages.en.errors['number-not-mobile'].title)
    expect(field(words.phone.number).value).toBe('03-1234-5678')
    expect(field('Approver’s password').value).toBe('')
  })

  it('says how many tries are left, and registers with the right code', async () => {
    let answer: ReturnType<Api['registration']['confirmPhone']> = refused('enrolment-code-wrong', { remaining: 2 })
    const { api, state } = await open({ confirmPhone: () => answer })
    await identify(spoken)
    await confirm('１１１１１１')
    expect(pageText()).toContain('The code does not match. 2 tries left.')
    expect(field(words.phone.code).value).toBe('')
    expect(document.activeElement).toBe(field(words.phone.code))

    answer = ok(registered())
    await confirm('222222')
    expect(pageText()).toContain(words.done.phoneTitle)
    expect(pageText()).toContain(words.backup)
    expect(state() + document.body.innerHTML).not.toContain('222222')
    unmount()
    unmount = () => undefined
    await flushPromises()
    expect(api.called).not.toContain('registration.cancelPhone')
  })

  it('ends after too many wrong codes, and says to begin again', async () => {
    await open({ confirmPhone: () => refused('enrolment-code-wrong', { remaining: 0 }) })
    await identify(spoken)
    await confirm('111111')

    expect(pageText()).toContain(words.phone.ended)
    expect([...document.querySelectorAll('label')].some((one) => one.textContent?.includes(words.phone.code))).toBe(
      false,
    )
  })

  it('lets another code be sent only once its time has come', async () => {
    const { api } = await open({
      resendPhone: () => ok(aCodeEnrolment({ delivery: 'delivered', resendAt: minutesFromNow(2) })),
    })
    await identify(spoken)
    expect(button('Send another code').disabled).toBe(true)
    expect(pageText()).toContain('Another code can be sent in')
    unmount()
    await flushPromises()
    document.body.innerHTML = ''

    const later = await open({
      startPhone: () => ok(aCodeEnrolment({ delivery: 'failed', resendAt: minutesFromNow(-1) })),
      resendPhone: () => ok(aCodeEnrolment({ delivery: 'delivered', resendAt: minutesFromNow(2) })),
    })
    await identify(spoken)
    expect(pageText()).toContain(messages.en.verification.sms.delivery.failed)
    await press('Send another code')
    expect(later.api.called).toContain('registration.resendPhone')
    expect(pageText()).toContain(messages.en.verification.sms.delivery.delivered)
    expect(button('Send another code').disabled).toBe(true)
    expect(api.called).not.toContain('registration.resendPhone')
  })

  it('takes an unconfirmed number back when it is cancelled, and when the desk is locked', async () => {
    const first = await open()
    await identify(spoken)
    await press(words.cancel)
    expect(first.api.called).toContain('registration.cancelPhone')
    expect(first.closed).toEqual(['phone'])
    unmount()
    await flushPromises()
    document.body.innerHTML = ''

    const second = await open()
    await identify(spoken)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(second.api.called).toContain('registration.cancelPhone')
  })

  it('says that the time is over, and takes no code any more', async () => {
    await open({ startPhone: () => ok(aCodeEnrolment({ expiresAt: minutesFromNow(-1) })) })
    await identify(spoken)

    expect(pageText()).toContain(words.scan.expired)
    expect([...document.querySelectorAll('label')].some((one) => one.textContent?.includes(words.phone.code))).toBe(
      false,
    )
  })
})

describe('RegistrationSummary', () => {
  async function list(summary: Summary): Promise<void> {
    fakeApi({ registration: { list: () => ok(summary) } })
    const { wrapper } = await show(withProps(RegistrationSummary, { person }))
    await flushPromises()
    unmount = () => {
      wrapper.unmount()
    }
  }

  it('shows a number by its last digits and advises a backup beside the only method', async () => {
    await list(registered())

    expect(pageText()).toContain('Phone · Work phone ••• 5678')
    expect(pageText()).toContain(words.backup)
  })

  it('advises nothing once there are two, or while policy wants more anyway', async () => {
    const [method] = registered().methods
    const two = method === undefined ? [] : [method, { ...method, id: callerId.slice(0, 36), kind: 'app', masked: '' }]
    await list(registered({ methods: two }))
    expect(pageText()).not.toContain(words.backup)
    unmount()
    document.body.innerHTML = ''

    await list(registered({ required: 2, ready: false }))
    expect(pageText()).not.toContain(words.backup)
    expect(pageText()).toContain('2 methods of different kinds are needed')
  })
})
