import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function securityKeyHandlers(): Handlers['securityKey'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { availability: missing, state: missing, pin: missing, cancel: missing }
}
