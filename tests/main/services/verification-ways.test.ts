import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VerificationStatus } from '../../../src/shared/model/verification'
import {
  approver,
  auditRows,
  calledBack,
  checkApp,
  codeOf,
  enrol,
  ok,
  openCase,
  personIdOf,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import { checkCode, mobile, openSmsDesk, phoneCase, phoneOf, proofing, wayOf } from '../../support/sms-desk'
import type { SmsDesk } from '../../support/sms-desk'
import { codeSpoken } from '../../support/voice-sink'

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const statusOf = (requestId: string): Promise<VerificationStatus> => ok(desk.api.verification.status({ requestId }))
const send = (requestId: string, methodId: string, channel: 'sms' | 'voice') =>
  desk.api.verification.sendCode({ requestId, methodId, channel, language: 'ja' })

/** An office number with its extension, registered by a call. */
async function enrolOffice(userId: string): Promise<void> {
  const personId = await personIdOf(desk, userId)
  const number = { number: '03-1234-5678', extension: '204', channel: 'voice', language: 'ja' } as const
  const start = { personId, ...proofing, label: 'Office', type: 'office', ...number } as const
  const { enrolmentId } = await ok(desk.api.registration.startPhone(start))
  await ok(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))
  await wait(desk, 120)
}

describe('VerificationService by a call', () => {
  it('speaks the code to the number, which counts as the number’s kind: no message to it afterwards', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    await ok(send(request.id, methodId, 'voice'))
    const call = desk.messages().at(-1)
    expect(call).toMatchObject({ to: mobile.e164, extension: '' })

    const { matched, status } = await checkCode(desk, request.id, methodId, call?.code ?? '')
    expect(matched).toBe(true)
    expect(status.methods.find(({ id }) => id === methodId)).toMatchObject({
      unusable: 'same-kind',
      sending: { code: { channel: 'voice', state: 'passed' } },
    })
    await wait(desk, 120)
    const messages = desk.messages().length
    expect(await codeOf(send(request.id, methodId, 'sms'))).toBe('method-not-usable')
    expect(desk.messages()).toHaveLength(messages)

    expect((await checkApp(desk, request, typedKey)).satisfied).toBe(true)
  })

  it('dials the extension of an office number, and sends no message to it', async () => {
    await enrol(desk, 'yamada.hanako')
    await enrolOffice('yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const office = await phoneOf(desk, request.id)
    expect(office).toMatchObject({ type: 'office', masked: '••••5678' })
    expect(office.ways.map(({ way, refusal }) => [way, refusal])).toEqual([
      ['voice', null],
      ['call-back', null],
    ])

    expect(await codeOf(send(request.id, office.id, 'sms'))).toBe('method-not-usable')
    await ok(send(request.id, office.id, 'voice'))
    expect(desk.messages().at(-1)).toMatchObject({ to: '+81312345678', extension: '204' })
  })

  it('ends the code of the message with that of the call', async () => {
    const { request, methodId } = await phoneCase(desk)
    await ok(send(request.id, methodId, 'sms'))
    const first = desk.lastCode()
    expect(await codeOf(send(request.id, methodId, 'voice'))).toBe('code-too-soon')
    await wait(desk, 120)
    await ok(send(request.id, methodId, 'voice'))
    const second = desk.lastCode()

    if (first !== second) expect((await checkCode(desk, request.id, methodId, first)).matched).toBe(false)
    expect((await checkCode(desk, request.id, methodId, second)).matched).toBe(true)
  })
})

describe('VerificationService.callBacks', () => {
  it('hands the registered number to the program that makes calls, and shows it to nobody', async () => {
    const { request, methodId } = await phoneCase(desk)
    await ok(desk.api.verification.dial({ requestId: request.id, methodId, field: null }))

    expect(desk.desktop.dialled).toEqual([`tel:${mobile.e164}`])
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.dial')
    expect(rows.at(-1)).toMatchObject({ outcome: 'succeeded', details: { methodId, destination: mobile.masked } })
    expect(JSON.stringify([rows, desk.events])).not.toContain('9012345678')
  })

  it('dials nothing that is not the person’s own number, nor two at once', async () => {
    const { request, methodId } = await phoneCase(desk)
    const requestId = request.id
    const app = (await statusOf(requestId)).methods.find(({ kind }) => kind === 'app')
    const dial = (methodId: string | null, field: 'mobile' | null) =>
      codeOf(desk.api.verification.dial({ requestId, methodId, field }))

    expect(await dial(app?.id ?? '', null)).toBe('method-not-usable')
    expect(await dial(crypto.randomUUID(), null)).toBe('method-not-found')
    expect(await dial(methodId, 'mobile')).toBe('invalid-input')
    expect(await dial(null, null)).toBe('invalid-input')
    // With enough methods of their own, nobody is called at a number of the directory.
    expect(await dial(null, 'mobile')).toBe('attestation-not-allowed')
    expect(desk.desktop.dialled).toEqual([])
  })

  it('dials a number of the directory for a person with too few methods', async () => {
    const request = await openCase(desk, 'ito.kenta', { channel: 'phone' })
    const { callBackNumbers } = await statusOf(request.id)
    const [number] = callBackNumbers
    const field = number?.field ?? 'mobile'
    await ok(desk.api.verification.dial({ requestId: request.id, methodId: null, field }))

    expect(desk.desktop.dialled).toHaveLength(1)
    expect(desk.desktop.dialled[0]).toMatch(/^tel:\+81\d+$/u)
    expect(desk.desktop.dialled[0]?.slice(-4)).toBe(number?.masked.slice(-4))
  })

  it('counts what the agent attests as the number’s kind, once an approver agreed', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    const attest = { requestId: request.id, methodId, evidence: calledBack, note: 'she was at home' }
    const waiting = await ok(desk.api.verification.attestCallBack(attest))
    expect(waiting.proofs).toMatchObject([{ kind: 'phone', attestation: 'call-back', state: 'waiting' }])
    await checkApp(desk, request, typedKey)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('approval-needed')
    expect(await codeOf(desk.api.verification.attestCallBack(attest))).toBe('approval-needed')

    const proofId = waiting.proofs[0]?.id ?? ''
    const decide = { requestId: request.id, proofId, approve: true, reason: '', approver }
    const status = await ok(desk.api.verification.decide(decide))
    expect(status).toMatchObject({ satisfied: true })
    expect(status.proofs.map(({ kind, state, approvedBy }) => [kind, state, approvedBy])).toContainEqual([
      'phone',
      'valid',
      '高橋 由美',
    ])
    expect(status.methods.find(({ id }) => id === methodId)?.unusable).toBe('same-kind')
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
    const rows = await auditRows(desk)
    expect(rows.find(({ action }) => action === 'verification.attest')?.details).toMatchObject({
      kind: 'call-back',
      answeredBy: 'the-person',
      asked: 'own-name confirmed-request',
    })
  })

  it('has shown nothing of the number when the approver refuses', async () => {
    const { request, methodId } = await phoneCase(desk)
    const attest = { requestId: request.id, methodId, evidence: calledBack, note: '' }
    const decide = async (approve: boolean): Promise<string | null> => {
      const { proofs } = await ok(desk.api.verification.attestCallBack(attest))
      const proofId = proofs.find(({ state }) => state === 'waiting')?.id ?? ''
      const reason = approve ? '' : 'a stranger answered'
      await ok(desk.api.verification.decide({ requestId: request.id, proofId, approve, reason, approver }))
      return (await phoneOf(desk, request.id)).lastUsedAt
    }
    expect(await decide(false)).toBeNull()
    expect(await decide(true)).not.toBeNull()
  })

  it('counts at once where policy wants no approver, and not at all where it is off', async () => {
    await desk.close()
    desk = await openSmsDesk({ policy: { callBackNeedsApproval: false } })
    await signIn(desk)
    const { request, methodId } = await phoneCase(desk)
    const attest = { requestId: request.id, methodId, evidence: calledBack, note: '' }
    const status = await ok(desk.api.verification.attestCallBack(attest))
    expect(status.proofs).toMatchObject([{ kind: 'phone', state: 'valid', approvedBy: null }])

    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    desk = await openSmsDesk({ policy: { allowCallBack: false }, folder, clock })
    await signIn(desk)
    await wait(desk, 600)
    expect(wayOf(await phoneOf(desk, request.id), 'call-back')?.refusal).toBe('not-in-policy')
    expect(await codeOf(desk.api.verification.attestCallBack(attest))).toBe('method-not-usable')
    expect(await codeOf(desk.api.verification.dial({ requestId: request.id, methodId, field: null }))).toBe(
      'method-not-usable',
    )
  })

  it('takes nothing less than that the agent dialled and that the person had asked for help', async () => {
    const { request, methodId } = await phoneCase(desk)
    const attest = { requestId: request.id, methodId, note: '' }
    for (const change of [{ dialledByAgent: false }, { asked: ['own-name'] }, { answeredBy: 'nobody' }]) {
      const evidence = { ...calledBack, ...change }
      // @ts-expect-error the page could send it all the same
      expect(await codeOf(desk.api.verification.attestCallBack({ ...attest, evidence }))).toBe('invalid-input')
    }
    expect((await statusOf(request.id)).proofs).toEqual([])
  })
})

describe('VerificationService.codes.reverse', () => {
  it('sends what the desk reads out, which proves nothing of the caller', async () => {
    const { request, methodId } = await phoneCase(desk)
    await ok(send(request.id, methodId, 'sms'))
    const check = desk.lastCode()
    const reverse = { requestId: request.id, methodId, channel: 'voice', language: 'ja' } as const
    const answer = await ok(desk.api.verification.reverseCheck(reverse))

    expect(answer.code).toMatch(/^[0-9]{5}$/u)
    expect(codeSpoken(desk.messages().at(-1)?.text ?? '', 'ja')).toEqual([answer.code, answer.code])
    expect(desk.lastCode()).toBe(answer.code)
    expect(Date.parse(answer.expiresAt) - desk.clock.now()).toBe(600_000)
    expect(answer.status.proofs).toEqual([])
    expect(await checkCode(desk, request.id, methodId, answer.code)).toMatchObject({
      matched: false,
      hint: 'malformed',
    })
    expect((await checkCode(desk, request.id, methodId, check)).matched).toBe(true)
    expect(await codeOf(desk.api.verification.reverseCheck(reverse))).toBe('code-too-soon')

    const rows = await auditRows(desk)
    expect(rows.map(({ action }) => action)).toContain('verification.reverse')
    // Five digits turn up by chance in ids and times: only whole words count.
    const word = new RegExp(`(?<![0-9A-Za-z.:-])${answer.code}(?![0-9A-Za-z-])`, 'u')
    expect(JSON.stringify([rows, desk.events])).not.toMatch(word)
  })

  it('counts towards the sends of the day', async () => {
    const { request, methodId } = await phoneCase(desk)
    const before = (await phoneOf(desk, request.id)).sending?.left ?? 0
    await ok(desk.api.verification.reverseCheck({ requestId: request.id, methodId, channel: 'sms', language: 'en' }))
    expect((await phoneOf(desk, request.id)).sending?.left).toBe(before - 1)
  })
})

describe('VerificationService.report', () => {
  it('refuses the request, closes checks at once, and warns whoever comes next', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    await checkApp(desk, request, typedKey)
    desk.events.length = 0
    const report = { requestId: request.id, reason: 'asked for her colleague’s password' }
    const status = await ok(desk.api.verification.report(report))

    expect(status).toMatchObject({ warn: true, satisfied: false })
    expect(Date.parse(status.closedUntil ?? '') - desk.clock.now()).toBe(24 * 60 * 60 * 1000)
    expect(status.reportedAt).not.toBeNull()
    const { request: refused, events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(refused.state).toBe('refused')
    expect(events.at(-1)).toMatchObject({ kind: 'refused', text: report.reason })
    expect(desk.events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['verification-changed', 'queue-changed', 'approvals-changed']),
    )

    await switchTo(desk, 'suzuki.ken')
    const next = await openCase(desk, 'yamada.hanako')
    expect(await statusOf(next.id)).toMatchObject({ warn: true, reportedAt: status.reportedAt })
    expect(await codeOf(send(next.id, methodId, 'sms'))).toBe('checks-closed')
    expect(await codeOf(desk.api.verification.dial({ requestId: next.id, methodId, field: null }))).toBe(
      'checks-closed',
    )

    const reopened = await ok(desk.api.verification.reopenChecks({ requestId: next.id, reason: 'a mistake', approver }))
    expect(reopened).toMatchObject({ closedUntil: null, reportedAt: null, warn: false })
  })

  it('leaves nothing that was proven to the same request opened again', async () => {
    const { request, typedKey } = await phoneCase(desk)
    expect((await checkApp(desk, request, typedKey)).proofs).toMatchObject([{ state: 'valid' }])
    await ok(desk.api.verification.report({ requestId: request.id, reason: 'a mistake, as it turns out' }))
    const { request: refused } = await ok(desk.api.requests.get({ requestId: request.id }))
    const reopening = { requestId: request.id, version: refused.version, reason: 'it was her' }
    const { version } = await ok(desk.api.requests.reopen(reopening))
    await ok(desk.api.requests.claim({ requestId: request.id, version }))
    await ok(desk.api.verification.reopenChecks({ requestId: request.id, reason: 'it was her', approver }))
    expect((await statusOf(request.id)).proofs).toMatchObject([{ state: 'expired' }])
  })

  it('is possible where nothing else is: somebody pretends to be privileged, by phone', async () => {
    const request = await openCase(desk, 'yoshida.jun', { channel: 'phone' })
    expect((await statusOf(request.id)).blocked).toBe('privileged-by-phone')
    const report = { requestId: request.id, reason: 'in a hurry, would not come' }
    expect((await ok(desk.api.verification.report(report))).reportedAt).not.toBeNull()
  })

  it('is the holder’s, with a reason', async () => {
    const request = await openCase(desk, 'yamada.hanako')
    expect(await codeOf(desk.api.verification.report({ requestId: request.id, reason: '' }))).toBe('reason-required')
    await switchTo(desk, 'suzuki.ken')
    expect(await codeOf(desk.api.verification.report({ requestId: request.id, reason: 'x' }))).toBe(
      'request-held-by-other',
    )
    await switchTo(desk, 'watanabe.aya')
    expect(await codeOf(desk.api.verification.report({ requestId: request.id, reason: 'x' }))).toBe('role-required')
    await switchTo(desk, 'sato.misaki')
    expect(await statusOf(request.id)).toMatchObject({ reportedAt: null, closedUntil: null })
  })
})
