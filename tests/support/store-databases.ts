import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe } from 'vitest'
import { openStores } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import { silentLog } from './silent-log'
import { testVault } from './vault'

/** A database of one kind: `open` gives another desk on the same data each time. */
interface StoreFactory {
  open(): Promise<Stores>
  /** One on new data of its own. */
  fresh(): Promise<Stores>
  drop(): Promise<void>
}

/** Two desks on the same, new data; `reopen` opens another one on it, `fresh` one on new data of its own. */
export interface TwoDesks {
  readonly stores: Stores
  readonly other: Stores
  reopen(): Promise<Stores>
  fresh(): Promise<Stores>
}

const databases: readonly (readonly [string, () => StoreFactory])[] = [['SQLite', sqlite]]

/** One spec for every database that can hold the desk's data: nothing in it may depend on one of them. */
export function describeStores(what: string, spec: (desks: () => TwoDesks) => void): void {
  describe.each(databases)(`${what} on %s`, (_, make) => {
    let factory: StoreFactory
    let desks: TwoDesks

    beforeEach(async () => {
      factory = make()
      const [stores, other] = [await factory.open(), await factory.open()]
      desks = { stores, other, reopen: () => factory.open(), fresh: () => factory.fresh() }
    })
    afterEach(() => factory.drop())

    spec(() => desks)
  })
}

function sqlite(): StoreFactory {
  const folder = mkdtempSync(join(tmpdir(), 'stores-'))
  const vault = testVault()
  const opened: Stores[] = []
  const open = async (file: string): Promise<Stores> => {
    const stores = await openStores({ file, vault, log: silentLog })
    opened.push(stores)
    return stores
  }
  return {
    open: () => open(join(folder, 'desk.db')),
    fresh: () => open(':memory:'),
    drop: async () => {
      for (const stores of opened) await stores.close()
      rmSync(folder, { recursive: true })
    },
  }
}
