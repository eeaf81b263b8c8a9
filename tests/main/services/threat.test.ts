import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  approver,
  auditRows,
  checkApp,
  codeOf,
  inPerson,
  ok,
  openCase,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import { checkCode, openSmsDesk, phoneCase, sendCode } from '../../support/sms-desk'
import type { SmsDesk } from '../../support/sms-desk'

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

/** An admin turns it on or off; then the agent is back. */
async function setThreat(heightened: boolean): Promise<void> {
  await switchTo(desk, 'tanaka.hiroshi')
  await ok(desk.api.threat.set({ heightened, reason: 'calls from strangers since the morning' }))
  await switchTo(desk, 'sato.misaki')
}

describe('ThreatService', () => {
  it('is an admin’s, with a reason, and seen by everybody', async () => {
    expect(await ok(desk.api.threat.get())).toMatchObject({ heightened: false, changedAt: null })
    const on = { heightened: true, reason: 'x' }
    expect(await codeOf(desk.api.threat.set(on))).toBe('role-required')

    await switchTo(desk, 'tanaka.hiroshi')
    expect(await codeOf(desk.api.threat.set({ heightened: true, reason: '' }))).toBe('reason-required')
    desk.events.length = 0
    expect(await ok(desk.api.threat.set(on))).toMatchObject({ heightened: true, changedBy: '田中 宏' })
    expect(desk.events).toContainEqual({ name: 'threat-changed', payload: {} })
    expect(await codeOf(desk.api.threat.set(on))).toBe('threat-changed')

    await switchTo(desk, 'sato.misaki')
    expect(await ok(desk.api.threat.get())).toMatchObject({ heightened: true, reason: 'x' })
    const rows = (await auditRows(desk)).filter(
      ({ action, outcome }) => action === 'threat.set' && outcome === 'succeeded',
    )
    expect(rows.map(({ details }) => details)).toEqual([{ heightened: true, reason: 'x' }])
  })

  it('outlives the app, and is heard by one of two admins at once', async () => {
    await switchTo(desk, 'tanaka.hiroshi')
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => codeOf(desk.api.threat.set({ heightened: true, reason: 'now' }))),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    desk = await openSmsDesk({ folder, clock })
    await signIn(desk)
    expect((await ok(desk.api.threat.get())).heightened).toBe(true)
  })
})

describe('heightened threat', () => {
  it('takes weak kinds away from one moment to the next, and what they proved', async () => {
    const { request, typedKey, methodId } = await phoneCase(desk)
    await checkApp(desk, request, typedKey)
    await sendCode(desk, request.id, methodId)
    expect((await checkCode(desk, request.id, methodId, desk.lastCode())).status.satisfied).toBe(true)

    await setThreat(true)
    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status).toMatchObject({
      heightened: true,
      satisfied: false,
      approvalRequired: true,
      attestations: ['in-person'],
    })
    expect(status.methods.find(({ id }) => id === methodId)?.unusable).toBe('weak')
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    await wait(desk, 120)
    const send = { requestId: request.id, methodId, channel: 'sms', language: 'ja' } as const
    expect(await codeOf(desk.api.verification.sendCode(send))).toBe('method-not-usable')
    expect(desk.directory.writes).toEqual([])

    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const proofId = proofs.find(({ state }) => state === 'waiting')?.id ?? ''
    const decision = { requestId: request.id, proofId, approve: true, reason: '', approver }
    expect((await ok(desk.api.verification.decide(decision))).satisfied).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
  })

  it('says why nobody is served by phone, and lets them be again afterwards', async () => {
    const request = await openCase(desk, 'ito.kenta', { channel: 'phone' })
    const { callBackNumbers } = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(callBackNumbers).not.toEqual([])
    await setThreat(true)

    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status).toMatchObject({ blocked: 'heightened-by-phone', attestations: [], callBackNumbers: [] })
    const field = callBackNumbers[0]?.field ?? 'mobile'
    expect(await codeOf(desk.api.verification.dial({ requestId: request.id, methodId: null, field }))).toBe(
      'heightened-by-phone',
    )
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('heightened-by-phone')

    await setThreat(false)
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).blocked).toBeNull()
  })

  it('takes no agreement without two strong methods behind it', async () => {
    await setThreat(true)
    const { request } = await phoneCase(desk)
    const agreement = { requestId: request.id, attestation: { kind: 'second-person' }, note: '' } as const
    expect(await codeOf(desk.api.verification.attest(agreement))).toBe('attestation-not-allowed')
  })
})
