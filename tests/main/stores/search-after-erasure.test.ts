import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import type { Stores } from '../../../src/main/stores/stores'
import { silentLog } from '../../support/silent-log'
import { aClosing, aNewRequest, aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

describe('The search index in the file of an erased person', () => {
  let folder: string
  let file: string
  let stores: Stores
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'erased-'))
    file = join(folder, 'desk.db')
    stores = await openStores({ file, vault: testVault(), log: silentLog })
  })
  afterEach(async () => {
    await stores.close()
    rmSync(folder, { recursive: true })
  })

  /** Words follow each other without what they have in common: the second letter of a name stands alone in the blocks. */
  function blocksWith(letter: string): number {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0')
    const raw = new Database(file, { readonly: true })
    const blocks = ['created', 'updated', 'due'].flatMap((order) =>
      raw.prepare<[], Buffer>(`select block from request_search_${order}_data`).pluck().all(),
    )
    raw.close()
    return blocks.filter((block) => block.includes(code)).length
  }

  it('keeps no piece of the name, and nothing waits in the log of changes', async () => {
    const personId = aPersonId()
    const neighbour = await stores.requests.create(aNewRequest({ personName: '鷲尾 葵' }))
    const { id } = await stores.requests.create(aNewRequest({ personId, personName: '小鳥遊 怜' }))
    await stores.requests.change(id, 1, aClosing())
    expect([blocksWith('鳥') > 0, blocksWith('尾') > 0]).toEqual([true, true])

    await stores.erasures.erase(personId, at(9))

    expect([blocksWith('鳥'), blocksWith('尾') > 0]).toEqual([0, true])
    expect(statSync(`${file}-wal`).size).toBe(0)
    expect((await stores.requests.get(neighbour.id)).personName).toBe('鷲尾 葵')
  })
})
