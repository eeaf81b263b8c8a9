import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Result } from '../../../src/shared/errors'
import type { WaitingApproval } from '../../../src/shared/model/verification'
import type { ResetRequest } from '../../../src/shared/model/request'
import { auditRows, codeOf, inPerson, ok, openCase, openDesk, signIn, switchTo, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

/** A person without methods stands there, and the agent has checked their document. */
async function attested(note = ''): Promise<{ request: ResetRequest; proofId: string }> {
  const request = await openCase(desk, 'ito.kenta')
  const { proofs } = await ok(desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note }))
  return { request, proofId: proofs[0]?.id ?? '' }
}

const decide = (proofId: string, approve: boolean, reason = ''): Promise<Result<WaitingApproval[]>> =>
  desk.api.approvals.decide({ proofId, approve, reason })
const list = (): Promise<WaitingApproval[]> => ok(desk.api.approvals.list())

describe('ApprovalList.list', () => {
  it('shows what waits, with what the agent saw and wrote, to approvers only', async () => {
    const { request, proofId } = await attested('his manager called')
    expect(await codeOf(desk.api.approvals.list())).toBe('role-required')

    await switchTo(desk, 'takahashi.yumi')
    const [waiting, ...others] = await list()
    expect(others).toEqual([])
    expect(waiting).toMatchObject({
      proofId,
      requestId: request.id,
      requestNumber: request.number,
      personName: '伊藤 健太',
      agentName: '佐藤 美咲',
      kind: 'attested',
      attestation: 'in-person',
      label: 'employee-card',
      note: 'his manager called',
      action: 'reset',
      privileged: false,
      refusal: null,
    })
    expect(Date.parse(waiting?.expiresAt ?? '') - Date.parse(waiting?.askedAt ?? '')).toBe(600_000)
  })

  it('forgets what nobody can agree to any more: expired, released, refused', async () => {
    await attested()
    await switchTo(desk, 'takahashi.yumi')
    await wait(desk, 600)
    expect(await list()).toEqual([])

    await switchTo(desk, 'sato.misaki')
    const { requests } = await ok(desk.api.requests.list({ filter: {} }))
    const [request] = requests
    if (request === undefined) throw new Error('no request')
    await ok(desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }))
    await ok(desk.api.requests.release({ requestId: request.id, version: request.version }))
    await switchTo(desk, 'takahashi.yumi')
    expect(await list()).toEqual([])
  })

  it('says which ones the approver may not decide', async () => {
    await switchTo(desk, 'takahashi.yumi')
    await attested()
    expect((await list()).map(({ refusal }) => refusal)).toEqual(['own-case'])
  })
})

describe('ApprovalList.decide', () => {
  it('lets the agent go on at another desk, under the approver’s own bind', async () => {
    const { request, proofId } = await attested()
    await switchTo(desk, 'takahashi.yumi')
    desk.events.length = 0
    expect(await ok(decide(proofId, true))).toEqual([])
    expect(desk.events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['approvals-changed', 'verification-changed']),
    )

    await switchTo(desk, 'sato.misaki')
    const status = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(status).toMatchObject({ satisfied: true })
    expect(status.proofs).toMatchObject([{ state: 'valid', approvedBy: '高橋 由美' }])
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.approve')
    expect(rows.at(-1)).toMatchObject({ actorName: '高橋 由美', outcome: 'succeeded', details: { approve: true } })
  })

  it('takes a refusal with its reason, once', async () => {
    const { request, proofId } = await attested()
    await switchTo(desk, 'takahashi.yumi')
    expect(await codeOf(decide(proofId, false))).toBe('reason-required')
    expect(await codeOf(decide(proofId, false, 'not him'))).toBe('ok')
    expect(await codeOf(decide(proofId, true))).toBe('approval-over')

    await switchTo(desk, 'sato.misaki')
    const { proofs } = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(proofs.map(({ state }) => state)).toEqual(['refused'])
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
  })

  it('hears one of two who speak at once', async () => {
    const { proofId } = await attested()
    await switchTo(desk, 'takahashi.yumi')
    const answers = await Promise.all([
      codeOf(decide(proofId, true)),
      codeOf(decide(proofId, false, 'no')),
      codeOf(decide(proofId, true)),
    ])
    expect(answers.toSorted()).toEqual(['approval-over', 'approval-over', 'ok'])
  })

  it('refuses the agent of the case, whoever lost the role, and nobody’s proof', async () => {
    await switchTo(desk, 'takahashi.yumi')
    const own = await attested()
    expect(await codeOf(decide(own.proofId, true))).toBe('approver-is-agent')
    expect(await codeOf(decide(crypto.randomUUID(), true))).toBe('approval-over')

    await switchTo(desk, 'suzuki.ken')
    expect(await codeOf(decide(own.proofId, true))).toBe('role-required')
  })

  it('asks the directory for the role at the moment of the word', async () => {
    const { proofId } = await attested()
    await switchTo(desk, 'takahashi.yumi')
    desk.directory.faults.roles = async () => ['agent']
    expect(await codeOf(decide(proofId, true))).toBe('role-required')
    desk.directory.faults = {}
    expect(await codeOf(decide(proofId, true))).toBe('ok')
  })

  it('is too late after ten minutes, and after the request changed hands', async () => {
    const { proofId } = await attested()
    await switchTo(desk, 'takahashi.yumi')
    await wait(desk, 600)
    expect(await codeOf(decide(proofId, true))).toBe('approval-over')

    await switchTo(desk, 'sato.misaki')
    const { requests } = await ok(desk.api.requests.list({ filter: {} }))
    const [request] = requests
    if (request === undefined) throw new Error('no request')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const fresh = proofs.find(({ state }) => state === 'waiting')
    await ok(desk.api.requests.release({ requestId: request.id, version: request.version }))
    await switchTo(desk, 'takahashi.yumi')
    expect(await codeOf(decide(fresh?.id ?? '', true))).toBe('approval-over')
  })
})
