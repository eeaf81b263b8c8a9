import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createSecureServer } from 'node:tls'
import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { codeMail } from '../../src/main/domain/mail-text'
import type { CodeGateway } from '../../src/main/gateways/code-gateway'
import { createSmtpMailGateway } from '../../src/main/gateways/mail-out/smtp-mail'
import { createLog } from '../../src/main/log'
import { createCa } from '../support/ca'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { startExim } from '../support/exim'
import type { TestMailServer } from '../support/exim'
import { freePort } from '../support/ports'
import { silentLog } from '../support/silent-log'
import { codeMessage, secretsFrom } from '../support/sms'
import { TestClock } from '../support/test-clock'

let mailbox: TestMailbox
let server: TestMailServer

beforeAll(async () => {
  mailbox = await startDovecot()
  server = await startExim({ mailbox })
})
afterAll(async () => {
  await server?.stop()
  await mailbox?.stop()
})

const code = '042917'
let sent = 0

function message(to = 'desk@lab.test'): Parameters<CodeGateway['send']>[0] {
  sent += 1
  const id = `5f0f4a52-7a76-4f0a-8d2b-${String(sent).padStart(12, '0')}`
  return codeMessage({ id, to, code, ...codeMail('ja', { code, minutes: 5, organisation: 'さくら商事' }) })
}

function gateway(changes: Partial<TestMailServer['config']> = {}, password = server.password): CodeGateway {
  return createSmtpMailGateway({ ...server.config, ...changes }, secretsFrom({ 'smtp.password': password }), silentLog)
}

/** The mail with this Message-ID, as its reader sees it; waits up to 10 s for it. */
async function arrived(id: string): Promise<ParsedMail> {
  const client = new ImapFlow({
    host: mailbox.host,
    port: mailbox.tlsPort,
    secure: true,
    tls: { ca: [mailbox.ca] },
    auth: { user: mailbox.userName, pass: mailbox.password },
    logger: false,
  })
  await client.connect()
  try {
    const deadline = performance.now() + 10_000
    for (;;) {
      await client.mailboxOpen('INBOX', { readOnly: true })
      const found = await client.search({ header: { 'message-id': id } })
      if (Array.isArray(found) && found[0] !== undefined) {
        const mail = await client.fetchOne(String(found[0]), { source: true })
        if (mail !== false && mail.source !== undefined) return await simpleParser(mail.source)
      }
      if (performance.now() > deadline) throw new Error(`the mail did not arrive:\n${server.log()}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    client.close()
  }
}

describe('SmtpMailGateway.send', () => {
  it('hands the mail over by STARTTLS, and it is in the mailbox as it was written', async () => {
    const mail = message()
    expect(await gateway().send(mail)).toEqual({ delivery: 'accepted', messageId: null })

    const read = await arrived(mail.id)
    expect(read.from?.text).toBe(`"さくら商事 ヘルプデスク" <${server.from}>`)
    expect(read.subject).toBe('さくら商事 確認コード')
    expect(read.text?.trim()).toBe(mail.text.trim())
    expect(read.html).toBe(false)
    expect(read.messageId).toBe(`<${mail.id}@sakura.example>`)
    expect(read.date).toBeInstanceOf(Date)
    expect(read.headers.get('auto-submitted')).toBe('auto-generated')
    expect(read.headers.has('x-mailer')).toBe(false)
    expect(server.log()).toContain('X=TLS')
  })

  it('hands it over by TLS from the start', async () => {
    const mail = message()
    expect(await gateway({ security: 'tls', port: server.tlsPort }).send(mail)).toMatchObject({ delivery: 'accepted' })
    expect((await arrived(mail.id)).text).toContain(code)
  })

  it('says that it is refused with a wrong password, and without a sign-in', async () => {
    await expect(gateway({}, 'wrong').send(message())).rejects.toMatchObject({
      code: 'mail-refused',
      params: { status: 535 },
    })
    await expect(gateway({ userName: null }).send(message())).rejects.toMatchObject({
      code: 'mail-refused',
      params: { status: 530 },
    })
  })

  it('tells a recipient who is refused from a server that is not ready or does not let us', async () => {
    await expect(gateway().send(message('nobody@lab.test'))).rejects.toMatchObject({ code: 'mail-recipient-refused' })
    await expect(gateway().send(message('later@lab.test'))).rejects.toMatchObject({
      code: 'mail-refused',
      params: { status: 451 },
    })
    await expect(gateway().send(message('forbidden@lab.test'))).rejects.toMatchObject({ code: 'mail-refused' })
  })

  it('trusts the pinned authority, and no certificate of another name', async () => {
    const refusal = { code: 'mail-certificate', params: { host: 'localhost' } }
    for (const way of [{}, { security: 'tls', port: server.tlsPort }] as const) {
      await expect(gateway({ ...way, ca: server.otherCa }).send(message())).rejects.toMatchObject(refusal)
      await expect(gateway({ ...way, ca: null }).send(message())).rejects.toMatchObject(refusal)
    }
    const stranger = await startExim({ mailbox: null, certificateNames: ['mail.other.example'] })
    try {
      const { port, ca } = stranger
      await expect(gateway({ port, ca }).send(message())).rejects.toMatchObject(refusal)
    } finally {
      await stranger.stop()
    }
  })

  it('says nothing, not even the password, to a server without TLS', async () => {
    const clear = await startExim({ mailbox: null, tls: false })
    try {
      for (const security of ['starttls', 'tls'] as const) {
        const { port } = clear
        await expect(gateway({ port, security }).send(message())).rejects.toMatchObject({ code: 'mail-tls-refused' })
        await expect(gateway({ port, security }).reach()).rejects.toMatchObject({ code: 'mail-tls-refused' })
      }
      expect(clear.log()).not.toContain('<=')
    } finally {
      await clear.stop()
    }
  })

  it('says who cannot be reached', async () => {
    const port = await freePort()
    const refusal = { code: 'mail-unreachable', params: { host: 'localhost' } }
    await expect(gateway({ port }).send(message())).rejects.toMatchObject(refusal)
    await expect(gateway({ port }).reach()).rejects.toMatchObject(refusal)
  })

  it('asks for the password that is missing before it connects', async () => {
    const bare = createSmtpMailGateway(server.config, secretsFrom({}), silentLog)
    const refusal = { code: 'secret-missing', params: { name: 'smtp.password' } }
    await expect(bare.send(message())).rejects.toMatchObject(refusal)
    await expect(bare.reach()).rejects.toMatchObject(refusal)
  })

  it('lets no address, subject or name add a header or a recipient', async () => {
    for (const to of [
      'desk@lab.test\r\nBcc: other@lab.test',
      'desk@lab.test, other@lab.test',
      'desk@lab.test>\r\nRCPT TO:<other@lab.test',
      'Desk <desk@lab.test>',
      'desk',
      '',
    ]) {
      await expect(gateway().send(message(to)), to).rejects.toMatchObject({ code: 'invalid-input' })
    }
    const subject = 'Code\r\nBcc: other@lab.test'
    await expect(gateway().send({ ...message(), subject })).rejects.toMatchObject({ code: 'invalid-input' })

    const mail = message()
    await gateway({ fromName: 'Desk"\r\nBcc: other@lab.test' }).send(mail)
    const read = await arrived(mail.id)
    expect(read.headers.has('bcc')).toBe(false)
    expect(read.from?.value).toHaveLength(1)
  })

  it('leaves neither code, address nor password in log or error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-mail-log-'))
    try {
      const log = createLog({ file: join(folder, 'desk.log'), clock: new TestClock(), level: 'debug' })
      const open = (password: string): CodeGateway =>
        createSmtpMailGateway(server.config, secretsFrom({ 'smtp.password': password }), log)
      const failures: unknown[] = []
      await open(server.password).send(message())
      for (const [password, to] of [
        ['Wrong-Passw0rd', 'desk@lab.test'],
        [server.password, 'nobody@lab.test'],
        [server.password, 'later@lab.test'],
      ] as const) {
        await open(password)
          .send(message(to))
          .catch((error: unknown) => failures.push(error))
      }
      for (const error of failures) log.warn({ err: error }, 'a mail could not be sent')
      expect(failures).toHaveLength(3)
      const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
      const errors = failures.map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error))
      const said = [...written, ...errors].join('\n')
      expect(said).toContain('localhost')
      const secrets = [code, 'desk@lab.test', 'nobody@lab.test', 'later@lab.test', server.password, 'Wrong-Passw0rd']
      expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('SmtpMailGateway.reach', () => {
  it('connects, checks the certificate, and sends nothing', async () => {
    const before = server.log().split('<=').length
    await gateway().reach()
    await gateway({ security: 'tls', port: server.tlsPort }).reach()
    expect(server.log().split('<=')).toHaveLength(before)
    await expect(gateway({ ca: server.otherCa }).reach()).rejects.toMatchObject({ code: 'mail-certificate' })
  })
})

describe('a mail server that hangs', () => {
  const sockets = new Set<Socket>()
  let listener: Server | null = null
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => (listener === null ? resolve() : listener.close(() => resolve())))
  })

  async function listen(made: Server): Promise<number> {
    listener = made
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', () => resolve()))
    return (made.address() as AddressInfo).port
  }

  /** Takes everything over TLS until `last` arrives, then says what it has to say to that, or nothing. */
  async function scripted(last: RegExp, answer: string | null): Promise<CodeGateway> {
    const folder = mkdtempSync(join(tmpdir(), 'desk-smtp-tls-'))
    const { keyFile, certFile, caFile } = createCa(folder, ['localhost'])
    const [key, cert, ca] = [keyFile, certFile, caFile].map((file) => readFileSync(file, 'utf8'))
    rmSync(folder, { recursive: true, force: true })
    const port = await listen(
      createSecureServer({ key, cert }, (socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.write('220 mail.lab.test ESMTP\r\n')
        socket.on('data', (data: Buffer) => {
          const said = data.toString('latin1')
          if (last.test(said)) {
            if (answer !== null) socket.write(`${answer}\r\n`)
          } else if (said.startsWith('DATA')) socket.write('354 go on\r\n')
          else if (said.startsWith('AUTH')) socket.write('235 welcome\r\n')
          else if (/^(?:EHLO|MAIL|RCPT)/u.test(said)) socket.write('250 mail.lab.test\r\n')
        })
      }),
    )
    const times = { connect: 1000, silence: 500, whole: 3000 }
    const changes = { port, security: 'tls', ca: ca ?? '' } as const
    const secrets = secretsFrom({ 'smtp.password': server.password })
    return createSmtpMailGateway({ ...server.config, ...changes }, secrets, silentLog, times)
  }

  it('costs a limited time, and was sent nothing', async () => {
    const port = await listen(
      createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
      }),
    )
    const times = { connect: 300, silence: 300, whole: 1000 }
    const secrets = secretsFrom({ 'smtp.password': server.password })
    const impatient = createSmtpMailGateway({ ...server.config, port }, secrets, silentLog, times)
    await expect(impatient.send(message())).rejects.toMatchObject({ code: 'mail-unreachable' })
  })

  it('after the whole mail leaves open whether it was taken', async () => {
    const silent = await scripted(/(?:^|\r\n)\.\r\n$/u, null)
    expect(await silent.send(message())).toEqual({ delivery: 'unknown', messageId: null })
  })

  it('before the mail was sent nothing', async () => {
    for (const last of [/^AUTH/u, /^RCPT/u, /^DATA/u]) {
      const silent = await scripted(last, null)
      await expect(silent.send(message()), String(last)).rejects.toMatchObject({ code: 'mail-unreachable' })
      listener?.close()
    }
  })

  it('says no to the whole mail: it was not taken', async () => {
    const refusing = await scripted(/(?:^|\r\n)\.\r\n$/u, '554 no')
    await expect(refusing.send(message())).rejects.toMatchObject({ code: 'mail-refused', params: { status: 554 } })
  })
})
