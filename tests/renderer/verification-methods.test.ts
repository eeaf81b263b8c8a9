import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import VerificationPanel from '../../src/renderer/src/components/verification/VerificationPanel.vue'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { useThreatStore } from '../../src/renderer/src/stores/threat'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { CheckResult, RegisteredMethod, VerificationStatus } from '../../src/shared/model/verification'
import type { DrawnQuestions } from '../../src/shared/model/questions'
import { aThreat, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  aProof,
  aRequest,
  aSatisfied,
  aSentCode,
  atWork,
  aVerification,
  aWay,
  button,
  field,
  minutesFromNow,
  phoneMethod,
  requestId,
  type,
  withProps,
} from './support/work'

const words = messages.en.verification
let unmount: () => void = () => undefined

async function open(
  status: VerificationStatus,
  verification: Partial<Api['verification']> = {},
  calls: Calls = {},
): Promise<{ api: FakeApi; state: () => string }> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    verification: { status: () => ok(status), ...verification },
    ...calls,
  })
  const { wrapper, pinia } = await show(withProps(VerificationPanel, { request: aRequest() }))
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value) }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

async function tick(label: string): Promise<void> {
  field(label).click()
  await flushPromises()
}

async function key(name: string): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))
  await flushPromises()
}

const buttons = () => [...document.querySelectorAll('button')].map((one) => (one.textContent ?? '').trim())
const everywhere = (state: () => string) =>
  document.body.innerHTML + state() + [...document.querySelectorAll('input')].map(({ value }) => value).join(' ')

const phone = (change: Partial<RegisteredMethod> = {}) =>
  phoneMethod({ ways: [aWay('sms'), aWay('voice'), aWay('call-back')], ...change })
const mail = () =>
  phoneMethod({ type: 'mail', kind: 'mail', label: 'Private', masked: 'h…o@e…e.jp', ways: [aWay('mail')] })
const securityKey = () =>
  phoneMethod({ type: 'key', kind: 'key', label: 'YubiKey', masked: '', ways: [], sending: null })
const questions = () =>
  phoneMethod({ type: 'questions', kind: 'knowledge', label: '', masked: '', ways: [], sending: null })
const only = (method: RegisteredMethod, change: Partial<VerificationStatus> = {}) =>
  aVerification({ methods: [method], ...change })

beforeEach(() => {
  window.addEventListener('keydown', handleShortcut)
})
afterEach(async () => {
  unmount()
  await flushPromises()
  window.removeEventListener('keydown', handleShortcut)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('VerificationPanel with several ways to a number', () => {
  it('sends by the way that was chosen, and says what the code is in', async () => {
    const sent: unknown[] = []
    await open(only(phone()), {
      sendCode: (input) => {
        sent.push(input)
        return ok(
          only(phoneMethod({ ways: phone().ways }, { code: aSentCode({ channel: 'voice', delivery: 'ringing' }) })),
        )
      },
    })
    await tick(words.way.voice)
    expect(pageText()).toContain('You will get a call on your telephone ending in 5678')
    await press(words.voice.send)

    expect(sent).toEqual([{ requestId, methodId: phone().id, channel: 'voice', language: 'en' }])
    expect(pageText()).toContain(words.voice.delivery.ringing)
    expect(field('Code spoken in the call to ••• 5678')).toBe(document.activeElement)
  })

  it('changes the way by its key, and never sends by that', async () => {
    const { api } = await open(only(phone()))
    expect(buttons().some((one) => one.startsWith(words.sms.send))).toBe(true)
    await key('w')
    expect(buttons().some((one) => one.startsWith(words.voice.send))).toBe(true)
    await key('w')
    expect(document.activeElement).toBe(button(words.callBack.dial))
    expect(api.called.filter((call) => call !== 'verification.status' && call.startsWith('verification.'))).toEqual([])
  })

  it.each(['busy', 'no-answer', 'failed'] as const)(
    'asks for no code after a call that was %s, and names what else can be done',
    async (delivery) => {
      const method = phoneMethod({ ways: phone().ways }, { code: aSentCode({ channel: 'voice', delivery }) })
      await open(aVerification({ methods: [method, ...aVerification().methods] }))
      await press(words.methods.use)

      expect(pageText()).toContain(words.voice.delivery[delivery])
      expect(pageText()).toContain('Or reach the person another way: Text message, I call back.')
      expect(pageText()).toContain('Use another method instead: Authenticator app Pixel 9.')
      expect([...document.querySelectorAll('label')].some((one) => one.textContent?.includes('Code spoken'))).toBe(
        false,
      )
    },
  )

  it('starts with a way that is open', async () => {
    await open(only(phone({ ways: [aWay('sms', { refusal: 'not-a-mobile' }), aWay('voice')] })))
    expect(button(words.voice.send).disabled).toBe(false)

    await tick(words.way.sms)
    expect(button(words.sms.send).disabled).toBe(true)
    expect(pageText()).toContain(words.sms.refusal['not-a-mobile'])
  })

  it('says that no voice gateway is set up', async () => {
    await open(only(phone({ ways: [aWay('voice', { refusal: 'no-gateway' }), aWay('call-back')] })))
    await tick(words.way.voice)
    expect(pageText()).toContain(words.voice.noGateway)
  })
})

describe('VerificationPanel, calling back', () => {
  const callable = () => only(phone({ ways: [aWay('call-back')] }))

  it('dials without showing the number, and records only what was confirmed in full', async () => {
    const given: unknown[] = []
    const dialled: unknown[] = []
    const { api } = await open(callable(), {
      dial: (input) => {
        dialled.push(input)
        return ok(undefined)
      },
      attestCallBack: (input) => {
        given.push(input)
        return ok(only(phone(), { proofs: [aProof('phone', { attestation: 'call-back', state: 'waiting' })] }))
      },
    })
    await press(words.callBack.dial)
    expect(dialled).toEqual([{ requestId, methodId: phone().id, field: null }])
    expect(pageText()).toContain(words.callBack.dialled)

    await press(words.callBack.submit)
    expect(pageText()).toContain(words.callBack.incomplete)
    await tick(words.callBack.dialledByAgent)
    await tick(words.callBack.answered['the-person'])
    await tick(words.callBack.questions['own-name'])
    await press(words.callBack.submit)
    expect(api.called).not.toContain('verification.attestCallBack')

    await tick(words.callBack.questions['confirmed-request'])
    await press(words.callBack.submit)
    expect(given).toEqual([
      {
        requestId,
        methodId: phone().id,
        evidence: { dialledByAgent: true, answeredBy: 'the-person', asked: ['confirmed-request', 'own-name'] },
        note: '',
      },
    ])
    expect(pageText()).toContain(words.callBack.waiting)
    expect(pageText()).toContain('Phone · call back · Waits for an approver')
    expect(pageText()).not.toContain(words.need.satisfied)
  })

  it('says what to do where nothing makes calls, and still takes the call', async () => {
    await open(callable(), { dial: () => refused('dial-not-possible', { scheme: 'tel' }) })
    await press(words.callBack.dial)

    expect(pageText()).toContain(messages.en.errors['dial-not-possible'].title)
    expect(pageText()).not.toContain(words.callBack.dialled)
    expect(button(words.callBack.submit).disabled).toBe(false)
  })

  it('attests a call to the number of the directory the same way', async () => {
    const given: unknown[] = []
    const status = aVerification({
      methods: [],
      approvalRequired: true,
      attestations: ['call-back'],
      callBackNumbers: [{ field: 'telephone', masked: '••• 0001' }],
    })
    await open(status, {
      dial: (input) => {
        given.push(input)
        return ok(undefined)
      },
      attest: (input) => {
        given.push(input)
        return ok(status)
      },
    })
    await press(words.attest.start)
    await press(words.callBack.dialField)
    await tick(words.callBack.dialledByAgent)
    await tick(words.callBack.answered['somebody-who-fetched-them'])
    await press(words.attest.submit)
    expect(given).toHaveLength(1)
    await tick(words.callBack.questions['confirmed-request'])
    await press(words.attest.submit)

    expect(given).toEqual([
      { requestId, methodId: null, field: 'telephone' },
      {
        requestId,
        attestation: {
          kind: 'call-back',
          field: 'telephone',
          dialledByAgent: true,
          answeredBy: 'somebody-who-fetched-them',
          asked: ['confirmed-request'],
        },
        note: '',
      },
    ])
  })
})

describe('VerificationPanel with a mail address', () => {
  it('sends by mail and shows no more than the masked address', async () => {
    const sent: unknown[] = []
    await open(only(mail()), {
      sendCode: (input) => {
        sent.push(input)
        return ok(only({ ...mail(), sending: { left: 8, code: aSentCode({ channel: 'mail' }) } }))
      },
    })
    await press(words.mail.send)

    expect(sent).toEqual([{ requestId, methodId: mail().id, channel: 'mail', language: 'en' }])
    expect(pageText()).toContain(words.mail.delivery.accepted)
    expect(document.activeElement).toBe(field('Code in the mail to h…o@e…e.jp'))
  })
})

describe('VerificationPanel with a security key', () => {
  const pinPrompt = { prompt: { step: 'pin' as const, remaining: 3, wrong: false } }

  it('keeps the PIN nowhere, and is done when the key was touched', async () => {
    const pins: unknown[] = []
    let finish: (result: CheckResult) => void = () => undefined
    const { state } = await open(
      only(securityKey()),
      {
        checkKey: () =>
          new Promise((resolve) => {
            finish = (value) => {
              resolve({ ok: true, value })
            }
          }),
      },
      {
        securityKey: {
          state: () => ok(pinPrompt),
          pin: (input) => {
            pins.push(input)
            return ok(undefined)
          },
        },
      },
    )
    await press(words.securityKey.start)
    expect(document.querySelector('[role="dialog"]')).not.toBeNull()
    type(messages.en.securityKey.pin.label, '482910')
    await flushPromises()
    field(messages.en.securityKey.pin.label).form?.requestSubmit()
    await flushPromises()
    expect(pins).toEqual([{ pin: '482910' }])
    expect(everywhere(state)).not.toContain('482910')

    finish({
      matched: true,
      hint: null,
      remaining: 5,
      status: aSatisfied({ methods: [securityKey()], proofs: [aProof('key')] }),
    })
    await flushPromises()
    expect(document.querySelector('[role="dialog"]')).toBeNull()
    expect(pageText()).toContain(words.need.satisfied)
  })

  it('says what the key refused, and starts again only when asked', async () => {
    const { api } = await open(only(securityKey()), { checkKey: () => refused('key-timeout') })
    await press(words.securityKey.start)

    expect(pageText()).toContain(messages.en.errors['key-timeout'].title)
    expect(api.called.filter((call) => call === 'verification.checkKey')).toHaveLength(1)
    await press(messages.en.securityKey.retry)
    expect(api.called.filter((call) => call === 'verification.checkKey')).toHaveLength(2)
  })

  it('is told to main when it is given up', async () => {
    const { api } = await open(
      only(securityKey()),
      { checkKey: () => new Promise(() => undefined) },
      { securityKey: { state: () => ok(null), cancel: () => ok(undefined) } },
    )
    await press(words.securityKey.start)
    await press(messages.en.securityKey.cancel)

    expect(api.called).toContain('securityKey.cancel')
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })

  it('says why it cannot be used here', async () => {
    await open(
      only({ ...securityKey(), unusable: 'no-key-reader' }),
      {},
      { securityKey: { availability: () => ok({ available: false, reason: 'no-library' }) } },
    )
    expect(pageText()).toContain(messages.en.securityKey.unavailable['no-library'])
    expect(buttons()).not.toContain(words.securityKey.start)
  })
})

describe('VerificationPanel with security questions', () => {
  const drawn = (first: number): DrawnQuestions => ({
    drawId: `00000000-0000-4000-f000-00000000000${first}`,
    expiresAt: minutesFromNow(10),
    questions: [1, 2, 3].map((n) => ({
      id: `q${first}${n}`,
      ja: `質問 ${first}${n}`,
      en: `Question ${first}${n}`,
      custom: false,
    })),
  })

  it('takes answers in the caller’s language, says match or no match of the whole, and asks others after an error', async () => {
    const given: unknown[] = []
    let draws = 0
    const { state } = await open(only(questions()), {
      drawQuestions: () => ok(drawn(++draws)),
      checkAnswers: (input) => {
        given.push(input)
        return ok({ matched: false, hint: null, remaining: 4, status: only(questions(), { failures: 1 }) })
      },
    })
    await press(words.questions.draw)
    expect(document.activeElement).toBe(field('Question 11'))
    await press('Japanese')
    expect(field('質問 11').closest('[lang]')?.getAttribute('lang')).toBe('ja')

    type('質問 11', 'うさぎ')
    type('質問 12', 'みどり')
    await press(words.questions.submit)
    expect(given).toEqual([])
    expect(pageText()).toContain(words.questions.missing)

    type('質問 13', 'ぽち')
    await flushPromises()
    await press(words.questions.submit)
    expect(given).toEqual([
      {
        requestId,
        methodId: questions().id,
        drawId: drawn(1).drawId,
        answers: [
          { questionId: 'q11', answer: 'うさぎ' },
          { questionId: 'q12', answer: 'みどり' },
          { questionId: 'q13', answer: 'ぽち' },
        ],
      },
    ])
    expect(pageText()).toContain(words.questions.noMatch)
    expect(pageText()).toContain('4 tries left')
    expect(field('質問 21').value).toBe('')
    expect(pageText()).not.toContain('質問 11')
    expect(everywhere(state)).not.toMatch(/うさぎ|みどり|ぽち/u)
  })

  it('forgets what was typed when the desk is locked', async () => {
    const { state } = await open(only(questions()), { drawQuestions: () => ok(drawn(1)) })
    await press(words.questions.draw)
    type('Question 11', 'うさぎ')
    await flushPromises()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(everywhere(state)).not.toContain('うさぎ')
  })

  it('draws no others once the error closed the checks', async () => {
    const closed = only(questions(), { failures: 5, closedUntil: minutesFromNow(1440) })
    const { api } = await open(only(questions()), {
      drawQuestions: () => ok(drawn(1)),
      checkAnswers: () => ok({ matched: false, hint: null, remaining: 0, status: closed }),
    })
    await press(words.questions.draw)
    for (const label of ['Question 11', 'Question 12', 'Question 13']) type(label, 'x')
    await flushPromises()
    await press(words.questions.submit)

    expect(pageText()).toContain(words.failures.closedTitle)
    expect(api.called.filter((call) => call === 'verification.drawQuestions')).toHaveLength(1)
  })

  it('draws nothing by itself, and covers the letters without taking Japanese input away', async () => {
    const { api } = await open(only(questions()), { drawQuestions: () => ok(drawn(1)) })
    expect(api.called).not.toContain('verification.drawQuestions')
    await press(words.questions.draw)
    await tick(words.questions.mask)

    expect(field('Question 11').type).toBe('text')
    expect(field('Question 11').parentElement?.className).toContain('text-security:disc')
  })

  it('forgets what was typed when the questions run out', async () => {
    await open(only(questions()), {
      drawQuestions: () => ok({ ...drawn(1), expiresAt: minutesFromNow(-1) }),
    })
    await press(words.questions.draw)

    expect(pageText()).toContain(words.questions.over)
    expect(button(words.questions.draw).disabled).toBe(false)
  })
})

describe('VerificationPanel, the desk’s own proof', () => {
  it('shows the code large and what to say, and nothing of it once it is closed', async () => {
    const sent: unknown[] = []
    const { state } = await open(aVerification({ methods: [phone(), ...aVerification().methods] }), {
      reverseCheck: (input) => {
        sent.push(input)
        return ok({ code: '4711', expiresAt: minutesFromNow(5), status: aVerification({ methods: [phone()] }) })
      },
    })
    await press(words.reverse.open)
    await press(words.reverse.send)

    expect(sent).toEqual([{ requestId, methodId: phone().id, channel: 'sms', language: 'en' }])
    expect(pageText()).toContain('4711')
    expect(pageText()).toContain('Its code is 4 7 1 1.')
    expect(pageText()).toMatch(/valid for [45]:\d\d/u)
    expect(state()).not.toContain('4711')
    expect(pageText()).toContain(words.need.notYet)

    await press(words.reverse.close)
    expect(everywhere(state)).not.toContain('4711')
  })

  it('offers no way that is closed, and no unproven method', async () => {
    const unproven = phoneMethod({
      id: '00000000-0000-4000-a000-000000000009',
      unusable: 'unconfirmed',
      label: 'Imported',
    })
    await open(aVerification({ methods: [phone({ ways: [aWay('sms', { refusal: 'no-gateway' })] }), unproven] }))
    await press(words.reverse.open)

    expect(pageText()).toContain(words.reverse.none)
    expect(document.querySelector('[role="dialog"]')?.textContent).not.toContain('Imported')
  })
})

describe('VerificationPanel, a false caller', () => {
  it('is reported with a reason only', async () => {
    const given: unknown[] = []
    const { api } = await open(aVerification(), {
      report: (input) => {
        given.push(input)
        return ok(aVerification({ closedUntil: minutesFromNow(1440), reportedAt: minutesFromNow(0) }))
      },
    })
    await press(words.report.open)
    await press(words.report.submit)
    expect(api.called).not.toContain('verification.report')
    expect(pageText()).toContain(words.report.reasonMissing)

    type(words.report.reason, 'did not know the name')
    await flushPromises()
    await press(words.report.submit)
    expect(given).toEqual([{ requestId, reason: 'did not know the name' }])
    expect(pageText()).toContain(words.failures.closedTitle)
    expect(pageText()).toContain('A false caller was reported for this person')
  })

  it('is shown at the next case of the person', async () => {
    await open(aVerification({ reportedAt: minutesFromNow(-60) }))
    expect(pageText()).toContain('A false caller was reported for this person')
    expect(pageText()).toContain(words.report.reportedNext)
  })
})

describe('VerificationPanel, an approver’s agreement', () => {
  const strong = () => [aProof('app'), aProof('key')]
  const agreeable = (change: Partial<VerificationStatus> = {}) =>
    aVerification({
      required: 2,
      requiredStrong: 2,
      approvalRequired: true,
      heightened: true,
      methods: [...aVerification().methods.map((one) => ({ ...one, unusable: 'same-kind' as const }))],
      attestations: ['second-person'],
      proofs: strong(),
      ...change,
    })

  it('is asked for once the checks are there, waits with its time, and is seen when it comes from another desk', async () => {
    const given: unknown[] = []
    const asked = aProof('attested', {
      id: '00000000-0000-4000-e000-000000000009',
      attestation: 'second-person',
      state: 'waiting',
    })
    let status = agreeable()
    const { api } = await open(status, {
      status: () => ok(status),
      attest: (input) => {
        given.push(input)
        status = agreeable({ proofs: [...strong(), asked] })
        return ok(status)
      },
    })
    expect(pageText()).toContain(words.need.heightened)
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await press(words.agreement.open)
    await press(words.agreement.submit)

    expect(given).toEqual([{ requestId, attestation: { kind: 'second-person' }, note: '' }])
    expect(pageText()).toContain('Agreement of an approver · Waits for an approver')
    expect(pageText()).toMatch(/\d+:\d\d left/u)
    expect(buttons()).not.toContain(words.agreement.open)
    expect(buttons()).toContain(words.proofs.approve)
    expect(api.called.filter((call) => call === 'verification.attest')).toHaveLength(1)
  })

  it('is not asked for while checks are missing', async () => {
    await open(agreeable({ proofs: [aProof('app')] }))
    expect(buttons()).not.toContain(words.agreement.open)
  })

  it('asks after other desks while it waits, and not otherwise', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const asked = aProof('attested', { attestation: 'second-person', state: 'waiting' })
    let status = agreeable({ proofs: [...strong(), asked] })
    const { api } = await open(status, { status: () => ok(status) })
    const reads = () => api.called.filter((call) => call === 'verification.status').length
    const before = reads()
    status = aSatisfied({
      ...agreeable(),
      satisfied: true,
      proofs: [...strong(), { ...asked, state: 'valid', approvedBy: '高橋 由美' }],
    })
    await vi.advanceTimersByTimeAsync(15_000)
    await flushPromises()
    expect(reads()).toBe(before + 1)
    expect(pageText()).toContain('approved by 高橋 由美')
    expect(pageText()).toContain(words.need.satisfied)

    await vi.advanceTimersByTimeAsync(60_000)
    expect(reads()).toBe(before + 1)
  })
})

describe('VerificationPanel under heightened threat', () => {
  it('reads anew what counts when it is switched on in the middle of a case', async () => {
    let status = aVerification({ methods: [phone()] })
    await open(status, { status: () => ok(status) })
    expect(buttons().some((one) => one.startsWith(words.sms.send))).toBe(true)

    status = aVerification({ heightened: true, blocked: 'heightened-by-phone', methods: [phone({ unusable: 'weak' })] })
    useThreatStore().threat = aThreat({ heightened: true, reason: 'x', changedAt: minutesFromNow(0) })
    await flushPromises()
    expect(pageText()).toContain(words.blocked['heightened-by-phone'])
    expect(buttons().some((one) => one.startsWith(words.sms.send))).toBe(false)
  })
})

describe('VerificationPanel, methods that cannot be used', () => {
  it.each([
    'not-for-privileged',
    'not-in-policy',
    'unconfirmed',
    'same-kind',
    'weak',
    'needs-presence',
    'registered-after-request',
  ] as const)('says why, and what to do: %s', async (unusable) => {
    await open(
      aVerification({ methods: [phone({ unusable })], proofs: unusable === 'same-kind' ? [aProof('phone')] : [] }),
    )
    expect(pageText()).toContain(words.unusable[unusable])
    expect(buttons().some((one) => one.startsWith(words.sms.send))).toBe(false)
    expect(buttons()).not.toContain(words.methods.use)
  })

  it('offers the person’s own choice first', async () => {
    await open(aVerification({ methods: [...aVerification().methods, { ...mail(), isDefault: true }] }))
    expect(button(words.mail.send).disabled).toBe(false)
    expect(pageText()).toContain(words.methods.isDefault)
  })
})
