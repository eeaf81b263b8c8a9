import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readyQuestions } from '../../../src/main/domain/question-catalogue'
import { foldAnswer } from '../../../src/shared/question-rules'
import { answerHashesOf } from '../../../src/main/domain/registration-secrets'
import type { QuestionAnswer } from '../../../src/shared/model/questions'
import { auditRows, codeOf, enrol, ok, openDesk, personIdOf, signIn, switchTo, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { otherHand } from '../../support/person-data'
import { proofing } from '../../support/sms-desk'

let desk: TestDesk
let personId: string

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
  personId = await personIdOf(desk, 'yamada.hanako')
})

afterEach(() => desk.close())

const words = ['押し入れの奥', 'しいたけ', 'くまきち', 'Piano Lesson', '駅前の古い池']
const answersOf = (changes: Readonly<Record<number, string>> = {}): QuestionAnswer[] =>
  words.map((answer, index) => ({ questionId: readyQuestions[index]?.id ?? '', answer: changes[index] ?? answer }))
const start = async () => ok(desk.api.registration.startQuestions({ personId, ...proofing }))
const save = (enrolmentId: string, answers = answersOf()) => desk.api.registration.saveAnswers({ enrolmentId, answers })
async function keptHashes() {
  const { stores, people } = await otherHand(desk)
  const kept = (await stores.methods.ofPerson(personId)).filter(({ type }) => type === 'questions')
  const hashes = await Promise.all(kept.map(async (method) => answerHashesOf(await people.openSecret(method))))
  await stores.close()
  return { kept, hashes: hashes.flat() }
}

describe('RegistrationService.saveAnswers', () => {
  it('registers the answers of five questions as one method', async () => {
    const enrolment = await start()
    expect(enrolment).toMatchObject({ required: 5 })
    expect(enrolment.questions.map(({ id }) => id)).toEqual(readyQuestions.map(({ id }) => id))

    const summary = await ok(save(enrolment.enrolmentId))

    expect(summary.methods).toMatchObject([{ type: 'questions', kind: 'knowledge', masked: '', isDefault: true }])
    expect(await codeOf(save(enrolment.enrolmentId))).toBe('enrolment-not-found')
    const { hashes } = await keptHashes()
    expect(hashes.map(({ questionId }) => questionId)).toEqual(answersOf().map(({ questionId }) => questionId))
    expect(new Set(hashes.map(({ salt }) => salt)).size).toBe(5)
    expect(hashes.every(({ hash }) => Buffer.from(hash, 'base64url').length === 32)).toBe(true)
  })

  it('lets the person mend what was refused, and keeps nothing until then', async () => {
    const { enrolmentId } = await start()
    expect(await codeOf(save(enrolmentId, answersOf({ 0: 'x' })))).toBe('answer-length')
    expect(await codeOf(save(enrolmentId, answersOf({ 1: 'やまだ はなこ' })))).toBe('answer-easy')
    expect(await codeOf(save(enrolmentId, answersOf({ 2: 'シイタケ' })))).toBe('answer-repeated')
    expect(await codeOf(save(enrolmentId, answersOf().slice(1)))).toBe('questions-too-few')
    expect((await ok(desk.api.registration.list({ personId }))).methods).toEqual([])

    expect(await codeOf(save(enrolmentId))).toBe('ok')
  })

  it('replaces all answers by new ones, in the same method, as registered now', async () => {
    await enrol(desk, 'yamada.hanako')
    await ok(save((await start()).enrolmentId))
    const before = await keptHashes()
    await wait(desk, 60)

    const { methods } = await ok(save((await start()).enrolmentId, answersOf({ 0: '物置の裏' })))

    const after = await keptHashes()
    expect(after.kept.map(({ id }) => id)).toEqual(before.kept.map(({ id }) => id))
    expect(after.hashes.map(({ hash }) => hash)).not.toContain(before.hashes[1]?.hash)
    expect(methods.filter(({ type }) => type === 'questions')).toHaveLength(1)
    expect(after.kept[0]?.registeredAt).toBe(desk.clock.iso())
  })

  it('keeps answers out of answers, audit and store', async () => {
    const { enrolmentId } = await start()
    await codeOf(save(enrolmentId, answersOf({ 0: 'x' })))
    const said = JSON.stringify([await ok(save(enrolmentId)), await auditRows(desk)])
    expect(words.filter((word) => said.includes(word))).toEqual([])
    const folded = words.map(foldAnswer)
    for (const name of readdirSync(desk.folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(desk.folder, name)
      if (!statSync(file).isFile()) continue
      const content = readFileSync(file)
      expect(
        [...words, ...folded].filter((word) => content.includes(word)),
        name,
      ).toEqual([])
    }
  })

  it('refuses somebody whom answers never help', async () => {
    const privileged = await personIdOf(desk, 'yoshida.jun')
    const input = { personId: privileged, ...proofing }
    const answer = await desk.api.registration.startQuestions(input)
    const { types } = await ok(desk.api.registration.list({ personId: privileged }))
    const refusal = types.find(({ type }) => type === 'questions')?.refusal
    expect(answer.ok ? null : answer.params['reason']).toBe(refusal)
    expect(refusal).toBe('not-for-privileged')
  })
})

describe('QuestionsService.saveCustom', () => {
  const own = {
    id: randomUUID(),
    ja: '入社した日の昼食は何でしたか',
    en: 'What did you eat on your first day?',
    retired: false,
  }

  beforeEach(() => switchTo(desk, 'tanaka.hiroshi'))

  it('offers the organisation’s own questions at registration, and not those that were retired', async () => {
    await ok(desk.api.questions.saveCustom({ questions: [own] }))
    await switchTo(desk, 'sato.misaki')
    expect((await start()).questions.filter(({ custom }) => custom)).toEqual([
      { id: own.id, ja: own.ja, en: own.en, custom: true },
    ])

    await switchTo(desk, 'tanaka.hiroshi')
    await ok(desk.api.questions.saveCustom({ questions: [{ ...own, retired: true }] }))
    await switchTo(desk, 'sato.misaki')
    expect((await start()).questions.filter(({ custom }) => custom)).toEqual([])
  })

  it('never deletes one that somebody may have answered', async () => {
    await ok(desk.api.questions.saveCustom({ questions: [own] }))
    expect(await ok(desk.api.questions.saveCustom({ questions: [] }))).toEqual([{ ...own, retired: true }])
    expect((await ok(desk.api.questions.catalogue())).custom).toEqual([{ ...own, retired: true }])
  })

  it('refuses more than twenty, and one that is there already', async () => {
    const many = Array.from({ length: 20 }, (_none, index) => ({
      ...{ id: randomUUID(), retired: false },
      ja: `社内の質問その ${index}`,
      en: `Own question number ${index}`,
    }))
    await ok(desk.api.questions.saveCustom({ questions: many }))
    expect(await codeOf(desk.api.questions.saveCustom({ questions: [own] }))).toBe('questions-invalid')
    const again = { ...own, en: readyQuestions[0]?.en.toUpperCase() ?? '' }
    const changed = many.map((question, index) => (index === 0 ? { ...again, id: question.id } : question))
    expect(await codeOf(desk.api.questions.saveCustom({ questions: changed }))).toBe('questions-invalid')
    expect((await ok(desk.api.questions.catalogue())).custom).toEqual(many)
  })

  it('is for administrators, and audited', async () => {
    await ok(desk.api.questions.saveCustom({ questions: [own] }))
    await switchTo(desk, 'sato.misaki')
    expect(await codeOf(desk.api.questions.saveCustom({ questions: [] }))).toBe('role-required')
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.questions')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'succeeded', 'started', 'role-required'])
    expect(rows[1]?.details).toMatchObject({ count: 1, retired: 0, changed: own.ja })
  })
})
