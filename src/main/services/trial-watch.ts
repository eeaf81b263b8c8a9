import { AppError } from '../../shared/errors'
import type { TrialState } from '../../shared/model/desk-settings'
import type { CodeChannel, DeliveryState } from '../../shared/model/verification'
import type { CodeGateway } from '../gateways/code-gateway'

interface Watched {
  readonly gateway: CodeGateway
  readonly messageId: string
  readonly timer: NodeJS.Timeout
}

/** A call rings for less than a minute. */
const watchMs = 2 * 60 * 1000

/** After these nothing more comes. */
const finalStates: ReadonlySet<DeliveryState> = new Set(['delivered', 'busy', 'no-answer', 'failed'])

/**
 * What became of the last try-out of each channel. Its gateway, with the keys that were typed for it, is dropped once nothing more can
 * come, at the next try-out, and after two minutes.
 */
export class TrialWatch {
  readonly #watched = new Map<CodeChannel, Watched>()

  /** Nothing is watched of a gateway that cannot be asked. */
  start(gateway: CodeGateway, messageId: string | null): void {
    this.drop(gateway.channel)
    if (messageId === null || !gateway.tellsDelivery) return
    const timer = setTimeout(() => {
      this.drop(gateway.channel)
    }, watchMs)
    timer.unref()
    this.#watched.set(gateway.channel, { gateway, messageId, timer })
  }

  drop(channel: CodeChannel): void {
    clearTimeout(this.#watched.get(channel)?.timer)
    this.#watched.delete(channel)
  }

  dropAll(): void {
    for (const channel of [...this.#watched.keys()]) this.drop(channel)
  }

  /** `null`: there is nothing to ask, or not any more. A gateway that refuses the question does not say. */
  async state(channel: CodeChannel): Promise<TrialState> {
    const watched = this.#watched.get(channel)
    if (watched === undefined) return null
    const state = await watched.gateway.delivery(watched.messageId).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
      return 'unknown' as const
    })
    if (finalStates.has(state) && this.#watched.get(channel) === watched) this.drop(channel)
    return { state }
  }
}
