import { AppError } from '../../shared/errors'
import type { DeskConfig } from '../config'
import { readSecretFile } from '../config/secret-file'
import type { StorePlace } from '../stores/database'

const passwordName = 'store.password'

/** Where the configuration wants the desk's data: `file`, or its server. Throws `secret-missing` when no file holds the password. */
export function storePlace(
  { store, secretFiles }: Pick<DeskConfig, 'store' | 'secretFiles'>,
  file: string,
): StorePlace {
  if (store.kind === 'sqlite') return { file }
  const { host, port, database, user, ca, schema } = store
  const password = (): string => {
    const answer = readSecretFile(secretFiles[passwordName] ?? '')
    if ('problem' in answer) throw new AppError('secret-missing', { name: passwordName })
    return answer.secret
  }
  // Asked once here as well: a missing file is told as such, not as a server that refuses.
  password()
  return { postgres: { host: host.replace(/^\[|\]$/gu, ''), port, database, user, password, ca, schema } }
}
