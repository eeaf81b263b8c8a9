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
  aVerification,
  atWork,
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
const sent = () => phoneMethod({}, { refusal: 'too-soon', possibleAt: minutesFromNow(2), code: liveCode() })
const liveCode = () => ({
  sentAt: minutesFromNow(0),
  expiresAt: minutesFromNow(5),
  delivery: 'accepted' as const,
  triesLeft: 3,
  state: 'live' as const,
})

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
    await confirm()
    expect(pageText()).toContain(temporaryPassword)
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
