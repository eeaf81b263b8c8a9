import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/shared/errors'
import type { AuditEvent, AuditRecorder } from '../../src/main/audit/audit'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import { formMail } from '../support/raw-mails'

/** A mail that nobody can be held to account for must not become a request: no intent row, no act (DESIGN.md §5.8). */

let mailbox: TestMailbox
let folder: string

beforeAll(async () => {
  mailbox = await startDovecot()
  mailbox.drop([formMail('yamada.hanako'), formMail('ogawa.yuto')])
})

afterAll(() => mailbox.stop())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-intake-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Refuses these actions as a full disk does, until it is told that there is room again. */
function fullFor(action: AuditEvent['action'], isFull: () => boolean) {
  return (audit: AuditRecorder): AuditRecorder => ({
    record: async (event, work) => {
      if (event.action === action && isFull()) throw new AppError('audit-unavailable')
      return audit.record(event, work)
    },
    append: (event, outcome) => audit.append(event, outcome),
    closed: false,
    reopen: () => audit.reopen(),
  })
}

describe('without an audit', () => {
  it('no mail is taken and none is lost', async () => {
    let full = true
    const refuse = fullFor('intake.take', () => full)
    const test = await openIntake({
      folder,
      access: mailbox,
      identity: 'ito.kenta',
      around: (parts) => ({ ...parts, audit: refuse(parts.audit) }),
    })
    try {
      test.intake.start()
      await test.until(() => test.reports.at(-1)?.code === 'desk-closed')
      expect([await test.mails(), await test.requests()]).toEqual([[], []])

      full = false
      test.intake.retry()
      await test.until(async () => (await test.requests()).length === 2)
      expect((await test.mails()).map(({ state }) => state)).toEqual(['request', 'request'])
    } finally {
      await test.close()
    }
  })

  it('no waiting mail is matched', async () => {
    let full = true
    const refuse = fullFor('intake.match', () => full)
    const test = await openIntake({
      folder,
      access: mailbox,
      around: (parts) => ({ ...parts, audit: refuse(parts.audit) }),
    })
    try {
      test.intake.start()
      await test.until(async () => (await test.mails()).length === 2)
      await test.signIn('suzuki.ken')
      expect((await test.mails()).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
      expect(await test.requests()).toEqual([])

      full = false
      await test.intake.onSessionBegin()
      expect((await test.requests()).length).toBe(2)
    } finally {
      await test.close()
    }
  })
})
