import { AppError, errorCodes, type ErrorParams } from '../../../shared/errors'
import type { Language } from '../../../shared/model/common'
import { formatDate } from './format'
import { hasWords } from './i18n'

type Params = Record<string, string | number>
type Translate = (key: string, params: Params) => string

/**
 * The sentence of a refusal and its next step, in the reader's language. Instants among its parameters are shown as local
 * times; a reason word becomes the words of `{because}` (`common.reason`).
 */
export function errorWords(error: AppError, language: Language, t: Translate): { title: string; next: string } {
  const params: Params = readable(error.params, language)
  params['because'] = because(error, params, t)
  return {
    title: t(`errors.${error.code}.title`, params),
    next: t(`errors.${error.code}.next`, params).trim(),
  }
}

/** A refusal that came as plain data (`session.status.problem`). A code that is not known here becomes `internal`. */
export function asAppError(problem: { readonly code: string; readonly params: ErrorParams }): AppError {
  const code = errorCodes.find((known) => known === problem.code)
  return code === undefined ? new AppError('internal') : new AppError(code, problem.params)
}

function because(error: AppError, params: Params, t: Translate): string {
  for (const name of ['problemCode', 'reason', 'problem']) {
    const word = error.params[name]
    if (word === undefined || word === '') continue
    // A setting and the field of the file that it becomes have the same faults.
    const code = error.code === 'setting-invalid' ? 'config-invalid' : error.code
    const key = `common.reason.${code}.${word}`
    if (hasWords(key)) return t(key, params)
  }
  // Main's own English words are better than none.
  return String(error.params['problem'] ?? '')
}

const isInstant = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/u

function readable(params: ErrorParams, language: Language): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' && isInstant.test(value) ? formatDate(value, language) : value,
    ]),
  )
}
