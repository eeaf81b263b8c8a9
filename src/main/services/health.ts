import { AppError } from '../../shared/errors'
import type { ErrorCode } from '../../shared/errors'
import { healthParts } from '../../shared/model/health'
import type { Health, HealthPart } from '../../shared/model/health'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { Emit } from './events'
import { clockReport, diskReport, failureReport, fine, off, serverReport, unknown } from './health-reports'
import type { HealthReport } from './health-reports'
import type { Acting } from './session'

type Part = HealthPart['part']
const gateways = ['mailbox', 'sms', 'voice', 'mail-out'] as const satisfies readonly Part[]
type Gateway = (typeof gateways)[number]

interface HealthServiceParts {
  readonly clock: Clock
  readonly emit: Emit
  readonly log: Log
  /** Who is at the desk, without putting the idle lock off; `null`: nobody. The directory is asked as nobody else. */
  readonly present: () => Pick<Acting, 'directory'> | null
  /** `host:port` of the server that comes first; `null`: whichever answered at the sign-in. */
  readonly preferredServer: string | null
  /** Those that are set up. The others are `off`. */
  readonly setUp: readonly Gateway[]
  /** How a gateway is asked; may throw a refusal. One without it tells by itself. */
  readonly ask: Readonly<Partial<Record<Gateway, () => Promise<HealthReport>>>>
  readonly store: {
    /** The audit store failed; the desk takes no action. */
    readonly closed: () => boolean
    /** Any small read. */
    readonly read: () => Promise<unknown>
    /** On the disk that the stores lie on. */
    readonly freeBytes: () => Promise<number>
  }
}

/** Gateways are asked by themselves no more often than this: each time is a connection to somebody else's machine. */
const gatewayMs = 10 * 60_000

/**
 * How directory, mailbox, gateway, store and clock are: told by those who use them, asked every minute while somebody is at the
 * desk, and on demand.
 */
export class HealthService {
  readonly #parts: HealthServiceParts
  readonly #known = new Map<Part, HealthPart>()
  readonly #asking = new Map<Part, Promise<void>>()
  #preferred: string | null

  constructor(parts: HealthServiceParts) {
    this.#parts = parts
    this.#preferred = parts.preferredServer
    for (const part of healthParts) {
      const gateway = gateways.find((each) => each === part)
      const isOff = gateway !== undefined && !parts.setUp.includes(gateway)
      this.#known.set(part, { part, ...(isOff ? off : unknown), since: parts.clock.iso(), checkedAt: null })
    }
  }

  /** A part tells how it is; `health-changed` is sent when that is news. A count that moved is none. */
  report(part: Part, report: HealthReport): void {
    const before = this.#known.get(part)
    const now = this.#parts.clock.iso()
    const isNews = before?.state !== report.state || before.code !== report.code
    this.#known.set(part, { part, ...report, since: isNews ? now : before.since, checkedAt: now })
    if (isNews) this.#parts.emit('health-changed', {})
  }

  /** How the directory answered one call: see `LiveDirectory`. */
  heard(code: ErrorCode | null, server: string): void {
    // An answer that came late says nothing about a desk that nobody sits at.
    if (this.#parts.present() === null) return
    this.#preferred ??= server
    const report = code === null ? serverReport(server, this.#preferred) : failureReport(new AppError(code, { server }))
    this.report('directory', report)
  }

  status(): Health {
    return { parts: healthParts.flatMap((part) => this.#known.get(part) ?? []) }
  }

  /** Asks every part that can be asked now. Asked twice at once, it asks once. */
  async check(): Promise<Health> {
    await this.#askAll(true)
    return this.status()
  }

  /** For the minute's turn: asks while somebody is at the desk. Never throws. */
  async sweep(): Promise<void> {
    if (this.#parts.present() !== null) await this.#askAll(false)
  }

  /** Somebody has signed in or unlocked. Never throws. */
  begin(): Promise<void> {
    return this.#askAll(false)
  }

  /** Nobody is at the desk: nobody can say how the directory is. */
  end(): void {
    this.#preferred = this.#parts.preferredServer
    for (const part of ['directory', 'clock'] as const) this.report(part, unknown)
  }

  async #askAll(gateways: boolean): Promise<void> {
    await Promise.all([
      this.#ask('directory', () => this.#checkDirectory()),
      this.#ask('store', () => this.#checkStore()),
      ...this.#gatewaysToAsk(gateways).map((part) => this.#ask(part, () => this.#checkGateway(part))),
    ])
  }

  /** Whoever asks while it is being asked waits for the same answer. */
  #ask(part: Part, check: () => Promise<void>): Promise<void> {
    const running = this.#asking.get(part)
    if (running !== undefined) return running
    const asking = check().finally(() => this.#asking.delete(part))
    this.#asking.set(part, asking)
    return asking
  }

  async #checkDirectory(): Promise<void> {
    const { present, clock } = this.#parts
    const acting = present()
    if (acting === null) return
    const { directory } = acting
    try {
      const sentAt = clock.now()
      const time = await directory.serverTime()
      if (present() === null) return
      this.heard(null, directory.server)
      this.report('clock', clockReport(time, sentAt, clock.now()))
    } catch (error) {
      if (present() === null) return
      this.report('directory', this.#reportOf('directory', error))
      this.report('clock', unknown)
    }
  }

  async #checkStore(): Promise<void> {
    const { closed, read, freeBytes } = this.#parts.store
    if (closed()) {
      this.report('store', { state: 'down', code: 'desk-closed', params: {} })
      return
    }
    try {
      await read()
      this.report('store', diskReport(await freeBytes()))
    } catch (error) {
      this.report('store', this.#reportOf('store', error))
    }
  }

  async #checkGateway(part: Gateway): Promise<void> {
    try {
      this.report(part, (await this.#parts.ask[part]?.()) ?? fine)
    } catch (error) {
      this.report(part, this.#reportOf(part, error))
    }
  }

  #gatewaysToAsk(now: boolean): Gateway[] {
    const { setUp, ask, clock } = this.#parts
    return setUp.filter((part) => {
      const last = this.#known.get(part)?.checkedAt ?? null
      const isDue = now || last === null || clock.now() - Date.parse(last) >= gatewayMs
      return ask[part] !== undefined && isDue
    })
  }

  #reportOf(part: Part, error: unknown): HealthReport {
    if (error instanceof AppError) return failureReport(error)
    this.#parts.log.error({ err: error, part }, 'a part of the desk could not be asked how it is')
    return { state: 'down', code: 'failing', params: {} }
  }
}
