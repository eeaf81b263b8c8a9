import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, KeepAlive } from 'vue'
import { RouterView, type Router } from 'vue-router'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import CallView from '../../src/renderer/src/views/CallView.vue'
import { messages } from '../../src/shared/i18n'
import type { ResetRequest } from '../../src/shared/model/request'
import type { RegisteredMethod, VerificationStatus } from '../../src/shared/model/verification'
import { fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  aCard,
  anOutcome,
  aPerson,
  aPreview,
  aProof,
  aRequest,
  aSentCode,
  aVerification,
  atWork,
  aWay,
  callerId,
  field,
  minutesFromNow,
  phoneMethod,
  requestId,
  temporaryPassword,
  withProps,
} from './support/work'

const words = messages.en.call
let unmount: () => void = () => undefined
let router: Router
/** Every chord and every run of typed text. */
let actions = 0

function key(name: string, init: KeyboardEventInit = {}): void {
  actions += 1
  const target = document.activeElement ?? document.body
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  if (event.defaultPrevented || name !== 'Enter') return
  // What a browser does with Enter by itself.
  if (target instanceof HTMLInputElement) target.form?.requestSubmit()
  else if (target instanceof HTMLButtonElement) target.click()
}

function typeHere(text: string): void {
  actions += 1
  const target = document.activeElement
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) {
    throw new Error(`the cursor is on ${target?.outerHTML.slice(0, 80) ?? 'nothing'}`)
  }
  target.value = text
  target.dispatchEvent(new Event('input', { bubbles: true }))
}

async function press(name: string, init: KeyboardEventInit = {}): Promise<void> {
  key(name, init)
  await settle()
}

const confirm = () => press('Enter', { ctrlKey: true })

async function settle(): Promise<void> {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(50)
  await flushPromises()
}

const appMethod: RegisteredMethod = aVerification().methods[0] ?? phoneMethod()
const both = (change: Partial<VerificationStatus> = {}) =>
  aVerification({ required: 2, methods: [appMethod, phoneMethod()], ...change })
const sent = () => phoneMethod({}, { code: aSentCode() }, { refusal: 'too-soon', possibleAt: minutesFromNow(2) })

async function open(calls: Calls = {}): Promise<FakeApi> {
  let request: ResetRequest = aRequest({ channel: 'phone' })
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    people: { search: () => ok({ people: [aPerson()], more: false }), card: () => ok(aCard()), ...calls.people },
    requests: {
      create: () => ok(request),
      get: () => ok({ request, events: [] }),
      addNote: () => ok({ id: 1, at: minutesFromNow(0), kind: 'note', by: null, text: '' }),
      ...calls.requests,
    },
    verification: { status: () => ok(both()), ...calls.verification },
    reset: {
      preview: () => ok(aPreview()),
      perform: () => {
        request = aRequest({ state: 'done', version: 9 })
        return ok(anOutcome())
      },
      dismiss: () => ok(undefined),
      ...calls.reset,
    },
  })
  const page = defineComponent({
    name: 'TestShell',
    render: () =>
      h(RouterView, null, {
        default: ({ Component }: { Component: object | undefined }) =>
          h(KeepAlive, null, Component === undefined ? undefined : h(Component)),
      }),
  })
  const shown = await show(page, { routes: withProps(CallView, {}) })
  router = shown.router
  await useSessionStore().refresh()
  await router.push({ name: 'call' })
  await settle()
  unmount = () => {
    shown.wrapper.unmount()
  }
  return api
}

beforeEach(() => {
  actions = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  window.addEventListener('keydown', handleShortcut)
  // jsdom lays nothing out.
  Element.prototype.scrollIntoView = () => undefined
})

afterEach(async () => {
  unmount()
  await settle()
  window.removeEventListener('keydown', handleShortcut)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function findCaller(): Promise<void> {
  typeHere('yamada')
  await press('Enter')
}

describe('CallView', () => {
  it('takes a caller from the search to the note in eleven actions, without a pointer', async () => {
    const codes: string[] = []
    let status = both()
    const api = await open({
      verification: {
        status: () => ok(status),
        checkCode: ({ code }) => {
          codes.push(code)
          status =
            codes.length === 1
              ? both({ proofs: [aProof('app')] })
              : both({
                  proofs: [aProof('app'), aProof('phone')],
                  satisfied: true,
                  satisfiedUntil: minutesFromNow(10),
                })
          return ok({ matched: true, hint: null, remaining: 5, status })
        },
        sendCode: () => {
          status = both({ methods: [appMethod, sent()], proofs: [aProof('app')] })
          return ok(status)
        },
      },
    })
    expect(pageText()).toContain(words.say.find)

    await findCaller()
    expect(pageText()).toContain('Self-service password reset is on for selected groups')
    typeHere('123456')
    await press('Enter')
    await press('Enter')
    expect(api.called).toContain('verification.sendCode')
    typeHere('654321')
    await press('Enter')
    await press('Enter')
    expect(api.called).toContain('reset.preview')
    expect(api.called).not.toContain('reset.perform')
    const diagnosed = api.called.filter((call) => call === 'diagnosis.ofRequest').length
    await confirm()
    expect(pageText()).toContain(temporaryPassword)
    // What the reset has mended is not shown as standing in the way any more.
    expect(api.called.filter((call) => call === 'diagnosis.ofRequest').length).toBeGreaterThan(diagnosed)
    typeHere('Said to be the new telephone')
    await confirm()

    expect(codes).toEqual(['123456', '654321'])
    expect(pageText()).toContain(words.over.title)
    expect(document.body.innerHTML).not.toContain(temporaryPassword)
    expect(api.called.slice(-3)).toContain('reset.dismiss')
    expect(api.called).toContain('requests.addNote')
    // One more opens call mode.
    expect(actions).toBe(11)
  })
})

describe('CallView, finding the caller', () => {
  it('takes nobody of several before one is pointed at', async () => {
    const created: unknown[] = []
    const other = aPerson({ id: `${callerId}x`, name: '山田 太郎', userId: 'yamada.taro' })
    await open({
      people: { search: () => ok({ people: [aPerson(), other], more: false }) },
      requests: {
        create: (input) => {
          created.push(input)
          return ok(aRequest({ channel: 'phone' }))
        },
      },
    })
    await findCaller()
    expect(created).toEqual([])
    expect(document.activeElement?.getAttribute('aria-activedescendant')).not.toBeNull()

    await press('Enter')
    expect(created).toEqual([{ personId: callerId, channel: 'phone', reason: 'locked-out', note: '', claim: true }])
  })

  it('opens and claims the request that the person has already', async () => {
    const api = await open({
      requests: {
        create: () => refused('request-exists', { requestId, number: 12 }),
        get: () => ok({ request: aRequest({ state: 'open', holder: null, version: 5, channel: 'mail' }), events: [] }),
        claim: (input) => {
          expect(input).toEqual({ requestId, version: 5 })
          return ok(aRequest({ channel: 'mail' }))
        },
      },
    })
    await findCaller()

    expect(api.called).toContain('requests.claim')
    expect(pageText()).toContain(messages.en.call.steps.check)
    expect(document.activeElement).toBe(field('Code from Pixel 9'))
  })

  it('takes no request from a colleague, says who has it, and shows it by one key', async () => {
    const api = await open({
      requests: {
        create: () => refused('request-exists', { requestId, number: 12 }),
        get: () => ok({ request: aRequest({ holder: { id: 'x', name: '鈴木 健' } }), events: [] }),
        list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }),
      },
    })
    await findCaller()
    expect(pageText()).toContain('鈴木 健 holds it')
    expect(api.called).not.toContain('requests.claim')
    expect(api.called).not.toContain('verification.status')

    await press('o', { ctrlKey: true })
    expect(router.currentRoute.value.name).toBe('queue')
  })

  it('claims the request that it was started from', async () => {
    const claimed: unknown[] = []
    await open({
      requests: {
        get: () => ok({ request: aRequest({ state: 'open', holder: null, version: 3 }), events: [] }),
        claim: (input) => {
          claimed.push(input)
          return ok(aRequest({ channel: 'phone' }))
        },
      },
    })
    await router.push({ name: 'call', params: { requestId } })
    await settle()

    expect(claimed).toEqual([{ requestId, version: 3 }])
    expect(document.activeElement).toBe(field('Code from Pixel 9'))
    expect(router.currentRoute.value.params['requestId'] ?? '').toBe('')
  })

  it('says nothing about the account before the caller is checked', async () => {
    await open()
    await findCaller()
    const say = document.querySelector(`[aria-label="${words.sayNext}"]`)?.textContent ?? ''

    expect(say).toContain('read me the six digits for 株式会社さくら商事')
    expect(say).toContain('6 桁の数字')
    expect(say).not.toMatch(/locked|reset|password|ロック|リセット/iu)
  })

  it('speaks the caller’s language first', async () => {
    await open()
    const lines = () =>
      [...document.querySelectorAll(`[aria-label="${words.sayNext}"] p`)].map((one) => one.getAttribute('lang'))
    expect(lines()).toEqual(['en', 'ja'])
    await press('l', { ctrlKey: true })
    expect(lines()).toEqual(['ja', 'en'])
  })
})

describe('CallView, where a call cannot go on', () => {
  it.each([
    ['blocked', { blocked: 'privileged-by-phone' }, messages.en.verification.blocked['privileged-by-phone']],
    ['closed', { closedUntil: minutesFromNow(60) }, words.stuck.closed.title],
    ['attest', { methods: [], approvalRequired: true, attestations: ['call-back'] }, words.stuck.attest.title],
    ['no-way', { methods: [], approvalRequired: true }, words.stuck['no-way'].title],
    ['waiting', { proofs: [aProof('attested', { state: 'waiting' })] }, words.stuck.waiting.title],
  ] as const)('hands over by one key: %s', async (_name, change, title) => {
    const api = await open({
      verification: { status: () => ok(both(change as Partial<VerificationStatus>)) },
      requests: { list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }) },
    })
    await findCaller()
    expect(pageText()).toContain(title)
    expect(document.querySelector('[role="alert"]')).not.toBeNull()
    expect([...document.querySelectorAll('label')].some((one) => one.textContent?.includes('Code from'))).toBe(false)
    expect(document.activeElement?.textContent).toContain(words.toRequest)

    await press('Enter')
    expect(router.currentRoute.value.name).toBe('queue')
    expect(api.called).not.toContain('verification.checkCode')
  })

  it('shows that somebody else took the request meanwhile', async () => {
    let now = aRequest({ channel: 'phone' })
    const api = await open({ requests: { create: () => ok(now), get: () => ok({ request: now, events: [] }) } })
    await findCaller()
    now = aRequest({ holder: { id: 'x', name: '鈴木 健' }, version: 9 })
    api.emit('queue-changed', { requestId })
    await settle()

    expect(pageText()).toContain(words.stuck.lost.title)
    expect(pageText()).toContain('鈴木 健')
  })

  it('says no match, keeps the cursor in the field, and tells the caller to wait for the next code', async () => {
    await open({
      verification: {
        checkCode: () => ok({ matched: false, hint: null, remaining: 4, status: both({ failures: 1 }) }),
      },
    })
    await findCaller()
    typeHere('000000')
    await press('Enter')

    expect(pageText()).toContain('4 tries left before checks close')
    expect(pageText()).toContain(words.say.appAgain)
    expect(document.activeElement).toBe(field('Code from Pixel 9'))
    expect(document.body.innerHTML).not.toContain('000000')
  })

  it('uses another method by one key', async () => {
    await open()
    await findCaller()
    await press('j', { ctrlKey: true })

    expect(document.activeElement?.textContent).toContain('Send code')
    expect(pageText()).toContain('I am going to send a code to your mobile ending in 5678')
  })
})

const verified = () => both({ satisfied: true, satisfiedUntil: minutesFromNow(10) })

describe('CallView, writing', () => {
  it('writes nothing by Enter twice: the second step has a key of its own', async () => {
    const api = await open({ verification: { status: () => ok(verified()) } })
    await findCaller()
    await press('Enter')
    await press('Enter')
    await press('Enter')
    await press('r')

    expect(api.called.filter((name) => name === 'reset.preview')).toHaveLength(1)
    expect(api.called).not.toContain('reset.perform')
  })

  it('writes nothing from behind the search', async () => {
    const api = await open({ verification: { status: () => ok(verified()) } })
    await findCaller()
    await press('Enter')
    expect(api.called).toContain('reset.preview')
    await press('Escape')
    await press('Escape')
    const finder = document.activeElement
    expect(finder?.getAttribute('role')).toBe('combobox')
    if (finder instanceof HTMLElement) finder.blur()
    await press('r')
    await press('u')
    await confirm()

    expect(api.called).not.toContain('reset.perform')
    expect(api.called.filter((name) => name === 'reset.preview')).toHaveLength(1)
    // The key went on with the call instead.
    expect(document.activeElement?.textContent).toContain('Reset password')
  })

  it('loses nothing by Esc: the search, the call and what was typed are there again', async () => {
    await open()
    await findCaller()
    typeHere('123')
    await press('Escape')
    expect(document.activeElement).toHaveProperty('value', 'yamada')
    expect(pageText()).toContain('Request 12 of 山田 花子 waits')
    await confirm()
    expect(field('Code from Pixel 9').value).toBe('123')
  })

  it('keeps the password on screen until it was read out, whatever key is pressed', async () => {
    const api = await open({ verification: { status: () => ok(verified()) } })
    await findCaller()
    await press('r')
    await confirm()
    expect(pageText()).toContain(temporaryPassword)

    await press('Escape')
    expect(pageText()).toContain(temporaryPassword)
    expect(pageText()).toContain(words.note.held)

    void router.push({ name: 'people' })
    await settle()
    expect(router.currentRoute.value.name).toBe('call')
    expect(pageText()).toContain(messages.en.reset.close.title)
    const dialog = document.querySelector('[role="dialog"]')
    const yes = [...(dialog?.querySelectorAll('button') ?? [])].find((one) =>
      one.textContent?.includes(messages.en.reset.close.yes),
    )
    expect(api.called).not.toContain('reset.dismiss')
    yes?.click()
    await settle()
    expect(router.currentRoute.value.name).toBe('people')
    expect(api.called).toContain('reset.dismiss')
    expect(document.body.innerHTML).not.toContain(temporaryPassword)
  })

  it('drops the password when the desk is locked, and asks for it nowhere', async () => {
    await open({ verification: { status: () => ok(verified()) } })
    await findCaller()
    await press('r')
    await confirm()
    useSessionStore().status = atWork({ phase: 'locked' })
    await settle()

    expect(document.body.innerHTML).not.toContain(temporaryPassword)
    expect(pageText()).toContain(messages.en.reset.result.hiddenTitle)
  })

  it('keeps the note and the password when the note cannot be stored', async () => {
    const api = await open({
      verification: { status: () => ok(verified()) },
      requests: { addNote: () => refused('audit-unavailable') },
    })
    await findCaller()
    await press('r')
    await confirm()
    typeHere('Important')
    await confirm()

    expect(pageText()).toContain(messages.en.errors['audit-unavailable'].title)
    expect(document.activeElement).toHaveProperty('value', 'Important')
    expect(pageText()).toContain(temporaryPassword)
    expect(api.called).not.toContain('reset.dismiss')
  })

  it('unlocks alone, shows no password, and starts the next call with nothing of this one', async () => {
    const { shown: _shown, ...rest } = anOutcome({ action: 'unlock', mustChange: null })
    const api = await open({
      verification: { status: () => ok(verified()) },
      reset: { unlock: () => ok({ ...rest, shown: null }) },
    })
    await findCaller()
    await press('u')
    await confirm()
    expect(pageText()).toContain(words.say.unlocked)
    await confirm()
    expect(api.called).not.toContain('requests.addNote')
    expect(document.activeElement?.textContent).toContain(words.over.next)

    await press('Enter')
    expect(document.activeElement).toHaveProperty('value', '')
    expect(pageText()).not.toContain('山田 花子')
  })

  it('does not say that it worked while the outcome is unknown, and checks again by the same key', async () => {
    const { shown: _shown, ...rest } = anOutcome({ outcome: 'unknown', canSignIn: null, state: null })
    const api = await open({
      verification: { status: () => ok(verified()) },
      reset: {
        perform: () => ok({ ...rest, shown: null }),
        recheck: () => ok({ ...rest, outcome: 'not-written', shown: null }),
      },
    })
    await findCaller()
    await press('r')
    await confirm()
    expect(pageText()).toContain(words.say.unknown)
    expect(pageText()).not.toContain(words.say.password)
    expect(pageText()).not.toContain(words.note.finish)

    await confirm()
    expect(api.called).toContain('reset.recheck')
    expect(pageText()).toContain(words.write.checkAgain)
    await confirm()
    expect(api.called.filter((name) => name === 'verification.status').length).toBeGreaterThan(1)
    expect(api.called.filter((name) => name === 'reset.perform')).toHaveLength(1)
  })
})

describe('CallView, every way of checking', () => {
  const number = (change: Partial<RegisteredMethod> = {}) =>
    phoneMethod({ ways: [aWay('sms'), aWay('voice'), aWay('call-back')], ...change })
  const typed = (method: RegisteredMethod, change: Partial<VerificationStatus> = {}) =>
    aVerification({ methods: [method], ...change })

  it('goes through the ways to a number by one key, and says what each one is', async () => {
    const channels: unknown[] = []
    await open({
      verification: {
        status: () => ok(typed(number())),
        sendCode: ({ channel }) => {
          channels.push(channel)
          return ok(
            typed(phoneMethod({ ways: number().ways }, { code: aSentCode({ channel: 'voice', delivery: 'ringing' }) })),
          )
        },
      },
    })
    await findCaller()
    expect(pageText()).toContain('I am going to send a code to your mobile ending in 5678')
    await press('i', { ctrlKey: true })
    expect(pageText()).toContain('Your telephone ending in 5678 is going to ring')
    await press('Enter')

    expect(channels).toEqual(['voice'])
    expect(document.activeElement).toBe(field('Code spoken in the call to ••• 5678'))
    expect(pageText()).toContain('Please take the call on your telephone ending in 5678')

    await press('i', { ctrlKey: true })
    expect(pageText()).toContain('call you back at your registered number, the one ending in 5678')
    expect(document.activeElement?.textContent).toContain(messages.en.verification.callBack.dial)
  })

  it('waits for the approver of a call back, and goes on by itself when they agreed', async () => {
    let status = typed(number({ ways: [aWay('call-back')] }))
    const api = await open({
      verification: {
        status: () => ok(status),
        attestCallBack: () => {
          status = {
            ...status,
            methods: [],
            proofs: [aProof('phone', { attestation: 'call-back', state: 'waiting' })],
          }
          return ok(status)
        },
      },
    })
    await findCaller()
    for (const label of [
      messages.en.verification.callBack.dialledByAgent,
      messages.en.verification.callBack.answered['the-person'],
      messages.en.verification.callBack.questions['confirmed-request'],
    ]) {
      field(label).click()
      await settle()
    }
    field(messages.en.verification.attest.note).form?.requestSubmit()
    await settle()
    expect(pageText()).toContain(words.stuck.waiting.title)
    expect(pageText()).toContain(words.say.waiting)

    status = verified()
    api.emit('verification-changed', { requestId })
    await settle()
    expect(document.activeElement?.textContent).toContain('Reset password')
  })

  it('asks an approver by one key where the checks are there, and writes nothing before they spoke', async () => {
    const asked = aProof('attested', { attestation: 'second-person', state: 'waiting' })
    let status = both({
      requiredStrong: 2,
      approvalRequired: true,
      heightened: true,
      attestations: ['second-person'],
      proofs: [aProof('app'), aProof('key')],
    })
    const given: unknown[] = []
    const api = await open({
      verification: {
        status: () => ok(status),
        attest: (input) => {
          given.push(input)
          status = { ...status, proofs: [...status.proofs, asked] }
          return ok(status)
        },
      },
    })
    await findCaller()
    expect(pageText()).toContain(words.stuck.agree.title)
    await press('Enter')
    expect(given).toEqual([{ requestId, attestation: { kind: 'second-person' }, note: '' }])
    expect(pageText()).toContain(words.stuck.waiting.title)
    await press('r')
    expect(api.called).not.toContain('reset.preview')

    status = verified()
    api.emit('verification-changed', { requestId })
    await settle()
    expect(document.activeElement?.textContent).toContain('Reset password')
  })

  it('asks the questions in the caller’s language, and goes on with a match', async () => {
    const questions = phoneMethod({
      type: 'questions',
      kind: 'knowledge',
      label: '',
      masked: '',
      ways: [],
      sending: null,
    })
    const given: unknown[] = []
    await open({
      verification: {
        status: () => ok(typed(questions)),
        drawQuestions: () =>
          ok({
            drawId: '00000000-0000-4000-f000-000000000001',
            expiresAt: minutesFromNow(5),
            questions: [{ id: 'q1', ja: '質問', en: 'The question', custom: false }],
          }),
        checkAnswers: ({ answers }) => {
          given.push(answers)
          return ok({ matched: true, hint: null, remaining: 5, status: verified() })
        },
      },
    })
    await findCaller()
    expect(pageText()).toContain(words.say.questions)
    await press('Enter')
    await press('l', { ctrlKey: true })
    expect(document.activeElement).toBe(field('質問'))
    typeHere('うさぎ')
    await press('Enter')

    expect(given).toEqual([[{ questionId: 'q1', answer: 'うさぎ' }]])
    expect(document.activeElement?.textContent).toContain('Reset password')
    expect(document.body.innerHTML).not.toContain('うさぎ')
  })

  it('never says a mail address aloud', async () => {
    const mail = phoneMethod({ type: 'mail', kind: 'mail', label: '', masked: 'h…o@e…e.jp', ways: [aWay('mail')] })
    await open({ verification: { status: () => ok(typed(mail)) } })
    await findCaller()
    const say = document.querySelector(`[aria-label="${words.sayNext}"]`)?.textContent ?? ''
    expect(say).toContain('your registered mail address')
    expect(say).not.toContain('h…o')
  })
})
