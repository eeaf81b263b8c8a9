import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DrawnQuestions } from '../../../src/shared/model/questions'
import type { ResetRequest } from '../../../src/shared/model/request'
import {
  auditRows,
  checkApp,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  personIdOf,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { proofing } from '../../support/sms-desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk({ policy: { methodsRequired: 2 } })
  await signIn(desk)
})

afterEach(() => desk.close())

/** What the person answered at registration, by question. */
const answers = new Map<string, string>()

async function enrolQuestions(userId: string): Promise<void> {
  const personId = await personIdOf(desk, userId)
  const { enrolmentId, questions } = await ok(desk.api.registration.startQuestions({ personId, ...proofing }))
  answers.clear()
  for (const [index, { id }] of questions.slice(0, 5).entries()) answers.set(id, `こたえ ${index} ひまわり`)
  const given = [...answers].map(([questionId, answer]) => ({ questionId, answer }))
  await ok(desk.api.registration.saveAnswers({ enrolmentId, answers: given }))
}

async function questionCase(): Promise<{ request: ResetRequest; typedKey: string; methodId: string }> {
  const typedKey = await enrol(desk, 'yamada.hanako')
  await enrolQuestions('yamada.hanako')
  const request = await openCase(desk, 'yamada.hanako', { channel: 'phone' })
  const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
  return { request, typedKey, methodId: methods.find(({ kind }) => kind === 'knowledge')?.id ?? '' }
}

const draw = (requestId: string, methodId: string): Promise<DrawnQuestions> =>
  ok(desk.api.verification.drawQuestions({ requestId, methodId }))

function said(drawn: DrawnQuestions, change: (answer: string, index: number) => string = (answer) => answer) {
  const given = drawn.questions.map(({ id }, index) => ({
    questionId: id,
    answer: change(answers.get(id) ?? '', index),
  }))
  return { drawId: drawn.drawId, answers: given }
}

const idsOf = ({ questions }: DrawnQuestions): string => questions.map(({ id }) => id).join(' ')

describe('VerificationService.questions', () => {
  it('asks three of five, and takes what the caller says in another spelling', async () => {
    const { request, typedKey, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    expect(drawn.questions).toHaveLength(3)
    expect(new Set(idsOf(drawn).split(' ')).size).toBe(3)
    expect(drawn.questions.every(({ id, ja, en }) => answers.has(id) && ja !== '' && en !== '')).toBe(true)

    const half = said(drawn, (answer) => answer.replaceAll('ひまわり', 'ﾋﾏﾜﾘ').replaceAll(' ', '　'))
    const result = await ok(desk.api.verification.checkAnswers({ requestId: request.id, methodId, ...half }))
    expect(result).toMatchObject({ matched: true, hint: null })
    expect(result.status.proofs).toMatchObject([{ kind: 'knowledge', state: 'valid' }])
    expect((await checkApp(desk, request, typedKey)).satisfied).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
  })

  it('asks the same ones until they are answered, whoever asks and however often', async () => {
    const { request, methodId } = await questionCase()
    const first = await draw(request.id, methodId)
    for (let again = 0; again < 5; again += 1) expect(await draw(request.id, methodId)).toEqual(first)

    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder, clock, policy: { methodsRequired: 2 } })
    await signIn(desk)
    expect(await draw(request.id, methodId)).toEqual(first)
  })

  it('draws anew after an error, counts it, and says nothing of which one was wrong', async () => {
    const { request, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    const wrong = said(drawn, (answer, index) => (index === 1 ? 'まったく違う' : answer))
    const check = { requestId: request.id, methodId, ...wrong }
    const result = await ok(desk.api.verification.checkAnswers(check))
    expect(result).toMatchObject({ matched: false, hint: null, remaining: 4, status: { failures: 1, proofs: [] } })

    expect(await codeOf(desk.api.verification.checkAnswers({ ...check, ...said(drawn) }))).toBe('draw-over')
    expect((await draw(request.id, methodId)).drawId).not.toBe(drawn.drawId)
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.check')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'no-match', 'started', 'draw-over'])
    expect(Object.keys(rows.find(({ outcome }) => outcome === 'no-match')?.details ?? {}).toSorted()).toEqual([
      'closed',
      'failures',
      'kind',
      'methodId',
    ])
  })

  it('takes one answer of many that are sent at once', async () => {
    const { request, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    const check = { requestId: request.id, methodId, ...said(drawn, () => 'まったく違う') }
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(desk.api.verification.checkAnswers(check))))
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
    expect(codes.filter((code) => code === 'draw-over')).toHaveLength(5)
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).failures).toBe(1)
  })

  it('compares nothing for questions that were not drawn, left out, or asked too long ago', async () => {
    const { request, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    const all = [...answers].map(([questionId, answer]) => ({ questionId, answer }))
    const others = all.filter(({ questionId }) => !idsOf(drawn).includes(questionId))
    const check = (given: typeof all, drawId = drawn.drawId) =>
      codeOf(desk.api.verification.checkAnswers({ requestId: request.id, methodId, drawId, answers: given }))

    expect(await check(others)).toBe('answers-incomplete')
    expect(await check(said(drawn).answers.slice(1))).toBe('answers-incomplete')
    expect(await check(said(drawn, () => ' ').answers)).toBe('answers-incomplete')
    expect(await check(all, crypto.randomUUID())).toBe('draw-over')
    await wait(desk, 600)
    expect(await check(said(drawn).answers)).toBe('draw-over')
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).failures).toBe(0)
  })

  it('does not let another agent’s or request’s draw be answered', async () => {
    const { request, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'again' }))
    await switchTo(desk, 'suzuki.ken')
    const other = await openCase(desk, 'yamada.hanako', { channel: 'phone' })
    const check = { requestId: other.id, methodId, ...said(drawn) }
    expect(await codeOf(desk.api.verification.checkAnswers(check))).toBe('draw-over')
    expect(await codeOf(desk.api.verification.checkAnswers({ ...check, requestId: request.id }))).not.toBe('ok')
  })

  it('leaves no answer in the audit, in a push or in what the page is told', async () => {
    const { request, methodId } = await questionCase()
    const drawn = await draw(request.id, methodId)
    const check = { requestId: request.id, methodId, ...said(drawn) }
    const result = await ok(desk.api.verification.checkAnswers(check))
    const told = JSON.stringify([result, desk.events, await auditRows(desk)])
    for (const answer of answers.values()) expect(told).not.toContain(answer)
  })
})
