import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function importHandlers(): Handlers['imports'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { choose: missing, apply: missing, discard: missing, progress: missing, saveTemplate: missing }
}
