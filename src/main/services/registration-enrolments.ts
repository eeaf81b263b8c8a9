import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Language, PersonId } from '../../shared/model/common'
import type { CodeEnrolment } from '../../shared/model/registration'
import type { CodeChannel, MethodType } from '../../shared/model/verification'
import type { Clock } from '../clock'
import type { KnownFacts } from '../domain/questions'
import { wrongCodesAllowed } from './registration-rules'
import type { Acting } from './session'

interface Begun {
  readonly agentId: PersonId
  readonly person: { readonly id: PersonId; readonly name: string }
  readonly methodId: string
  readonly type: MethodType
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** The method is there already and is only proven (again). */
  readonly again: boolean
  /** Over all codes that were sent: a new one resets nothing. */
  readonly wrongCodes: number
  /** As the method will keep it: sealed even here. */
  readonly secret: Uint8Array
}

/** An app that was shown to its person and waits for its first code. */
export interface PendingApp extends Begun {
  readonly way: 'app'
  readonly lastStep: number | null
}

/** A number or address that waits for the code sent to it. */
export interface PendingCode extends Begun {
  readonly way: 'code'
  readonly codeId: string
  readonly channel: CodeChannel
  readonly channels: readonly CodeChannel[]
  readonly language: Language
  readonly warning: CodeEnrolment['warning']
}

/** Questions that the person answers now. */
export interface PendingAnswers extends Begun {
  readonly way: 'answers'
  /** No answer may be one of these. */
  readonly facts: KnownFacts
}

/** A credential that is to be made on the person's key. */
export interface PendingKey extends Begun {
  readonly way: 'key'
  readonly userName: string
}

type Pending = PendingApp | PendingCode | PendingAnswers | PendingKey

/** Registrations that were begun and wait for their proof. They live as long as the agent's session, and a few minutes at most. */
export class Enrolments {
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Answers the id under which the page goes on. */
  add(pending: Pending): string {
    const id = randomUUID()
    this.#pending.set(id, pending)
    return id
  }

  /** Throws `enrolment-not-found` when it is over, somebody else's, or of another way. */
  find<W extends Pending['way']>(
    acting: Pick<Acting, 'operator'>,
    id: string,
    ...ways: readonly [W, ...W[]]
  ): Extract<Pending, { way: W }> {
    const pending = this.#get(id)
    if (pending?.agentId !== acting.operator.id || !isOf(pending, ways)) throw new AppError('enrolment-not-found')
    return pending
  }

  /** Another code is on its way. */
  sent(id: string, code: Pick<PendingCode, 'codeId' | 'channel'>): PendingCode {
    const pending = this.#get(id)
    if (pending?.way !== 'code') throw new AppError('enrolment-not-found')
    const after = { ...pending, ...code }
    this.#pending.set(id, after)
    return after
  }

  /**
   * Takes a try before the code is compared: codes typed at once must not all be the first. Throws `enrolment-not-found` when none is left.
   */
  takeTry(id: string): void {
    const pending = this.#get(id)
    if (pending === undefined || pending.wrongCodes >= wrongCodesAllowed) throw new AppError('enrolment-not-found')
    this.#pending.set(id, { ...pending, wrongCodes: pending.wrongCodes + 1 })
  }

  /** There was nothing to compare with. */
  giveTryBack(id: string): void {
    const pending = this.#get(id)
    if (pending !== undefined) this.#pending.set(id, { ...pending, wrongCodes: pending.wrongCodes - 1 })
  }

  /** Throws `enrolment-code-wrong {remaining}`; the last try ends the enrolment. */
  wrongCode(id: string): never {
    const remaining = wrongCodesAllowed - (this.#get(id)?.wrongCodes ?? wrongCodesAllowed)
    if (remaining <= 0) this.#pending.delete(id)
    throw new AppError('enrolment-code-wrong', { remaining })
  }

  /** Ends it before the next wait: a second click with the same proof must find nothing. Throws `enrolment-not-found`. */
  take(id: string): void {
    if (!this.#pending.delete(id)) throw new AppError('enrolment-not-found')
  }

  /** The session locked or ended: nobody stands at the desk any more. */
  forget(): void {
    this.#pending.clear()
  }

  #get(id: string): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined || this.#clock.now() < pending.expiresAt) return pending
    this.#pending.delete(id)
    return undefined
  }
}

function isOf<W extends Pending['way']>(pending: Pending, ways: readonly W[]): pending is Extract<Pending, { way: W }> {
  return ways.some((way) => way === pending.way)
}
