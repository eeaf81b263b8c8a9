import { openStores } from '../../src/main/stores/database'
import { silentLog } from './silent-log'
import { aClaim, aClosing, aNewRequest } from './stores'
import { testVault } from './vault'

/** Writes requests and changes to the database named on the command line until it is killed; a line for each. */
const stores = await openStores({ file: process.argv[2] ?? '', vault: testVault(), log: silentLog })
for (;;) {
  const { id } = await stores.requests.create(aNewRequest())
  await stores.requests.change(id, 1, aClaim())
  process.stdout.write(`${id}\n`)
  await stores.requests.change(id, 2, aClosing())
}
