import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createLog } from '../../src/main/log'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import { formMail } from '../support/raw-mails'

/** People write passwords and numbers into mails; whoever has the desk's disk must not read them there. */

const secrets = ['my old password was Tulip-77-Garten', '+81-90-1234-5678', 'https://evil.example/reset?token=abc123']

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

describe('what a mail says', () => {
  it('is in no file of the desk in clear, and in no field of its request', async () => {
    const log = createLog({ file: join(folder, 'desk.log'), clock: systemClock(), level: 'debug' })
    const test = await openIntake({ folder, access: mailbox, log })
    try {
      await test.signIn('suzuki.ken')
      mailbox.drop([formMail('yamada.hanako', secrets.join('\r\n')), formMail('nobody.here', secrets.join('\r\n'))])
      test.intake.start()
      await test.until(async () => (await test.mails()).length === 2)
      await mailbox.kill()
      await test.until(() => test.reports.at(-1)?.code === 'unreachable')

      const [request] = await test.requests()
      const shown = JSON.stringify([request, await test.stores.requests.events(request?.id ?? ''), await test.mails()])
      for (const secret of secrets) expect(shown).not.toContain(secret)
      const [detail] = await test.intake.ofRequest(request?.id ?? '')
      for (const secret of secrets) expect(detail?.text).toContain(secret)
    } finally {
      await test.close()
    }
    const files = readdirSync(folder).map((name) => join(folder, name))
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) {
      const bytes = readFileSync(file)
      for (const secret of [...secrets, mailbox.password]) expect(bytes.includes(secret), file).toBe(false)
    }
  })
})
