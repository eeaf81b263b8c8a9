import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createImapMailbox } from '../../src/main/gateways/mailbox/imap-mailbox'
import { silentLog } from '../support/silent-log'

/** Somebody on the way, or in place of the mail server, tries to get the mailbox password in clear. */

const password = 'Mailbox-Canary-42'
const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** A server in clear that answers each line as it is told, and keeps what it was sent. */
async function aServer(
  greeting: string,
  answer: (line: string, tag: string) => string,
): Promise<{ port: number; heard: () => string }> {
  let heard = ''
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(greeting)
    socket.on('data', (data) => {
      heard += data.toString('latin1')
      for (const line of data.toString('latin1').split('\r\n').slice(0, -1))
        socket.write(answer(line, line.split(' ')[0] ?? ''))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, heard: () => heard }
}

async function codeOf(port: number, security: 'tls' | 'starttls' = 'starttls'): Promise<unknown> {
  const settings = { host: '127.0.0.1', port, security, userName: 'desk', folder: 'INBOX', ca: null }
  const mailbox = createImapMailbox(settings, silentLog, { connect: 2000, silence: 2000 })
  try {
    await (await mailbox.open(password)).close()
    return 'opened'
  } catch (error) {
    return error
  }
}

const capabilities = (list: string) => (line: string, tag: string) =>
  line.includes('CAPABILITY') ? `* CAPABILITY IMAP4rev1 ${list}\r\n${tag} OK done\r\n` : `${tag} OK done\r\n`

function expectNoPassword(heard: string): void {
  expect(heard).not.toContain(password)
  expect(heard).not.toContain(Buffer.from(`\u0000desk\u0000${password}`).toString('base64'))
  expect(heard).not.toMatch(/LOGIN|AUTHENTICATE/iu)
}

describe('a mail server that wants the password in clear', () => {
  it.each([
    ['offers no STARTTLS', '* OK hello\r\n', capabilities('AUTH=PLAIN')],
    ['says that the session is signed in already', '* PREAUTH hello\r\n', capabilities('STARTTLS AUTH=PLAIN')],
    [
      'refuses STARTTLS',
      '* OK hello\r\n',
      (line: string, tag: string) =>
        line.includes('STARTTLS') ? `${tag} NO not now\r\n` : capabilities('STARTTLS AUTH=PLAIN')(line, tag),
    ],
    [
      'slips answers in before the protected part',
      '* OK hello\r\n',
      (line: string, tag: string) =>
        line.includes('STARTTLS')
          ? `${tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n`
          : capabilities('STARTTLS AUTH=PLAIN')(line, tag),
    ],
  ])('that %s gets nothing', async (_what, greeting, answer) => {
    const { port, heard } = await aServer(greeting, answer)
    expect(await codeOf(port)).toMatchObject({ code: 'mailbox-tls-refused' })
    expectNoPassword(heard())
  })

  it('that speaks clear text where TLS is set gets nothing', async () => {
    const { port, heard } = await aServer('* OK hello\r\n', capabilities('AUTH=PLAIN'))
    expect(await codeOf(port, 'tls')).toMatchObject({ code: 'mailbox-tls-refused' })
    expectNoPassword(heard())
  })

  it('that never greets, or floods the line, is given up', async () => {
    const silent = await aServer('', () => '')
    expect(await codeOf(silent.port)).toMatchObject({ code: 'mailbox-unreachable' })
    const flood = await aServer(`* OK ${'x'.repeat(1024 * 1024)}`, () => '')
    expect(await codeOf(flood.port)).toMatchObject({ code: 'mailbox-unreachable' })
    expectNoPassword(silent.heard() + flood.heard())
  })
})
