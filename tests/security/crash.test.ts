import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WriteAnswer } from '../../src/main/directory/directory'
import {
  approver,
  checkApp,
  codeOf,
  inPerson,
  ok,
  openCase,
  openDesk,
  signIn,
  switchTo,
  verifiedCase,
} from '../support/desk'
import type { TestDesk } from '../support/desk'
import { TestClock } from '../support/test-clock'

/** The app is killed, or the power goes, at the worst moment. What is on the disk then is what the next start finds. */

let desk: TestDesk
const reborn: TestDesk[] = []

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(async () => {
  for (const each of reborn.splice(0)) await each.close()
  await desk.close()
})

/** The next start on the disk as it is at this moment. */
async function startAgain(): Promise<TestDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'sspr-desk-'))
  cpSync(desk.folder, folder, { recursive: true })
  const again = await openDesk({ folder, clock: new TestClock(desk.clock.iso()) })
  reborn.push(again)
  await signIn(again)
  return again
}

/** Begins a reset and answers while the directory has not answered; `end` lets it answer. */
async function inTheMiddle(requestId: string): Promise<{ readonly end: () => Promise<void> }> {
  let answer = (_answer: WriteAnswer): void => undefined
  const asked = new Promise<void>((reached) => {
    desk.directory.faults.resetPassword = () =>
      new Promise((resolve) => {
        answer = resolve
        reached()
      })
  })
  const running = desk.api.reset.perform({ requestId })
  await asked
  return {
    end: async () => {
      answer({ kind: 'done', server: 'sample:0', missed: [] })
      await running
    },
  }
}

describe('a crash between the gate and the answer of the directory', () => {
  it('leaves the proof spent and the intent in the audit: nothing is written twice, and nothing is hidden', async () => {
    const { request, typedKey } = await verifiedCase(desk)
    const { end } = await inTheMiddle(request.id)

    const again = await startAgain()

    expect(await codeOf(again.api.reset.perform({ requestId: request.id }))).toBe('proof-spent')
    expect(again.directory.writes).toEqual([])
    await checkApp(again, request, typedKey)
    expect(await codeOf(again.api.reset.perform({ requestId: request.id }))).toBe('ok')
    await switchTo(again, 'watanabe.aya')
    expect(await ok(again.api.audit.verify())).toMatchObject({ intact: true, unfinished: 1 })
    const { rows } = await ok(again.api.audit.list({ filter: {}, limit: 500 }))
    const resets = rows.filter(({ action }) => action === 'reset.password')
    expect(resets.map(({ outcome }) => outcome).toSorted()).toEqual([
      'proof-spent',
      'started',
      'started',
      'started',
      'succeeded',
    ])
    await end()
  })
})

describe('a crash in the middle of a check', () => {
  it('leaves no session, no enrolment and no approval behind', async () => {
    const request = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(
      desk.api.verification.attest({ requestId: request.id, attestation: inPerson, note: '' }),
    )
    const personId = request.personId
    const { document, photoMatches, nameMatches } = inPerson
    const start = { personId, label: 'Pixel 9', document, photoMatches, nameMatches, approver }
    const { enrolmentId } = await ok(desk.api.registration.startApp(start))

    const again = await startAgain()

    expect(await codeOf(again.api.reset.perform({ requestId: request.id }))).toBe('approval-needed')
    expect(await codeOf(again.api.registration.confirm({ enrolmentId, code: '000000' }))).toBe('enrolment-not-found')
    expect((await ok(again.api.registration.list({ personId }))).methods).toEqual([])
    // The attestation itself was recorded: the approver may still be asked, for as long as it is fresh.
    const decision = { requestId: request.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '', approver }
    expect(await codeOf(again.api.verification.decide(decision))).toBe('ok')
  })
})
