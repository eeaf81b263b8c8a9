import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditRows, codeOf, ok, openDesk, personIdOf, signIn, wait } from '../support/desk'
import type { TestDesk } from '../support/desk'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { startExim } from '../support/exim'
import type { TestMailServer } from '../support/exim'
import { tryImport } from '../support/import-desk'
import { proofing } from '../support/sms-desk'

const address = 'desk@lab.test'
const masked = 'd…k@l….test'

let mailbox: TestMailbox
let server: TestMailServer
let secrets: string
let desk: TestDesk
let personId: string

beforeAll(async () => {
  secrets = mkdtempSync(join(tmpdir(), 'registration-mail-'))
  mailbox = await startDovecot()
  server = await startExim({ mailbox })
  writeFileSync(join(secrets, 'smtp'), server.password, { mode: 0o600 })
})

afterAll(async () => {
  await server?.stop()
  await mailbox?.stop()
  rmSync(secrets, { recursive: true, force: true })
})

async function open(more: object = {}): Promise<void> {
  const { host, port, userName, from, caFile } = server
  desk = await openDesk({
    more: {
      smtp: { host, port, security: 'starttls', userName, from, caFile },
      secretFiles: { 'smtp.password': join(secrets, 'smtp') },
      ...more,
    },
  })
  await signIn(desk)
  personId = await personIdOf(desk, 'yamada.hanako')
}

beforeEach(() => open())
afterEach(() => desk.close())

const start = { ...proofing, label: 'Private mail', address, language: 'ja' } as const
const begin = (changes: object = {}) => desk.api.registration.startMail({ personId, ...start, ...changes })

/** The code in the latest mail; waits up to 10 s until there are so many. */
async function codeOfMail(count: number): Promise<string> {
  const { host, tlsPort: port, ca, userName: user, password: pass } = mailbox
  const client = new ImapFlow({ host, port, secure: true, tls: { ca: [ca] }, auth: { user, pass }, logger: false })
  await client.connect()
  try {
    const deadline = performance.now() + 10_000
    for (;;) {
      const { exists } = await client.mailboxOpen('INBOX', { readOnly: true })
      if (exists >= count) {
        const mail = await client.fetchOne('*', { source: true })
        const { text = '' } = await simpleParser(mail === false ? '' : (mail.source ?? ''))
        return /\d{6}/u.exec(text)?.[0] ?? 'no code'
      }
      if (performance.now() > deadline) throw new Error(`the mail did not arrive:\n${server.log()}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    client.close()
  }
}

async function mailsSoFar(): Promise<number> {
  const { host, tlsPort: port, ca, userName: user, password: pass } = mailbox
  const client = new ImapFlow({ host, port, secure: true, tls: { ca: [ca] }, auth: { user, pass }, logger: false })
  await client.connect()
  try {
    return (await client.mailboxOpen('INBOX', { readOnly: true })).exists
  } finally {
    client.close()
  }
}

describe('RegistrationService.startMail', () => {
  it('registers an address with the code that was mailed there', async () => {
    const before = await mailsSoFar()
    const enrolment = await ok(begin({ address: 'Desk@LAB.test' }))
    expect(enrolment).toMatchObject({
      type: 'mail',
      masked: 'D…k@l….test',
      channel: 'mail',
      channels: ['mail'],
      warning: null,
    })

    const code = await codeOfMail(before + 1)
    const summary = await ok(desk.api.registration.confirm({ enrolmentId: enrolment.enrolmentId, code }))

    expect(summary.methods).toMatchObject([
      { type: 'mail', kind: 'mail', label: 'Private mail', masked: 'D…k@l….test' },
    ])
    expect(await codeOf(begin({ label: 'Again', address: 'DESK@lab.test' }))).toBe('address-taken')
    const said = JSON.stringify([enrolment, summary, await auditRows(desk)])
    expect([code, 'esk@lab', 'Desk@'].filter((secret) => said.includes(secret))).toEqual([])
  })

  it('warns of an address that somebody without a password cannot read', async () => {
    await desk.close()
    await open({ mailDomains: ['lab.test'] })
    expect(await ok(begin())).toMatchObject({ warning: 'own-domain' })
  })

  it.each([
    'nobody',
    'desk@lab.test\r\nBcc: other@lab.test',
    '"desk"@lab.test',
    'desk@lab.test, other@lab.test',
    'desk@[127.0.0.1]',
  ])('refuses %j before an approver is asked', async (wrong) => {
    const binds = desk.directory.sessions.length
    expect(['address-invalid', 'invalid-input']).toContain(await codeOf(begin({ address: wrong })))
    expect(desk.directory.sessions).toHaveLength(binds)
  })

  it('says that the server knows no such address, and may be started again at once', async () => {
    expect(await codeOf(begin({ address: 'nobody@lab.test' }))).toBe('mail-recipient-refused')
    expect(await codeOf(begin({ address: 'nobody@lab.test' }))).toBe('mail-recipient-refused')
    expect(await codeOf(begin())).toBe('ok')
    expect(await codeOf(begin({ label: 'Other' }))).toBe('code-too-soon')
  })

  it('proves an imported address like a new one', async () => {
    await desk.close()
    await open()
    await ok(desk.api.session.signOut())
    await signIn(desk, 'tanaka.hiroshi')
    const { importId } = await tryImport(desk, [`yamada.hanako,mail,${address},,`])
    await ok(desk.api.imports.apply({ importId }))
    await ok(desk.api.session.signOut())
    await signIn(desk)
    const [method] = (await ok(desk.api.registration.list({ personId }))).methods
    const before = await mailsSoFar()
    const { document, photoMatches, nameMatches, approver } = proofing
    const { enrolmentId } = await ok(
      desk.api.registration.startConfirmation({
        ...{ personId, methodId: method?.id ?? '', channel: 'mail', language: 'en' },
        ...{ document, photoMatches, nameMatches, approver },
      }),
    )
    const code = await codeOfMail(before + 1)
    await wait(desk, 30)
    const { methods } = await ok(desk.api.registration.confirm({ enrolmentId, code }))
    expect(methods).toMatchObject([{ masked, confirmedAt: desk.clock.iso() }])
  })
})
