import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { Language, PersonId } from '../../shared/model/common'
import type { DeliveryState, SentCode, Sending } from '../../shared/model/verification'
import type { Clock } from '../clock'
import type { DirectoryPerson } from '../directory/directory'
import type { Policy } from '../domain/policy'
import { isSameMac, newCode, readCode } from '../domain/sms-code'
import { codeText } from '../domain/sms-text'
import type { CodeGateway } from '../gateways/code-gateway'
import type { NumberReader, PhoneNumber } from '../gateways/sms'
import type { Log } from '../log'
import type { CodeStore, SentCodeRow, StoredMethod } from '../stores/stores'
import type { SecretVault } from '../vault'
import type { Emit } from './events'
import { failureReport, fine } from './health-reports'
import type { HealthReport } from './health-reports'
import { sealSeed, withSeed } from './method-seeds'

export interface CodesParts {
  /** `null`: none is set up, and a telephone number is no method. */
  readonly gateway: CodeGateway | null
  readonly readNumber: NumberReader
  readonly codes: CodeStore
  readonly vault: SecretVault
  readonly clock: Clock
  readonly policy: Policy
  readonly organisation: string
  readonly log: Log
  readonly emit: Emit
  /** Tells how the gateway is, by what it said to a message. */
  readonly report: (report: HealthReport) => void
  /** Waits between questions for the state of delivery; five minutes in all unless told. */
  readonly pollDelaysMs?: readonly number[]
}

/** What a code is bound to; `number` in E.164. */
export interface CodeTarget {
  /** `null`: for an enrolment. */
  readonly requestId: string | null
  readonly personId: PersonId
  readonly agentId: PersonId
  readonly methodId: string
  readonly number: string
}

/** `not-sent`, `expired` and `used-up`: there was nothing to compare with, and nothing was counted. */
export type CodeAnswer = 'matched' | 'wrong' | 'malformed' | 'not-sent' | 'expired' | 'used-up'

const daySeconds = 24 * 60 * 60
const pollDelays = [2, 3, 5, 10, 10, 15, 15, 30, 30, 60, 60, 60].map((seconds) => seconds * 1000)
/** A send that nobody finished: the app died meanwhile. */
const lostSendSeconds = 120

/**
 * Codes by text message (DESIGN.md §6): sent within the limits of their number, kept as MACs, each passing once. The code lives in the
 * message alone; nothing here answers or logs it, or a number.
 */
export class Codes {
  readonly #parts: CodesParts
  readonly #stopping = new AbortController()
  /** When the last send to a number failed for certain: it keeps nobody waiting. By the number's MAC. */
  readonly #failed = new Map<string, string>()

  constructor(parts: CodesParts) {
    this.#parts = parts
  }

  /** Without a gateway no telephone number counts as a method. */
  get canSend(): boolean {
    return this.#parts.gateway !== null
  }

  /** Throws `number-invalid`, `number-not-mobile`. */
  readMobile(text: string): PhoneNumber {
    const number = this.#parts.readNumber(text)
    if (number === null) throw new AppError('number-invalid')
    if (!number.mobile) throw new AppError('number-not-mobile')
    return number
  }

  /** Seals a number as the secret of its method. */
  sealNumber(personId: PersonId, methodId: string, number: string): Uint8Array {
    return sealSeed(this.#parts.vault, personId, methodId, new TextEncoder().encode(number))
  }

  /** The number of a method of kind `phone`, E.164. Throws `store-tampered`. */
  numberOf(method: Pick<StoredMethod, 'id' | 'personId' | 'secret'>): Promise<string> {
    return withSeed(this.#parts.vault, method, (seed) => Promise.resolve(new TextDecoder().decode(seed)))
  }

  /**
   * Mobile numbers of the directory that policy lets count: known to be unchanged for the waiting time. Each has an id made of person,
   * field and number, so that a code sent to it, and a proof by it, end when the number changes. One that is registered as well is
   * registered.
   */
  async directoryMethods(
    { card, numbers }: DirectoryPerson,
    registered: readonly StoredMethod[],
  ): Promise<StoredMethod[]> {
    const { policy, clock, readNumber, vault } = this.#parts
    if (!policy.directoryNumbers) return []
    const phones = registered.filter(({ kind }) => kind === 'phone')
    const known = new Set(await Promise.all(phones.map((method) => this.numberOf(method))))
    const found: StoredMethod[] = []
    for (const { field, changedAt } of card.numbers) {
      const number = readNumber(numbers.get(field) ?? '')
      const settled = changedAt !== null && clock.now() - Date.parse(changedAt) >= policy.coolDownSeconds * 1000
      if (number === null || !number.mobile || !settled || known.has(number.e164)) continue
      known.add(number.e164)
      const id = uuidOf(vault.mac('directory-number', card.id, field, number.e164))
      found.push({
        id,
        personId: card.id,
        type: 'mobile',
        kind: 'phone',
        label: field,
        registeredAt: changedAt,
        confirmedAt: changedAt,
        isDefault: false,
        lastUsedAt: null,
        firstInPerson: false,
        secret: this.sealNumber(card.id, id, number.e164),
        lastStep: null,
        recentDrift: [],
      })
    }
    return found
  }

  /** Whether a code can be sent to this number now, and how the last one stands. */
  async sending(number: string, last: SentCodeRow | null): Promise<Sending> {
    const { policy, clock, readNumber } = this.#parts
    const now = clock.now()
    const sends = await this.#sends(number)
    const left = Math.max(0, policy.sendsPerDay - sends.count)
    const code = last === null ? null : this.#describe(last)
    const refused = (refusal: Sending['refusal'], possibleAt: number | null = null): Sending => ({
      refusal,
      possibleAt: possibleAt === null ? null : new Date(possibleAt).toISOString(),
      left,
      code,
    })
    if (!this.canSend) return refused('no-gateway')
    if (readNumber(number)?.mobile !== true) return refused('not-a-mobile')
    if (left === 0 && sends.firstAt !== null) {
      return refused('too-many', Date.parse(sends.firstAt) + daySeconds * 1000)
    }
    const nextAt = sends.lastAt === null ? 0 : Date.parse(sends.lastAt) + this.#waitAfter(sends) * 1000
    return nextAt > now ? refused('too-soon', nextAt) : refused(null)
  }

  /**
   * Sends a new code; an earlier one to the same target ends, and its wrong tries stay counted. The send counts before the gateway is
   * asked. Throws `sms-not-set-up`, `code-too-soon {at}`, `code-too-many {at}`, and as {@link CodeGateway}.
   */
  async send(target: CodeTarget, language: Language): Promise<SentCodeRow> {
    const { gateway, codes, clock, policy, organisation, report } = this.#parts
    if (gateway === null) throw new AppError('sms-not-set-up')
    const { number, ...bound } = target
    const code = newCode()
    const id = randomUUID()
    const sentAt = clock.iso()
    const destination = this.#destination(number)
    const row: SentCodeRow = {
      ...bound,
      id,
      channel: 'sms',
      purpose: bound.requestId === null ? 'enrol' : 'check',
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
    const resendSeconds = this.#waitAfter(await this.#sends(number))
    await codes.reserve(row, { resendSeconds, sendsPerDay: policy.sendsPerDay })

    const text = codeText(language, { code, minutes: Math.floor(policy.codeSeconds / 60), organisation })
    const message = { id, to: number, extension: '', language, code, subject: '', text }
    const { delivery, messageId } = await gateway.send(message).catch(async (error: unknown) => {
      // Whatever is thrown is definite (`CodeGateway`): nothing was sent, and nobody need wait for it.
      this.#failed.set(destination, sentAt)
      if (error instanceof AppError) report(failureReport(error))
      await codes.setDelivery(id, 'failed', null)
      throw error
    })
    this.#failed.delete(destination)
    report(delivery === 'accepted' ? fine : { ...failureReport(new AppError('sms-unknown')), state: 'warning' })
    await codes.setDelivery(id, delivery, messageId)
    const sent = { ...row, delivery, messageId }
    if (messageId !== null && gateway.tellsDelivery) this.#follow(gateway, sent, messageId)
    return sent
  }

  /** Compares what the caller said with a code that was sent; each comparison takes one of the code's tries before it is made. */
  async check(sent: SentCodeRow | null, typed: string): Promise<CodeAnswer> {
    const { codes, clock } = this.#parts
    if (sent === null || isUnsent(sent)) return 'not-sent'
    const taken = await codes.takeTry(sent.id, clock.iso())
    if (taken === null) return this.#stateOf(sent) === 'expired' ? 'expired' : 'used-up'

    const code = readCode(typed)
    if (code === null) return 'malformed'
    if (!isSameMac(this.#codeMac(taken, code), taken.codeMac)) return 'wrong'
    // The store has the last word: of two checks with the same code, one passes.
    return (await codes.pass(taken.id, clock.iso())) ? 'matched' : 'used-up'
  }

  /** The last code that this agent sent to this method for this request; another agent's does not count. */
  async lastOf(
    target: Omit<CodeTarget, 'number' | 'personId'> & { readonly requestId: string },
  ): Promise<SentCodeRow | null> {
    const sent = await this.#parts.codes.ofRequest(target.requestId)
    const last = sent.find(({ methodId, purpose }) => methodId === target.methodId && purpose === 'check')
    return last?.agentId === target.agentId ? last : null
  }

  get(id: string): Promise<SentCodeRow | null> {
    return this.#parts.codes.get(id)
  }

  /** When another code may be sent after this one. */
  resendAt({ sentAt, delivery }: SentCodeRow): string {
    const wait = delivery === 'failed' ? 0 : this.#parts.policy.resendSeconds
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
    return { sentAt, expiresAt, delivery, triesLeft: Math.max(0, triesAllowed - triesUsed), state: this.#stateOf(row) }
  }

  #stateOf({ passedAt, expiresAt, triesAllowed, triesUsed }: SentCodeRow): SentCode['state'] {
    if (passedAt !== null) return 'passed'
    if (!(this.#parts.clock.now() < Date.parse(expiresAt))) return 'expired'
    return triesUsed >= triesAllowed ? 'used-up' : 'live'
  }

  async #sends(number: string): Promise<Sends> {
    const since = new Date(this.#parts.clock.now() - daySeconds * 1000).toISOString()
    const destination = this.#destination(number)
    return { ...(await this.#parts.codes.sends(destination, since)), destination }
  }

  /** Seconds to wait after the last send: none when it failed for certain. */
  #waitAfter({ destination, lastAt }: Sends): number {
    return lastAt !== null && this.#failed.get(destination) === lastAt ? 0 : this.#parts.policy.resendSeconds
  }

  #destination(number: string): string {
    return this.#parts.vault.mac('sms-destination', number)
  }

  #codeMac(
    row: Pick<SentCodeRow, 'id' | 'requestId' | 'personId' | 'agentId' | 'methodId' | 'destination'>,
    code: string,
  ): string {
    const { id, requestId, personId, agentId, methodId, destination } = row
    return this.#parts.vault.mac('sms-code', id, requestId, personId, agentId, methodId, destination, code)
  }

  /** Asks what became of the message until the gateway says so, or five minutes are over. */
  #follow(gateway: CodeGateway, row: SentCodeRow, messageId: string): void {
    const { log } = this.#parts
    this.#ask(gateway, row, messageId).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) log.warn({ err: error }, 'the state of a message could not be kept')
    })
  }

  async #ask(gateway: CodeGateway, row: SentCodeRow, messageId: string): Promise<void> {
    const { codes, emit, log, pollDelaysMs = pollDelays } = this.#parts
    for (const delay of pollDelaysMs) {
      await sleep(delay, undefined, { ref: false, signal: this.#stopping.signal })
      const state = await gateway.delivery(messageId).catch((error: unknown) => {
        log.debug({ err: error }, 'the SMS gateway did not say what became of a message')
        return 'unknown' as const
      })
      if (this.#stopping.signal.aborted) return
      if (state !== 'delivered' && state !== 'failed') continue

      await codes.setDelivery(row.id, state, messageId)
      if (state === 'failed') this.#failed.set(row.destination, row.sentAt)
      if (row.requestId !== null) emit('verification-changed', { requestId: row.requestId })
      return
    }
  }
}

interface Sends {
  readonly destination: string
  readonly count: number
  readonly firstAt: string | null
  readonly lastAt: string | null
}

/** Refused by the gateway, or never reached it; one that went out and could not be delivered may still arrive. */
function isUnsent({ delivery, messageId }: SentCodeRow): boolean {
  return delivery === 'failed' && messageId === null
}

/** A UUID of version 8 (RFC 9562 §5.8) out of a MAC in hex. */
function uuidOf(mac: string): string {
  const variant = '89ab'[Number.parseInt(mac.slice(16, 17), 16) % 4] ?? '8'
  const digits = `${mac.slice(0, 12)}8${mac.slice(13, 16)}${variant}${mac.slice(17, 32)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')
}
