import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { auditRows, codeOf, ok, openDesk, signIn } from '../support/desk'
import type { TestDesk } from '../support/desk'

/** Whoever runs the machine mends the configuration in the very moment in which an admin saves: nothing of theirs may be lost. */

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
})

afterEach(() => desk.close())

it('a file that changes while a save is judged is not written over, and the refusal is in the audit', async () => {
  const file = join(desk.folder, 'test-config.json')
  await signIn(desk, 'tanaka.hiroshi')
  const { settings } = await ok(desk.api.settings.edit())
  const theirs = readFileSync(file, 'utf8').replace('{', '{ ')
  desk.directory.faults.belongsTo = async (read) => {
    writeFileSync(file, theirs)
    return read()
  }

  const secrets = { 'mailbox.password': 'of a save that did not happen' }
  const save = desk.api.settings.save({ settings: { ...settings, organisation: 'ours' }, secrets })
  expect(await codeOf(save)).toBe('config-changed')

  expect(readFileSync(file, 'utf8')).toBe(theirs)
  desk.directory.faults = {}
  expect((await ok(desk.api.settings.edit())).secrets).toEqual([])
  const rows = (await auditRows(desk)).filter(({ action }) => action === 'settings.save')
  expect(rows.map(({ outcome }) => outcome)).not.toContain('succeeded')
  expect(rows.length).toBeGreaterThan(0)
})
