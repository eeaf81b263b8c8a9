import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  approver,
  auditRows,
  callerOf,
  codeOf,
  inPerson,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  verifiedCase,
} from '../support/desk'
import type { TestDesk } from '../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

describe('who acts is who signed in', () => {
  it('whatever a call says about the operator', async () => {
    const call = callerOf(desk.desk)
    const suzuki = await personIdOf(desk, 'suzuki.ken')
    const personId = await personIdOf(desk, 'ito.kenta')
    const as = { id: suzuki, name: '鈴木 健', userId: 'suzuki.ken', roles: ['agent', 'approver', 'admin', 'auditor'] }
    const forged = { operator: as, actor: as, createdBy: as, holder: as, by: as, agentId: suzuki }

    const entry = { personId, channel: 'walk-in', reason: 'forgot', note: '', claim: true, ...forged }
    expect(await codeOf(call('requests.create', entry))).toBe('ok')

    const [request] = (await ok(desk.api.requests.list({ filter: {} }))).requests
    expect(request).toMatchObject({ holder: { name: '佐藤 美咲' }, createdBy: { name: '佐藤 美咲' } })
    expect(await codeOf(call('audit.list', { filter: {}, ...forged }))).toBe('role-required')
    const names = (await auditRows(desk))
      .filter(({ requestId }) => requestId === request?.id)
      .map((row) => row.actorName)
    expect(new Set(names)).toEqual(new Set(['佐藤 美咲']))
  })

  it('and a claim cannot be made for somebody else', async () => {
    const request = await openCase(desk, 'ito.kenta', { claim: false })
    const call = callerOf(desk.desk)
    const suzuki = await personIdOf(desk, 'suzuki.ken')

    await call('requests.claim', { requestId: request.id, version: request.version, holderId: suzuki })

    expect((await ok(desk.api.requests.get({ requestId: request.id }))).request.holder?.name).toBe('佐藤 美咲')
  })
})

describe("the agent's own connection", () => {
  it('makes every write, never the one of an approver', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const decision = { requestId: request.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '', approver }
    await ok(desk.api.verification.decide(decision))
    expect(desk.directory.sessions.at(-1)).toEqual({ userId: 'takahashi.yumi', closed: true })

    await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(desk.directory.sessions.map(({ userId }) => userId)).toEqual(['sato.misaki', 'takahashi.yumi'])
    expect(desk.directory.sessions.filter(({ closed }) => !closed)).toHaveLength(1)
  })

  it('re-reads the roles before every change', async () => {
    const { request } = await verifiedCase(desk)
    let reads = 0
    desk.directory.faults.roles = async (_person, read) => {
      reads += 1
      return read()
    }

    await ok(desk.api.reset.perform({ requestId: request.id }))
    expect(reads).toBe(1)
    await codeOf(desk.api.reset.unlock({ requestId: request.id }))
    expect(reads).toBe(2)
  })

  it('is gone after every kind of end', async () => {
    await ok(desk.api.session.lock())
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
    await ok(desk.api.session.unlock({ password: seedPassword }))
    desk.clock.advance(301)
    await ok(desk.api.session.status())
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
    await ok(desk.api.session.unlock({ password: seedPassword }))
    desk.desk.computerLocked()
    await ok(desk.api.session.status())
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
    await ok(desk.api.session.unlock({ password: seedPassword }))
    await ok(desk.api.session.signOut())
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
  })
})

describe('a shown password', () => {
  it('belongs to the agent who made it', async () => {
    const { request } = await verifiedCase(desk)
    const { shown } = await ok(desk.api.reset.perform({ requestId: request.id }))
    await switchTo(desk, 'suzuki.ken')

    expect(await codeOf(desk.api.reset.copyPassword({ resetId: shown?.resetId ?? '' }))).toBe('not-available')
    expect(desk.desktop.clipboard).toBeNull()
  })
})
