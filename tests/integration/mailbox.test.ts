import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { OpenMailbox, RawMail } from '../../src/main/gateways/mailbox'
import { createImapMailbox } from '../../src/main/gateways/mailbox/imap-mailbox'
import type { ImapSettings } from '../../src/main/gateways/mailbox/imap-mailbox'
import { readRawMail } from '../../src/main/gateways/mailbox/parse'
import { startDovecot } from '../support/dovecot'
import type { DovecotOptions, TestMailbox } from '../support/dovecot'
import { formMail, rawMail } from '../support/raw-mails'
import { silentLog } from '../support/silent-log'

const limits = { batch: 50, maxBytes: 256 * 1024, passOver: false }
const aDay = 86_400_000

let server: TestMailbox
const started: TestMailbox[] = []
const opened: OpenMailbox[] = []

async function start(options: DovecotOptions = {}): Promise<TestMailbox> {
  const dovecot = await startDovecot(options)
  started.push(dovecot)
  return dovecot
}

function settings(changes: Partial<ImapSettings> = {}, of: TestMailbox = server): ImapSettings {
  const { host, port, userName, folder, ca } = of
  return { host, port, security: 'starttls', userName, folder, ca, ...changes }
}

async function open(changes: Partial<ImapSettings> = {}, of: TestMailbox = server): Promise<OpenMailbox> {
  const times = { connect: 5000, silence: 5000, poll: 100 }
  const mailbox = await createImapMailbox(settings(changes, of), silentLog, times).open(of.password)
  opened.push(mailbox)
  return mailbox
}

async function all(mailbox: OpenMailbox, after = 0, changes: Partial<typeof limits> = {}): Promise<RawMail[]> {
  const mails: RawMail[] = []
  for await (const batch of mailbox.fetchAfter(after, { ...limits, ...changes })) mails.push(...batch)
  return mails
}

async function refusal(answer: Promise<unknown>): Promise<unknown> {
  try {
    await answer
    return 'opened'
  } catch (error) {
    return error
  }
}

beforeAll(async () => {
  server = await startDovecot()
})

afterEach(async () => {
  for (const mailbox of opened.splice(0)) await mailbox.close()
  await Promise.all(started.splice(0).map((dovecot) => dovecot.stop()))
})

afterAll(async () => {
  await server.stop()
})

describe('Mailbox.open', () => {
  it('insists on STARTTLS where the server offers none, and sends no password', async () => {
    const clear = await start({ tls: false })
    const options = { ca: server.ca }
    expect(await refusal(open(options, clear))).toMatchObject({
      code: 'mailbox-tls-refused',
      params: { host: clear.host },
    })
    expect(await refusal(open({ ...options, security: 'tls' }, clear))).toMatchObject({
      code: expect.stringMatching(/^mailbox-(?:tls-refused|unreachable)$/u) as string,
    })
  })

  it('signs in by STARTTLS where a login in clear is refused', async () => {
    const strict = await start({ host: '127.0.0.2' })
    expect((await open({}, strict)).messages).toBe(0)
  })

  it('speaks TLS from the first byte where that is set', async () => {
    expect((await open({ security: 'tls', port: server.tlsPort })).uidValidity).toMatch(/^\d+$/u)
    expect(await refusal(open({ security: 'tls' }))).toMatchObject({ code: 'mailbox-tls-refused' })
  })

  it('trusts the pinned CA only, and only for the name that is set', async () => {
    expect(await refusal(open({ ca: server.otherCa }))).toMatchObject({ code: 'mailbox-certificate' })
    expect(await refusal(open({ ca: null }))).toMatchObject({ code: 'mailbox-certificate' })
    const elsewhere = await start({ certificateNames: ['mail.elsewhere.example'] })
    expect(await refusal(open({}, elsewhere))).toMatchObject({ code: 'mailbox-certificate' })
    expect(await refusal(open({ security: 'tls', port: server.tlsPort, ca: server.otherCa }))).toMatchObject({
      code: 'mailbox-certificate',
    })
  })

  it('tells a wrong password, a missing folder and a server that is not there, and nothing of the password', async () => {
    const wrong = createImapMailbox(settings(), silentLog).open('Wrong-Secret-77')
    const refused = await refusal(wrong)
    expect(refused).toMatchObject({ code: 'mailbox-refused' })
    expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain('Wrong-Secret')
    const folder = 'No such "folder" * %'
    expect(await refusal(open({ folder }))).toMatchObject({ code: 'mailbox-folder-missing', params: { folder } })
    expect(await refusal(open({ port: 1 }))).toMatchObject({ code: 'mailbox-unreachable' })
    expect(await refusal(open({ host: 'nobody.invalid' }))).toMatchObject({ code: 'mailbox-unreachable' })
  })
})

describe('OpenMailbox.fetchAfter', () => {
  it('brings mails oldest first in batches, changes no flag and deletes nothing', async () => {
    const dovecot = await start()
    dovecot.drop(Array.from({ length: 7 }, (_none, index) => formMail(`user${index}`)))
    const mailbox = await open({}, dovecot)
    const sizes: number[] = []
    const uids: number[] = []
    for await (const batch of mailbox.fetchAfter(2, { ...limits, batch: 2 })) {
      sizes.push(batch.length)
      uids.push(...batch.map(({ uid }) => uid))
    }
    expect(sizes).toEqual([2, 2, 1])
    expect(uids).toEqual([3, 4, 5, 6, 7])
    expect(await all(mailbox, 7)).toEqual([])
    expect(await dovecot.flags()).toEqual(Array.from({ length: 7 }, () => ''))
  })

  it('fetches no more of a mail of 20 MiB than was asked for', async () => {
    const dovecot = await start()
    const line = `${'QUJD'.repeat(18)}\r\n`
    const big = rawMail({
      subject: 'big',
      body: `User ID: yamada\r\n${line.repeat(Math.ceil((20 * 1024 * 1024) / line.length))}`,
    })
    dovecot.drop([big, formMail('sato.misaki')])
    const mails = await all(await open({}, dovecot))
    expect(mails.map(({ source }) => source.length)).toEqual([limits.maxBytes, expect.any(Number)])
    expect(mails[0]?.size).toBeGreaterThanOrEqual(20 * 1024 * 1024)
    const [first] = mails
    if (first === undefined) throw new Error('no mail')
    expect(await readRawMail(first)).toMatchObject({
      cut: true,
      text: expect.stringContaining('User ID: yamada') as string,
    })
  })

  it('begins where it is told to, by the time of arrival', async () => {
    const dovecot = await start()
    const mailbox = await open({}, dovecot)
    const soon = new Date(Date.now() + 1000).toISOString()
    expect(await mailbox.lastUidBefore(soon)).toBe(0)
    await dovecot.deliver(formMail('a'))
    await dovecot.deliver(formMail('b'))
    expect(await mailbox.lastUidBefore(new Date(Date.now() + aDay).toISOString())).toBe(2)
    expect(await mailbox.lastUidBefore(new Date(Date.now() - aDay).toISOString())).toBe(0)
  })

  it('throws when the server dies, and works with the next connection', async () => {
    const dovecot = await start()
    dovecot.drop([formMail('a')])
    const mailbox = await open({}, dovecot)
    await dovecot.kill()
    expect(await refusal(all(mailbox))).toMatchObject({ code: 'mailbox-unreachable' })
    await dovecot.restart()
    expect(await all(await open({}, dovecot))).toHaveLength(1)
  })

  it('tells a mailbox that was made anew by its UIDVALIDITY', async () => {
    const dovecot = await start()
    dovecot.drop([formMail('a'), formMail('b')])
    const before = await open({}, dovecot)
    const digests = async (mailbox: OpenMailbox): Promise<string[]> =>
      Promise.all((await all(mailbox)).map(async (mail) => (await readRawMail(mail)).digest))
    const known = await digests(before)
    await dovecot.changeUidValidity()
    const after = await open({}, dovecot)
    expect(after.uidValidity).not.toBe(before.uidValidity)
    expect((await digests(after)).sort()).toEqual(known.sort())
  })
})

describe('OpenMailbox.waitForNews', () => {
  it('is woken by IDLE, long before its time is over', async () => {
    const mailbox = await open()
    const before = await all(mailbox)
    const news = mailbox.waitForNews(600_000)
    await server.deliver(formMail('yamada.hanako'))
    await news
    expect((await all(mailbox)).length).toBe(before.length + 1)
  })

  it('misses no mail that came between looking and waiting', async () => {
    const mailbox = await open()
    const before = await all(mailbox)
    await server.deliver(formMail('sato.misaki'))
    await mailbox.waitForNews(600_000)
    expect((await all(mailbox)).length).toBe(before.length + 1)
  })

  it('asks a server without IDLE', async () => {
    const dovecot = await start({ idle: false })
    const mailbox = await open({}, dovecot)
    const news = mailbox.waitForNews(600_000)
    await dovecot.deliver(formMail('yamada.hanako'))
    await news
    expect(await all(mailbox)).toHaveLength(1)
  })

  it('ends when its time is over, when the server dies, and when it is closed', async () => {
    const dovecot = await start()
    const mailbox = await open({}, dovecot)
    await mailbox.waitForNews(50)
    const lost = mailbox.waitForNews(600_000)
    await dovecot.kill()
    await lost
    const other = await open()
    const closed = other.waitForNews(600_000)
    await other.close()
    await closed
  })
})
