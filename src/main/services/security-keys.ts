import { AppError } from '../../shared/errors'
import type { KeyAvailability, KeyPrompt, KeyTalkState } from '../../shared/model/security-key'
import type { Clock } from '../clock'
import type { KeyTalk, SecurityKeys } from '../gateways/security-key'
import type { Emit } from './events'

interface SecurityKeyParts {
  /** `null`: no RP ID is configured, security keys are no method here. */
  readonly keys: SecurityKeys | null
  readonly clock: Clock
  readonly emit: Emit
}

/** The one conversation with a key, and whoever waits for the PIN that its owner types. */
interface Conversation {
  prompt: KeyPrompt
  readonly abort: AbortController
  pin: PromiseWithResolvers<string> | null
}

/** What was found of the reader is believed for so long: the process that looks is not to be started with every request that is shown. */
const believedMs = 30_000
/** Nobody types a PIN for so long: whoever should is gone. */
const pinWaitMs = 120_000

/**
 * The one conversation that this machine may have with a security key, for a check or a registration. The screens see what the key waits
 * for and hand on the PIN, which is not kept here; lock and sign-out end it.
 */
export class SecurityKeyService {
  readonly #parts: SecurityKeyParts
  #talking: Conversation | null = null
  #found: { readonly answer: KeyAvailability; readonly at: number } | null = null

  constructor(parts: SecurityKeyParts) {
    this.#parts = parts
  }

  /** Looks anew. */
  async availability(): Promise<KeyAvailability> {
    const { keys, clock } = this.#parts
    if (keys === null) return { available: false, reason: 'not-set-up' }
    const answer = await keys.availability()
    this.#found = { answer, at: clock.now() }
    return answer
  }

  /** Whether keys can be used at this machine, as found lately. */
  async canRead(): Promise<boolean> {
    const age = this.#found === null ? Infinity : Math.abs(this.#parts.clock.now() - this.#found.at)
    const answer = this.#found !== null && age < believedMs ? this.#found.answer : await this.availability()
    return answer.available
  }

  /** What the key waits for; `null`: there is no conversation. */
  state(): KeyTalkState {
    return this.#talking === null ? null : { prompt: this.#talking.prompt }
  }

  /** Hands on what the key's owner typed. Throws `not-available` when no key waits for it. */
  pin(pin: string): void {
    const waiting = this.#talking?.pin ?? null
    if (this.#talking === null || waiting === null) throw new AppError('not-available')
    this.#talking.pin = null
    waiting.resolve(pin)
  }

  /** Ends the conversation, if there is one. */
  cancel(): void {
    this.#talking?.abort.abort()
  }

  /** Throws `key-not-available {reason}`, `not-available` while another conversation goes on, and as {@link SecurityKeys}. */
  async talk<T>(work: (keys: SecurityKeys, talk: KeyTalk) => Promise<T>): Promise<T> {
    const { keys } = this.#parts
    if (keys === null) throw new AppError('key-not-available', { reason: 'not-set-up' })
    if (this.#talking !== null) throw new AppError('not-available')
    const mine: Conversation = { prompt: { step: 'working' }, abort: new AbortController(), pin: null }
    this.#talking = mine
    this.#changed()
    try {
      return await work(keys, {
        signal: mine.abort.signal,
        show: (prompt) => {
          mine.prompt = prompt
          if (this.#talking === mine) this.#changed()
        },
        pin: () => this.#askPin(mine),
      })
    } finally {
      mine.pin?.reject(new AppError('key-cancelled'))
      this.#talking = null
      this.#changed()
    }
  }

  /** The session locked or ended: nobody stands at the machine any more. */
  forget(): void {
    this.cancel()
  }

  async close(): Promise<void> {
    this.cancel()
    await this.#parts.keys?.close()
  }

  async #askPin(mine: Conversation): Promise<string> {
    const { signal } = mine.abort
    const waiting = Promise.withResolvers<string>()
    const giveUp = (): void => waiting.reject(new AppError('key-cancelled'))
    const timer = setTimeout(() => mine.abort.abort(), pinWaitMs)
    timer.unref()
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    mine.pin = waiting
    try {
      return await waiting.promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  #changed(): void {
    this.#parts.emit('security-key-changed', {})
  }
}
