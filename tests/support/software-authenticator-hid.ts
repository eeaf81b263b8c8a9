/** One program's line to the key, as its USB device file would be. */
export interface KeyPort {
  /** One 64-byte report in. */
  write(report: Uint8Array): void
  close(): void
}

/** What the frames carry to and fro. */
export interface KeySide {
  /** Answers one CTAP2 message; never rejects. */
  run(channel: number, message: Buffer): Promise<Buffer>
  cancel(channel: number): void
}

const command = { init: 0x06, cbor: 0x10, cancel: 0x11, keepalive: 0x3b, error: 0x3f } as const
const fault = { invalidCommand: 0x01, length: 0x03, sequence: 0x04, busy: 0x06, channel: 0x0b } as const
const broadcast = 0xffffffff

/** The key's end of CTAPHID (CTAP 2.1 §11.2): frames, channels, one message at a time. */
export class HidEnd {
  readonly #key: KeySide
  readonly #listeners = new Set<(report: Buffer) => void>()
  readonly #messages = new Map<number, { command: number; length: number; data: Buffer; sequence: number }>()
  #lastChannel = 0
  #busy = false

  constructor(key: KeySide) {
    this.#key = key
  }

  /** Opens it as a program does; every program hears every report that goes out. */
  connect(onReport: (report: Buffer) => void): KeyPort {
    this.#listeners.add(onReport)
    return {
      write: (report) => this.#take(Buffer.from(report)),
      close: () => void this.#listeners.delete(onReport),
    }
  }

  /** `status` 1: it works; 2: it waits for a touch. */
  keepalive(channel: number, status: 1 | 2): void {
    this.#send(channel, command.keepalive, Buffer.of(status))
  }

  reset(): void {
    this.#messages.clear()
  }

  #take(report: Buffer): void {
    if (report.length !== 64) return
    const channel = report.readUInt32BE(0)
    const kind = report.readUInt8(4)
    if ((kind & 0x80) === 0) return this.#continue(channel, kind, report)
    const length = report.readUInt16BE(5)
    if (length > 7609) return this.#error(channel, fault.length)
    const data = Buffer.from(report.subarray(7, 7 + Math.min(length, 57)))
    if (data.length === length) this.#whole(channel, kind & 0x7f, data)
    else this.#messages.set(channel, { command: kind & 0x7f, length, data, sequence: 0 })
  }

  #continue(channel: number, sequence: number, report: Buffer): void {
    const message = this.#messages.get(channel)
    if (message === undefined) return
    if (sequence !== message.sequence) {
      this.#messages.delete(channel)
      return this.#error(channel, fault.sequence)
    }
    message.sequence += 1
    message.data = Buffer.concat([message.data, report.subarray(5)]).subarray(0, message.length)
    if (message.data.length === message.length) this.#whole(channel, message.command, message.data)
  }

  #whole(channel: number, asked: number, data: Buffer): void {
    this.#messages.delete(channel)
    if (asked === command.init) return this.#init(channel, data)
    if (channel === 0 || channel > this.#lastChannel) return this.#error(channel, fault.channel)
    if (asked === command.cancel) return this.#key.cancel(channel)
    if (asked !== command.cbor) return this.#error(channel, fault.invalidCommand)
    if (this.#busy) return this.#error(channel, fault.busy)
    this.#busy = true
    void this.#key.run(channel, data).then((answer) => {
      this.#busy = false
      this.#send(channel, command.cbor, answer)
    })
  }

  #init(channel: number, nonce: Buffer): void {
    if (nonce.length !== 8) return this.#error(channel, fault.length)
    const answer = Buffer.alloc(17)
    nonce.copy(answer)
    answer.writeUInt32BE(channel === broadcast ? (this.#lastChannel += 1) : channel, 8)
    answer.writeUInt8(2, 12)
    // It speaks CTAP2, and nothing else.
    answer.writeUInt8(0x04 | 0x08, 16)
    this.#send(channel, command.init, answer)
  }

  #error(channel: number, code: number): void {
    this.#send(channel, command.error, Buffer.of(code))
  }

  #send(channel: number, code: number, data: Buffer): void {
    const head = Buffer.alloc(64)
    head.writeUInt32BE(channel)
    head.writeUInt8(0x80 | code, 4)
    head.writeUInt16BE(data.length, 5)
    data.copy(head, 7, 0, 57)
    this.#say(head)
    for (let at = 57, sequence = 0; at < data.length; at += 59, sequence += 1) {
      const next = Buffer.alloc(64)
      next.writeUInt32BE(channel)
      next.writeUInt8(sequence, 4)
      data.copy(next, 5, at, at + 59)
      this.#say(next)
    }
  }

  #say(report: Buffer): void {
    for (const listener of [...this.#listeners]) listener(report)
  }
}
