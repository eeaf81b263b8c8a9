import { AppError, unwrap } from '../../../shared/errors'

export { unwrap }

/** Anything thrown, as a refusal that has words. An unexpected error becomes `internal`; its own text is not shown. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal')
}
