import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  approver,
  checkApp,
  codeOf,
  enrol,
  inPerson,
  ok,
  openCase,
  openDesk,
  seedPassword,
  signIn,
} from '../support/desk'
import type { ResetRequest } from '../../src/shared/model/request'
import type { TestDesk } from '../support/desk'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { TestClock } from '../support/test-clock'

describe.each([
  ['OpenLDAP', startSlapd],
  ['Active Directory (Samba)', startSamba],
])('the gate on %s', (_name, start) => {
  let server: TestDirectory
  let desk: TestDesk

  beforeAll(async () => {
    server = await start()
  })

  afterAll(() => server.stop())

  beforeEach(async () => {
    desk = await openDesk({ server: server.config, clock: new TestClock(new Date().toISOString()) })
    await signIn(desk)
  })

  afterEach(() => desk.close())

  it('resets a locked account: the old password is over, the new one must be changed', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    await server.lock('yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    expect((await ok(desk.api.people.card({ personId: request.personId }))).state.locked).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('caller-not-verified')
    await checkApp(desk, request, typedKey)

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', canSignIn: true, mustChange: true, missed: [] })
    expect(await server.bindAs('yamada.hanako', seedPassword)).toBe('wrong')
    expect(await server.bindAs('yamada.hanako', outcome.shown?.password ?? '')).toBe('must-change')
  })

  it('unlocks without touching the password', async () => {
    const typedKey = await enrol(desk, 'abe.takumi')
    await server.lock('abe.takumi')
    const request = await openCase(desk, 'abe.takumi')
    await checkApp(desk, request, typedKey)
    expect(await server.bindAs('abe.takumi', seedPassword)).toBe('locked')

    const outcome = await ok(desk.api.reset.unlock({ requestId: request.id }))

    expect(outcome).toMatchObject({ action: 'unlock', outcome: 'succeeded', canSignIn: true, shown: null })
    expect(await server.bindAs('abe.takumi', seedPassword)).toBe('ok')
  })

  async function approvedCase(userId: string): Promise<ResetRequest> {
    const request = await openCase(desk, userId)
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const decision = { requestId: request.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '', approver }
    await ok(desk.api.verification.decide(decision))
    return request
  }

  it('finds out that a write without an answer took effect, and shows its password', async () => {
    const request = await approvedCase('ito.kenta')
    desk.directory.faults.resetPassword = async (write) => {
      const { server: name } = await write()
      return { kind: 'unknown', server: name, cause: new Error('no answer') }
    }
    expect((await ok(desk.api.reset.perform({ requestId: request.id }))).outcome).toBe('unknown')

    const outcome = await ok(desk.api.reset.recheck({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', canSignIn: true, mustChange: true })
    expect(await server.bindAs('ito.kenta', outcome.shown?.password ?? '')).toBe('must-change')
  })

  it('finds out that a write without an answer never took effect, and shows nothing', async () => {
    const request = await approvedCase('ogawa.yuto')
    const { server: name } = await ok(desk.api.session.status())
    desk.directory.faults.resetPassword = async () => ({ kind: 'unknown', server: name ?? '', cause: null })
    expect((await ok(desk.api.reset.perform({ requestId: request.id }))).outcome).toBe('unknown')

    const outcome = await ok(desk.api.reset.recheck({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'not-written', shown: null })
    expect(await server.bindAs('ogawa.yuto', seedPassword)).toBe('ok')
  })
})
