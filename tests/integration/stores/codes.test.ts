import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SentCodeRow, Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aNewRequest, at, aSentCode } from '../../support/stores'

const limits = { resendSeconds: 120, sendsPerDay: 10 }
const day = 86_400

describeStores('CodeStore', (desks) => {
  let stores: Stores
  let other: Stores
  let requestId: string
  beforeEach(async () => {
    ;({ stores, other } = desks())
    requestId = (await stores.requests.create(aNewRequest())).id
  })

  async function reserve(changes: Partial<SentCodeRow> = {}, desk = stores): Promise<SentCodeRow> {
    const code = aSentCode({ requestId, ...changes })
    await desk.codes.reserve(code, limits)
    return code
  }

  describe('reserve', () => {
    it('keeps a code before it is sent, and what became of it', async () => {
      const code = await reserve()
      expect(await other.codes.get(code.id)).toEqual(code)
      expect(await other.codes.ofRequest(requestId)).toEqual([code])

      await other.codes.setDelivery(code.id, 'accepted', 'sms-1')

      expect(await stores.codes.get(code.id)).toEqual({ ...code, delivery: 'accepted', messageId: 'sms-1' })
      expect(await stores.codes.get(randomUUID())).toBeNull()
    })

    it('makes whoever asks again wait, whatever request or person the number is used for', async () => {
      const { destination } = await reserve()
      for (const again of [{ methodId: randomUUID() }, { requestId: null, personId: randomUUID() }]) {
        await expect(reserve({ ...again, destination, sentAt: at(119) }, other)).rejects.toMatchObject({
          code: 'code-too-soon',
          params: { at: at(120) },
        })
      }
      await reserve({ sentAt: at(1) })
      await reserve({ destination, sentAt: at(120) })
      expect(await stores.codes.sends(destination, at(-1))).toEqual({ count: 2, firstAt: at(), lastAt: at(120) })
      expect(await stores.codes.sends(destination, at())).toEqual({ count: 1, firstAt: at(120), lastAt: at(120) })
      expect(await stores.codes.sends(randomUUID(), at())).toEqual({ count: 0, firstAt: null, lastAt: null })
    })

    it('ends the earlier code of a method whatever channel it took, and of no other purpose', async () => {
      const methodId = randomUUID()
      const sms = await reserve({ methodId, channel: 'sms' })
      const reverse = await reserve({ methodId, channel: 'sms', purpose: 'reverse', sentAt: at(1) })
      const voice = await reserve({ methodId, channel: 'voice', sentAt: at(2) })

      expect(await other.codes.takeTry(sms.id, at(3))).toBeNull()
      expect(await other.codes.pass(sms.id, at(3))).toBe(false)
      expect(await other.codes.takeTry(reverse.id, at(3))).toMatchObject({ purpose: 'reverse', triesUsed: 1 })
      expect(await other.codes.takeTry(voice.id, at(3))).toMatchObject({ channel: 'voice', triesUsed: 1 })
      const latest = (await other.codes.ofRequest(requestId)).map(({ id, channel, purpose }) => [id, channel, purpose])
      expect(latest.toSorted()).toEqual(
        [
          [reverse.id, 'sms', 'reverse'],
          [voice.id, 'voice', 'check'],
        ].toSorted(),
      )
    })

    it('lets the desk prove itself between two checks without waiting, and counts it in the day', async () => {
      const destination = randomUUID()
      await reserve({ destination })
      await reserve({ destination, purpose: 'reverse', sentAt: at(1) })
      await expect(reserve({ destination, purpose: 'reverse', sentAt: at(100) })).rejects.toMatchObject({
        code: 'code-too-soon',
        params: { at: at(121) },
      })
      await expect(reserve({ destination, purpose: 'enrol', sentAt: at(119) })).rejects.toMatchObject({
        code: 'code-too-soon',
        params: { at: at(120) },
      })
      for (let sent = 0; sent < 8; sent++) {
        await reserve({ destination, purpose: sent % 2 === 0 ? 'reverse' : 'enrol', sentAt: at(200 * (sent + 1)) })
      }
      for (const purpose of ['check', 'reverse', 'enrol'] as const) {
        await expect(reserve({ destination, purpose, sentAt: at(9000) })).rejects.toMatchObject({
          code: 'code-too-many',
        })
      }
      const count = async (purposes?: readonly SentCodeRow['purpose'][]) =>
        (await other.codes.sends(destination, at(-1), purposes)).count
      expect([await count(), await count(['reverse']), await count(['check', 'enrol']), await count([])]).toEqual([
        10, 5, 5, 0,
      ])
    })

    it('allows so many in a day, and the next one when the first has left it', async () => {
      const destination = randomUUID()
      for (let sent = 0; sent < 10; sent++) await reserve({ destination, sentAt: at(sent * 200) })

      await expect(reserve({ destination, sentAt: at(5000) })).rejects.toMatchObject({
        code: 'code-too-many',
        params: { at: at(day) },
      })
      await expect(reserve({ destination, sentAt: at(day - 1) })).rejects.toMatchObject({ code: 'code-too-many' })
      await reserve({ destination, sentAt: at(day) })
      await expect(reserve({ destination, sentAt: at(day + 150) })).rejects.toMatchObject({
        params: { at: at(day + 200) },
      })
    })

    it('gives no send for free: what was refused counts nothing, and what was reserved counts', async () => {
      const { destination, id } = await reserve()
      await expect(reserve({ destination, sentAt: at(5) })).rejects.toMatchObject({ code: 'code-too-soon' })
      await stores.codes.setDelivery(id, 'failed', null)
      expect((await stores.codes.sends(destination, at(-1))).count).toBe(1)
    })

    it('ends the earlier code of the same request and method, and no other', async () => {
      const first = await reserve()
      const [elsewhere, enrolment] = [await reserve(), await reserve({ requestId: null })]
      const second = await reserve({ methodId: first.methodId, sentAt: at(150) })

      expect(await other.codes.takeTry(first.id, at(151))).toBeNull()
      expect(await other.codes.pass(first.id, at(151))).toBe(false)
      for (const { id } of [second, elsewhere, enrolment]) {
        expect(await other.codes.takeTry(id, at(151))).toMatchObject({ triesUsed: 1 })
      }
      expect((await stores.codes.ofRequest(requestId)).map(({ id }) => id).toSorted()).toEqual(
        [second.id, elsewhere.id].toSorted(),
      )
    })

    it('lets one of many desks send, however they race', async () => {
      for (let round = 0; round < 15; round++) {
        const destination = randomUUID()
        const answers = await Promise.allSettled(
          [stores, other, stores, other].map((desk) => reserve({ destination }, desk)),
        )
        expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        expect((await stores.codes.sends(destination, at(-1))).count).toBe(1)
      }
    })
  })

  describe('takeTry', () => {
    it('gives each try once, however many race, and none beyond', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 7 }),
          async (triesAllowed, asked) => {
            const { id } = await reserve({ triesAllowed })
            const answers = await Promise.all(
              Array.from({ length: asked }, (_, index) => (index % 2 === 0 ? stores : other).codes.takeTry(id, at(10))),
            )
            const used = answers.flatMap((answer) => (answer === null ? [] : [answer.triesUsed]))
            expect(used.toSorted()).toEqual([1, 2, 3].slice(0, Math.min(triesAllowed, asked)))
          },
        ),
        { numRuns: 15 },
      )
    })

    it('gives none once the code has expired or passed', async () => {
      const [expired, passed] = [await reserve(), await reserve()]
      expect(await stores.codes.takeTry(expired.id, at(300))).toBeNull()
      await stores.codes.takeTry(passed.id, at(1))
      await stores.codes.pass(passed.id, at(1))
      expect(await other.codes.takeTry(passed.id, at(2))).toBeNull()
      expect(await other.codes.takeTry(randomUUID(), at(2))).toBeNull()
      expect((await stores.codes.get(expired.id))?.triesUsed).toBe(0)
    })
  })

  it('passes a code once', async () => {
    const { id } = await reserve()
    const answers = await Promise.all([stores, other, stores].map((desk) => desk.codes.pass(id, at(4))))
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect((await other.codes.get(id))?.passedAt).toBe(at(4))
    expect(await other.codes.pass(randomUUID(), at(4))).toBe(false)
  })
})
