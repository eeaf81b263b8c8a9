import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { Language, PersonId } from '../../shared/model/common'
import { codeChannels } from '../../shared/model/verification'
import type { CodeChannel, DeliveryState, SentCode, Sending } from '../../shared/model/verification'
import type { Clock } from '../clock'
import { codeWords } from '../domain/code-words'
import type { Policy } from '../domain/policy'
import type { Destination } from '../domain/registration-secrets'
import { isSameMac, newCode, readCode } from '../domain/sms-code'
import type { CodeGateway } from '../gateways/code-gateway'
import type { Log } from '../log'
import type { CodePurpose, CodeStore, SentCodeRow } from '../stores/stores'
import type { SecretVault } from '../vault'
import type { Emit } from './events'
import { failureReport, fine } from './health-reports'
import type { HealthReport } from './health-reports'

export type CodeGateways = Readonly<Record<CodeChannel, CodeGateway | null>>

interface CodesParts {
  /** `null`: none is set up for this channel. */
  readonly gateways: CodeGateways
  readonly codes: CodeStore
  readonly vault: SecretVault
  readonly clock: Clock
  readonly policy: Policy
  readonly organisation: string
  readonly log: Log
  readonly emit: Emit
  /** Tells how a gateway is, by what it said to a message. */
  readonly report: (channel: CodeChannel, report: HealthReport) => void
  /** Waits between questions for the state of delivery; five minutes in all unless told. */
  readonly pollDelaysMs?: readonly number[]
}

/** What a code is bound to, and where it goes. */
export interface CodeTarget extends Destination {
  /** `null`: for an enrolment. */
  readonly requestId: string | null
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly methodId: string
  readonly channel: CodeChannel
  readonly purpose: CodePurpose
}

/** Whether another code may go to a number or address now; limits count for all channels of it together. */
export interface SendLimits {
  readonly left: number
  readonly refusal: 'too-soon' | 'too-many' | null
  /** When the refusal ends by itself, UTC ISO. */
  readonly possibleAt: string | null
}

/** `not-sent`, `expired` and `used-up`: there was nothing to compare with, and nothing was counted. */
export type CodeAnswer = 'matched' | 'wrong' | 'malformed' | 'not-sent' | 'expired' | 'used-up'

const daySeconds = 24 * 60 * 60
const pollDelays = [2, 3, 5, 10, 10, 15, 15, 30, 30, 60, 60, 60].map((seconds) => seconds * 1000)
/** A send that nobody finished: the app died meanwhile. */
const lostSendSeconds = 120

/**
 * Codes by message, call and mail (DESIGN.md §6): sent within the limits of their number or address, kept as MACs, each passing once. The
 * code lives in the message alone; nothing here answers or logs it, or where it went.
 */
export class Codes {
  readonly #parts: CodesParts
  readonly #stopping = new AbortController()
  /** When the last send to a place failed for certain: it keeps nobody waiting. By the place's MAC and what it was for. */
  readonly #failed = new Map<string, string>()

  constructor(parts: CodesParts) {
    this.#parts = parts
  }

  /** Those that a gateway is set up for. */
  get channels(): readonly CodeChannel[] {
    return codeChannels.filter((channel) => this.canSend(channel))
  }

  canSend(channel: CodeChannel): boolean {
    return this.#parts.gateways[channel] !== null
  }

  /** Whether a code can be sent there now. */
  async limits(place: Pick<CodeTarget, 'to' | 'channel' | 'purpose'>): Promise<SendLimits> {
    const { policy, clock } = this.#parts
    const sends = await this.#sends(place)
    const left = Math.max(0, policy.sendsPerDay - sends.count)
    const refused = (refusal: 'too-soon' | 'too-many', at: number): SendLimits => ({
      left,
      refusal,
      possibleAt: new Date(at).toISOString(),
    })
    if (left === 0 && sends.firstAt !== null) return refused('too-many', Date.parse(sends.firstAt) + daySeconds * 1000)
    const nextAt = sends.lastAt === null ? 0 : Date.parse(sends.lastAt) + this.#waitAfter(sends) * 1000
    return nextAt > clock.now() ? refused('too-soon', nextAt) : { left, refusal: null, possibleAt: null }
  }

  /** How the last code stands, and what may be sent yet. */
  sending({ left }: SendLimits, last: SentCodeRow | null): Sending {
    return { left, code: last === null ? null : this.#describe(last) }
  }

  /**
   * Sends a new code; an earlier one to the same target ends, and its wrong tries stay counted. The send counts before the gateway is
   * asked. `code`: what a reverse check says in place of six new digits. Throws `sms-not-set-up` and its kin, `code-too-soon {at}`,
   * `code-too-many {at}`, and as {@link CodeGateway}.
   */
  async send(target: CodeTarget, language: Language, code = newCode()): Promise<SentCodeRow> {
    const { gateways, codes, clock, policy, organisation, report } = this.#parts
    const { to, extension, ...bound } = target
    const { channel, purpose } = bound
    const gateway = gateways[channel]
    if (gateway === null) throw new AppError(`${channel}-not-set-up`)
    const id = randomUUID()
    const sentAt = clock.iso()
    const sends = await this.#sends(target)
    const { destination } = sends
    const row: SentCodeRow = {
      ...bound,
      id,
      destination,
      codeMac: this.#codeMac({ ...bound, id, destination }, code),
      sentAt,
      expiresAt: new Date(clock.now() + policy.codeSeconds * 1000).toISOString(),
      triesAllowed: policy.codeTries,
      triesUsed: 0,
      delivery: 'sending',
      messageId: null,
      passedAt: null,
    }
    await codes.reserve(row, { resendSeconds: this.#waitAfter(sends), sendsPerDay: policy.sendsPerDay })

    const minutes = Math.floor(policy.codeSeconds / 60)
    const words = codeWords(channel, purpose, language, { code, minutes, organisation })
    const message = { id, to, extension, language, code, ...words }
    const { delivery, messageId } = await gateway.send(message).catch(async (error: unknown) => {
      // Whatever is thrown is definite (`CodeGateway`): nothing was sent, and nobody need wait for it.
      this.#failed.set(sends.key, sentAt)
      if (error instanceof AppError) report(channel, failureReport(error))
      await codes.setDelivery(id, 'failed', null)
      throw error
    })
    this.#failed.delete(sends.key)
    const unknown = { ...failureReport(new AppError(`${channel}-unknown`)), state: 'warning' } as const
    report(channel, delivery === 'accepted' ? fine : unknown)
    await codes.setDelivery(id, delivery, messageId)
    const sent = { ...row, delivery, messageId }
    if (messageId !== null && gateway.tellsDelivery) this.#follow(gateway, sent, messageId, sends.key)
    return sent
  }

  /** Compares what the caller said with a code that was sent; each comparison takes one of the code's tries before it is made. */
  async check(sent: SentCodeRow | null, typed: string): Promise<CodeAnswer> {
    const { codes, clock } = this.#parts
    // What the desk reads out to prove itself proves nothing of the caller.
    if (sent === null || sent.purpose === 'reverse' || isUnsent(sent)) return 'not-sent'
    const taken = await codes.takeTry(sent.id, clock.iso())
    if (taken === null) return this.#stateOf(sent) === 'expired' ? 'expired' : 'used-up'

    const code = readCode(typed)
    if (code === null) return 'malformed'
    if (!isSameMac(this.#codeMac(taken, code), taken.codeMac)) return 'wrong'
    // The store has the last word: of two checks with the same code, one passes.
    return (await codes.pass(taken.id, clock.iso())) ? 'matched' : 'used-up'
  }

  /** The last codes that this agent sent for a check of this request, by method; another agent's do not count. */
  async lastOf(target: { readonly requestId: string; readonly agentId: PersonId }): Promise<Map<string, SentCodeRow>> {
    const sent = await this.#parts.codes.ofRequest(target.requestId)
    const own = sent.filter(({ agentId, purpose }) => purpose === 'check' && agentId === target.agentId)
    return new Map(own.map((row) => [row.methodId, row]))
  }

  get(id: string): Promise<SentCodeRow | null> {
    return this.#parts.codes.get(id)
  }

  /** When another code may be sent after this one. */
  resendAt({ sentAt, delivery }: SentCodeRow): string {
    const wait = isUnheard(delivery) ? 0 : this.#parts.policy.resendSeconds
    return new Date(Date.parse(sentAt) + wait * 1000).toISOString()
  }

  /** The desk closes: nobody asks for the state of delivery any more. */
  stop(): void {
    this.#stopping.abort()
  }

  #describe(row: SentCodeRow): SentCode {
    const { sentAt, expiresAt, triesAllowed, triesUsed } = row
    const lost = row.delivery === 'sending' && this.#parts.clock.now() - Date.parse(sentAt) > lostSendSeconds * 1000
    const delivery: DeliveryState = lost ? 'unknown' : row.delivery
    const triesLeft = Math.max(0, triesAllowed - triesUsed)
    return { channel: row.channel, sentAt, expiresAt, delivery, triesLeft, state: this.#stateOf(row) }
  }

  #stateOf({ passedAt, expiresAt, triesAllowed, triesUsed }: SentCodeRow): SentCode['state'] {
    if (passedAt !== null) return 'passed'
    if (!(this.#parts.clock.now() < Date.parse(expiresAt))) return 'expired'
    return triesUsed >= triesAllowed ? 'used-up' : 'live'
  }

  async #sends({ to, channel, purpose }: Pick<CodeTarget, 'to' | 'channel' | 'purpose'>): Promise<Sends> {
    const { codes, clock, vault } = this.#parts
    const since = new Date(clock.now() - daySeconds * 1000).toISOString()
    // One place whatever the channel; a server that tells upper case from lower in an address is hardly found.
    const destination =
      channel === 'mail' ? vault.mac('mail-destination', to.toLowerCase()) : vault.mac('sms-destination', to)
    const alike: readonly CodePurpose[] = purpose === 'reverse' ? ['reverse'] : ['check', 'enrol']
    const { count, firstAt } = await codes.sends(destination, since)
    const { lastAt } = await codes.sends(destination, since, alike)
    return { destination, key: `${alike.join(' ')} ${destination}`, count, firstAt, lastAt }
  }

  /** Seconds to wait after the last send: none when it failed for certain. */
  #waitAfter({ key, lastAt }: Sends): number {
    return lastAt !== null && this.#failed.get(key) === lastAt ? 0 : this.#parts.policy.resendSeconds
  }

  #codeMac(row: Omit<CodeTarget, keyof Destination> & Pick<SentCodeRow, 'id' | 'destination'>, code: string): string {
    const { id, requestId, personId, agentId, methodId, channel, purpose, destination } = row
    const bound = [id, requestId, personId, agentId, methodId, channel, purpose, destination]
    return this.#parts.vault.mac('sent-code', ...bound, code)
  }

  /** Asks what became of the message until the gateway says so, or five minutes are over. */
  #follow(gateway: CodeGateway, row: SentCodeRow, messageId: string, key: string): void {
    const { log } = this.#parts
    this.#ask(gateway, row, messageId, key).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) log.warn({ err: error }, 'the state of a message could not be kept')
    })
  }

  async #ask(gateway: CodeGateway, row: SentCodeRow, messageId: string, key: string): Promise<void> {
    const { codes, emit, log, pollDelaysMs = pollDelays } = this.#parts
    let known = row.delivery
    for (const delay of pollDelaysMs) {
      await sleep(delay, undefined, { ref: false, signal: this.#stopping.signal })
      const state = await gateway.delivery(messageId).catch((error: unknown) => {
        log.debug({ err: error }, 'the gateway did not say what became of a message')
        return 'unknown' as const
      })
      if (this.#stopping.signal.aborted) return
      if (state === known || !(isUnderWay(state) || isOver(state))) continue

      known = state
      await codes.setDelivery(row.id, state, messageId)
      if (isUnheard(state)) this.#failed.set(key, row.sentAt)
      if (row.requestId === null) emit('enrolment-changed', {})
      else emit('verification-changed', { requestId: row.requestId })
      if (isOver(state)) return
    }
  }
}

interface Sends {
  /** MAC of the number or address. */
  readonly destination: string
  /** The place and what is sent there: the wait for another code counts by it. */
  readonly key: string
  readonly count: number
  readonly firstAt: string | null
  readonly lastAt: string | null
}

/** Refused by the gateway, or never reached it; one that went out and could not be delivered may still arrive. */
function isUnsent({ delivery, messageId }: SentCodeRow): boolean {
  return delivery === 'failed' && messageId === null
}

/** A call that goes on. */
function isUnderWay(state: DeliveryState): boolean {
  return state === 'ringing' || state === 'answered'
}

function isOver(state: DeliveryState): boolean {
  return state === 'delivered' || isUnheard(state)
}

/** Nobody got the code: another one may be sent at once. */
function isUnheard(state: DeliveryState): boolean {
  return state === 'failed' || state === 'busy' || state === 'no-answer'
}
