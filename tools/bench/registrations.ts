import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/main/clock'
import type { Clock } from '../../src/main/clock'
import { defaultPolicy } from '../../src/main/domain/policy'
import { createNumberReader } from '../../src/main/gateways/sms/number'
import type { NumberReader } from '../../src/main/gateways/sms'
import { Destinations } from '../../src/main/services/codes-destinations'
import { PersonVault } from '../../src/main/services/person-vault'
import { openStores } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import { createVault, writeKeyFile } from '../../src/main/vault'
import { silentLog } from '../../tests/support/silent-log'

/** Stores and keys as a desk has them, in a folder of their own. */
export interface Registrations {
  readonly folder: string
  readonly stores: Stores
  readonly personVault: PersonVault
  readonly destinations: Destinations
  readonly readNumber: NumberReader
  readonly clock: Clock
}

export async function withRegistrations<T>(measure: (desk: Registrations) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sspr-bench-'))
  const clock = systemClock()
  const file = join(folder, 'vault.key')
  writeKeyFile(file)
  const { vault } = await createVault({ dir: folder, protection: { kind: 'key-file', file }, clock })
  const stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
  try {
    const personVault = new PersonVault(vault, stores)
    const readNumber = createNumberReader('JP')
    const destinations = new Destinations({ personVault, vault, readNumber, clock, policy: defaultPolicy })
    return await measure({ folder, stores, personVault, destinations, readNumber, clock })
  } finally {
    await stores.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const aPersonId = (): string => `${randomUUID()}@dc=sakura,dc=example`
