import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { questionFaults } from '../../src/renderer/src/components/questions/custom-questions'
import QuestionsSection from '../../src/renderer/src/components/questions/QuestionsSection.vue'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import { customQuestionLimit, type CustomQuestion, type SecurityQuestion } from '../../src/shared/model/questions'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { press } from './support/registration'
import { button, withProps } from './support/work'

const words = messages.en.questions.admin
const ready: readonly SecurityQuestion[] = [
  { id: 'pet', ja: '初めて飼ったペットの名前は何でしたか?', en: 'What was the name of your first pet?', custom: false },
]
const own: CustomQuestion = {
  id: '00000000-0000-4000-a000-000000000009',
  ja: '入社して最初に担当した仕事は何でしたか?',
  en: 'What was your first task here?',
  retired: false,
}
let unmount: () => void = () => undefined

async function open(
  custom: readonly CustomQuestion[],
  calls: Partial<Api['questions']> = {},
  editable = true,
): Promise<FakeApi> {
  const api = fakeApi({ questions: { catalogue: () => ok({ ready: [...ready], custom: [...custom] }), ...calls } })
  const { wrapper } = await show(withProps(QuestionsSection, { editable }))
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

/** The nth question's field in a language, counted from 1. */
function wording(number: number, language: 'ja' | 'en'): HTMLInputElement {
  const row = document.querySelectorAll(`li[aria-label]`)[number - 1]
  const input =
    row?.querySelector<HTMLInputElement>(`input[lang="${language}"]`) ??
    row?.querySelectorAll('input')[language === 'ja' ? 0 : 1]
  if (!(input instanceof HTMLInputElement)) throw new Error(`no field for question ${number}`)
  return input
}

async function word(number: number, language: 'ja' | 'en', text: string): Promise<void> {
  const input = wording(number, language)
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}

afterEach(() => {
  unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('QuestionsSection', () => {
  it('shows the ready questions, and says what to do where there is none of the organisation’s own', async () => {
    await open([])

    expect(pageText()).toContain('What was the name of your first pet?')
    expect(pageText()).toContain(words.none)
    expect(button(words.save).disabled).toBe(true)
  })

  it('adds a question in both languages and saves it', async () => {
    const saved: unknown[] = []
    await open([own], {
      saveCustom: (input) => {
        saved.push(input.questions)
        return ok(input.questions)
      },
    })
    await press(words.add)
    expect(document.activeElement).toBe(wording(2, 'ja'))
    await press(words.save)
    expect(saved).toEqual([])
    expect(pageText()).toContain(words.short)

    await word(2, 'ja', ' 好きな会議室は? ')
    await word(2, 'en', 'Which meeting room do you like?')
    await press(words.save)
    expect(saved).toEqual([
      [
        own,
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string,
          ja: '好きな会議室は?',
          en: 'Which meeting room do you like?',
          retired: false,
        },
      ],
    ])
    expect(pageText()).toContain(words.saved)
    expect(button(words.save).disabled).toBe(true)
  })

  it('saves no question that is there already', async () => {
    const api = await open([own])
    await word(1, 'en', 'what was the NAME of your first pet? ')
    await press(words.save)

    expect(pageText()).toContain(words.repeated)
    expect(api.called).not.toContain('questions.saveCustom')
  })

  it('retires one that was saved, never removes it: somebody may have answered it', async () => {
    const saved: unknown[] = []
    await open([own], {
      saveCustom: (input) => {
        saved.push(input.questions.map((one) => one.retired))
        return ok(input.questions)
      },
    })
    expect(pageText()).not.toContain(words.drop)
    document.querySelector<HTMLElement>(`[aria-label="${words.retire} 1"]`)?.click()
    await flushPromises()
    expect(pageText()).toContain(words.retiredText)
    await press(words.save)

    expect(saved).toEqual([[true]])
  })

  it('removes one that was only begun', async () => {
    await open([])
    await press(words.add)
    document.querySelector<HTMLElement>(`[aria-label="${words.drop} 1"]`)?.click()
    await flushPromises()

    expect(pageText()).toContain(words.none)
  })

  it('takes no more than there may be', async () => {
    await open(
      Array.from({ length: customQuestionLimit }, (_, index) => ({
        ...own,
        id: crypto.randomUUID(),
        ja: `質問 その ${index}`,
        en: `Question ${index}`,
      })),
    )

    expect(button(words.add).disabled).toBe(true)
    expect(pageText()).toContain(`There may be ${customQuestionLimit}.`)
  })

  it('keeps what was typed when main refuses it, and can drop it', async () => {
    await open([own], { saveCustom: () => refused('questions-invalid', { reason: 'repeated' }) })
    await word(1, 'en', 'Another wording?')
    await press(words.save)
    expect(pageText()).toContain(messages.en.common.reason['questions-invalid'].repeated)
    expect(wording(1, 'en').value).toBe('Another wording?')

    await press(words.discard)
    expect(wording(1, 'en').value).toBe(own.en)
  })

  it('lets others read only', async () => {
    await open([own], {}, false)

    expect(pageText()).toContain(words.readOnly)
    expect(pageText()).toContain(own.en)
    expect(document.querySelector('input')).toBeNull()
    expect(document.querySelector('button')).toBeNull()
  })
})

describe('questionFaults', () => {
  it('finds nothing wrong with different questions of three characters', () => {
    expect(questionFaults([own, { ...own, ja: 'あいう', en: 'abc' }], ready)).toEqual([
      { ja: null, en: null },
      { ja: null, en: null },
    ])
  })

  it('lets a question be asked again that was retired', () => {
    const none = { ja: null, en: null }
    expect(questionFaults([{ ...own, retired: true }, own], ready)).toEqual([none, none])
  })

  it('marks both of two that are the same', () => {
    expect(questionFaults([own, { ...own, en: 'Something else?' }], ready)).toEqual([
      { ja: 'repeated', en: null },
      { ja: 'repeated', en: null },
    ])
  })
})
