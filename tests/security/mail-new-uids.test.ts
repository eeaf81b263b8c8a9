import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import { formMail } from '../support/raw-mails'
import { TestClock } from '../support/test-clock'

/** New UIDs after a long pause: what came since the last mail that was taken is older than a first connection would begin. */

let mailbox: TestMailbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-intake-'))
  mailbox = await startDovecot()
})

afterAll(async () => {
  await mailbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('loses no mail when the mailbox is made anew while the desk is away for a month', async () => {
  const clock = new TestClock(new Date().toISOString())
  const access = { folder, access: mailbox, identity: 'ito.kenta', clock, startDays: 7 }
  mailbox.drop([formMail('yamada.hanako')])
  const before = await openIntake(access)
  try {
    before.intake.start()
    await before.until(async () => (await before.requests()).length === 1)
  } finally {
    await before.close()
  }

  mailbox.drop([formMail('ogawa.yuto')])
  await mailbox.changeUidValidity()
  clock.advance(31 * 86_400)

  const after = await openIntake(access)
  try {
    after.intake.start()
    await after.until(() => after.reports.at(-1)?.code === 'ok')
    const people = (await after.requests()).map(({ personUserId }) => personUserId)
    expect(people.toSorted()).toEqual(['ogawa.yuto', 'yamada.hanako'])
    expect((await after.mails()).length).toBe(2)
  } finally {
    await after.close()
  }
})
