import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import { Assembler, broadcastChannel, framesOf, hidCommand, hidError } from './ctaphid'
import type { Received } from './ctaphid'
import type { HidChannel } from './hid-channel'

/** Capability flag of the INIT answer: the key speaks CTAP2, not only U2F (CTAP 2.1 §11.2.9.1.3). */
const speaksCbor = 0x04
const nonceBytes = 8
const initAnswerBytes = 17

/** What a connection waits for, in milliseconds. */
export interface KeyTimes {
  /** Ordinary commands: the key answers by itself. */
  readonly answerMs: number
  /** Commands that wait for a person's touch. */
  readonly touchMs: number
  /** Until a busy key is asked again. */
  readonly busyMs: number
  /** How long a cancelled key may take to say so. */
  readonly cancelMs: number
}

/** Keys themselves give up on a touch after some 30 s. */
export const usualTimes: KeyTimes = { answerMs: 10_000, touchMs: 60_000, busyMs: 200, cancelMs: 1000 }

export interface Transaction {
  readonly signal: AbortSignal
  /** Whether somebody may have to touch the key first. */
  readonly touch: boolean
  /** The key waits for a touch now. Told once. */
  readonly onTouch?: () => void
}

type Wait = { take(received: Received): void; gone(): void }

/**
 * One key and a channel of our own on it. Every message ends: with an answer, a `key-failed` when the device breaks the protocol, a
 * `key-timeout`, or `key-cancelled` when `signal` aborts; then the key is told to stop.
 */
export class KeyConnection {
  readonly #device: HidChannel
  readonly #times: KeyTimes
  #channel = broadcastChannel
  #assembler = new Assembler(broadcastChannel)
  #wait: Wait | null = null
  #gone = false

  private constructor(device: HidChannel, times: KeyTimes) {
    this.#device = device
    this.#times = times
    device.onReport((report) => this.#wait?.take(this.#assembler.take(report)))
    device.onGone(() => {
      this.#gone = true
      this.#wait?.gone()
    })
  }

  /** Asks for a channel (CTAPHID_INIT). Closes the device when that fails. */
  static async open(device: HidChannel, signal: AbortSignal, times: KeyTimes = usualTimes): Promise<KeyConnection> {
    const connection = new KeyConnection(device, times)
    try {
      await connection.#init(signal)
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  /** One CTAP2 command: its byte and CBOR out, status byte and CBOR back. */
  async cbor(request: Uint8Array, transaction: Transaction): Promise<Uint8Array> {
    return this.#exchange(hidCommand.cbor, request, transaction, (data) => data)
  }

  /** Idempotent, never rejects. */
  async close(): Promise<void> {
    await this.#device.close()
  }

  async #init(signal: AbortSignal): Promise<void> {
    const nonce = randomBytes(nonceBytes)
    const answer = await this.#exchange(hidCommand.init, nonce, { signal, touch: false }, (data) =>
      // On the broadcast channel every program hears every answer: ours carries our nonce.
      data.length >= initAnswerBytes && nonce.equals(data.subarray(0, nonceBytes)) ? data : null,
    )
    const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength)
    const channel = view.getUint32(nonceBytes)
    if (channel === 0 || channel === broadcastChannel) throw failed('channel')
    if ((view.getUint8(initAnswerBytes - 1) & speaksCbor) === 0) throw failed('no-ctap2')
    this.#channel = channel
    this.#assembler = new Assembler(channel)
  }

  /** Sends until the key is not busy with another program; `accept` passes over answers that are not ours with `null`. */
  async #exchange(
    command: number,
    data: Uint8Array,
    transaction: Transaction,
    accept: (data: Uint8Array) => Uint8Array | null,
  ): Promise<Uint8Array> {
    const deadline = AbortSignal.timeout(transaction.touch ? this.#times.touchMs : this.#times.answerMs)
    for (;;) {
      const answer = await this.#once(command, data, transaction, deadline, accept)
      if (answer !== 'busy') return answer
      await pause(this.#times.busyMs)
    }
  }

  async #once(
    command: number,
    data: Uint8Array,
    { signal, onTouch }: Transaction,
    deadline: AbortSignal,
    accept: (data: Uint8Array) => Uint8Array | null,
  ): Promise<Uint8Array | 'busy'> {
    if (this.#wait !== null) throw failed('busy')
    if (this.#gone) throw failed('removed')
    if (signal.aborted) throw new AppError('key-cancelled')
    if (deadline.aborted) throw new AppError('key-timeout')
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | 'busy'>()
    let touchWanted = false
    this.#wait = {
      gone: () => reject(failed('removed')),
      take: (received) => {
        if (received.kind === 'broken') reject(failed(received.fault))
        if (received.kind === 'keepalive' && received.status === 2 && !touchWanted) {
          touchWanted = true
          onTouch?.()
        }
        if (received.kind !== 'message') return
        if (received.command === hidCommand.error) {
          const code = received.data[0] ?? 0
          if (code === hidError.channelBusy) resolve('busy')
          else reject(failed(`hid-${hex(code)}`))
        } else if (received.command !== command) reject(failed('command'))
        else {
          const accepted = accept(received.data)
          if (accepted !== null) resolve(accepted)
        }
      },
    }
    const cancelled = (): void => reject(new AppError('key-cancelled'))
    const late = (): void => reject(new AppError('key-timeout'))
    signal.addEventListener('abort', cancelled)
    deadline.addEventListener('abort', late)
    try {
      const sent = this.#send(framesOf(this.#channel, command, data))
      // Whoever aborts does not wait for a device that takes nothing.
      await Promise.race([sent, promise])
      return await promise
    } catch (error) {
      this.#wait = null
      if (error instanceof AppError && (error.code === 'key-cancelled' || error.code === 'key-timeout')) {
        await this.#cancel()
      }
      throw error
    } finally {
      this.#wait = null
      signal.removeEventListener('abort', cancelled)
      deadline.removeEventListener('abort', late)
    }
  }

  async #send(frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) {
      try {
        await this.#device.send(frame)
      } catch {
        throw failed('removed')
      }
    }
  }

  /** Stops what the key does, so that it does not blink on; what it answers is of no interest, that it answers is. */
  async #cancel(): Promise<void> {
    if (this.#gone || this.#channel === broadcastChannel) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wait = {
      gone: resolve,
      take: ({ kind }) => {
        if (kind === 'message' || kind === 'broken') resolve()
      },
    }
    const sent = this.#send(framesOf(this.#channel, hidCommand.cancel, new Uint8Array(0)))
    await Promise.race([sent.then(() => promise).catch(() => undefined), pause(this.#times.cancelMs)])
  }
}

/** `key-failed` with what the key did, for the log; no words are shown for it. */
export function failed(status: string): AppError {
  return new AppError('key-failed', { status })
}

export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
