import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf, enrol, ok, openCase, openDesk, personIdOf, signIn } from '../support/desk'
import type { TestDesk } from '../support/desk'

/** Somebody with the database in hand, but without the key of the vault, gives one person the methods of another. */

let desk: TestDesk
let people: { readonly theirs: string; readonly mine: string }

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
  await enrol(desk, 'yamada.hanako')
  await enrol(desk, 'ito.kenta')
  people = { theirs: await personIdOf(desk, 'yamada.hanako'), mine: await personIdOf(desk, 'ito.kenta') }
})

afterEach(() => desk.close())

/** Runs SQL on the closed store, then opens the desk again. */
async function tamper(change: (database: Database.Database) => void): Promise<void> {
  const { folder, clock } = desk
  await desk.close({ keepFolder: true })
  const database = new Database(join(folder, 'desk.db'))
  change(database)
  database.close()
  desk = await openDesk({ folder, clock })
  await signIn(desk)
}

/** What comes of a check of the person whose methods were touched. */
async function statusOf(userId: string): Promise<string> {
  const { id: requestId } = await openCase(desk, userId)
  const status = await codeOf(desk.api.verification.status({ requestId }))
  if (status !== 'ok') return status
  const { methods } = await ok(desk.api.verification.status({ requestId }))
  return codeOf(desk.api.verification.checkCode({ requestId, methodId: methods[0]?.id ?? '', code: '123456' }))
}

describe('a method moved to another person', () => {
  it('as a whole row is not read', async () => {
    await tamper((database) => {
      const { changes } = database
        .prepare('UPDATE methods SET person_id = ? WHERE person_id = ?')
        .run(people.theirs, people.mine)
      expect(changes).toBe(1)
    })
    expect(await statusOf('yamada.hanako')).toBe('store-tampered')
  })

  it('by its secret alone is not read', async () => {
    await tamper((database) => {
      const take = 'UPDATE methods SET secret = (SELECT secret FROM methods WHERE person_id = ?) WHERE person_id = ?'
      expect(database.prepare(take).run(people.mine, people.theirs).changes).toBe(1)
    })
    expect(await statusOf('yamada.hanako')).toBe('store-tampered')
  })

  it('with the key of the person it belongs to opens nothing', async () => {
    await tamper((database) => {
      const take =
        'UPDATE person_keys SET wrapped = (SELECT wrapped FROM person_keys WHERE person_id = ?) WHERE person_id = ?'
      expect(database.prepare(take).run(people.mine, people.theirs).changes).toBe(1)
    })
    expect(await statusOf('yamada.hanako')).toBe('store-tampered')
    // Nobody else is kept from their checks by it.
    expect(await statusOf('ito.kenta')).toBe('ok')
  })

  it('is not made confirmed, older or first by hand', async () => {
    await tamper((database) => {
      const change =
        "UPDATE methods SET registered_at = '2020-01-01T00:00:00.000Z', first_in_person = 1 WHERE person_id = ?"
      expect(database.prepare(change).run(people.theirs).changes).toBe(1)
    })
    expect(await statusOf('yamada.hanako')).toBe('store-tampered')
  })
})
