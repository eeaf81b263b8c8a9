import type { TestDirectory } from './organisation'

export interface SlapdOptions {
  /** Further people `bulk.000000`…, for the bench. */
  readonly bulk?: number
}

/** Starts OpenLDAP on a random loopback port in a temporary folder; throws when slapd is not installed. */
export function startSlapd(options: SlapdOptions = {}): Promise<TestDirectory> {
  return Promise.reject(new Error(`not built yet ${options.bulk}`))
}
