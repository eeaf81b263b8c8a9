import { AppError, errorCodes, type ErrorParams } from '../../../shared/errors'
import type { Language } from '../../../shared/model/common'
import { formatDate } from './format'

type Translate = (key: string, params: Record<string, string | number>) => string
type Has = (key: string) => boolean

/** The sentence of a refusal and its next step, in the reader's language. Instants among its parameters are shown as local times. */
export function errorWords(
  error: AppError,
  language: Language,
  t: Translate,
  te: Has,
): { title: string; next: string } {
  const code = te(`errors.${error.code}.title`) ? error.code : 'internal'
  const params = readable(error.params, language)
  return { title: t(`errors.${code}.title`, params), next: t(`errors.${code}.next`, params) }
}

const isInstant = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/u

function readable(params: ErrorParams, language: Language): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' && isInstant.test(value) ? formatDate(value, language) : value,
    ]),
  )
}

/** A refusal that came as plain data (`session.status.problem`). A code that is not known here becomes `internal`. */
export function asAppError(problem: { readonly code: string; readonly params: ErrorParams }): AppError {
  const code = errorCodes.find((known) => known === problem.code)
  return code === undefined ? new AppError('internal') : new AppError(code, problem.params)
}
