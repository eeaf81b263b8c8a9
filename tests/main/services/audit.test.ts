import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditRows, codeOf, ok, openDesk, signIn, switchTo, verifiedCase } from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

describe('AuditService', () => {
  it('tells the whole story of a case, and verifies', async () => {
    const { request } = await verifiedCase(desk)
    await ok(desk.api.reset.perform({ requestId: request.id }))

    const rows = await auditRows(desk)

    expect(rows.filter(({ phase }) => phase === 'result').map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      [
        'desk.started succeeded',
        'vault.create succeeded',
        'session.sign-in succeeded',
        'registration.start succeeded',
        'registration.confirm succeeded',
        'request.create succeeded',
        'request.claim succeeded',
        'verification.check succeeded',
        'reset.password succeeded',
        'session.sign-out succeeded',
        'session.sign-in succeeded',
      ],
    )
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true, problem: 'none', unfinished: 0 })
  })

  it('is closed to agents, who read the history of the request', async () => {
    expect(await codeOf(desk.api.audit.list({ filter: {} }))).toBe('role-required')
    expect(await codeOf(desk.api.audit.verify())).toBe('role-required')
    expect(await codeOf(desk.api.audit.saveCopy())).toBe('role-required')
  })

  it('saves a copy where the person says, and nothing when they cancel', async () => {
    await switchTo(desk, 'watanabe.aya')
    expect(await ok(desk.api.audit.saveCopy())).toBeNull()

    desk.desktop.saveTo = join(desk.folder, 'copy.db')
    expect(await ok(desk.api.audit.saveCopy())).toEqual({ file: desk.desktop.saveTo })

    expect(existsSync(desk.desktop.saveTo)).toBe(true)
    const { rows } = await ok(desk.api.audit.list({ filter: { actions: ['audit.save-copy'] } }))
    expect(rows.map(({ outcome }) => outcome)).toEqual(['succeeded', 'started'])
  })

  it('lets an auditor in to a broken store to see what is wrong with it, and nobody change anything', async () => {
    const { request } = await verifiedCase(desk)
    await desk.close({ keepFolder: true })
    const file = new Database(join(desk.folder, 'audit.db'))
    file.exec('DROP TRIGGER rows_no_delete; DELETE FROM rows WHERE seq = (SELECT MAX(seq) FROM rows)')
    file.close()
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })

    await signIn(desk)
    expect((await ok(desk.api.session.status())).closed).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('desk-closed')
    expect(desk.directory.writes).toEqual([])
    await switchTo(desk, 'watanabe.aya')
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: false })
    expect((await ok(desk.api.session.status())).closed).toBe(true)
  })
})
