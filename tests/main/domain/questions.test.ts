import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readyQuestions } from '../../../src/main/domain/question-catalogue'
import { drawQuestions, readAnswers } from '../../../src/main/domain/questions'
import { AppError } from '../../../src/shared/errors'
import { foldAnswer } from '../../../src/shared/question-rules'

const person = {
  name: '山田 花子',
  reading: 'やまだ はなこ',
  userId: 'yamada.hanako',
  signInName: 'yamada.hanako@sakura.example',
  mail: 'hanako.y@sakura.example',
  employeeNumber: '100042',
}
const questions = readyQuestions.map((question) => ({ ...question, custom: false }))
const ids = questions.map(({ id }) => id)
const idOf = (index: number): string => ids[index] ?? ''
const good = ['押し入れの奥', 'しいたけ', 'くまきち', 'Piano', '駅前の古い池']

const read = (answers: readonly string[], chosen: readonly string[] = ids, required = answers.length) =>
  readAnswers(
    answers.map((answer, index) => ({ questionId: chosen[index] ?? '', answer })),
    { questions, required, person },
  )

function refusalOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error instanceof AppError ? { code: error.code, params: error.params } : error
  }
}

describe('readAnswers', () => {
  it('takes five good answers, folded', () => {
    expect(read(good)).toEqual(good.map((answer, index) => ({ questionId: idOf(index), folded: foldAnswer(answer) })))
  })

  type Refused = [readonly string[], { readonly code: string; readonly params?: object }]
  it.each<Refused>([
    [['ab', ...good.slice(1)], { code: 'answer-length', params: { questionId: idOf(0), min: 3, max: 40 } }],
    [[' あ い ', ...good.slice(1)], { code: 'answer-length', params: { questionId: idOf(0), min: 3, max: 40 } }],
    [['あ'.repeat(41), ...good.slice(1)], { code: 'answer-length', params: { questionId: idOf(0), min: 3, max: 40 } }],
    [[...good.slice(0, 4), 'シイタケ'], { code: 'answer-repeated', params: { questionId: idOf(4) } }],
    [['子どものころ、よく隠れていた場所はどこですか', ...good.slice(1)], { code: 'answer-easy' }],
    [['where did you like to hide as a child', ...good.slice(1)], { code: 'answer-easy' }],
    ...[
      'Yamada.Hanako',
      'yamadahanako',
      'yamada.hanako@sakura.example',
      'HANAKO.Y',
      'ヤマダ',
      'はなこ',
      'やまだはなこ',
      'はなこ やまだ',
      '山田花子',
      '100042',
      '？？？',
    ].map(
      (answer) =>
        [[answer, ...good.slice(1)], { code: 'answer-easy', params: { questionId: idOf(0) } }] satisfies Refused,
    ),
  ])('refuses %j', (answers, refusal) => {
    const refused = refusalOf(() => read(answers))
    expect(refused).toMatchObject(refusal)
    expect(JSON.stringify(refused)).not.toContain(answers[0])
  })

  it('refuses a question twice, one that is not offered, and too few of them', () => {
    expect(refusalOf(() => read(good, [idOf(0), idOf(0), idOf(1), idOf(2), idOf(3)]))).toMatchObject({
      code: 'question-repeated',
    })
    expect(refusalOf(() => read(good, ['no-such', ...ids]))).toMatchObject({ code: 'question-unknown' })
    expect(refusalOf(() => read(good.slice(1), ids, 5))).toEqual({ code: 'questions-too-few', params: { required: 5 } })
    expect(refusalOf(() => read([], ids, 5))).toMatchObject({ code: 'questions-too-few' })
  })

  it('lets through nothing that breaks a rule', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 45 }), { minLength: 1, maxLength: 6 }),
        (answers) => {
          let taken: ReturnType<typeof read>
          try {
            taken = read(answers)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
            return
          }
          const folded = taken.map((one) => one.folded)
          expect(new Set(folded).size).toBe(answers.length)
          for (const one of folded) {
            expect([...one].length).toBeGreaterThanOrEqual(3)
            expect([...one].length).toBeLessThanOrEqual(40)
          }
        },
      ),
    )
  })
})

describe('drawQuestions', () => {
  it('draws so many different ones, and all where there are fewer', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(8), (given, count) => {
        const drawn = drawQuestions(given, count)
        expect(drawn).toHaveLength(Math.min(count, given.length))
        expect(new Set(drawn).size).toBe(drawn.length)
        expect(drawn.every((id) => given.includes(id))).toBe(true)
      }),
    )
  })

  it('favours none', () => {
    const counts = new Map<string, number>()
    const rounds = 6000
    for (let round = 0; round < rounds; round += 1) {
      for (const id of drawQuestions(['a', 'b', 'c', 'd', 'e'], 3)) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    // Expected 3600 each with a deviation of 38: seven deviations either way.
    for (const id of ['a', 'b', 'c', 'd', 'e']) expect(Math.abs((counts.get(id) ?? 0) - 3600), id).toBeLessThan(270)
  })
})

describe('readyQuestions', () => {
  it('differ from one another in both languages, and keep ids that fit', () => {
    expect(new Set(ids).size).toBe(ids.length)
    for (const language of ['ja', 'en'] as const) {
      expect(new Set(readyQuestions.map((question) => foldAnswer(question[language]))).size).toBe(ids.length)
    }
    expect(ids.every((id) => /^[a-z-]{3,60}$/u.test(id))).toBe(true)
    expect(ids.length).toBeGreaterThanOrEqual(15)
  })
})
