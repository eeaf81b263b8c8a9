import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RawMail } from '../../src/main/gateways/mailbox'
import { createImapMailbox } from '../../src/main/gateways/mailbox/imap-mailbox'
import { createCa } from '../support/ca'
import { silentLog } from '../support/silent-log'

/** Other people read this mailbox too: the server is never even asked for anything that changes a mail or its flags. */

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-imap-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mail = 'From: a@b.example\r\nSubject: Help\r\n\r\nUser ID: x\r\n'

/** What a server of RFC 3501 answers to one command. */
function answerOf(line: string): string {
  const [tag = '', ...words] = line.split(' ')
  const command = words.join(' ').toUpperCase()
  if (command.startsWith('CAPABILITY')) return `* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`
  if (command.startsWith('EXAMINE') || command.startsWith('SELECT')) {
    return `* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n${tag} OK [READ-ONLY] done\r\n`
  }
  if (command.startsWith('UID SEARCH')) return `* SEARCH 1\r\n${tag} OK done\r\n`
  if (command.startsWith('UID FETCH')) {
    const parts = `UID 1 RFC822.SIZE ${mail.length} INTERNALDATE "23-Nov-2026 09:00:00 +0000"`
    return `* 1 FETCH (${parts} BODY[]<0> {${mail.length}}\r\n${mail})\r\n${tag} OK done\r\n`
  }
  if (command.startsWith('LOGOUT')) return `* BYE\r\n${tag} OK done\r\n`
  return `${tag} OK done\r\n`
}

it('asks the server to read and for nothing else', async () => {
  const { caFile, certFile, keyFile } = createCa(folder, ['127.0.0.1'])
  const heard: string[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write('* OK hello\r\n')
    socket.on('data', (data: Buffer) => {
      for (const line of data.toString('latin1').split('\r\n').filter(Boolean)) {
        heard.push(line.slice(line.indexOf(' ') + 1).toUpperCase())
        socket.write(answerOf(line))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const settings = { host: '127.0.0.1', port, security: 'tls', userName: 'desk', folder: 'INBOX' } as const
    const mailbox = createImapMailbox({ ...settings, ca: readFileSync(caFile, 'utf8') }, silentLog)
    const open = await mailbox.open('password')
    const mails: RawMail[] = []
    for await (const batch of open.fetchAfter(0, { batch: 10, maxBytes: 1000, passOver: false })) mails.push(...batch)
    await open.close()
    expect(mails.map(({ uid, source }) => [uid, Buffer.from(source).toString()])).toEqual([[1, mail]])
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }

  expect(heard.some((command) => command.startsWith('EXAMINE'))).toBe(true)
  expect(heard.find((command) => command.startsWith('UID FETCH'))).toContain('BODY.PEEK[]')
  const changing = /^(?:UID )?(?:SELECT|STORE|EXPUNGE|CLOSE|COPY|MOVE|APPEND|DELETE|RENAME|CREATE|REPLACE)\b/u
  expect(heard.filter((command) => changing.test(command))).toEqual([])
})
