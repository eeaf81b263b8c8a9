import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FetchLimits, OpenMailbox, RawMail } from '../../../src/main/gateways/mailbox'
import { IntakeLoop } from '../../../src/main/services/intake-loop'
import type { IntakeLoopParts } from '../../../src/main/services/intake-loop'
import type { MailCursor } from '../../../src/main/stores/stores'
import { AppError } from '../../../src/shared/errors'
import { silentLog } from '../../support/silent-log'
import { TestClock } from '../../support/test-clock'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const all = 12

/** A mailbox of twelve mails; `fault` says what happens when one of them is fetched. */
function openLoop(
  fault: (uid: number) => AppError | null,
  take?: (mails: readonly RawMail[]) => void,
  start: MailCursor = { uidValidity: '1', lastUid: 0 },
) {
  const taken: { uid: number; read: boolean }[] = []
  let cursor = start
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
    uidNext: all + 1,
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
      take: async (_mailbox: string, next: MailCursor, mails: readonly RawMail[]) => {
        take?.(mails)
        taken.push(...mails.map(({ uid, source }) => ({ uid, read: source.length > 0 })))
        cursor = next
      },
      matchWaiting: async () => undefined,
      times: () => ({}),
    },
    store: {
      cursor: async () => cursor,
      list: async () => ({ mails: [], nextCursor: null, toSort: 0 }),
      take: async (_mailbox: string, next: MailCursor) => {
        cursor = next
        return []
      },
    },
    secret: async () => 'secret',
    report: () => undefined,
    clock: new TestClock(),
    log: silentLog,
  } as unknown as IntakeLoopParts
  return { loop: new IntakeLoop(parts), taken, visits: () => visits, cursor: () => cursor }
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

  it('begins anew where a server has gone back behind what was taken, under numbers of their own', async () => {
    const restored = openLoop(() => null, undefined, { uidValidity: '1', lastUid: 40 })
    restored.loop.start()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(restored.taken).toHaveLength(all)
    expect(restored.cursor()).toEqual({ uidValidity: '1+1', lastUid: all })
    await restored.loop.stop()

    const again = openLoop(() => null, undefined, { uidValidity: '1+1', lastUid: 40 })
    again.loop.start()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(again.cursor()).toEqual({ uidValidity: '1+2', lastUid: all })
    await again.loop.stop()
  })

  it('goes on where it was, also in a numbering of its own, and with nothing new', async () => {
    for (const start of [
      { uidValidity: '1', lastUid: 5 },
      { uidValidity: '1+3', lastUid: 5 },
      { uidValidity: '1', lastUid: all },
    ]) {
      const { loop, taken, cursor } = openLoop(() => null, undefined, start)
      loop.start()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(taken).toHaveLength(all - start.lastUid)
      expect(cursor()).toEqual({ uidValidity: start.uidValidity, lastUid: all })
      await loop.stop()
    }
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
