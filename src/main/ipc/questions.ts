import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function questionHandlers(): Handlers['questions'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { catalogue: missing, saveCustom: missing }
}
