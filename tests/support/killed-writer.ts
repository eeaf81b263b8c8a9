import { openStores } from '../../src/main/stores/database'
import { silentLog } from './silent-log'
import { aClaim, aClosing, aNewRequest } from './stores'
import { testVault } from './vault'

/** Writes requests and changes to this database and a line for each to standard output, until the process is killed. */
export async function writeUntilKilled(file: string): Promise<never> {
  const stores = await openStores({ file, vault: testVault(), log: silentLog })
  for (;;) {
    const { id } = await stores.requests.create(aNewRequest())
    await stores.requests.change(id, 1, aClaim())
    process.stdout.write(`${id}\n`)
    await stores.requests.change(id, 2, aClosing())
  }
}
