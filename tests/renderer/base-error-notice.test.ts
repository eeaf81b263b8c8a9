import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import UiErrorNotice from '../../src/renderer/src/components/base/UiErrorNotice.vue'
import { i18n, setLanguage } from '../../src/renderer/src/lib/i18n'
import { AppError, errorCodes } from '../../src/shared/errors'
import { messages } from '../../src/shared/i18n'

function words(error: AppError, language: 'ja' | 'en'): string {
  setLanguage(language)
  const wrapper = mount(UiErrorNotice, { props: { error }, global: { plugins: [i18n] } })
  const text = wrapper.text()
  wrapper.unmount()
  return text
}

afterEach(() => {
  setLanguage('en')
})

describe('UiErrorNotice', () => {
  it.each(['en', 'ja'] as const)('has the fact, the next step and the code of every refusal (%s)', (language) => {
    for (const code of errorCodes) {
      const text = words(new AppError(code), language)
      expect(text).toContain(messages[language].errors[code].title)
      expect(text).toContain(code)
      expect(text).not.toContain('errors.')
    }
  })

  it('names file, line, field and fault of a broken configuration', () => {
    const error = new AppError('config-invalid', {
      file: '/etc/sspr-desk/config.json',
      line: 12,
      field: 'policy.failureLimit',
      problem: 'is too small or too short (≥ 1)',
      problemCode: 'too-small',
      expected: '≥ 1',
    })

    expect(words(error, 'en')).toContain('/etc/sspr-desk/config.json, line 12, field “policy.failureLimit”: too small')
    expect(words(error, 'ja')).toContain('12 行目、項目「policy.failureLimit」: 小さすぎるか短すぎます (≥ 1)')
  })

  it("shows main's own words where a fault has none here", () => {
    const error = new AppError('config-invalid', {
      file: 'f',
      line: 1,
      field: 'x',
      problem: 'is odd',
      problemCode: 'new',
    })

    expect(words(error, 'en')).toContain('is odd')
  })

  it('is an alert, so that it is heard', () => {
    const wrapper = mount(UiErrorNotice, {
      props: { error: new AppError('checks-closed') },
      global: { plugins: [i18n] },
    })
    expect(wrapper.attributes('role')).toBe('alert')
    wrapper.unmount()
  })
})
