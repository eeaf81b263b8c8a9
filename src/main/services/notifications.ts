import type { Language } from '../../shared/model/common'
import type { Preferences } from '../../shared/model/settings'
import type { ResetRequest } from '../../shared/model/request'
import type { Clock } from '../clock'
import { notificationText } from '../domain/notification-text'
import type { Log } from '../log'
import type { RequestStore } from '../stores/stores'
import type { DesktopPort } from './desktop'
import type { Emit } from './events'

interface NotificationParts {
  readonly requests: Pick<RequestStore, 'becameDue'>
  readonly preferences: { get(): Promise<Preferences> }
  /** Of the machine, for whoever follows it. */
  readonly systemLanguage: () => Language
  readonly desktop: Pick<DesktopPort, 'notify'>
  readonly clock: Clock
  readonly emit: Emit
  readonly log: Log
}

type Known = Pick<ResetRequest, 'id' | 'number'>

/** A morning's hundred mails must not be a hundred notifications. */
const apartMs = 30_000

/**
 * Notifications of the operating system for requests that came by themselves and for those that became overdue: one at most every
 * 30 seconds, which tells all that is new since the last one.
 */
export class NotificationService {
  readonly #parts: NotificationParts
  readonly #arrived = new Map<string, number>()
  readonly #overdue = new Map<string, number>()
  #shownAt: number | null = null
  /** Everything that was due by then was told, or was due before the app started. */
  #dueUntil: string
  #timer: NodeJS.Timeout | null = null

  constructor(parts: NotificationParts) {
    this.#parts = parts
    this.#dueUntil = parts.clock.iso()
  }

  /** Requests that came without an operator at this desk. */
  async arrived(requests: readonly Known[]): Promise<void> {
    for (const { id, number } of requests) this.#arrived.set(id, number)
    await this.#show()
  }

  /** For the minute's turn: tells what became overdue since the last one. Never throws. */
  async sweep(): Promise<void> {
    const { requests, clock, log } = this.#parts
    const until = clock.iso()
    try {
      const due = await requests.becameDue(this.#dueUntil, until)
      this.#dueUntil = until
      for (const { id, number } of due) this.#overdue.set(id, number)
    } catch (error) {
      log.error({ err: error }, 'overdue requests could not be looked for')
    }
    await this.#show()
  }

  /** Shows nothing more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#arrived.clear()
    this.#overdue.clear()
  }

  async #show(): Promise<void> {
    if (this.#timer !== null || this.#arrived.size + this.#overdue.size === 0) return
    const wait = this.#shownAt === null ? 0 : this.#shownAt + apartMs - this.#parts.clock.now()
    // A clock that was set back must not keep them away for hours.
    if (wait > 0 && wait <= apartMs) {
      this.#timer = setTimeout(() => {
        this.#timer = null
        void this.#tell()
      }, wait)
      this.#timer.unref()
      return
    }
    await this.#tell()
  }

  async #tell(): Promise<void> {
    const { preferences, systemLanguage, desktop, clock, emit, log } = this.#parts
    const news = { arrived: [...this.#arrived.values()], overdue: [...this.#overdue.values()] }
    const ids = new Set([...this.#arrived.keys(), ...this.#overdue.keys()])
    this.#arrived.clear()
    this.#overdue.clear()
    this.#shownAt = clock.now()
    try {
      const { notifications, language } = await preferences.get()
      const text = notificationText(news, language === 'system' ? systemLanguage() : language)
      if (!notifications || text === null) return
      const [only] = ids
      const requestId = ids.size === 1 && only !== undefined ? only : null
      desktop.notify({ ...text, onClick: () => emit('show-request', { requestId }) })
    } catch (error) {
      log.warn({ err: error }, 'a notification could not be shown')
    }
  }
}
