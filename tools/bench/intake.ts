import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDovecot } from '../../tests/support/dovecot'
import type { TestMailbox } from '../../tests/support/dovecot'
import { openIntake } from '../../tests/support/intake'
import { formMail, multipart, rawMail } from '../../tests/support/raw-mails'
import type { BenchResult } from './audit'

const mails = 1000
const rounds = 5
const leastRatio = 0.5
const people = ['yamada.hanako', 'ito.kenta', 'ogawa.yuto', 'abe.takumi', 'ikeda.sora', 'aoki.mei', 'mori.kana']

/**
 * The whole way of 1,000 mails from a real mailbox into requests (fetched, read, looked up, sealed, stored, audited) against
 * fetching and parsing them with the bare libraries. Both take turns on the same mailbox; the best round of each counts.
 */
export async function benchIntake(): Promise<BenchResult[]> {
  const mailbox = await startDovecot()
  try {
    mailbox.drop(Array.from({ length: mails }, (_none, index) => mailNumber(index)))
    const bare: number[] = []
    const ours: number[] = []
    // The first round warms the server's cache and both programs.
    for (let round = 0; round <= rounds; round += 1) {
      const bareMs = await timed(() => fetchAndParse(mailbox))
      const oursMs = await takeAll(mailbox)
      if (round === 0) continue
      bare.push(bareMs)
      ours.push(oursMs)
    }
    const best = Math.min(...ours)
    const ratio = Math.round((Math.min(...bare) / best) * 100) / 100
    const name = 'intake of 1,000 mails ÷ bare imapflow fetch with simpleParser'
    const measured = Math.round((mails / best) * 1000)
    return [{ name, measured, limit: leastRatio, unit: 'mails/s', ratio, ok: ratio >= leastRatio }]
  } finally {
    await mailbox.stop()
  }
}

/** As mails come: plain text, both texts, and what is no request. */
function mailNumber(index: number): Buffer {
  const userId = people[index % people.length] ?? ''
  if (index % 10 === 0) return rawMail({ subject: `Minutes ${index}`, body: 'Nothing is asked for.\r\n'.repeat(20) })
  if (index % 2 === 0) return formMail(userId, 'I have been away for two weeks and cannot get in.\r\n'.repeat(5))
  const text = `ユーザー ID：${userId}\r\nパスワードを忘れました。よろしくお願いいたします。\r\n`
  return rawMail({
    subject: 'パスワードの件',
    ...multipart('alternative', [
      ['Content-Type: text/plain; charset=utf-8', text],
      ['Content-Type: text/html; charset=utf-8', `<html><body><p>${text}</p></body></html>`],
    ]),
  })
}

async function fetchAndParse({ host, port, ca, userName, password, folder }: TestMailbox): Promise<void> {
  const auth = { user: userName, pass: password }
  const client = new ImapFlow({ host, port, secure: false, doSTARTTLS: true, tls: { ca }, auth, logger: false })
  await client.connect()
  await client.mailboxOpen(folder, { readOnly: true })
  let parsed = 0
  for await (const { source } of client.fetch('1:*', { source: true, internalDate: true, size: true }, { uid: true })) {
    await simpleParser(source ?? Buffer.alloc(0))
    parsed += 1
  }
  await client.logout()
  if (parsed !== mails) throw new Error(`${parsed} mails were parsed`)
}

/** Milliseconds from opening the mailbox until every mail is a request or waits for a person. */
async function takeAll(mailbox: TestMailbox): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sspr-bench-'))
  let done = (): void => undefined
  // Said when everything that lay in the mailbox is taken.
  const allTaken = new Promise<void>((resolve) => (done = resolve))
  const test = await openIntake({
    folder,
    access: mailbox,
    identity: 'ito.kenta',
    around: (parts) => ({ ...parts, report: (_part, { code }) => (code === 'ok' ? done() : undefined) }),
  })
  try {
    const ms = await timed(async () => {
      test.intake.start()
      await allTaken
    })
    const { length } = await test.mails()
    if (length !== mails) throw new Error(`${length} mails were taken`)
    return ms
  } finally {
    await test.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
