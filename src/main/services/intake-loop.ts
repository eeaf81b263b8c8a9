import { AppError } from '../../shared/errors'
import type { HealthCode, HealthPart } from '../../shared/model/health'
import type { Clock } from '../clock'
import type { Mailbox, MailboxPosition, OpenMailbox, RawMail } from '../gateways/mailbox'
import type { SecretReader } from '../gateways/code-gateway'
import type { Log } from '../log'
import type { MailCursor, MailRequestTimes, MailStore } from '../stores/stores'
import type { IntakeMails } from './intake-mails'

/** The mailbox that the configuration names. */
export interface IntakeMailbox {
  readonly host: string
  readonly port: number
  readonly userName: string
  readonly folder: string
  readonly startDays: number
}

export interface IntakeLoopParts {
  readonly settings: IntakeMailbox
  readonly mailbox: Mailbox
  readonly mails: IntakeMails
  readonly store: MailStore
  readonly secret: SecretReader
  readonly report: (part: 'mailbox', report: Pick<HealthPart, 'state' | 'code' | 'params'>) => void
  readonly clock: Clock
  readonly log: Log
}

const mailboxSecret = 'mailbox.password'

const batch = 50
/** Each taking is three waits for the disk: small mails are taken together, as many as hold nobody up. */
const takenAtOnce = { mails: 200, bytes: 2 * 1024 * 1024 } as const
/** Of a mail of any size: enough for the text of every mail that is a request. */
const maxBytes = 256 * 1024
/** Lost connections at the same place, before its mails are asked for one by one, and before the first of them is passed over. */
const lossesBeforeAlone = 2
const lossesBeforePassing = 5
const longestWaitMs = 5 * 60_000
const firstPauseMs = 1000
const longestPauseMs = 5 * 60_000
const dayMs = 86_400_000

const healthCodes: Readonly<Record<string, HealthCode>> = {
  'mailbox-unreachable': 'unreachable',
  'mailbox-certificate': 'certificate',
  'mailbox-tls-refused': 'tls-refused',
  'mailbox-refused': 'refused',
  'mailbox-folder-missing': 'folder-missing',
  'secret-missing': 'secret-missing',
  'audit-unavailable': 'desk-closed',
  'desk-closed': 'desk-closed',
}

/**
 * Keeps the mailbox open and takes what arrives. Whatever fails, the cursor stays before what was not taken: after a pause of 1 s to
 * 5 min the loop begins anew from there.
 */
export class IntakeLoop {
  readonly #parts: IntakeLoopParts
  #stopped = false
  #open: OpenMailbox | null = null
  /** Ends the waiting for a server that does not answer. */
  #giveUp: (() => void) | null = null
  #wake: (() => void) | null = null
  #running: Promise<void> | null = null
  #failures = 0
  /** How often the connection was lost while the mails behind this UID were fetched. */
  #lostAt = { uid: -1, times: 0 }

  constructor(parts: IntakeLoopParts) {
    this.#parts = parts
  }

  /** Idempotent. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    this.#giveUp?.()
    await this.#open?.close()
    await this.#running
  }

  /** Tries again at once, such as after a new password. */
  retry(): void {
    this.#failures = 0
    this.#wake?.()
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#visit()
      } catch (error) {
        if (!this.#stopped) this.#tell(error)
      }
      if (!this.#stopped) await this.#pause()
    }
  }

  /** One connection, from opening it until it is lost or something fails. */
  async #visit(): Promise<void> {
    const { mailbox, secret, report, settings } = this.#parts
    const params = { host: settings.host, folder: settings.folder }
    const password = await secret(mailboxSecret)
    if (password === null) throw new AppError('secret-missing', { name: mailboxSecret })
    if (this.#failures === 0) report('mailbox', { state: 'unknown', code: 'connecting', params })
    const open = await this.#connected(mailbox.open(password))
    if (open === null) return
    this.#open = open
    try {
      let position = await this.#begin(open)
      while (!this.#isOver()) {
        position = await this.#takeNew(open, position)
        if (this.#isOver()) return
        this.#failures = 0
        this.#tellFine()
        await this.#parts.mails.matchWaiting()
        this.#tellFine()
        await open.waitForNews(longestWaitMs)
      }
    } finally {
      this.#open = null
      await open.close()
    }
  }

  /** `null`: the desk is closing; what opens afterwards is closed at once. */
  async #connected(opening: Promise<OpenMailbox>): Promise<OpenMailbox | null> {
    const stopped = new Promise<null>((resolve) => (this.#giveUp = () => resolve(null)))
    const open = await Promise.race([opening, stopped])
    this.#giveUp = null
    if (open !== null && !this.#isOver()) return open
    opening.then(
      (late) => late.close(),
      () => undefined,
    )
    return null
  }

  /** Through a method: the flag changes while something is awaited. */
  #isOver(): boolean {
    return this.#stopped
  }

  /**
   * The next mails are on their way while some are taken; they are taken one batch after the other. A mail at which the server drops the
   * connection again and again is first asked for alone, then taken unread: it must not keep everybody behind it waiting.
   */
  async #takeNew(open: OpenMailbox, from: MailboxPosition): Promise<MailboxPosition> {
    const losses = this.#lostAt.uid === from.lastUid ? this.#lostAt.times : 0
    const alone = losses >= lossesBeforeAlone
    const passOver = losses >= lossesBeforePassing
    const fetched = open.fetchAfter(from.lastUid, { batch: alone ? 1 : batch, maxBytes, passOver })
    let position = from
    try {
      for await (const mails of alone ? fetched : ahead(collected(fetched))) {
        const last = mails.at(-1)
        if (last === undefined) continue
        if (this.#isOver()) return position
        const next = { ...position, lastUid: last.uid }
        await this.#parts.mails.take(this.#name(), next, mails)
        position = next
      }
    } catch (error) {
      const isLoss = error instanceof AppError && error.code === 'mailbox-unreachable'
      const times = position.lastUid === this.#lostAt.uid ? this.#lostAt.times + 1 : 1
      if (isLoss) this.#lostAt = { uid: position.lastUid, times }
      throw error
    }
    return position
  }

  /** Where this mailbox was left; a new one, or one whose UIDs are new (RFC 9051 §2.3.1.1), is begun some days back. */
  async #begin(open: OpenMailbox): Promise<MailCursor> {
    const { store, mails } = this.#parts
    const kept = await store.cursor(this.#name())
    const uidValidity = numberingOf(open, kept)
    if (kept !== null && kept.uidValidity === uidValidity) return kept

    const lastUid = await open.lastUidBefore(await this.#beginning(kept !== null))
    const cursor = { uidValidity, lastUid }
    const times: MailRequestTimes = mails.times()
    await store.take(this.#name(), cursor, [], times)
    return cursor
  }

  /** With new UIDs, never later than the newest mail that was taken: what came after it is not known yet, however long ago. */
  async #beginning(knewMailbox: boolean): Promise<string> {
    const { clock, settings, store } = this.#parts
    const usual = clock.now() - settings.startDays * dayMs
    if (!knewMailbox) return new Date(usual).toISOString()
    const { mails } = await store.list({ show: 'all', cursor: null, limit: 1 })
    const [newest] = mails
    const seen = newest === undefined ? usual : Date.parse(newest.receivedAt) - dayMs
    return new Date(Math.min(usual, seen)).toISOString()
  }

  #name(): string {
    const { userName, host, port, folder } = this.#parts.settings
    return `${userName}@${host}:${port}/${folder}`
  }

  #tellFine(): void {
    const { report, settings, mails } = this.#parts
    const params = { host: settings.host, folder: settings.folder }
    if (mails.isIdentityRefused) report('mailbox', { state: 'warning', code: 'identity-refused', params })
    else report('mailbox', { state: 'ok', code: 'ok', params })
  }

  #tell(error: unknown): void {
    const { report, settings, log } = this.#parts
    const code = error instanceof AppError ? (healthCodes[error.code] ?? 'failing') : 'failing'
    report('mailbox', { state: 'down', code, params: { host: settings.host, folder: settings.folder } })
    log.warn({ err: error, host: settings.host, failures: this.#failures + 1 }, 'the mailbox cannot be read')
  }

  /** Doubled after each failure, with a random part so that many desks do not come back at the same moment. */
  async #pause(): Promise<void> {
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    const ms = longest * (0.5 + Math.random() / 2)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(firstPauseMs, ms))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}

/**
 * Which numbering of mails this is: the UIDVALIDITY, and how often a server has gone back behind what was taken without a new one, as
 * after a restored backup. A number then means another mail than before.
 */
function numberingOf(open: OpenMailbox, kept: MailCursor | null): string {
  const [validity, restored = '0'] = kept?.uidValidity.split('+') ?? []
  if (kept === null || validity !== open.uidValidity) return open.uidValidity
  return open.uidNext > kept.lastUid ? kept.uidValidity : `${validity}+${Number(restored) + 1}`
}

/** Puts batches together until they are many mails or many bytes. */
async function* collected(batches: AsyncIterable<readonly RawMail[]>): AsyncGenerator<readonly RawMail[]> {
  let mails: RawMail[] = []
  let bytes = 0
  for await (const more of batches) {
    mails.push(...more)
    bytes += more.reduce((sum, { source }) => sum + source.length, 0)
    if (mails.length < takenAtOnce.mails && bytes < takenAtOnce.bytes) continue
    yield mails
    mails = []
    bytes = 0
  }
  if (mails.length > 0) yield mails
}

/** Asks for the next one before the last one is used up. */
async function* ahead<T>(values: AsyncGenerator<T>): AsyncGenerator<T> {
  const ask = (): Promise<IteratorResult<T, unknown>> => {
    const answer = values.next()
    // A fault is met where the answer is awaited; until then nobody listens, and Node would end the app.
    answer.catch(() => undefined)
    return answer
  }
  let coming = ask()
  for (;;) {
    const answer = await coming
    if (answer.done === true) return
    coming = ask()
    yield answer.value
  }
}
