import { describe, expect, it } from 'vitest'
import type { ConfigProblem } from '../../../src/main/config/problems'
import type { UnreadableReason } from '../../../src/main/config/read'
import type { StoreProblem } from '../../../src/main/stores/store-problem'
import { messages } from '../../../src/shared/i18n'

/** Does not compile when main can name a fault that has no words. */
interface Faults {
  readonly 'config-invalid': Record<ConfigProblem, string>
  readonly 'config-unreadable': Record<UnreadableReason, string>
  readonly 'store-unavailable': Record<StoreProblem, string>
}
const words: Record<'en' | 'ja', Faults> = { en: messages.en.common.reason, ja: messages.ja.common.reason }

describe('The words of faults in configuration and store', () => {
  const codes = ['config-invalid', 'config-unreadable', 'store-unavailable'] as const

  it.each(codes)('are there in both languages for %s', (code) => {
    expect(Object.keys(words.ja[code])).toEqual(Object.keys(words.en[code]))
    for (const [fault, text] of [...Object.entries(words.ja[code]), ...Object.entries(words.en[code])]) {
      // A placeholder that nobody fills would be shown as it is; `@` and `|` mean something else to vue-i18n.
      expect(text.replace('{expected}', ''), fault).not.toMatch(/[{}@|]/u)
      if (code !== 'config-invalid') expect(text, fault).not.toContain('{expected}')
    }
  })
})
