import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createDirectory } from '../../src/main/directory'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import type { TestIntake } from '../support/intake'
import type { TestDirectory } from '../support/organisation'
import { formMail } from '../support/raw-mails'
import { silentLog } from '../support/silent-log'
import { startSlapd } from '../support/slapd'

/** A mail names a piece of an LDAP filter in place of a user. */

const names = [
  '*)(uid=*',
  '*',
  'yamada*',
  '*)(objectClass=*',
  ')(|(uid=*',
  'x)(|(uid=yamada.hanako)',
  '\\2a',
  '*\u0000',
  'yamada.hanako\u0000*',
  '&(uid=*',
  'uid=yamada.hanako,ou=people',
]

let mailbox: TestMailbox
let server: TestDirectory
let test: TestIntake
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-intake-'))
  ;[mailbox, server] = await Promise.all([startDovecot(), startSlapd()])
  const directory = createDirectory({ config: server.config, clock: systemClock(), log: silentLog })
  test = await openIntake({ folder, access: mailbox, directory })
})

afterAll(async () => {
  await test.close()
  await Promise.all([mailbox.stop(), server.stop()])
  rmSync(folder, { recursive: true, force: true })
})

describe('a filter in a mail', () => {
  it('finds nobody, and the mail after it is understood', async () => {
    const acting = await test.signIn('suzuki.ken')
    mailbox.drop([...names.map((name) => formMail(name)), formMail('yamada.hanako')])
    test.intake.start()
    await test.until(async () => (await test.mails()).length === names.length + 1)

    expect(await test.requests()).toMatchObject([{ personUserId: 'yamada.hanako' }])
    const [honest, ...hostile] = await test.mails()
    expect(honest).toMatchObject({ state: 'request' })
    for (const mail of hostile) {
      expect(mail).toMatchObject({ state: 'unclear', requestId: null })
      expect((await test.intake.get(acting, mail.id)).candidates).toEqual([])
    }
    for (const name of names) expect(await acting.directory.find(name)).toEqual([])
  })
})
