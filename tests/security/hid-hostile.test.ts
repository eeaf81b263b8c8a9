import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../../src/main/gateways/security-key/cbor'
import { framesOf, hidCommand } from '../../src/main/gateways/security-key/ctaphid'
import type { HidChannel, KeyDevice } from '../../src/main/gateways/security-key/hid-channel'
import { keyErrorCodes } from '../../src/main/gateways/security-key/messages'
import { AppError } from '../../src/shared/errors'
import { aConversation, aCreation, anAssertion, deviceOf, pluggedIn } from '../main/gateways/security-key/support'
import { SoftwareAuthenticator } from '../support/software-authenticator'

const channel = 0x00c0ffee
const times = { answerMs: 60, touchMs: 80, busyMs: 1, cancelMs: 5 }

/** A device that answers each whole request, which is always ours, with reports of its own making. */
function hostile(answer: (command: number, data: Uint8Array, say: (report: Uint8Array) => void) => void): KeyDevice {
  return {
    id: 'hostile',
    mayOpen: async () => true,
    open: async () => {
      let listener: ((report: Uint8Array) => void) | undefined
      let open = true
      const say = (report: Uint8Array): void => {
        setImmediate(() => {
          if (open) listener?.(report)
        })
      }
      const device: HidChannel = {
        send: async (report) => {
          const command = (report[4] ?? 0) & 0x7f
          if (((report[4] ?? 0) & 0x80) !== 0) answer(command, report.subarray(7), say)
        },
        onReport: (next) => (listener = next),
        onGone: () => undefined,
        close: async () => {
          open = false
        },
      }
      return device
    },
  }
}

/** Answers INIT as it should, and CTAP2 commands with `body`. */
function answering(body: (command: number) => Uint8Array): KeyDevice {
  return hostile((command, data, say) => {
    if (command === hidCommand.init) framesOf(0xffffffff, hidCommand.init, initAnswer(data)).forEach(say)
    if (command === hidCommand.cbor) framesOf(channel, hidCommand.cbor, body(data[0] ?? 0)).forEach(say)
  })
}

function initAnswer(nonce: Uint8Array, id = channel, capabilities = 0x04): Uint8Array {
  const bytes = new Uint8Array(17)
  bytes.set(nonce.subarray(0, 8))
  new DataView(bytes.buffer).setUint32(8, id)
  bytes[16] = capabilities
  return bytes
}

/** It ends, with a refusal that we know. */
async function refusalFrom(device: KeyDevice): Promise<AppError> {
  const { create } = aConversation(pluggedIn(device), { times, pins: ['1234'] })
  const outcome: unknown = await create(aCreation()).catch((error: unknown) => error)
  if (!(outcome instanceof AppError)) throw new Error('no refusal', { cause: outcome })
  expect(keyErrorCodes).toContain(outcome.code)
  return outcome
}

describe('a hostile security key', () => {
  it.each([
    ['says nothing', hostile(() => undefined), 'key-timeout'],
    [
      'gives no channel',
      hostile((_c, data, say) => framesOf(0xffffffff, 6, initAnswer(data, 0)).forEach(say)),
      'key-failed',
    ],
    [
      'gives the channel of everybody',
      hostile((_c, data, say) => framesOf(0xffffffff, 6, initAnswer(data, 0xffffffff)).forEach(say)),
      'key-failed',
    ],
    [
      'answers with a nonce of another program',
      // Whoever believed it would hear its garbage next.
      hostile((command, _data, say) =>
        command === hidCommand.init
          ? framesOf(0xffffffff, 6, initAnswer(new Uint8Array(8))).forEach(say)
          : framesOf(channel, hidCommand.cbor, Uint8Array.of(0, 1)).forEach(say),
      ),
      'key-timeout',
    ],
    [
      'speaks U2F only',
      hostile((_c, data, say) => framesOf(0xffffffff, 6, initAnswer(data, channel, 0)).forEach(say)),
      'key-failed',
    ],
    ['answers with nothing', answering(() => new Uint8Array(0)), 'key-failed'],
    ['answers with garbage', answering(() => new Uint8Array(600).fill(0xff).fill(0, 0, 1)), 'key-failed'],
    ['answers with a number for a map', answering(() => Uint8Array.of(0, 1)), 'key-failed'],
    [
      'nests lists as deep as a message holds',
      answering(() => new Uint8Array(7609).fill(0x81).fill(0, 0, 1)),
      'key-failed',
    ],
    ['nests maps as deep as a message holds', answering(() => nested()), 'key-failed'],
    [
      'announces a list of four thousand million',
      answering(() => Uint8Array.of(0, 0x9a, 0xff, 0xff, 0xff, 0xff)),
      'key-failed',
    ],
    [
      'announces a map beyond all numbers',
      answering(() => Uint8Array.of(0, 0xbb, ...new Uint8Array(8).fill(0xff))),
      'key-failed',
    ],
    [
      'announces bytes that do not follow',
      answering(() => Uint8Array.of(0, 0xa1, 0x01, 0x5a, 0x7f, 0xff, 0xff, 0xff)),
      'key-failed',
    ],
    ['repeats a key', answering(() => Uint8Array.of(0, 0xa2, 0x01, 0x01, 0x01, 0x02)), 'key-failed'],
    ['uses a tag', answering(() => Uint8Array.of(0, 0xa1, 0x01, 0xc2, 0x41, 0x01)), 'key-failed'],
  ] as const)('that %s is given up', async (_name, device, code) => {
    expect(await refusalFrom(device)).toMatchObject({ code })
  })

  it('cannot keep the desk waiting with keep-alives without end', async () => {
    let running = true
    const device = hostile((command, data, say) => {
      if (command === hidCommand.init) return framesOf(0xffffffff, 6, initAnswer(data)).forEach(say)
      const alive = (): void => {
        framesOf(channel, hidCommand.keepalive, Uint8Array.of(2)).forEach(say)
        if (running) setImmediate(alive)
      }
      alive()
    })
    expect(await refusalFrom(device)).toMatchObject({ code: 'key-timeout' })
    running = false
  })

  it('cannot keep the desk asking by being busy without end', async () => {
    const device = hostile((command, data, say) => {
      if (command === hidCommand.init) return framesOf(0xffffffff, 6, initAnswer(data)).forEach(say)
      framesOf(channel, hidCommand.error, Uint8Array.of(0x06)).forEach(say)
    })
    expect(await refusalFrom(device)).toMatchObject({ code: 'key-timeout' })
  })

  it.each([
    ['a wrong sequence', (frames: Uint8Array[]) => [frames[0], frames[2], frames[1]]],
    ['another message in between', (frames: Uint8Array[]) => [frames[0], frames[0]]],
    ['a report that is too short', (frames: Uint8Array[]) => [frames[0]?.subarray(0, 10)]],
    ['a report that is too long', (frames: Uint8Array[]) => [Uint8Array.from([...(frames[0] ?? []), 0])]],
  ])('that sends %s is given up at once', async (_name, change) => {
    const device = hostile((command, data, say) => {
      if (command === hidCommand.init) return framesOf(0xffffffff, 6, initAnswer(data)).forEach(say)
      for (const frame of change(framesOf(channel, hidCommand.cbor, new Uint8Array(400)))) if (frame) say(frame)
    })
    expect(await refusalFrom(device)).toMatchObject({ code: 'key-failed' })
  })

  it('gets a known refusal for every status that there is', async () => {
    for (let status = 1; status <= 0xff; status += 1) await refusalFrom(answering(() => Uint8Array.of(status)))
  })

  it('never crashes the reader of its answers, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        try {
          decodeCbor(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
          expect(error).not.toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('that changes, drops or repeats reports of a true key gets a result that fits or a known refusal', async () => {
    const tampering = fc.record({
      at: fc.nat({ max: 40 }),
      how: fc.constantFrom('flip', 'drop', 'repeat', 'cut'),
      byte: fc.nat({ max: 63 }),
      bits: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(tampering, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (changes, assertion) => {
          const key = new SoftwareAuthenticator({ autoTouch: true, keepaliveMs: 1000 })
          const credentialId = assertion
            ? (await aConversation(pluggedIn(deviceOf(key)), { pins: ['1234'] }).create(aCreation())).credentialId
            : ''
          const device = tampered(deviceOf(key), changes)
          const talk = aConversation(pluggedIn(device), { times, pins: ['1234', '1234', '1234'] })
          const request = anAssertion([credentialId])
          const work = assertion ? talk.assert(request) : talk.create(aCreation())
          const outcome: unknown = await work.catch((error: unknown) => error)
          if (outcome instanceof Error) {
            expect(outcome).toBeInstanceOf(AppError)
            if (outcome instanceof AppError) expect(keyErrorCodes).toContain(outcome.code)
          } else if (assertion) expect(outcome).toMatchObject({ credentialId })
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)
})

interface Tampering {
  readonly at: number
  readonly how: 'flip' | 'drop' | 'repeat' | 'cut'
  readonly byte: number
  readonly bits: number
}

function tampered(device: KeyDevice, changes: readonly Tampering[]): KeyDevice {
  return {
    ...device,
    open: async () => {
      const inner = await device.open()
      let count = 0
      return {
        ...inner,
        onReport: (listener) =>
          inner.onReport((report) => {
            const change = changes.find(({ at }) => at === count)
            count += 1
            if (change?.how === 'drop') return
            if (change?.how === 'cut') return listener(report.subarray(0, change.byte))
            if (change?.how === 'flip') report[change.byte] = (report[change.byte] ?? 0) ^ change.bits
            listener(report)
            if (change?.how === 'repeat') listener(report)
          }),
      }
    },
  }
}

/** `{1: {1: {1: …` */
function nested(): Uint8Array {
  return Uint8Array.from({ length: 7001 }, (_, at) => (at === 0 ? 0 : at % 2 === 1 ? 0xa1 : 0x01))
}
