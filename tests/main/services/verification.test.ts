import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MethodRows } from '../../../src/main/stores/methods'
import {
  approver,
  auditRows,
  checkApp,
  codeOf,
  enrol,
  calledBack,
  inPerson,
  ok,
  openCase,
  openDesk,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { totpCode, wrongCode } from '../../support/totp'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

describe('VerificationService.checkCode', () => {
  it('answers match, names the proof and how long it lasts', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')

    const status = await checkApp(desk, request, typedKey)

    expect(status).toMatchObject({ required: 1, satisfied: true, approvalRequired: false, failures: 0, warn: false })
    expect(status.proofs).toMatchObject([{ kind: 'app', label: 'Pixel 9', state: 'valid', approvedBy: null }])
    expect(Date.parse(status.satisfiedUntil ?? '') - desk.clock.now()).toBe(600_000)
    await wait(desk, 601)
    const later = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(later).toMatchObject({ satisfied: false, satisfiedUntil: null })
    expect(later.proofs.map(({ state }) => state)).toEqual(['expired'])
  })

  it.each([
    [-30, true],
    [0, true],
    [30, true],
    [-90, false],
    [90, false],
  ])('takes a code that is off by %i s: %s', async (offset, matched) => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    await wait(desk, 120)
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const code = totpCode(typedKey, desk.clock.now() + offset * 1000)

    const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
    expect((await ok(desk.api.verification.checkCode(check))).matched).toBe(matched)
  })

  it('tells of a clock that is off only after several codes in a row', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const drifts: number[] = []
    for (let checks = 0; checks < 3; checks += 1) {
      // A kind that has passed is asked for again when its proof is over.
      await wait(desk, 600)
      const code = totpCode(typedKey, desk.clock.now() + 30_000)
      const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
      const { status } = await ok(desk.api.verification.checkCode(check))
      drifts.push(status.methods[0]?.driftSeconds ?? 0)
    }

    expect(drifts).toEqual([0, 0, 30])
  })

  it('counts failures over all agents, warns the next one, and lets an approver reopen', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const first = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: first.id }))
    const methodId = methods[0]?.id ?? ''
    const guess = (requestId: string) =>
      ok(desk.api.verification.checkCode({ requestId, methodId, code: wrongCode(typedKey, desk.clock.now()) }))
    await guess(first.id)
    await guess(first.id)
    const refusal = { requestId: first.id, version: first.version, reason: 'sounded wrong' }
    await ok(desk.api.requests.refuse(refusal))

    await switchTo(desk, 'suzuki.ken')
    const second = await openCase(desk, 'yamada.hanako')
    expect(await ok(desk.api.verification.status({ requestId: second.id }))).toMatchObject({ warn: true, failures: 2 })
    await guess(second.id)
    await guess(second.id)
    const { remaining, status } = await guess(second.id)
    expect(remaining).toBe(0)
    expect(Date.parse(status.closedUntil ?? '') - desk.clock.now()).toBe(86_400_000)

    const reopen = { requestId: second.id, reason: 'called back, it is her' }
    const agent = { userId: 'suzuki.ken', password: approver.password }
    expect(await codeOf(desk.api.verification.reopenChecks({ ...reopen, approver: agent }))).toBe('approver-is-agent')
    expect(await codeOf(desk.api.verification.reopenChecks({ ...reopen, reason: '', approver }))).toBe(
      'reason-required',
    )
    const reopened = await ok(desk.api.verification.reopenChecks({ ...reopen, approver }))
    expect(reopened.closedUntil).toBeNull()
    expect((await checkApp(desk, second, typedKey)).satisfied).toBe(true)
  })

  it('records failed checks with their count, never the code', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const code = wrongCode(typedKey, desk.clock.now())
    await ok(desk.api.verification.checkCode({ requestId: request.id, methodId: methods[0]?.id ?? '', code }))
    await checkApp(desk, request, typedKey)

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.check')

    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'no-match', 'started', 'succeeded'])
    expect(rows[1]?.details).toMatchObject({ kind: 'app', failures: 1, closed: false })
    expect(rows.every(({ details }) => !Object.values(details).includes(code))).toBe(true)
  })

  it('leaves the last word to the store: a code that another desk accepted first is a replay', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    const code = totpCode(typedKey, desk.clock.now())
    const lost = vi.spyOn(MethodRows.prototype, 'acceptStep').mockResolvedValueOnce(false)

    const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
    const answer = await ok(desk.api.verification.checkCode(check))
    lost.mockRestore()

    expect(answer).toMatchObject({ matched: false, hint: 'replayed', remaining: 4 })
    expect(answer.status.proofs).toEqual([])
  })

  it('takes full-width digits and spaces as they are said', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
    await wait(desk, 30)
    const digits = totpCode(typedKey, desk.clock.now())
    const wide = [...digits].map((digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)).join('')
    const code = `${wide.slice(0, 3)} ${wide.slice(3)}`

    const check = { requestId: request.id, methodId: methods[0]?.id ?? '', code }
    expect((await ok(desk.api.verification.checkCode(check))).matched).toBe(true)
  })
})

describe('VerificationService.attest', () => {
  it('waits for an approver, who is named afterwards', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const before = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(before).toMatchObject({ approvalRequired: true, satisfied: false, required: 1 })
    expect(before.attestations).toContain('in-person')

    const attest = { requestId: request.id, attestation: inPerson, note: 'her manager was there' }
    const waiting = await ok(desk.api.verification.attest(attest))
    expect(waiting.proofs).toMatchObject([{ kind: 'attested', label: 'employee-card', state: 'waiting' }])
    expect(await codeOf(desk.api.verification.attest(attest))).toBe('approval-needed')

    const proofId = waiting.proofs[0]?.id ?? ''
    const decision = { requestId: request.id, proofId, approve: true, reason: '', approver }
    const approved = await ok(desk.api.verification.decide(decision))
    expect(approved.proofs).toMatchObject([{ state: 'valid', approvedBy: '高橋 由美' }])
    expect(approved.satisfied).toBe(true)
    const { events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(events.at(-1)).toMatchObject({ kind: 'note', text: 'her manager was there' })
  })

  it('allows no in-person check by phone, and a call-back to a directory number only', async () => {
    const request = await openCase(desk, 'ito.kenta', { channel: 'phone' })
    const { attestations, callBackNumbers } = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(attestations).toEqual(['call-back'])
    expect(callBackNumbers.every(({ masked }) => /^[^\d]*\d{4}$/u.test(masked))).toBe(true)

    const person = { requestId: request.id, attestation: inPerson, note: '' }
    expect(await codeOf(desk.api.verification.attest(person))).toBe('attestation-not-allowed')
    const [number] = callBackNumbers
    const field = number?.field ?? 'mobile'
    const callBack = { kind: 'call-back', field, ...calledBack } as const
    const status = await ok(desk.api.verification.attest({ requestId: request.id, attestation: callBack, note: '' }))
    expect(status.proofs).toMatchObject([{ kind: 'attested', label: number?.masked, state: 'waiting' }])
  })

  it('does not take a point that was not confirmed', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const attestation = { ...inPerson, photoMatches: false }

    // @ts-expect-error the page could send it all the same
    expect(await codeOf(desk.api.verification.attest({ requestId: request.id, attestation, note: '' }))).toBe(
      'invalid-input',
    )
  })
})

describe('VerificationService.decide', () => {
  it('needs a reason for a refusal, and asks nobody for their password without one', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const decision = { requestId: request.id, proofId: proofs[0]?.id ?? '', approve: false, reason: '', approver }

    expect(await codeOf(desk.api.verification.decide(decision))).toBe('reason-required')

    expect(desk.directory.sessions.map(({ userId }) => userId)).not.toContain(approver.userId)
  })

  it('closes the connection of the approver at once, and records who decided what', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const decision = {
      requestId: request.id,
      proofId: proofs[0]?.id ?? '',
      approve: false,
      reason: 'not him',
      approver,
    }

    const status = await ok(desk.api.verification.decide(decision))

    expect(status.proofs.map(({ state }) => state)).toEqual(['refused'])
    expect(desk.directory.sessions.at(-1)).toEqual({ userId: approver.userId, closed: true })
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.approve')
    expect(rows.at(-1)?.details).toMatchObject({ approve: false, reason: 'not him', approverName: '高橋 由美' })
  })
})
