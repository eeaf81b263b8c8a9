import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Result } from '../../src/shared/errors'
import type { Role } from '../../src/shared/model/operator'
import { approver, codeOf, inPerson, ok, openCase, personIdOf, signIn, switchTo } from '../support/desk'
import { tryImport } from '../support/import-desk'
import { enrolPhone, openSmsDesk, phoneOf, proofing } from '../support/sms-desk'
import type { SmsDesk } from '../support/sms-desk'

/** Whoever lost a role since they signed in has lost it: the directory is asked again before anything is done. */

let desk: SmsDesk

beforeEach(async () => {
  desk = await openSmsDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

/** Of whoever is signed in; others keep what they have. */
async function leaveOnly(...roles: Role[]): Promise<void> {
  const { operator } = await ok(desk.api.session.status())
  desk.directory.faults.roles = async (person, read) => (person.id === operator?.id ? roles : read())
}

describe('an admin who is none any more', () => {
  it('imports, reveals, exports, erases, switches and words nothing', async () => {
    await enrolPhone(desk, 'yamada.hanako')
    const personId = await personIdOf(desk, 'yamada.hanako')
    const other = await personIdOf(desk, 'ito.kenta')
    await switchTo(desk, 'tanaka.hiroshi')
    const [method] = (await ok(desk.api.registration.list({ personId }))).methods
    desk.desktop.saveTo = join(desk.folder, 'person.json')

    const reason = 'asked to'
    const attempt = async (call: (importId: string) => Promise<Result<unknown>>): Promise<void> => {
      // A session of its own for each: a refusal tells the session what the directory said.
      await switchTo(desk, 'tanaka.hiroshi')
      const { importId } = await tryImport(desk, ['ito.kenta,mobile,090-8765-4321,,'])
      await leaveOnly('agent', 'approver')
      expect([String(call), await codeOf(call(importId))]).toEqual([String(call), 'role-required'])
      desk.directory.faults = {}
    }
    await attempt(() => desk.api.privacy.reveal({ methodId: method?.id ?? '', reason }))
    await attempt(() => desk.api.privacy.export({ personId }))
    await attempt(() => desk.api.privacy.erase({ personId, reason, approver }))
    await attempt(() => desk.api.imports.choose())
    await attempt((importId) => desk.api.imports.apply({ importId }))
    await attempt(() => desk.api.threat.set({ heightened: true, reason }))
    await attempt(() => desk.api.questions.saveCustom({ questions: [] }))

    expect(existsSync(join(desk.folder, 'person.json'))).toBe(false)
    expect((await ok(desk.api.threat.get())).heightened).toBe(false)
    expect((await ok(desk.api.registration.list({ personId }))).methods).toHaveLength(1)
    expect((await ok(desk.api.registration.list({ personId: other }))).methods).toEqual([])
  })
})

describe('an agent who is none any more', () => {
  it('sends, checks, attests, dials and registers nothing', async () => {
    await enrolPhone(desk, 'yamada.hanako')
    const personId = await personIdOf(desk, 'yamada.hanako')
    const request = await openCase(desk, 'yamada.hanako')
    const { id: methodId } = await phoneOf(desk, request.id)
    const sent = desk.messages().length
    const of = { requestId: request.id, methodId }
    const send = { ...of, channel: 'sms', language: 'ja' } as const
    const start = { personId, ...proofing, label: 'Another', number: '090-8765-4321', language: 'ja' } as const
    const calls = [
      () => desk.api.verification.sendCode(send),
      () => desk.api.verification.reverseCheck(send),
      () => desk.api.verification.checkCode({ ...of, code: '123456' }),
      () => desk.api.verification.drawQuestions(of),
      () => desk.api.verification.checkKey(of),
      () => desk.api.verification.dial({ ...of, field: null }),
      () => desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
      () => desk.api.verification.report({ requestId: request.id, reason: 'x' }),
      () => desk.api.registration.startPhone(start),
      () => desk.api.registration.rename({ personId, methodId, label: 'Mine' }),
      () => desk.api.registration.remove({ personId, methodId, ...proofing }),
    ]
    await leaveOnly('approver', 'admin')
    for (const call of calls) expect(await codeOf(call())).toBe('role-required')
    expect(desk.messages()).toHaveLength(sent)
    expect(desk.desktop.dialled).toEqual([])
    desk.directory.faults = {}
    expect(await ok(desk.api.verification.status({ requestId: request.id }))).toMatchObject({ proofs: [], failures: 0 })
  })
})

describe('an approver who is none any more', () => {
  it('agrees to nothing, neither at their own desk nor at the agent’s', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const attest = { requestId: request.id, attestation: inPerson, note: '' }
    const { proofs } = await ok(desk.api.verification.attest(attest))
    const proofId = proofs[0]?.id ?? ''
    const takahashi = await personIdOf(desk, approver.userId)
    desk.directory.faults.roles = async (person, read) => (person.id === takahashi ? ['agent', 'admin'] : read())
    const decide = { proofId, approve: true, reason: '' }
    expect(await codeOf(desk.api.verification.decide({ ...decide, requestId: request.id, approver }))).toBe(
      'approver-without-role',
    )
    desk.directory.faults = {}
    await switchTo(desk, approver.userId)
    await leaveOnly('agent', 'admin')
    expect(await codeOf(desk.api.approvals.decide(decide))).toBe('role-required')
    desk.directory.faults = {}
    const [waiting] = (await ok(desk.api.verification.status({ requestId: request.id }))).proofs
    expect(waiting?.state).toBe('waiting')
  })
})
