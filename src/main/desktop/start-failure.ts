import { AppError } from '../../shared/errors'
import { messages } from '../../shared/i18n'

/** Why the app could not start, in the reader's language as far as it is worded: there is no screen yet to say it on. */
export function wordStartFailure(error: unknown, locale: string): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error)
  const { title, next } = messages[locale.startsWith('ja') ? 'ja' : 'en'].errors[error.code]
  return `${title}\n\n${next}`.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => String(error.params[name] ?? whole))
}
