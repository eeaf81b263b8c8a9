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
import type { PersonSummary } from '../../src/shared/model/person'
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

  async function person(userId: string): Promise<PersonSummary> {
    const { people } = await ok(desk.api.people.search({ query: userId }))
    const found = people.find((each) => each.userId === userId)
    if (found === undefined) throw new Error(`nobody is called ${userId}`)
    return found
  }

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

  it('reaches nobody outside the place where people are searched, by whatever id', async () => {
    const { id } = await person('ogawa.yuto')
    const peopleBase = `ou=groups,${server.baseDn}`
    const narrow = await openDesk({ server: { ...server.config, peopleBase } })
    try {
      await signIn(narrow)
      const entry = { personId: id, channel: 'phone', reason: 'forgot', note: '', claim: true } as const

      expect(await codeOf(narrow.api.people.card({ personId: id }))).toBe('person-not-found')
      expect(await codeOf(narrow.api.requests.create(entry))).toBe('person-not-found')
    } finally {
      await narrow.close()
    }
  })

  it('takes no approval of somebody who was taken out of a nested group a moment ago', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const decision = { requestId: request.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '', approver }
    // By a group in the approvers' group; OpenLDAP keeps no group without a member.
    await server.setMember('approvers-tokyo', 'tanaka.hiroshi', true)
    await server.setMember('approvers-tokyo', approver.userId, false)
    try {
      expect(await codeOf(desk.api.verification.decide(decision))).toBe('approver-without-role')
    } finally {
      await server.setMember('approvers-tokyo', approver.userId, true)
      await server.setMember('approvers-tokyo', 'tanaka.hiroshi', false)
    }
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('approval-needed')
    expect(await codeOf(desk.api.verification.decide(decision))).toBe('ok')
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

  it('sets the password where "must change" is refused, and says that the change is not required', async () => {
    const request = await approvedCase('maeda.ryo')

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'partly', missed: ['must-change'], mustChange: false, canSignIn: true })
    expect(outcome.request.state).toBe('done')
    expect(await server.bindAs('maeda.ryo', seedPassword)).toBe('wrong')
    expect(await server.bindAs('maeda.ryo', outcome.shown?.password ?? '')).toBe('ok')
  })

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
