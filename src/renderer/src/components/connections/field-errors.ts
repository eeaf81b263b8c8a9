import { computed, inject, type ComputedRef, type InjectionKey } from 'vue'
import { useI18n } from 'vue-i18n'
import type { AppError } from '../../../../shared/errors'
import { errorWords } from '../../lib/error-words'
import { hasWords, useLanguage } from '../../lib/i18n'

/** Main's refusal of the settings (`setting-invalid`): every form shows it at its own field. */
export const settingsErrorKey: InjectionKey<ComputedRef<AppError | null>> = Symbol('settings-error')

/** The field that main names, as the forms call it; '' when the refusal is about something else. */
export function fieldOfError(error: AppError | null): string {
  if (error?.code !== 'setting-invalid') return ''
  return String(error.params['field'] ?? '').replace(/(^|\.)caFile$/u, '$1ca')
}

/** Answers the words that belong to a field: `errorAt('directory.servers')` also for `directory.servers[1]`. */
export function useFieldErrors(): (path: string) => string {
  const { t } = useI18n()
  const language = useLanguage()
  const error = inject(
    settingsErrorKey,
    computed(() => null),
  )
  return (path) => {
    const field = fieldOfError(error.value)
    if (error.value === null || (field !== path && !field.startsWith(`${path}[`) && !field.startsWith(`${path}.`))) {
      return ''
    }
    const { params } = error.value
    const key = `common.reason.config-invalid.${params['problemCode']}`
    const index = /\[(\d+)\]/u.exec(field)?.[1]
    const words = hasWords(key) ? t(key, { ...params }) : errorWords(error.value, language.value, t).next
    return index === undefined ? words : t('connections.line', { line: Number(index) + 1, problem: words })
  }
}
