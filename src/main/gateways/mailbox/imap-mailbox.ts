import { isIP } from 'node:net'
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import { AppError } from '../../../shared/errors'
import type { Log } from '../../log'
import type { FetchLimits, Mailbox, OpenMailbox, RawMail } from '../mailbox'
import { isRefusedCommand, mailboxError } from './imap-refusals'

/** Where the mailbox is; `MailboxConfig` is one. */
export interface ImapSettings {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls'
  readonly userName: string
  readonly folder: string
  /** PEM of the pinned CA; `null`: the system's. */
  readonly ca: string | null
}

/** Waiting times in milliseconds; tests shorten them. */
export interface ImapTimes {
  readonly connect: number
  /** A server that is silent for so long within a command is gone. */
  readonly silence: number
  /** How often a server without IDLE (RFC 2177) is asked. */
  readonly poll: number
}

const usualTimes: ImapTimes = { connect: 15_000, silence: 60_000, poll: 30_000 }
/** A client has to end IDLE at least every 29 minutes (RFC 2177 §3). */
const longestIdleMs = 20 * 60_000
const longestLiteral = 1024 * 1024
const longestAnswer = 64 * 1024 * 1024
const dayMs = 86_400_000

/**
 * A mailbox over IMAP (RFC 9051, RFC 3501) with TLS insisted on. The folder is opened by EXAMINE and mails are read by PEEK: the
 * server itself keeps this from changing a flag.
 */
export function createImapMailbox(settings: ImapSettings, log: Log, times: Partial<ImapTimes> = {}): Mailbox {
  const waiting = { ...usualTimes, ...times }
  return { open: (password) => open(settings, password, log, waiting) }
}

async function open(settings: ImapSettings, password: string, log: Log, times: ImapTimes): Promise<OpenMailbox> {
  const { host, port, security, userName, folder, ca } = settings
  // Loaded with the first connection: a desk without a mailbox needs none of it.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const imapflow = await import('imapflow')
  const client = new imapflow.ImapFlow({
    host,
    port,
    secure: security === 'tls',
    // Insisted on: without it imapflow takes STARTTLS only where it is offered, and would sign in in clear.
    ...(security === 'starttls' ? { doSTARTTLS: true } : {}),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === null ? {} : { ca }) },
    auth: { user: userName, pass: password },
    clientInfo: { name: 'SSPR Desk' },
    logger: false,
    disableAutoIdle: true,
    maxIdleTime: longestIdleMs,
    connectionTimeout: times.connect,
    greetingTimeout: times.connect,
    socketTimeout: times.silence,
    maxLiteralSize: longestLiteral,
    maxResponseSize: longestAnswer,
  })
  // Every fault also fails the command it meets; without a listener it would end the app.
  client.on('error', (error) => log.debug({ host, err: mailboxError(error, host) }, 'mailbox connection'))
  try {
    await client.connect()
    return new ImapFolder(client, await examine(client, folder), { host, pollMs: times.poll })
  } catch (error) {
    client.close()
    throw mailboxError(error, host)
  }
}

async function examine(
  client: ImapFlow,
  folder: string,
): Promise<{ uidValidity: string; uidNext: number; exists: number }> {
  try {
    const { uidValidity, uidNext, exists } = await client.mailboxOpen(folder, { readOnly: true })
    const told = typeof uidNext === 'number' && uidNext > 0
    return { uidValidity: String(uidValidity), uidNext: told ? uidNext : Number.POSITIVE_INFINITY, exists }
  } catch (error) {
    if (isRefusedCommand(error)) throw new AppError('mailbox-folder-missing', { folder }, { cause: error })
    throw error
  }
}

class ImapFolder implements OpenMailbox {
  readonly uidValidity: string
  readonly uidNext: number
  readonly messages: number
  readonly #client: ImapFlow
  readonly #host: string
  readonly #pollMs: number
  /** Something was announced since the mails were last looked for. */
  #news = false
  #closed = false
  #wake: (() => void) | null = null

  constructor(
    client: ImapFlow,
    folder: { readonly uidValidity: string; readonly uidNext: number; readonly exists: number },
    options: { readonly host: string; readonly pollMs: number },
  ) {
    this.uidValidity = folder.uidValidity
    this.uidNext = folder.uidNext
    this.messages = folder.exists
    this.#client = client
    this.#host = options.host
    this.#pollMs = options.pollMs
    client.on('exists', () => {
      this.#news = true
      this.#wake?.()
    })
    // The folder was deleted, or is another one by now (new UIDVALIDITY): what was known of it is void.
    client.on('mailboxClose', () => this.#end())
    client.on('close', () => this.#end())
  }

  async *fetchAfter(uid: number, limits: FetchLimits): AsyncIterable<readonly RawMail[]> {
    this.#news = false
    const uids = await this.#uids({ uid: `${uid + 1}:*` }, uid)
    const [first] = uids
    if (limits.passOver && first !== undefined) yield [withoutSource(first)]
    for (let start = limits.passOver ? 1 : 0; start < uids.length; start += limits.batch) {
      const mails = await this.#fetch(uids.slice(start, start + limits.batch), limits.maxBytes)
      if (mails.length > 0) yield mails
    }
  }

  async lastUidBefore(instant: string): Promise<number> {
    const from = new Date(instant)
    // SINCE knows days only, in a time zone of the server's choice: exact times are compared for the days around.
    const [first] = await this.#uids({ since: new Date(from.getTime() - 2 * dayMs) }, 0)
    const [later] = await this.#uids({ since: new Date(from.getTime() + 2 * dayMs) }, 0)
    const end = later ?? (await this.#lastUid()) + 1
    if (first === undefined || first >= end) return end - 1

    return this.#do(async () => {
      let lowest = end
      for await (const mail of this.#client.fetch(`${first}:${end - 1}`, { internalDate: true }, { uid: true })) {
        if (new Date(mail.internalDate ?? 0) >= from) lowest = Math.min(lowest, mail.uid)
      }
      return lowest - 1
    })
  }

  async waitForNews(maxMs: number): Promise<void> {
    const until = performance.now() + maxMs
    const idles = this.#client.capabilities.has('IDLE')
    while (!this.#news && !this.#closed) {
      const left = until - performance.now()
      if (left <= 0) return
      if (idles) this.#idle()
      await this.#sleep(idles ? left : Math.min(left, this.#pollMs))
      // Ends IDLE, or asks a server without it; and tells whether the server is still there.
      if (!this.#closed && !this.#news) await this.#client.noop().catch(() => this.#end())
    }
  }

  async close(): Promise<void> {
    this.#end()
    // A server that no longer answers must not keep the desk from closing.
    const farewell = this.#client.logout().catch(() => undefined)
    const patience = new Promise((resolve) => setTimeout(resolve, 1000).unref())
    await Promise.race([farewell, patience])
    this.#client.close()
  }

  /** UIDs above `floor`, oldest first. `N:*` also answers the last mail where N is beyond it (RFC 9051 §9). */
  async #uids(query: { readonly uid: string } | { readonly since: Date }, floor: number): Promise<number[]> {
    const found = await this.#do(() => this.#client.search(query, { uid: true }))
    if (found === false || found === undefined) throw new AppError('mailbox-unreachable', { host: this.#host })
    return found.filter((uid) => uid > floor).sort((a, b) => a - b)
  }

  async #lastUid(): Promise<number> {
    const all = await this.#uids({ uid: '*' }, 0)
    return all.at(-1) ?? 0
  }

  async #fetch(uids: readonly number[], maxBytes: number): Promise<RawMail[]> {
    const mails = new Map<number, RawMail>()
    try {
      for (const mail of await this.#ask(uids, maxBytes)) mails.set(mail.uid, mail)
    } catch (error) {
      if (!isRefusedCommand(error)) throw mailboxError(error, this.#host)
      // One mail that the server cannot read must not hold up the others.
      for (const uid of uids) {
        for (const mail of await this.#askAlone(uid, maxBytes)) mails.set(uid, mail)
      }
    }
    const missing = uids.filter((uid) => !mails.has(uid))
    // Gone meanwhile, or there but not to be had.
    const there = missing.length === 0 ? [] : await this.#uids({ uid: missing.join(',') }, 0)
    for (const uid of there) {
      mails.set(uid, withoutSource(uid))
    }
    return [...mails.values()].sort((a, b) => a.uid - b.uid)
  }

  async #ask(uids: readonly number[], maxBytes: number): Promise<RawMail[]> {
    const query = { uid: true, internalDate: true, size: true, source: { start: 0, maxLength: maxBytes } }
    const fetched = await this.#client.fetchAll(uids.join(','), query, { uid: true })
    return fetched.map(rawMail)
  }

  async #askAlone(uid: number, maxBytes: number): Promise<RawMail[]> {
    try {
      return await this.#ask([uid], maxBytes)
    } catch (error) {
      if (isRefusedCommand(error)) return []
      throw mailboxError(error, this.#host)
    }
  }

  #idle(): void {
    if (this.#client.idling) return
    this.#client.idle().catch(() => this.#end())
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #end(): void {
    this.#closed = true
    this.#wake?.()
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new AppError('mailbox-unreachable', { host: this.#host })
    try {
      return await work()
    } catch (error) {
      throw mailboxError(error, this.#host)
    }
  }
}

/** There, but not to be had. */
function withoutSource(uid: number): RawMail {
  return { uid, receivedAt: new Date(0).toISOString(), size: 0, source: new Uint8Array() }
}

function rawMail(mail: FetchMessageObject): RawMail {
  const source = mail.source ?? new Uint8Array()
  return {
    uid: mail.uid,
    receivedAt: new Date(mail.internalDate ?? 0).toISOString(),
    size: mail.size ?? source.length,
    source,
  }
}
