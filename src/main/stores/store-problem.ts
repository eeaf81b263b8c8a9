import { AppError } from '../../shared/errors'

/** Why the store cannot be used; a word for the catalogues, in `store-unavailable`. */
export type StoreProblem =
  | 'damaged'
  | 'newer-version'
  | 'no-permission'
  | 'disk-full'
  | 'busy'
  | 'not-a-file'
  | 'failed'
  | 'other-key'
  // of a database server
  | 'unreachable'
  | 'certificate'
  | 'no-encryption'
  | 'refused'
  | 'missing'
  | 'not-utf8'

/** The refusal that every fault of the database becomes. `file`: a file, or `postgresql://host:port/database`. */
export function storeUnavailable(file: string, reason: StoreProblem, cause?: unknown): AppError {
  return new AppError('store-unavailable', { file, reason }, cause === undefined ? {} : { cause })
}
