/** Bytes of every report, both ways (CTAP 2.1 §11.2.4). */
export const reportBytes = 64
/** Of a key that has not given us a channel of our own yet. */
export const broadcastChannel = 0xffffffff

const initHeader = 7
const nextHeader = 5
const initRoom = reportBytes - initHeader
const nextRoom = reportBytes - nextHeader
const lastSequence = 0x7f
/** What one init frame and 128 continuation frames hold (CTAP 2.1 §11.2.4). */
export const largestMessage = initRoom + (lastSequence + 1) * nextRoom

/** CTAPHID commands in use (CTAP 2.1 §11.2.9). */
export const hidCommand = { init: 0x06, cbor: 0x10, cancel: 0x11, keepalive: 0x3b, error: 0x3f } as const

/** CTAPHID error codes that are told apart (CTAP 2.1 §11.2.9.1.6). */
export const hidError = { channelBusy: 0x06 } as const

/** A message as the frames that carry it. Throws a RangeError when it is larger than {@link largestMessage}. */
export function framesOf(channel: number, command: number, data: Uint8Array): Uint8Array[] {
  if (data.length > largestMessage) throw new RangeError('A CTAPHID message holds at most 7609 bytes.')
  const first = frame(channel)
  const view = viewOf(first)
  view.setUint8(4, 0x80 | command)
  view.setUint16(5, data.length)
  first.set(data.subarray(0, initRoom), initHeader)
  const frames = [first]
  for (let at = initRoom, sequence = 0; at < data.length; at += nextRoom, sequence += 1) {
    const next = frame(channel)
    viewOf(next).setUint8(4, sequence)
    next.set(data.subarray(at, at + nextRoom), nextHeader)
    frames.push(next)
  }
  return frames
}

/** What one more frame means to whoever waits on a channel. */
export type Received =
  /** Of another program's channel, or left over from before; or the message is not whole yet. */
  | { readonly kind: 'nothing' }
  /** `status` 1: it works; 2: it waits for a touch (CTAP 2.1 §11.2.9.2.4). */
  | { readonly kind: 'keepalive'; readonly status: number }
  | { readonly kind: 'message'; readonly command: number; readonly data: Uint8Array }
  /** What no key that follows the standard sends: nothing that follows can be believed. */
  | { readonly kind: 'broken'; readonly fault: FrameFault }

export type FrameFault = 'frame-length' | 'message-length' | 'sequence' | 'interrupted'

const nothing: Received = { kind: 'nothing' }

/**
 * Puts the frames of one channel together again. It trusts nothing: it never holds more than one message of at most
 * {@link largestMessage} bytes, and begins anew after each.
 */
export class Assembler {
  readonly #channel: number
  #message: { readonly command: number; readonly data: Uint8Array; filled: number; sequence: number } | null = null

  constructor(channel: number) {
    this.#channel = channel
  }

  /** Takes one report as it came from the device. */
  take(report: Uint8Array): Received {
    if (report.length !== reportBytes) return this.#broken('frame-length')
    const view = viewOf(report)
    if (view.getUint32(0) !== this.#channel) return nothing
    const kind = view.getUint8(4)
    return (kind & 0x80) === 0 ? this.#next(kind, report) : this.#first(kind & 0x7f, view.getUint16(5), report)
  }

  #first(command: number, length: number, report: Uint8Array): Received {
    // A key may say that it is alive between two messages, never within one.
    if (this.#message !== null) return this.#broken('interrupted')
    if (command === hidCommand.keepalive) {
      return length === 1 ? { kind: 'keepalive', status: report[initHeader] ?? 0 } : this.#broken('message-length')
    }
    if (length > largestMessage) return this.#broken('message-length')
    const data = new Uint8Array(length)
    const filled = Math.min(length, initRoom)
    data.set(report.subarray(initHeader, initHeader + filled))
    if (filled === length) return { kind: 'message', command, data }
    this.#message = { command, data, filled, sequence: 0 }
    return nothing
  }

  #next(sequence: number, report: Uint8Array): Received {
    const message = this.#message
    // The rest of an answer that was given up before.
    if (message === null) return nothing
    if (sequence !== message.sequence) return this.#broken('sequence')
    const part = Math.min(message.data.length - message.filled, nextRoom)
    message.data.set(report.subarray(nextHeader, nextHeader + part), message.filled)
    message.filled += part
    message.sequence += 1
    if (message.filled < message.data.length) return nothing
    this.#message = null
    return { kind: 'message', command: message.command, data: message.data }
  }

  #broken(fault: FrameFault): Received {
    this.#message = null
    return { kind: 'broken', fault }
  }
}

function frame(channel: number): Uint8Array {
  const bytes = new Uint8Array(reportBytes)
  viewOf(bytes).setUint32(0, channel)
  return bytes
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
