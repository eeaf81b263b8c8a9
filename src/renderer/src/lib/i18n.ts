import { computed, type ComputedRef } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import { messages } from '../../../shared/i18n'
import type { Language } from '../../../shared/model/common'
import type { Preferences } from '../../../shared/model/settings'

// vue-i18n 11 compiles messages to a tree that it walks; nothing is evaluated, so the strict CSP holds.
export const i18n = createI18n({
  legacy: false,
  locale: languageOf('system'),
  fallbackLocale: false,
  messages,
  missingWarn: true,
  warnHtmlMessage: true,
})

/** The language that a preference means on this machine: Japanese where the system speaks it, English elsewhere. */
export function languageOf(preference: Preferences['language']): Language {
  if (preference !== 'system') return preference
  return navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en'
}

/** Puts the whole screen into a language; `<html lang>` follows for line breaking and screen readers. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** Whether the language on screen has words under this key, for words that come from main: codes, reasons, facts. */
export function hasWords(key: string): boolean {
  return i18n.global.te(key)
}

/** The language on screen, for `format.ts`. */
export function useLanguage(): ComputedRef<Language> {
  const { locale } = useI18n({ useScope: 'global' })
  return computed(() => (locale.value === 'ja' ? 'ja' : 'en'))
}
