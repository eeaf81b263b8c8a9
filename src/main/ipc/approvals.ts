import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'

export function approvalHandlers(): Handlers['approvals'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return { list: missing, decide: missing }
}
