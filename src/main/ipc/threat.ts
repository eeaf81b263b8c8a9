import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function threatHandlers(): Handlers['threat'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { get: missing, set: missing }
}
