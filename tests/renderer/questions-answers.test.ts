import { flushPromises } from '@vue/test-utils'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { faultsOf } from '../../src/renderer/src/components/questions/answers'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { SecurityQuestion } from '../../src/shared/model/questions'
import { answerLength } from '../../src/shared/question-rules'
import { ok, refused } from './support/api'
import { pageText } from './support/mount'
import { chooseType, identify, identity, openRegistration, press, type OpenDialog } from './support/registration'
import { aMethod, aRegistration, atWork, field, minutesFromNow, type } from './support/work'

const words = messages.en.questions.answers
const enrolmentId = '00000000-0000-4000-c000-000000000004'
const questions: readonly SecurityQuestion[] = Array.from({ length: 7 }, (_, index) => ({
  id: `q${index + 1}`,
  ja: `質問 その ${index + 1}`,
  en: `Ready question ${index + 1}`,
  custom: index === 6,
}))
const answers = ['ポチ太郎', 'しながわ', 'Blue bicycle', '鈴木先生', 'カレーうどん']
let unmount: () => unknown = () => undefined

async function open(registration: Partial<Api['registration']> = {}): Promise<OpenDialog> {
  const dialog = await openRegistration({
    startQuestions: () => ok({ enrolmentId, questions: [...questions], required: 5, expiresAt: minutesFromNow(10) }),
    ...registration,
  })
  unmount = dialog.unmount
  await chooseType('questions')
  await identify(null)
  await press(messages.en.registration.submit.questions)
  return dialog
}

const questionLabel = (number: number) => words.question.replace('{number}', String(number))
const answerLabel = (number: number) => words.answer.replace('{number}', String(number))

/** What the nth list offers, without its first line. */
function offered(number: number): string[] {
  return [...field(questionLabel(number)).querySelectorAll('option')].slice(1).map((one) => one.value)
}

async function fill(given: readonly string[] = answers): Promise<void> {
  for (const [index, answer] of given.entries()) {
    type(questionLabel(index + 1), `q${index + 1}`)
    await flushPromises()
    type(answerLabel(index + 1), answer)
    await flushPromises()
  }
}

afterEach(async () => {
  await unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('RegistrationDialog for security questions', () => {
  it('asks for no name, and tells the agent to look away before anything is typed', async () => {
    const inputs: unknown[] = []
    await open({
      startQuestions: (input) => {
        inputs.push(input)
        return ok({ enrolmentId, questions: [...questions], required: 5, expiresAt: minutesFromNow(10) })
      },
    })

    expect(inputs).toEqual([identity])
    expect(pageText()).toContain(words.lookAway)
    expect(pageText()).toContain('Choose 5 questions and type an answer to each.')
    expect(pageText()).toContain('3 to 40 characters')
  })

  it('masks what is typed without a password field: Japanese could not be typed there', async () => {
    await open()
    const input = field(answerLabel(1))
    expect(input.type).toBe('text')
    expect(input.autocomplete).toBe('off')
    expect(input.getAttribute('spellcheck')).toBe('false')
    expect(input.hasAttribute('data-masked')).toBe(true)
    const copied = new Event('copy', { bubbles: true, cancelable: true })
    input.dispatchEvent(copied)
    expect(copied.defaultPrevented).toBe(true)

    field(words.show).click()
    await flushPromises()
    expect(input.hasAttribute('data-masked')).toBe(false)
  })

  it('offers each question once, in the language of the person', async () => {
    await open()
    expect(offered(2)).toHaveLength(7)
    type(questionLabel(1), 'q3')
    await flushPromises()
    expect(offered(1)).toContain('q3')
    expect(offered(2)).not.toContain('q3')
    expect(field(questionLabel(1)).textContent).toContain('Ready question 3')

    field(messages.en.registration.languages.ja).click()
    await flushPromises()
    expect(field(questionLabel(1)).textContent).toContain('質問 その 3')
    expect(field(questionLabel(1)).value).toBe('q3')
  })

  it('hands the answers out once, and keeps them nowhere', async () => {
    const inputs: unknown[] = []
    const method = aMethod({ type: 'questions', kind: 'knowledge', label: '' })
    const dialog = await open({
      saveAnswers: (input) => {
        inputs.push(input)
        return ok(aRegistration({ methods: [method], counting: 1 }))
      },
    })
    await fill()
    await press(words.submit)

    expect(inputs).toEqual([
      { enrolmentId, answers: answers.map((answer, index) => ({ questionId: `q${index + 1}`, answer })) },
    ])
    expect(pageText()).toContain(messages.en.registration.done.title.questions)
    for (const answer of answers) expect(dialog.state() + document.body.innerHTML).not.toContain(answer)
  })

  it('sends nothing that breaks a rule, and marks the field', async () => {
    const { api } = await open()
    await press(words.submit)
    expect(pageText()).toContain(words.incomplete)
    expect(pageText()).toContain(words.fault.question)

    await fill(['ab', 'ＰＯＣＨＩ', 'pochi', 'Yamada.Hanako', 'ready  QUESTION 5'])
    await press(words.submit)
    expect(pageText()).toContain('Too short: at least 3 characters.')
    expect(pageText()).toContain(words.fault.repeated)
    expect(pageText()).toContain(words.fault.account)
    expect(pageText()).toContain(words.fault.sameAsQuestion)
    expect(api.called).not.toContain('registration.saveAnswers')
    expect(document.activeElement).toBe(field(answerLabel(1)))
  })

  it('keeps the answers for a correction when main refuses them', async () => {
    await open({ saveAnswers: () => refused('answer-easy') })
    await fill()
    await press(words.submit)

    expect(pageText()).toContain(messages.en.errors['answer-easy'].title)
    expect(field(answerLabel(1)).value).toBe(answers[0])
    expect(field(answerLabel(1)).hasAttribute('data-masked')).toBe(true)
  })

  it('empties everything when the desk is locked or the time is over', async () => {
    const { api } = await open()
    await fill()
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(api.called).toContain('registration.cancel')
    for (const input of document.querySelectorAll('input')) expect(answers).not.toContain(input.value)
    await unmount()

    await open({
      startQuestions: () => ok({ enrolmentId, questions: [...questions], required: 5, expiresAt: minutesFromNow(-1) }),
    })
    expect(pageText()).toContain(words.over)
    expect(document.querySelector('#answers-step input')).toBeNull()
  })
})

describe('faultsOf', () => {
  const rows = (given: readonly string[]) => given.map((answer, index) => ({ questionId: `q${index + 1}`, answer }))

  it('finds nothing wrong with answers that keep the rules', () => {
    expect(faultsOf(rows(answers), questions, 'yamada.hanako')).toEqual(
      answers.map(() => ({ question: false, answer: null })),
    )
  })

  it('lets no two answers through that fold to the same', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, maxLength: 20 }), (answer) => {
        const [, second] = faultsOf(rows([answer, ` ${answer.toUpperCase().normalize('NFKC')} `]), questions, 'someone')
        expect(second?.answer).not.toBeNull()
      }),
    )
  })

  it('counts characters, not code units, after folding', () => {
    const [faults] = faultsOf(rows(['𠮷'.repeat(answerLength.max)]), questions, '')
    expect(faults?.answer).toBeNull()
    expect(faultsOf(rows(['𠮷'.repeat(answerLength.max + 1)]), questions, '')[0]?.answer).toBe('long')
    expect(faultsOf(rows(['𠮷𠮷']), questions, '')[0]?.answer).toBe('short')
  })

  it.each([
    ['repeated', ['しいたけ', 'シイタケ']],
    ['repeated', ['Blue bicycle', 'BLUEBICYCLE']],
    ['sameAsQuestion', ['ポチ太郎', '質問その2！']],
    ['account', ['ポチ太郎', 'yamada hanako']],
    ['signs', ['ポチ太郎', '！？！']],
  ])('says "%s" of the second of %o, as main would refuse it', (fault, given) => {
    expect(faultsOf(rows(given), questions, 'yamada.hanako')[1]?.answer).toBe(fault)
  })
})
