import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Assembler,
  broadcastChannel,
  framesOf,
  hidCommand,
  largestMessage,
  reportBytes,
} from '../../../../src/main/gateways/security-key/ctaphid'
import type { Received } from '../../../../src/main/gateways/security-key/ctaphid'

const channel = 0x01020304
const message = fc.uint8Array({ maxLength: 500 })

function lastOf(frames: readonly Uint8Array[], assembler = new Assembler(channel)): Received {
  const received = frames.map((frame) => assembler.take(frame))
  return received.at(-1) ?? { kind: 'nothing' }
}

describe('framesOf', () => {
  it('lays a message out as the standard does (CTAP 2.1 §11.2.4)', () => {
    const frames = framesOf(0xffffffff, hidCommand.init, Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]))
    expect(frames).toHaveLength(1)
    expect(Buffer.from(frames[0] ?? []).toString('hex')).toBe(`ffffffff8600080102030405060708${'00'.repeat(49)}`)
  })

  it('counts continuation frames from 0', () => {
    const frames = framesOf(channel, hidCommand.cbor, new Uint8Array(57 + 59 + 1).fill(0xaa))
    expect(frames.map((frame) => Buffer.from(frame.subarray(0, 8)).toString('hex'))).toEqual([
      '01020304900075aa',
      '0102030400aaaaaa',
      '0102030401aa0000',
    ])
    expect(frames.every((frame) => frame.length === reportBytes)).toBe(true)
  })

  it('holds 7609 bytes and no more', () => {
    expect(largestMessage).toBe(7609)
    expect(framesOf(channel, hidCommand.cbor, new Uint8Array(7609))).toHaveLength(129)
    expect(() => framesOf(channel, hidCommand.cbor, new Uint8Array(7610))).toThrow(RangeError)
  })
})

describe('Assembler.take', () => {
  it('gives back every message that was laid out, one after the other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(message, fc.uint8Array({ minLength: 7600, maxLength: 7609 })), { maxLength: 4 }),
        (all) => {
          const assembler = new Assembler(channel)
          for (const data of all) {
            expect(lastOf(framesOf(channel, hidCommand.cbor, data), assembler)).toEqual({
              kind: 'message',
              command: hidCommand.cbor,
              data,
            })
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it("is not disturbed by other programs' frames in between", () => {
    fc.assert(
      fc.property(message, message, fc.integer({ min: 1, max: 0xfffffffe }), (ours, theirs, other) => {
        fc.pre(other !== channel)
        const foreign = framesOf(other, hidCommand.cbor, theirs)
        const mixed = framesOf(channel, hidCommand.cbor, ours).flatMap((frame) => [...foreign, frame])
        expect(lastOf(mixed)).toEqual({ kind: 'message', command: hidCommand.cbor, data: ours })
      }),
    )
  })

  it('tells keep-alives between messages', () => {
    const assembler = new Assembler(channel)
    const [alive = new Uint8Array()] = framesOf(channel, hidCommand.keepalive, Uint8Array.of(2))
    expect(assembler.take(alive)).toEqual({ kind: 'keepalive', status: 2 })
    expect(lastOf(framesOf(channel, hidCommand.cbor, Uint8Array.of(0)), assembler)).toMatchObject({ kind: 'message' })
  })

  it.each([
    ['a report of another length', 'frame-length', (frames: Uint8Array[]) => [frames[0]?.subarray(0, 63)]],
    ['a sequence number left out', 'sequence', (frames: Uint8Array[]) => [frames[0], frames[2]]],
    ['a sequence number twice', 'sequence', (frames: Uint8Array[]) => [frames[0], frames[1], frames[1]]],
    ['a message within a message', 'interrupted', (frames: Uint8Array[]) => [frames[0], frames[0]]],
  ])('breaks at %s', (_name, fault, pick) => {
    const frames = framesOf(channel, hidCommand.cbor, new Uint8Array(300))
    const picked = pick(frames).flatMap((frame) => (frame === undefined ? [] : [frame]))
    expect(lastOf(picked)).toEqual({ kind: 'broken', fault })
  })

  it('breaks at a length that no message has', () => {
    for (const length of [7610, 0xffff]) {
      const [frame = new Uint8Array()] = framesOf(channel, hidCommand.cbor, new Uint8Array(0))
      new DataView(frame.buffer).setUint16(5, length)
      expect(new Assembler(channel).take(frame)).toEqual({ kind: 'broken', fault: 'message-length' })
    }
  })

  it('passes over what is left of an earlier message', () => {
    const rest = framesOf(channel, hidCommand.cbor, new Uint8Array(300)).slice(1)
    expect(lastOf(rest)).toEqual({ kind: 'nothing' })
  })

  it('answers any bytes without throwing, and never holds more than one message', () => {
    const report = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Of our channel, so that it is not passed over.
      fc.uint8Array({ minLength: 60, maxLength: 60 }).map((rest) => Uint8Array.from([1, 2, 3, 4, ...rest])),
      fc
        .uint8Array({ minLength: 59, maxLength: 59 })
        .chain((rest) => fc.nat({ max: 0x7f }).map((sequence) => Uint8Array.from([1, 2, 3, 4, sequence, ...rest]))),
    )
    fc.assert(
      fc.property(fc.array(report, { maxLength: 300 }), (reports) => {
        const assembler = new Assembler(channel)
        for (const one of reports) {
          const received = assembler.take(one)
          if (received.kind === 'message') expect(received.data.length).toBeLessThanOrEqual(largestMessage)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('hears the broadcast channel where it has none yet', () => {
    expect(
      lastOf(framesOf(broadcastChannel, hidCommand.init, new Uint8Array(17)), new Assembler(broadcastChannel)),
    ).toMatchObject({ kind: 'message', command: hidCommand.init })
  })
})
