import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FetchLimits, OpenMailbox, RawMail } from '../../../src/main/gateways/mailbox'
import { IntakeLoop } from '../../../src/main/services/intake-loop'
import type { IntakeLoopParts } from '../../../src/main/services/intake-loop'
import { AppError } from '../../../src/shared/errors'
import { silentLog } from '../../support/silent-log'
import { TestClock } from '../../support/test-clock'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const all = 12

/** A mailbox of twelve mails; `fault` says what happens when one of them is fetched. */
function openLoop(fault: (uid: number) => AppError | null, take?: (mails: readonly RawMail[]) => void) {
  const taken: { uid: number; read: boolean }[] = []
  let lastUid = 0
  let visits = 0
  let end = (): void => undefined
  const mail = (uid: number, source: string): RawMail => ({
    uid,
    receivedAt: '2026-11-23T00:00:00.000Z',
    size: source.length,
    source: new TextEncoder().encode(source),
  })
  const folder: OpenMailbox = {
    uidValidity: '1',
    messages: all,
    async *fetchAfter(from: number, { batch, passOver }: FetchLimits) {
      let uids = Array.from({ length: all - from }, (_, index) => from + 1 + index)
      const [first] = uids
      if (passOver && first !== undefined) {
        yield [mail(first, '')]
        uids = uids.slice(1)
      }
      for (let start = 0; start < uids.length; start += batch) {
        const some = uids.slice(start, start + batch)
        for (const uid of some) {
          const error = fault(uid)
          if (error !== null) throw error
        }
        yield some.map((uid) => mail(uid, 'mail'))
      }
    },
    lastUidBefore: async () => 0,
    waitForNews: (maxMs) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      end = resolve
      setTimeout(resolve, maxMs)
      return promise
    },
    close: async () => end(),
  }
  const parts = {
    settings: { host: 'imap.invalid', port: 993, userName: 'desk', folder: 'INBOX', startDays: 7 },
    mailbox: {
      open: async () => {
        visits += 1
        return folder
      },
    },
    mails: {
      take: async (_mailbox: string, cursor: { lastUid: number }, mails: readonly RawMail[]) => {
        take?.(mails)
        taken.push(...mails.map(({ uid, source }) => ({ uid, read: source.length > 0 })))
        lastUid = cursor.lastUid
      },
      matchWaiting: async () => undefined,
    },
    store: { cursor: async () => ({ uidValidity: '1', lastUid }) },
    secret: async () => 'secret',
    report: () => undefined,
    clock: new TestClock(),
    log: silentLog,
  } as unknown as IntakeLoopParts
  return { loop: new IntakeLoop(parts), taken, visits: () => visits }
}

const lost = (): AppError => new AppError('mailbox-unreachable', { host: 'imap.invalid' })

describe('IntakeLoop', () => {
  it('passes over a mail at which the server always drops the connection, and loses none beside it', async () => {
    const { loop, taken } = openLoop((uid) => (uid === 5 ? lost() : null))
    loop.start()
    await vi.advanceTimersByTimeAsync(20 * 60_000)
    expect(taken.map(({ uid }) => uid)).toEqual(Array.from({ length: all }, (_, index) => index + 1))
    expect(taken.filter(({ read }) => !read)).toEqual([{ uid: 5, read: false }])
    await loop.stop()
  })

  it('reads every mail of a server that drops the connection now and then', async () => {
    const drops = new Map<number, number>()
    const { loop, taken } = openLoop((uid) => {
      const before = drops.get(uid) ?? 0
      drops.set(uid, before + 1)
      return before < 2 ? lost() : null
    })
    loop.start()
    await vi.advanceTimersByTimeAsync(4 * 3_600_000)
    expect(taken).toEqual(Array.from({ length: all }, (_, index) => ({ uid: index + 1, read: true })))
    await loop.stop()
  })

  it('passes over nothing because the desk itself cannot keep mails', async () => {
    let fails = 40
    const { loop, taken, visits } = openLoop(
      () => null,
      () => {
        if (fails-- > 0) throw new AppError('store-unavailable', { file: 'desk.db', reason: 'disk-full' })
      },
    )
    loop.start()
    await vi.advanceTimersByTimeAsync(6 * 3_600_000)
    expect(visits()).toBeGreaterThan(40)
    expect(taken.filter(({ read }) => !read)).toEqual([])
    expect(taken).toHaveLength(all)
    await loop.stop()
  })
})
