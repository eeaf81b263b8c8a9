import { flushPromises } from '@vue/test-utils'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendingNow, wayOf } from '../../src/renderer/src/components/verification/sending'
import VerificationPanel from '../../src/renderer/src/components/verification/VerificationPanel.vue'
import { handleShortcut } from '../../src/renderer/src/lib/keys'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { useVerificationStore } from '../../src/renderer/src/stores/verification'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type {
  MethodWay,
  RegisteredMethod,
  Sending,
  SentCode,
  VerificationStatus,
} from '../../src/shared/model/verification'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  aProof,
  aSentCode,
  aRequest,
  atWork,
  aWay,
  aVerification,
  button,
  field,
  minutesFromNow,
  phoneMethod,
  requestId,
  type,
  withProps,
} from './support/work'

const words = messages.en.verification
const codeLabel = 'Code in the message to ••• 5678'
let unmount: () => void = () => undefined

function byPhone(
  sending: Partial<Sending> = {},
  change: Partial<RegisteredMethod> = {},
  sms: Partial<Omit<MethodWay, 'way'>> = {},
): VerificationStatus {
  return aVerification({ methods: [phoneMethod(change, sending, sms)] })
}
const tooSoon = () => ({ refusal: 'too-soon' as const, possibleAt: minutesFromNow(2) })

async function open(
  status: VerificationStatus,
  verification: Partial<Api['verification']> = {},
): Promise<{ api: FakeApi; state: () => string }> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    verification: { status: () => ok(status), ...verification },
  })
  const { wrapper, pinia } = await show(withProps(VerificationPanel, { request: aRequest() }))
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value) }
}

const has = (label: string) => [...document.querySelectorAll('label')].some((one) => one.textContent?.includes(label))

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

async function check(code: string): Promise<void> {
  type(codeLabel, code)
  field(codeLabel).form?.requestSubmit()
  await flushPromises()
}

beforeEach(() => {
  window.addEventListener('keydown', handleShortcut)
})
afterEach(async () => {
  unmount()
  await flushPromises()
  window.removeEventListener('keydown', handleShortcut)
  document.body.innerHTML = ''
})

describe('VerificationPanel with a phone', () => {
  it('shows the masked number and where it is from, and asks for no code before one was sent', async () => {
    await open(byPhone({}, { source: 'directory', label: 'mobile' }))

    expect(pageText()).toContain('Mobile ••• 5678')
    expect(pageText()).toContain(words.sms.source.directory)
    expect(has(codeLabel)).toBe(false)
    expect(pageText()).toContain('your mobile ending in 5678')
  })

  it('sends by button to the method alone, in the caller’s language, which it remembers, and puts the cursor in the field', async () => {
    const sent: unknown[] = []
    const { state } = await open(byPhone(), {
      sendCode: (input) => {
        sent.push(input)
        return ok(byPhone({ left: 8, code: aSentCode() }, {}, tooSoon()))
      },
    })
    await press('Japanese')
    await press('Send code')

    expect(sent).toEqual([{ requestId, methodId: phoneMethod().id, channel: 'sms', language: 'ja' }])
    expect(useVerificationStore().callerLanguage).toBe('ja')
    expect(document.activeElement).toBe(field(codeLabel))
    expect(pageText()).toContain(words.sms.delivery.accepted)
    expect(pageText()).toMatch(/expires in [45]:\d\d · 3 tries left/u)
    expect(pageText()).toMatch(/Another code can be sent in [12]:\d\d/u)
    expect(button('Send another code').disabled).toBe(true)
    expect(state()).not.toContain('"language":"ja","code"')
  })

  it('sends by its key, and not while it must wait', async () => {
    const { api } = await open(byPhone({ code: aSentCode() }, {}, tooSoon()), {
      sendCode: () => ok(byPhone()),
    })
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true }))
    await flushPromises()
    expect(api.called).not.toContain('verification.sendCode')
    unmount()
    document.body.innerHTML = ''

    const ready = await open(byPhone(), { sendCode: () => ok(byPhone({ code: aSentCode() })) })
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true }))
    await flushPromises()
    expect(ready.api.called).toContain('verification.sendCode')
  })

  it.each(['sending', 'accepted', 'delivered', 'unknown'] as const)('says in words that it is %s', async (delivery) => {
    await open(byPhone({ code: aSentCode({ delivery }) }))

    expect(pageText()).toContain(words.sms.delivery[delivery])
    expect(has(codeLabel)).toBe(true)
  })

  it('asks for no code that did not arrive, and names another way', async () => {
    const [app] = aVerification().methods
    const phone = phoneMethod({}, { code: aSentCode({ delivery: 'failed' }) })
    await open(aVerification({ methods: app === undefined ? [phone] : [phone, app] }))
    await press(words.methods.use)

    expect(pageText()).toContain(words.sms.delivery.failed)
    expect(has(codeLabel)).toBe(false)
    expect(pageText()).toContain('Use another method instead: Authenticator app Pixel 9.')
  })

  it.each([
    ['too-many', { possibleAt: minutesFromNow(600) }],
    ['no-gateway', {}],
    ['not-a-mobile', {}],
    ['not-in-policy', {}],
  ] as const)('refuses to send with the next step: %s', async (refusal, more) => {
    const { api } = await open(byPhone({ left: 0 }, {}, { refusal, ...more }))

    expect(button('Send code').disabled).toBe(true)
    expect(pageText()).toContain(words.sms.refusal[refusal].split('{')[0])
    expect(api.called).not.toContain('verification.sendCode')
  })

  it('says what a gateway in trouble means, and asks for no code that was not sent', async () => {
    const [app] = aVerification().methods
    const phone = phoneMethod()
    const waits = phoneMethod({}, { left: 8 }, tooSoon())
    const answers = [phone, waits].map((one) => aVerification({ methods: app === undefined ? [one] : [app, one] }))
    await open(answers[0] ?? aVerification(), {
      status: () => ok(answers.length > 1 ? (answers.shift() ?? aVerification()) : (answers[0] ?? aVerification())),
      sendCode: () => refused('sms-unreachable', { host: 'sms.example' }),
    })
    await press(words.methods.use)
    await press('Send code')

    expect(pageText()).toContain(messages.en.errors['sms-unreachable'].title)
    expect(pageText()).toContain('Use another method instead: Authenticator app Pixel 9.')
    expect(has(codeLabel)).toBe(false)
    // Main counted it all the same.
    expect(pageText()).toContain('Another code can be sent in')
    expect(button('Send code').disabled).toBe(true)
  })

  it('counts tries down, and offers another code once this one is used up, showing none of them', async () => {
    let state = byPhone({ code: aSentCode({ triesLeft: 2 }) })
    const { state: store } = await open(byPhone({ code: aSentCode() }), {
      checkCode: () => ok({ matched: false, hint: null, remaining: 4, status: state }),
    })
    await check('111111')
    expect(pageText()).toContain(words.code.noMatch)
    expect(pageText()).toContain('2 tries left')
    expect(document.activeElement).toBe(field(codeLabel))

    state = byPhone({ code: aSentCode({ triesLeft: 0, state: 'used-up' }) })
    await check('222222')
    expect(has(codeLabel)).toBe(false)
    expect(pageText()).toContain(words.sms.state['used-up'])
    expect(document.activeElement).toBe(button('Send another code'))
    expect(document.body.innerHTML + store()).not.toMatch(/111111|222222/u)
  })

  it.each(['not-sent', 'expired', 'used-up'] as const)('counts no try for a code that is %s', async (hint) => {
    await open(byPhone({ code: aSentCode() }), {
      checkCode: () => ok({ matched: false, hint, remaining: 5, status: byPhone({ code: aSentCode() }) }),
    })
    await check('111111')

    expect(pageText()).toContain(words.code[hint])
    expect(pageText()).not.toContain('before checks close')
  })

  it('shows a code as expired without being asked', async () => {
    await open(byPhone({ code: aSentCode({ expiresAt: minutesFromNow(-1) }) }))

    expect(pageText()).toContain(words.sms.state.expired)
    expect(has(codeLabel)).toBe(false)
    expect(button('Send another code').disabled).toBe(false)
  })

  it('goes on to the phone by itself when the app has passed', async () => {
    const [app] = aVerification().methods
    const methods = app === undefined ? [] : [app, phoneMethod()]
    await open(aVerification({ required: 2, methods }), {
      checkCode: () =>
        ok({
          matched: true,
          hint: null,
          remaining: 5,
          status: aVerification({ required: 2, methods, proofs: [aProof('app')] }),
        }),
    })
    type('Code from Pixel 9', '123456')
    field('Code from Pixel 9').form?.requestSubmit()
    await flushPromises()

    expect(pageText()).toContain(words.code.matched)
    expect(document.activeElement).toBe(button('Send code'))
  })

  it('forgets the caller’s language when the operator signs out', async () => {
    await open(byPhone())
    await press('Japanese')
    useSessionStore().status = atWork()
    const api = fakeApi({ session: { signOut: () => ok({ ...atWork(), phase: 'signed-out', operator: null }) } })
    await useSessionStore().signOut()

    expect(api.called).toContain('session.signOut')
    expect(useVerificationStore().callerLanguage).toBeNull()
  })
})

describe('sendingNow', () => {
  const now = Date.parse('2026-11-23T03:00:00.000Z')
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

  it('ends a waiting time and a code by the clock, and never a refusal that does not end by itself', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('too-soon', 'too-many', 'no-gateway', 'not-a-mobile', null),
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: -900, max: 900 }),
        (refusal, wait, life) => {
          const code = aSentCode({ expiresAt: at(life) })
          const result = sendingNow({ left: 3, code }, { way: 'sms', refusal, possibleAt: at(wait) }, now)
          const waits = refusal === 'too-soon' || refusal === 'too-many'
          expect(result.refusal).toBe(waits && wait <= 0 ? null : refusal)
          expect(result.live).toBe(life > 0)
          expect(result.code?.state).toBe(life > 0 ? 'live' : 'expired')
        },
      ),
    )
  })

  it.each(['used-up', 'passed', 'expired'] as const)('never revives a code that is %s', (state) => {
    const result = sendingNow({ left: 3, code: aSentCode({ state }) }, aWay('sms'), now)
    expect(result.live).toBe(false)
    expect(result.code?.state).toBe(state)
  })
})

describe('wayOf', () => {
  const now = Date.parse('2026-11-23T03:00:00.000Z')
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
  const refusals = ['too-soon', 'too-many', 'no-gateway', 'not-a-mobile', 'not-in-policy', null] as const
  const aMethod = fc
    .tuple(fc.shuffledSubarray(['sms', 'voice', 'mail', 'call-back'] as const), fc.array(fc.constantFrom(...refusals)))
    .map(([ways, why]) => ways.map((way, index) => aWay(way, { refusal: why[index] ?? null, possibleAt: at(60) })))

  it('names no way that the method does not have, the chosen one first, and an open one before a closed one', () => {
    fc.assert(
      fc.property(aMethod, fc.constantFrom('sms', 'voice', 'mail', 'call-back', null), (ways, chosen) => {
        const way = wayOf({ ways, sending: { left: 3, code: null } }, chosen, now)
        if (ways.length === 0) expect(way).toBeNull()
        else expect(ways).toContain(way)
        const wanted = ways.find((one) => one.way === chosen)
        if (wanted !== undefined) expect(way).toBe(wanted)
        else if (ways.some(({ refusal }) => refusal === null)) expect(way?.refusal).toBeNull()
      }),
    )
  })

  it('stays with the way by which the last code went, over or not, until it passed or that way is closed', () => {
    const ways = [aWay('sms'), aWay('voice', { refusal: 'too-soon', possibleAt: at(60) })]
    const by = (changes: Partial<SentCode>) => ({
      left: 3,
      code: aSentCode({ channel: 'voice' as const, expiresAt: at(60), ...changes }),
    })
    for (const changes of [{}, { expiresAt: at(-1) }, { state: 'used-up' as const }]) {
      expect(wayOf({ ways, sending: by(changes) }, null, now)?.way).toBe('voice')
    }
    expect(wayOf({ ways, sending: by({ state: 'passed' }) }, null, now)?.way).toBe('sms')
    const closed = [aWay('sms'), aWay('voice', { refusal: 'too-many', possibleAt: at(6000) })]
    expect(wayOf({ ways: closed, sending: by({ state: 'used-up' }) }, null, now)?.way).toBe('sms')
  })
})
