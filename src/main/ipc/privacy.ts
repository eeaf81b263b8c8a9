import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function privacyHandlers(): Handlers['privacy'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { reveal: missing, export: missing, erase: missing }
}
