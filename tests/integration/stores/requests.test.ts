import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aClaim, aClosing, agent, aNewRequest, anyRequest, aPersonId, at } from '../../support/stores'

describeStores('RequestStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  describe('RequestStore.create', () => {
    it('keeps what was entered and counts numbers from 1', async () => {
      const entered = aNewRequest({ note: '内線 1234 から' })

      const first = await stores.requests.create(entered)
      const second = await other.requests.create(aNewRequest())

      expect([first.number, second.number]).toEqual([1, 2])
      expect(first).toMatchObject({
        state: 'open',
        holder: null,
        version: 1,
        personName: '山田 花子',
        createdBy: agent,
      })
      expect(await other.requests.get(first.id)).toEqual(first)
      const [event, ...others] = await other.requests.events(first.id)
      expect(event).toEqual({ id: event?.id, at: at(), kind: 'created', by: agent, text: '内線 1234 から' })
      expect(event?.id).toBeGreaterThan(0)
      expect(others).toEqual([])
    })

    it('refuses a second open case of one person and names the first, without using up its text', async () => {
      const personId = aPersonId()
      const first = await stores.requests.create(aNewRequest({ personId }))

      await expect(other.requests.create(aNewRequest({ personId }))).rejects.toMatchObject({
        code: 'request-exists',
        params: { requestId: first.id, number: first.number },
      })

      expect((await stores.requests.list(anyRequest)).total).toBe(1)
      expect(await stores.requests.events(first.id)).toHaveLength(1)
    })

    it('lets one of many desks win the race for one person', async () => {
      for (let round = 0; round < 20; round++) {
        const personId = aPersonId()
        const answers = await Promise.allSettled(
          [stores, other, stores, other].map((desk) => desk.requests.create(aNewRequest({ personId }))),
        )
        expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1)
        for (const answer of answers) {
          if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'request-exists' })
        }
      }
    })

    it('allows a new case once the old one is closed', async () => {
      const personId = aPersonId()
      const first = await stores.requests.create(aNewRequest({ personId }))
      await stores.requests.change(first.id, 1, aClosing('refused'))

      expect(await stores.requests.create(aNewRequest({ personId }))).toMatchObject({ state: 'open', number: 2 })
    })
  })

  describe('RequestStore.change', () => {
    it('moves the request on, raises the version and writes the event', async () => {
      const { id } = await stores.requests.create(aNewRequest())

      const claimed = await stores.requests.change(id, 1, aClaim(5))

      expect(claimed).toMatchObject({
        state: 'claimed',
        holder: agent,
        version: 2,
        expiresAt: null,
        updatedAt: at(5),
      })
      expect(await other.requests.get(id)).toEqual(claimed)
      expect((await other.requests.events(id)).map((event) => event.kind)).toEqual(['created', 'claimed'])
    })

    it('refuses a version that is no longer the newest, and writes nothing', async () => {
      const { id } = await stores.requests.create(aNewRequest())
      const claimed = await stores.requests.change(id, 1, aClaim())

      await expect(other.requests.change(id, 1, aClosing())).rejects.toMatchObject({ code: 'request-changed' })

      expect(await stores.requests.get(id)).toEqual(claimed)
      expect(await stores.requests.events(id)).toHaveLength(2)
    })

    it('has exactly one winner per version, however many race', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }), async (desks) => {
          const { id } = await stores.requests.create(aNewRequest())
          const answers = await Promise.allSettled(
            desks.map((mine, index) => (mine ? stores : other).requests.change(id, 1, aClaim(index))),
          )
          expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1)
          expect(await stores.requests.events(id)).toHaveLength(2)
          expect((await other.requests.get(id)).version).toBe(2)
        }),
        { numRuns: 20 },
      )
    })

    it('refuses to reopen beside a newer open case', async () => {
      const personId = aPersonId()
      const old = await stores.requests.create(aNewRequest({ personId }))
      await stores.requests.change(old.id, 1, aClosing())
      const newer = await stores.requests.create(aNewRequest({ personId }))

      await expect(stores.requests.change(old.id, 2, aClaim(9))).rejects.toMatchObject({
        code: 'request-exists',
        params: { requestId: newer.id, number: newer.number },
      })
      expect((await stores.requests.get(old.id)).state).toBe('done')
    })

    it('says when there is no such request', async () => {
      await expect(stores.requests.change(randomUUID(), 1, aClaim())).rejects.toMatchObject({
        code: 'request-not-found',
      })
      await expect(stores.requests.get(randomUUID())).rejects.toMatchObject({ code: 'request-not-found' })
    })
  })

  describe('RequestStore.addEvent', () => {
    it('adds a note without a new version, and only to a request that is there', async () => {
      const { id } = await stores.requests.create(aNewRequest())
      const note = { at: at(3), kind: 'note', by: agent, text: 'もう一度かけ直す' } as const

      const added = await stores.requests.addEvent(id, note)

      expect((await other.requests.events(id)).at(-1)).toEqual(added)
      expect((await other.requests.get(id)).version).toBe(1)
      await expect(stores.requests.addEvent(randomUUID(), note)).rejects.toMatchObject({ code: 'request-not-found' })
    })
  })

  describe('RequestStore.expire', () => {
    it('expires open requests whose time is over, once, and leaves claimed and younger ones', async () => {
      const due = await stores.requests.create(aNewRequest({ expiresAt: at(10) }))
      const young = await stores.requests.create(aNewRequest({ expiresAt: at(11) }))
      const claimed = await stores.requests.create(aNewRequest({ expiresAt: at(10) }))
      await stores.requests.change(claimed.id, 1, aClaim())

      const [one, two] = await Promise.all([stores.requests.expire(at(10)), other.requests.expire(at(10))])

      expect([...one, ...two]).toEqual([
        { ...due, state: 'expired', expiresAt: null, dueAt: null, updatedAt: at(10), version: 2 },
      ])
      expect((await stores.requests.get(young.id)).state).toBe('open')
      expect((await stores.requests.get(claimed.id)).state).toBe('claimed')
      expect((await stores.requests.events(due.id)).at(-1)).toMatchObject({ kind: 'expired', by: null })
    })
  })

  describe('RequestStore.setCause', () => {
    it('keeps the cause without a new version, a new time or an event', async () => {
      const created = await stores.requests.create(aNewRequest())
      expect(created.cause).toBeNull()

      const diagnosed = await other.requests.setCause(created.id, 'not-registered')

      expect(diagnosed).toEqual({ ...created, cause: 'not-registered' })
      expect(await stores.requests.get(created.id)).toEqual(diagnosed)
      expect(await stores.requests.events(created.id)).toHaveLength(1)
      expect(await stores.requests.change(created.id, 1, aClaim())).toMatchObject({
        version: 2,
        cause: 'not-registered',
      })
      await expect(stores.requests.setCause(randomUUID(), 'none')).rejects.toMatchObject({ code: 'request-not-found' })
    })

    it('never takes a change back that comes at the same moment', async () => {
      for (let round = 0; round < 20; round++) {
        const { id } = await stores.requests.create(aNewRequest())
        await Promise.all([stores.requests.setCause(id, 'not-enabled'), other.requests.change(id, 1, aClaim())])
        expect(await stores.requests.get(id)).toMatchObject({ cause: 'not-enabled', state: 'claimed', version: 2 })
      }
    })
  })

  describe('RequestStore.becameDue', () => {
    it('names open and claimed requests that became due meanwhile, the longest due first', async () => {
      const [later, sooner, claimed, closed] = [
        await stores.requests.create(aNewRequest({ dueAt: at(20) })),
        await stores.requests.create(aNewRequest({ dueAt: at(11) })),
        await stores.requests.create(aNewRequest({ dueAt: at(12) })),
        await stores.requests.create(aNewRequest({ dueAt: at(12) })),
      ]
      await stores.requests.create(aNewRequest({ dueAt: at(21) }))
      await stores.requests.create(aNewRequest({ dueAt: at(10) }))
      await stores.requests.change(claimed.id, 1, aClaim())
      await stores.requests.change(closed.id, 1, aClosing())

      const due = await other.requests.becameDue(at(10), at(20))

      expect(due.map(({ id }) => id)).toEqual([sooner.id, claimed.id, later.id])
      expect(await other.requests.becameDue(at(20), at(20))).toEqual([])
    })
  })

  it('has no due time once it is closed, and the new one, or else the old one, when it is reopened', async () => {
    const { id, dueAt } = await stores.requests.create(aNewRequest())
    const reopened = { ...aClaim(3), state: 'open', holder: null } as const
    expect((await stores.requests.change(id, 1, aClosing())).dueAt).toBeNull()
    expect((await stores.requests.change(id, 2, reopened)).dueAt).toBe(dueAt)
    await stores.requests.change(id, 3, aClosing())
    expect((await stores.requests.change(id, 4, { ...reopened, dueAt: at(99_999) })).dueAt).toBe(at(99_999))
    expect((await other.requests.get(id)).dueAt).toBe(at(99_999))
  })

  it('keeps everything when it is closed and opened again', async () => {
    const created = await stores.requests.create(aNewRequest({ createdBy: null, channel: 'mail', reason: 'not-said' }))
    expect(created).toMatchObject({ createdBy: null, repeats: 0, lastAskedAt: at(), cause: null })
    const reopened = await desks().reopen()
    expect(await reopened.requests.get(created.id)).toEqual(created)
  })
})
