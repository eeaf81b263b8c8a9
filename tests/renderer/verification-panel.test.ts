import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, KeepAlive, ref } from 'vue'
import VerificationPanel from '../../src/renderer/src/components/verification/VerificationPanel.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { ProofSummary, VerificationStatus } from '../../src/shared/model/verification'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  aRequest,
  aSatisfied,
  aVerification,
  button,
  field,
  methodId,
  minutesFromNow,
  requestId,
  type,
  withProps,
  atWork,
} from './support/work'

let unmount: () => void = () => undefined

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

async function send(code: string): Promise<void> {
  type('Code from Pixel 9', code)
  field('Code from Pixel 9').form?.requestSubmit()
  await flushPromises()
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

const waiting: ProofSummary = {
  id: '00000000-0000-4000-d000-000000000001',
  kind: 'attested',
  attestation: 'in-person',
  label: 'passport',
  provenAt: minutesFromNow(0),
  expiresAt: minutesFromNow(10),
  state: 'waiting',
  approvedBy: null,
}
const attested = aVerification({ methods: [], approvalRequired: true, proofs: [waiting] })
const has = (label: string) => [...document.querySelectorAll('label')].some((one) => one.textContent?.includes(label))

afterEach(() => {
  unmount()
  document.body.innerHTML = ''
})

describe('VerificationPanel', () => {
  it('says no match and how many tries are left, and shows no code at all', async () => {
    const codes: unknown[] = []
    const { state } = await open(aVerification(), {
      checkCode: (input) => {
        codes.push(input)
        return ok({ matched: false, hint: null, remaining: 4, status: aVerification({ failures: 1 }) })
      },
    })
    await send('１２３　４５６')

    expect(codes).toEqual([{ requestId, methodId, code: '123456' }])
    expect(pageText()).toContain('The code does not match.')
    expect(pageText()).toContain('4 tries left before checks close')
    expect(field('Code from Pixel 9').value).toBe('')
    expect(document.activeElement).toBe(field('Code from Pixel 9'))
    expect(document.body.innerHTML + state()).not.toContain('123456')
  })

  it.each([
    ['replayed', 'This code was used before.'],
    ['malformed', 'This is not a code of six digits.'],
  ] as const)('says why when the code was %s', async (hint, words) => {
    await open(aVerification(), {
      checkCode: () => ok({ matched: false, hint, remaining: 3, status: aVerification({ failures: 2 }) }),
    })
    await send('654321')

    expect(pageText()).toContain(words)
  })

  it('sends nothing that cannot be a code', async () => {
    const { api } = await open(aVerification())
    await send('12345')
    await send('abcdef')

    expect(api.called).not.toContain('verification.checkCode')
    expect(pageText()).toContain('The code has six digits.')
  })

  it('is satisfied by a match, and counts down', async () => {
    const proof: ProofSummary = { ...waiting, kind: 'app', label: 'Pixel 9', state: 'valid' }
    await open(aVerification(), {
      checkCode: () => ok({ matched: true, hint: null, remaining: 5, status: aSatisfied({ proofs: [proof] }) }),
    })
    await send('123456')

    expect(pageText()).toContain('The caller is verified')
    expect(pageText()).toMatch(/Reset and unlock are possible for (?:10:0[01]|9:5\d)/u)
    expect(has('Code from Pixel 9')).toBe(false)
  })

  it('asks a verified caller for nothing more, and lists the methods only on demand', async () => {
    const proof: ProofSummary = { ...waiting, kind: 'mail', label: 'Private', state: 'valid' }
    await open(aSatisfied({ proofs: [proof] }))
    expect(pageText()).not.toContain('Pixel 9')
    expect(pageText()).not.toContain(messages.en.verification.methods.none)

    await press(messages.en.verification.methods.title)
    expect(pageText()).toContain('Pixel 9')
    expect(has('Code from Pixel 9')).toBe(false)
    await press(messages.en.verification.methods.use)
    expect(has('Code from Pixel 9')).toBe(true)
  })

  it('treats a proof that has run out as expired before main says so', async () => {
    const proof: ProofSummary = { ...waiting, kind: 'app', state: 'valid', expiresAt: minutesFromNow(-1) }
    await open(aSatisfied({ proofs: [proof], satisfiedUntil: minutesFromNow(-1) }))

    expect(pageText()).toContain('Not verified yet')
    expect(pageText()).toContain('Expired')
    expect(has('Code from Pixel 9')).toBe(true)
  })

  it('takes no code while checks are closed, and lets an approver reopen them', async () => {
    const given: unknown[] = []
    const { api } = await open(aVerification({ failures: 5, closedUntil: minutesFromNow(1000), warn: true }), {
      reopenChecks: (input) => {
        given.push(input)
        return ok(aVerification())
      },
    })
    expect(pageText()).toContain('Checks are closed')
    expect(has('Code from Pixel 9')).toBe(false)

    await press('Reopen with an approver')
    type('Approver’s user ID', 'takahashi.yumi')
    type('Approver’s password', 'Sakura')
    type('Reason', 'misheard')
    await flushPromises()
    await press('Reopen checks')

    expect(given).toEqual([
      { requestId, reason: 'misheard', approver: { userId: 'takahashi.yumi', password: 'Sakura' } },
    ])
    expect(api.called.filter((call) => call === 'verification.reopenChecks')).toHaveLength(1)
    expect(pageText()).toContain('Checks are open again.')
    expect(has('Code from Pixel 9')).toBe(true)
  })

  it('asks for no code where a code alone does not count', async () => {
    await open(aVerification({ approvalRequired: true, attestations: ['call-back'] }))

    expect(has('Code from Pixel 9')).toBe(false)
    expect(pageText()).toContain('a code alone does not count here')
    expect(button('Confirm identity').disabled).toBe(false)
  })

  it('says so when there is no way to check the person here', async () => {
    await open(aVerification({ methods: [], approvalRequired: true, attestations: [] }))

    expect(pageText()).toContain('Ask them to come to the desk.')
    expect(pageText()).not.toContain('Confirm identity')
  })

  it('warns the next agent of failures at earlier requests', async () => {
    await open(aVerification({ failures: 3, warn: true }))

    expect(pageText()).toContain('3 failed checks for this person in the last 24 hours.')
    expect(pageText()).toContain('When in doubt, refuse the request.')
  })

  it.each(['self', 'privileged-by-phone', 'privileged-needs-strong'] as const)(
    'says why nothing can be done: %s',
    async (blocked) => {
      await open(aVerification({ blocked, attestations: ['in-person'] }))

      expect(pageText()).toContain(messages.en.verification.blocked[blocked])
      expect(has('Code from Pixel 9')).toBe(false)
      expect(pageText()).not.toContain('Confirm identity')
    },
  )

  it('records what was seen only when every point is confirmed', async () => {
    const given: unknown[] = []
    await open(aVerification({ methods: [], approvalRequired: true, attestations: ['in-person'] }), {
      attest: (input) => {
        given.push(input)
        return ok(attested)
      },
    })
    await press('Confirm identity')
    await press('Record')
    expect(given).toEqual([])
    expect(pageText()).toContain('Confirm every point.')

    type('Document that was seen', 'passport')
    field('The photo shows this person').click()
    await flushPromises()
    await press('Record')
    expect(given).toEqual([])

    field('The name is the one in the directory').click()
    await flushPromises()
    await press('Record')
    expect(given).toEqual([
      {
        requestId,
        attestation: { kind: 'in-person', document: 'passport', photoMatches: true, nameMatches: true },
        note: '',
      },
    ])
    expect(pageText()).toContain('Confirmed identity · Passport · Waits for an approver')
  })

  it('keeps nothing of the approver, whether they agree or main refuses them', async () => {
    let answer: ReturnType<Api['verification']['decide']> = refused('approver-is-agent')
    const { api, state } = await open(attested, { decide: () => answer })
    await press('Approver at this desk')
    type('Approver’s user ID', 'takahashi.yumi')
    type('Approver’s password', 'Sakura-Fubuki-1')
    await flushPromises()
    await press('Approve')

    expect(api.called).toContain('verification.decide')
    expect(field('Approver’s password').value).toBe('')
    expect(document.body.innerHTML + state()).not.toContain('Sakura-Fubuki-1')

    answer = ok(aSatisfied({ methods: [], proofs: [{ ...waiting, state: 'valid', approvedBy: '高橋 由美' }] }))
    type('Approver’s password', 'Sakura-Fubuki-1')
    await flushPromises()
    await press('Approve')

    expect(pageText()).toContain('approved by 高橋 由美')
    expect(document.body.innerHTML + state()).not.toContain('Sakura-Fubuki-1')
  })

  it('does not let an approver refuse without a reason', async () => {
    const { api } = await open(attested)
    await press('Approver at this desk')
    type('Approver’s user ID', 'takahashi.yumi')
    type('Approver’s password', 'x')
    await flushPromises()
    await press('Refuse approval')

    expect(api.called).not.toContain('verification.decide')
    expect(pageText()).toContain('Enter a reason for refusing.')
  })
})

describe('VerificationPanel, back from another screen', () => {
  it('reads anew what counts: a method may have been removed there', async () => {
    const removed: VerificationStatus = { ...aVerification(), methods: [] }
    const answers = { now: aSatisfied() }
    fakeApi({ session: { status: () => ok(atWork()) }, verification: { status: () => ok(answers.now) } })
    const here = ref(true)
    const panel = withProps(VerificationPanel, { request: aRequest() })
    const screens = defineComponent({
      name: 'TestScreens',
      render: () => h(KeepAlive, () => (here.value ? h(panel) : null)),
    })
    const { wrapper } = await show(screens)
    unmount = () => {
      wrapper.unmount()
    }
    expect(pageText()).toContain(messages.en.verification.need.satisfied)

    here.value = false
    await flushPromises()
    answers.now = removed
    here.value = true
    await flushPromises()

    expect(pageText()).not.toContain(messages.en.verification.need.satisfied)
    expect(pageText()).toContain(messages.en.verification.need.notYet)
  })
})
