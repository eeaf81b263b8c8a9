import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { AppError } from '../../../shared/errors'
import type { SmtpConfig } from '../../config'
import type { Log } from '../../log'
import type { CodeGateway, CodeMessage, CodeReceipt, SecretReader } from '../code-gateway'
import { mailError } from './smtp-refusals'

/** Waiting times in milliseconds; tests shorten them. */
export interface SmtpTimes {
  readonly connect: number
  /** A server that is silent for so long within a command is gone. */
  readonly silence: number
  /** The whole of it, however the server trickles. */
  readonly whole: number
}

const usualTimes: SmtpTimes = { connect: 15_000, silence: 20_000, whole: 45_000 }

/**
 * Mails with codes over SMTP (RFC 5321) with TLS insisted on and checked: to one recipient each, on a connection of its own, in plain text.
 * The password is read anew each time, and nothing of a mail is logged. That a server took a mail is the last that is known of it.
 */
export function createSmtpMailGateway(
  config: SmtpConfig & { readonly fromName: string },
  readSecret: SecretReader,
  log: Log,
  times: Partial<SmtpTimes> = {},
): CodeGateway {
  const waiting = { ...usualTimes, ...times }
  const { host } = config

  return {
    channel: 'mail',
    tellsDelivery: false,

    async send(message) {
      const mail = await composed(message, config)
      const password = config.userName === null ? null : await passwordOf(readSecret)
      return withConnection(config, waiting, async (connection, failed) => {
        if (config.userName !== null && password !== null) {
          await Promise.race([signIn(connection, config.userName, password), failed])
        }
        const receipt = await handOver(connection, failed, { from: config.from, to: message.to, mail, host })
        log.debug({ channel: 'mail', host, delivery: receipt.delivery }, 'the mail server was asked')
        return receipt
      })
    },

    delivery: () => Promise.resolve('unknown'),

    async reach() {
      if (config.userName !== null) await passwordOf(readSecret)
      await withConnection(config, waiting, () => Promise.resolve())
    },
  }
}

async function passwordOf(readSecret: SecretReader): Promise<string> {
  const password = await readSecret('smtp.password')
  if (password === null) throw new AppError('secret-missing', { name: 'smtp.password' })
  return password
}

/** RFC 5322 and its kin by nodemailer. Throws `invalid-input {field}` for what could add a header or a recipient. */
async function composed(
  { id, to, subject, text }: CodeMessage,
  { from, fromName }: { readonly from: string; readonly fromName: string },
): Promise<Buffer> {
  if (!/^[^\s<>()[\]\\,;:"@]{1,64}@[^\s<>()[\]\\,;:"@]{1,253}$/u.test(to)) {
    throw new AppError('invalid-input', { field: 'to' })
  }
  if (/\p{Cc}/u.test(`${subject}${id}`)) throw new AppError('invalid-input', { field: 'subject' })
  // Loaded with the first mail: a desk without a mail server needs none of it.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const composer = new MailComposer({
    from: { name: fromName, address: from },
    to: { name: '', address: to },
    subject,
    text,
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // RFC 3834 §5: no answer of an absent person comes back.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

async function withConnection<T>(
  { host, port, security, ca }: SmtpConfig,
  times: SmtpTimes,
  /** `failed` ends with the connection. */
  work: (connection: SMTPConnection, failed: Promise<never>) => Promise<T>,
): Promise<T> {
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const connection = new Connection({
    host,
    port,
    secure: security === 'tls',
    // Insisted on: without it nodemailer would go on in clear where STARTTLS is not offered (RFC 8314 §3.3).
    requireTLS: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === null ? {} : { ca: [ca] }) },
    connectionTimeout: times.connect,
    greetingTimeout: times.connect,
    dnsTimeout: times.connect,
    socketTimeout: times.silence,
    logger: false,
  })
  const failed = Promise.withResolvers<never>()
  // Every fault also fails what waits for it; without a listener it would end the app.
  connection.on('error', (error: unknown) => failed.reject(mailError(error, host)))
  failed.promise.catch(() => undefined)
  const timer = setTimeout(() => {
    failed.reject(new AppError('mail-unreachable', { host }))
    connection.close()
  }, times.whole)
  try {
    await Promise.race([connected(connection, host), failed.promise])
    return await work(connection, failed.promise)
  } catch (error) {
    throw mailError(error, host)
  } finally {
    clearTimeout(timer)
    connection.quit()
    connection.close()
  }
}

function connected(connection: SMTPConnection, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      if (error) reject(mailError(error, host))
      else resolve()
    })
  })
}

function signIn(connection: SMTPConnection, user: string, pass: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.login({ user, pass }, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}

/** Once the whole of the mail is on its way the server may have taken it, unless it says that it did not. */
async function handOver(
  connection: SMTPConnection,
  failed: Promise<never>,
  {
    from,
    to,
    mail,
    host,
  }: { readonly from: string; readonly to: string; readonly mail: Buffer; readonly host: string },
): Promise<CodeReceipt> {
  let isOnItsWay = false
  const content = Readable.from([mail])
  content.on('end', () => {
    isOnItsWay = true
  })
  const sent = new Promise<void>((resolve, reject) => {
    connection.send({ from, to: [to] }, content, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
  try {
    await Promise.race([sent, failed])
    return { delivery: 'accepted', messageId: null }
  } catch (error) {
    const refusal = mailError(error, host)
    const isAnswer = refusal.code === 'mail-refused' || refusal.code === 'mail-recipient-refused'
    if (isOnItsWay && !isAnswer) return { delivery: 'unknown', messageId: null }
    throw refusal
  } finally {
    sent.catch(() => undefined)
  }
}
