import type { Log } from '../log'
import type { RequestStore } from '../stores/stores'
import type { DiagnosisService } from './diagnosis'
import type { NotificationService } from './notifications'
import type { SessionService } from './session'

interface ArrivalParts {
  readonly requests: Pick<RequestStore, 'get' | 'list'>
  readonly diagnosis: Pick<DiagnosisService, 'diagnoseMany'>
  readonly notifications: Pick<NotificationService, 'arrived'>
  readonly session: Pick<SessionService, 'present'>
  readonly log: Log
}

/** How many requests that came while nobody was there are diagnosed at a sign-in; the others when they are opened. */
const diagnosedAtOnce = 200

/** What follows when a request came by itself: somebody is told, and the queue says why self-service failed. Nothing here throws. */
export class Arrivals {
  readonly #parts: ArrivalParts

  constructor(parts: ArrivalParts) {
    this.#parts = parts
  }

  async entered(requestIds: readonly string[]): Promise<void> {
    const { requests, diagnosis, notifications, session, log } = this.#parts
    try {
      const entered = await Promise.all(requestIds.map((id) => requests.get(id)))
      // What somebody at this desk matched by hand is no news to them.
      await notifications.arrived(entered.filter(({ createdBy }) => createdBy === null))
      const acting = session.present()
      if (acting !== null) await diagnosis.diagnoseMany(acting, requestIds)
    } catch (error) {
      log.error({ err: error }, 'new requests could not be announced')
    }
  }

  /** Somebody is at the desk whose rights may be used to ask the directory. */
  async diagnoseWaiting(): Promise<void> {
    const { requests, diagnosis, session, log } = this.#parts
    const acting = session.present()
    if (acting === null) return
    try {
      const anyTime = { from: null, until: null }
      const waiting = await requests.list({
        states: ['open', 'claimed'],
        holderId: null,
        text: '',
        causes: ['unknown'],
        channels: [],
        due: anyTime,
        created: anyTime,
        sort: 'due',
        cursor: null,
        limit: diagnosedAtOnce,
      })
      await diagnosis.diagnoseMany(
        acting,
        waiting.requests.map(({ id }) => id),
      )
    } catch (error) {
      log.error({ err: error }, 'waiting requests could not be diagnosed')
    }
  }
}
