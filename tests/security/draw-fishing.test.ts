import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DrawnQuestions } from '../../src/shared/model/questions'
import type { ResetRequest } from '../../src/shared/model/request'
import { codeOf, enrol, ok, openCase, openDesk, personIdOf, signIn, switchTo, wait } from '../support/desk'
import type { TestDesk } from '../support/desk'
import { proofing } from '../support/sms-desk'

/** Whoever knows three of five answers must not be able to have others asked until those three come. */

let desk: TestDesk
let request: ResetRequest
let methodId: string

beforeEach(async () => {
  desk = await openDesk({ policy: { methodsRequired: 2 } })
  await signIn(desk)
  await enrol(desk, 'yamada.hanako')
  const personId = await personIdOf(desk, 'yamada.hanako')
  const { enrolmentId, questions } = await ok(desk.api.registration.startQuestions({ personId, ...proofing }))
  const answers = questions.slice(0, 5).map(({ id }, index) => ({ questionId: id, answer: `ひまわり ${index}` }))
  await ok(desk.api.registration.saveAnswers({ enrolmentId, answers }))
  request = await openCase(desk, 'yamada.hanako', { channel: 'phone' })
  const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
  methodId = methods.find(({ kind }) => kind === 'knowledge')?.id ?? ''
})

afterEach(() => desk.close())

const draw = (requestId: string): Promise<DrawnQuestions> =>
  ok(desk.api.verification.drawQuestions({ requestId, methodId }))
const idsOf = ({ questions }: DrawnQuestions): string[] => questions.map(({ id }) => id)

/** The case is given up, and the person calls again. */
async function anotherRequest(before: ResetRequest): Promise<ResetRequest> {
  const { request: seen } = await ok(desk.api.requests.get({ requestId: before.id }))
  await ok(desk.api.requests.refuse({ requestId: seen.id, version: seen.version, reason: 'calls again' }))
  return openCase(desk, 'yamada.hanako', { channel: 'phone' })
}

describe('questions that were asked and not answered', () => {
  it('are asked again when their time is over', async () => {
    const first = await draw(request.id)
    for (let again = 0; again < 8; again += 1) {
      await wait(desk, 601)
      const next = await draw(request.id)
      expect(next.drawId).not.toBe(first.drawId)
      expect(idsOf(next)).toEqual(idsOf(first))
    }
  })

  it('are asked again at another request, of another agent', async () => {
    const first = await draw(request.id)
    let last = request
    for (const userId of ['suzuki.ken', 'sato.misaki', 'suzuki.ken', 'sato.misaki', 'suzuki.ken', 'sato.misaki']) {
      await wait(desk, 5)
      last = await anotherRequest(last)
      expect(idsOf(await draw(last.id))).toEqual(idsOf(first))
      await ok(desk.api.requests.release({ requestId: last.id, version: last.version }))
      await switchTo(desk, userId)
      const { request: open } = await ok(desk.api.requests.get({ requestId: last.id }))
      last = await ok(desk.api.requests.claim({ requestId: open.id, version: open.version }))
      expect(idsOf(await draw(last.id))).toEqual(idsOf(first))
    }
  })

  it('give way to others for the price of a failed check alone', async () => {
    for (let failure = 1; failure <= 5; failure += 1) {
      await wait(desk, 5)
      const drawn = await draw(request.id)
      const answers = idsOf(drawn).map((questionId) => ({ questionId, answer: 'まったく違う' }))
      const check = { requestId: request.id, methodId, drawId: drawn.drawId, answers }
      expect((await ok(desk.api.verification.checkAnswers(check))).status.failures).toBe(failure)
    }
    expect(await codeOf(desk.api.verification.drawQuestions({ requestId: request.id, methodId }))).toBe('checks-closed')
  })
})
