import type { TestDirectory } from './organisation'

/** Starts a Samba AD domain controller on a free 127.0.0.x; throws when samba is not installed. */
export function startSamba(): Promise<TestDirectory> {
  return Promise.reject(new Error('not built yet'))
}
