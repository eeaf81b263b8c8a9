import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { CodeEnrolment, RegistrationSummary } from '../../src/shared/model/registration'
import { ok, refused } from './support/api'
import { pageText } from './support/mount'
import {
  approverPassword,
  chooseType,
  identify,
  identity,
  openRegistration,
  press,
  sendCode,
  type OpenDialog,
} from './support/registration'
import { aCodeEnrolment, aMethod, aRegistration, atWork, button, field, minutesFromNow, type } from './support/work'

const words = messages.en.registration
const spoken = '090-1234-5678'
let unmount: () => unknown = () => undefined

const aNumber = aMethod({ type: 'mobile', kind: 'phone', label: 'Work phone', masked: '••• 5678' })
const registered = (change: Partial<RegistrationSummary> = {}) =>
  aRegistration({ methods: [aNumber], required: 1, toRegister: 1, counting: 1, ready: true, ...change })

async function open(
  registration: Partial<Api['registration']> = {},
  summary: RegistrationSummary = aRegistration(),
): Promise<OpenDialog> {
  const dialog = await openRegistration({ startPhone: () => ok(aCodeEnrolment()), ...registration }, summary)
  unmount = dialog.unmount
  return dialog
}

async function ask(number: string, submit: string = words.submit.sms): Promise<void> {
  if (number !== '') type(words.phone.number, number)
  await identify('Work phone')
  await press(submit)
}

async function askMobile(number: string): Promise<void> {
  await chooseType('mobile')
  await ask(number)
}

const confirm = (code: string) => sendCode(words.code.label.sms, code)

function hasField(label: string): boolean {
  return [...document.querySelectorAll('label')].some((one) => (one.textContent ?? '').includes(label))
}

afterEach(async () => {
  await unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('RegistrationDialog for a number', () => {
  it('sends the number as it was said, in the chosen language, and keeps it nowhere', async () => {
    const inputs: unknown[] = []
    const { state } = await open({
      startPhone: (input) => {
        inputs.push(input)
        return ok(aCodeEnrolment())
      },
    })
    await chooseType('mobile')
    field(words.languages.ja).click()
    await flushPromises()
    await ask(spoken)

    expect(inputs).toEqual([
      {
        ...identity,
        label: 'Work phone',
        type: 'mobile',
        number: spoken,
        offer: null,
        extension: '',
        channel: 'sms',
        language: 'ja',
      },
    ])
    expect(pageText()).toContain('A code was sent to ••• 5678.')
    expect(document.activeElement).toBe(field(words.code.label.sms))
    expect(state() + document.body.innerHTML).not.toContain('1234')
    expect(state() + document.body.innerHTML).not.toContain(approverPassword)
  })

  it('suggests a name and leaves one that was typed', async () => {
    await open()
    await chooseType('mobile')
    expect(field(words.identity.label).value).toBe(words.type.mobile)
    await chooseType('office')
    expect(field(words.identity.label).value).toBe(words.type.office)
    type(words.identity.label, 'Reception')
    await flushPromises()
    await chooseType('mobile')
    expect(field(words.identity.label).value).toBe('Reception')
  })

  it('asks for the number before anything is sent, and keeps the approver’s password meanwhile', async () => {
    const { api } = await open()
    await askMobile('')

    expect(api.called).not.toContain('registration.startPhone')
    expect(pageText()).toContain(words.phone.numberMissing)
    expect(field('Approver’s password').value).toBe(approverPassword)
  })

  it('keeps the number for a correction when main refuses it', async () => {
    await open({ startPhone: () => refused('number-not-mobile') })
    await askMobile('03-1234-5678')

    expect(pageText()).toContain(messages.en.errors['number-not-mobile'].title)
    expect(field(words.phone.number).value).toBe('03-1234-5678')
    expect(field('Approver’s password').value).toBe('')
  })

  it('forgets a number that was typed for another type', async () => {
    await open()
    await chooseType('mobile')
    type(words.phone.number, spoken)
    await flushPromises()
    await chooseType('app')
    await chooseType('alternative')

    expect(field(words.phone.number).value).toBe('')
  })

  it('offers the directory’s number masked, and sends none when it is taken', async () => {
    const inputs: unknown[] = []
    await open(
      {
        startPhone: (input) => {
          inputs.push([input.number, input.offer])
          return ok(aCodeEnrolment())
        },
      },
      aRegistration({ offers: [{ field: 'mobile', masked: '••• 4321' }] }),
    )
    await chooseType('mobile')
    expect(pageText()).toContain('The directory’s: ••• 4321')
    expect(hasField(words.phone.number)).toBe(false)
    await ask('')

    expect(inputs).toEqual([['', 'mobile']])
  })

  it('takes another number in place of the directory’s', async () => {
    const inputs: unknown[] = []
    await open(
      {
        startPhone: (input) => {
          inputs.push([input.number, input.offer])
          return ok(aCodeEnrolment())
        },
      },
      aRegistration({ offers: [{ field: 'mobile', masked: '••• 4321' }] }),
    )
    await chooseType('mobile')
    field(words.offer.type).click()
    await flushPromises()
    await ask(spoken)

    expect(inputs).toEqual([[spoken, null]])
  })

  it('calls an office number, with its extension', async () => {
    const inputs: unknown[] = []
    await open({
      startPhone: (input) => {
        inputs.push([input.type, input.number, input.extension, input.channel])
        return ok(aCodeEnrolment({ type: 'office', channel: 'voice', channels: ['voice'], delivery: 'ringing' }))
      },
    })
    await chooseType('office')
    expect(hasField(words.channel.sms)).toBe(false)
    type(words.phone.extension, '１２x')
    await ask('03-1234-5678', words.submit.voice)
    expect(inputs).toEqual([])
    expect(pageText()).toContain(words.phone.extensionInvalid)

    type(words.phone.extension, '１２３')
    await flushPromises()
    await press(words.submit.voice)
    expect(inputs).toEqual([['office', '03-1234-5678', '123', 'voice']])
    expect(pageText()).toContain('In a call to ••• 5678, a voice says the code twice.')
    expect(pageText()).toContain(words.code.delivery.voice.ringing)
    expect(button(words.code.resend.voice).disabled).toBe(true)
  })

  it('says how a call went, and lets the code come another way', async () => {
    const channels: string[] = []
    await open({
      startPhone: () =>
        ok(
          aCodeEnrolment({
            channel: 'voice',
            channels: ['sms', 'voice'],
            delivery: 'no-answer',
            resendAt: minutesFromNow(-1),
          }),
        ),
      resend: ({ channel }) => {
        channels.push(channel)
        return ok(aCodeEnrolment({ channel, channels: ['sms', 'voice'], delivery: 'delivered' }))
      },
    })
    await chooseType('mobile')
    field(words.channel.voice).click()
    await flushPromises()
    await ask(spoken, words.submit.voice)
    expect(pageText()).toContain(words.code.delivery.voice['no-answer'])

    await press(words.code.other.sms)
    expect(channels).toEqual(['sms'])
    expect(pageText()).toContain(words.code.delivery.sms.delivered)
    expect(document.activeElement).toBe(field(words.code.label.sms))
  })

  it('follows the call while it goes on, keeps what is typed, and says what to do when nobody answers', async () => {
    let now = aCodeEnrolment({ channel: 'voice', channels: ['sms', 'voice'], resendAt: minutesFromNow(2) })
    const confirmed: string[] = []
    const { api } = await open({
      startPhone: () => ok(now),
      enrolment: ({ enrolmentId }) => (enrolmentId === now.enrolmentId ? ok(now) : refused('enrolment-not-found')),
      confirm: ({ code }) => {
        confirmed.push(code)
        // The gateway is told of the end of the call while the code is judged.
        now = { ...now, delivery: 'delivered' }
        api.emit('enrolment-changed', {})
        return ok(registered())
      },
    })
    const told = async (delivery: CodeEnrolment['delivery'], resendAt = now.resendAt): Promise<void> => {
      now = { ...now, delivery, resendAt }
      api.emit('enrolment-changed', {})
      await flushPromises()
    }
    api.emit('enrolment-changed', {})
    expect(api.called).not.toContain('registration.enrolment')
    await chooseType('mobile')
    field(words.channel.voice).click()
    await flushPromises()
    await ask(spoken, words.submit.voice)

    await told('ringing')
    expect(pageText()).toContain(words.code.delivery.voice.ringing)
    type(words.code.label.voice, '12')
    await told('no-answer', minutesFromNow(-1))
    expect(pageText()).toContain(words.code.delivery.voice['no-answer'])
    expect(button(words.code.resend.voice).disabled).toBe(false)
    expect(field(words.code.label.voice).value).toBe('12')

    await sendCode(words.code.label.voice, '123456')
    expect(confirmed).toEqual(['123456'])
    expect(pageText()).toContain(words.done.title.mobile)
  })

  it('keeps what was said when the state of the code cannot be read, and listens no longer than it is open', async () => {
    const { api } = await open({
      startPhone: () => ok(aCodeEnrolment({ delivery: 'accepted' })),
      enrolment: () => refused('enrolment-not-found'),
    })
    await askMobile(spoken)
    api.emit('enrolment-changed', {})
    await flushPromises()
    expect(pageText()).toContain(words.code.delivery.sms.accepted)

    await unmount()
    const before = api.called.filter((one) => one === 'registration.enrolment').length
    api.emit('enrolment-changed', {})
    expect(api.called.filter((one) => one === 'registration.enrolment')).toHaveLength(before)
  })

  it.each([
    ['sms', words.phone.onlySms, words.submit.sms],
    ['voice', words.phone.onlyVoice, words.submit.voice],
  ] as const)('offers no other channel where only %s can be used', async (channel, said, submit) => {
    const inputs: unknown[] = []
    const types = aRegistration().types.map((one) => (one.type === 'mobile' ? { ...one, channels: [channel] } : one))
    await open(
      {
        startPhone: (input) => {
          inputs.push(input.channel)
          return ok(aCodeEnrolment({ channel, channels: [channel] }))
        },
      },
      aRegistration({ types }),
    )
    await chooseType('mobile')
    expect(pageText()).toContain(said)
    expect(pageText()).not.toContain(words.channel.label)
    await ask(spoken, submit)
    expect(inputs).toEqual([channel])
  })

  it('says how many tries are left, and registers with the right code', async () => {
    let answer: ReturnType<Api['registration']['confirm']> = refused('enrolment-code-wrong', { remaining: 2 })
    const { api, state } = await open({ confirm: () => answer })
    await askMobile(spoken)
    await confirm('１１１１１１')
    expect(pageText()).toContain('The code does not match. 2 tries left.')
    expect(field(words.code.label.sms).value).toBe('')
    expect(document.activeElement).toBe(field(words.code.label.sms))

    answer = ok(registered())
    await confirm('222222')
    expect(pageText()).toContain(words.done.title.mobile)
    expect(pageText()).toContain(words.done.complete)
    expect(pageText()).toContain(words.backup)
    expect(state() + document.body.innerHTML).not.toContain('222222')
    await unmount()
    unmount = () => undefined
    expect(api.called).not.toContain('registration.cancel')
  })

  it('advises no backup once there is one, and says what the policy still wants', async () => {
    await open({ confirm: () => ok(registered({ backup: true, toRegister: 3, counting: 2 })) })
    await askMobile(spoken)
    await confirm('222222')

    expect(pageText()).not.toContain(words.backup)
    expect(pageText()).toContain('The policy asks for 3 kinds to be registered; 2 count now.')
  })

  it('goes on with another method of the same visit, with a new identity check', async () => {
    const { api } = await open({ confirm: () => ok(registered()) })
    await askMobile(spoken)
    await confirm('222222')
    await press(words.done.another)

    expect(field(words.identity.photoMatches).checked).toBe(false)
    expect(field('Approver’s password').value).toBe('')
    expect(field(words.phone.number).value).toBe('')
    await press(words.submit.sms)
    expect(api.called.filter((one) => one === 'registration.startPhone')).toHaveLength(1)
  })

  it('ends after too many wrong codes, and says to begin again', async () => {
    await open({ confirm: () => refused('enrolment-code-wrong', { remaining: 0 }) })
    await askMobile(spoken)
    await confirm('111111')

    expect(pageText()).toContain(words.code.ended)
    expect(hasField(words.code.label.sms)).toBe(false)
  })

  it('lets another code be sent only once its time has come', async () => {
    const first = await open()
    await askMobile(spoken)
    expect(button(words.code.resend.sms).disabled).toBe(true)
    expect(pageText()).toContain('Another code can be sent in')
    await unmount()
    expect(first.api.called).not.toContain('registration.resend')

    const later = await open({
      startPhone: () => ok(aCodeEnrolment({ delivery: 'failed', resendAt: minutesFromNow(-1) })),
      resend: () => ok(aCodeEnrolment({ delivery: 'delivered', resendAt: minutesFromNow(2) })),
    })
    await askMobile(spoken)
    expect(pageText()).toContain(words.code.delivery.sms.failed)
    await press(words.code.resend.sms)
    expect(later.api.called).toContain('registration.resend')
    expect(pageText()).toContain(words.code.delivery.sms.delivered)
    expect(button(words.code.resend.sms).disabled).toBe(true)
  })

  it('takes an unconfirmed number back when it is cancelled, and when the desk is locked', async () => {
    const first = await open()
    await askMobile(spoken)
    await press(words.cancel)
    expect(first.api.called).toContain('registration.cancel')
    expect(first.closed).toEqual(['code'])
    await unmount()

    const second = await open()
    await askMobile(spoken)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(second.api.called).toContain('registration.cancel')
  })

  it('says that the time is over, and takes no code any more', async () => {
    await open({ startPhone: () => ok(aCodeEnrolment({ expiresAt: minutesFromNow(-1) })) })
    await askMobile(spoken)

    expect(pageText()).toContain(words.scan.expired)
    expect(hasField(words.code.label.sms)).toBe(false)
  })
})

describe('RegistrationDialog for a mail address', () => {
  const address = 'hanako@example.net'

  it('asks for an address first, and sends it once', async () => {
    const inputs: unknown[] = []
    const { state } = await open({
      startMail: (input) => {
        inputs.push(input)
        return ok(aCodeEnrolment({ type: 'mail', masked: 'h…o@e…e.net', channel: 'mail', channels: ['mail'] }))
      },
    })
    await chooseType('mail')
    await identify('Private')
    await press(words.submit.mail)
    expect(pageText()).toContain(words.mail.addressMissing)
    type(words.mail.address, 'hanako')
    await flushPromises()
    expect(pageText()).toContain(words.mail.addressInvalid)
    expect(inputs).toEqual([])

    type(words.mail.address, address)
    await flushPromises()
    await press(words.submit.mail)
    expect(inputs).toEqual([{ ...identity, label: 'Private', address, offer: null, language: 'en' }])
    expect(pageText()).toContain('A code was sent to h…o@e…e.net.')
    expect(pageText()).not.toContain(words.mail.ownDomain)
    expect(state() + document.body.innerHTML).not.toContain(address)
  })

  it('warns of an address of the organisation itself: nobody reads it without the password', async () => {
    await open({
      startMail: () => ok(aCodeEnrolment({ type: 'mail', channel: 'mail', channels: ['mail'], warning: 'own-domain' })),
    })
    await chooseType('mail')
    type(words.mail.address, 'hanako@example.co.jp')
    await identify('Work')
    await press(words.submit.mail)

    expect(pageText()).toContain(words.mail.ownDomain)
    expect(pageText()).toContain('cannot be read while the password is forgotten')
  })
})

describe('RegistrationDialog', () => {
  it('shows what cannot be registered with the reason, and chooses what can', async () => {
    await openRegistration(
      {},
      aRegistration({
        types: [
          { type: 'app', refusal: 'limit', channels: [] },
          { type: 'mobile', refusal: 'no-gateway', channels: [] },
          { type: 'key', refusal: 'no-key-reader', channels: [] },
          { type: 'mail', refusal: null, channels: ['mail'] },
        ],
      }),
      { securityKey: { availability: () => ok({ available: false, reason: 'no-library' }) } },
    ).then((dialog) => (unmount = dialog.unmount))

    expect(field(words.type.app).disabled).toBe(true)
    expect(field(words.type.mail).checked).toBe(true)
    expect(pageText()).toContain(words.refusal.limit)
    expect(pageText()).toContain(words.refusal['no-gateway'])
    expect(pageText()).toContain(messages.en.securityKey.unavailable['no-library'])
  })

  it('offers no form where nothing can be registered', async () => {
    await open({}, aRegistration({ types: [{ type: 'app', refusal: 'not-in-policy', channels: [] }] }))

    expect(pageText()).toContain(words.noneHere)
    expect(document.querySelector('form')).toBeNull()
    expect([...document.querySelectorAll('button')].map((one) => one.textContent?.trim())).not.toContain(
      words.submit.app,
    )
  })

  it('says why the methods could not be read, and tries again', async () => {
    let refuse = true
    await open({ list: () => (refuse ? refused('directory-unreachable') : ok(aRegistration())) })
    expect(pageText()).toContain('directory-unreachable')
    refuse = false
    await press(messages.en.common.retry)

    expect(field(words.type.app).checked).toBe(true)
  })
})
