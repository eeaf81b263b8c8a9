import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../src/main/stores/database'
import type { RequestQuery, Stores } from '../../src/main/stores/stores'
import { silentLog } from '../support/silent-log'
import { aClaim, aClosing, agent, aMethod, anyRequest, aNewRequest, aPersonId, aProof, at } from '../support/stores'
import { testVault } from '../support/vault'

/** A database of one kind: `open` gives another desk on the same data each time. */
interface StoreFactory {
  open(): Promise<Stores>
  drop(): Promise<void>
}

const everything = anyRequest

describeStores('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stores-'))
  const vault = testVault()
  const opened: Stores[] = []
  return {
    open: async () => {
      const stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
      opened.push(stores)
      return stores
    },
    drop: async () => {
      for (const stores of opened) await stores.close()
      rmSync(folder, { recursive: true })
    },
  }
})

/** One spec for every database that can hold the desk's data. */
function describeStores(name: string, make: () => StoreFactory): void {
  describe(`Stores on ${name}`, () => {
    let factory: StoreFactory
    let stores: Stores
    let other: Stores

    beforeEach(async () => {
      factory = make()
      stores = await factory.open()
      other = await factory.open()
    })
    afterEach(() => factory.drop())

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

        expect((await stores.requests.list(everything)).total).toBe(1)
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

    describe('RequestStore.list', () => {
      it('gives every request once, newest first, page by page, also where times are equal', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
            fc.integer({ min: 1, max: 5 }),
            async (seconds, limit) => {
              const mark = randomUUID()
              for (const second of seconds) {
                await stores.requests.create(aNewRequest({ at: at(second), personUserId: mark }))
              }
              const seen: string[] = []
              let cursor: string | null = null
              do {
                const page = await stores.requests.list({ ...everything, text: mark, cursor, limit })
                expect(page.total).toBe(seconds.length)
                expect(page.requests.length).toBeLessThanOrEqual(limit)
                seen.push(
                  ...page.requests.map(({ createdAt, number }) => `${createdAt} ${`${number}`.padStart(9, '0')}`),
                )
                cursor = page.nextCursor
              } while (cursor !== null)
              expect(seen).toEqual([...new Set(seen)].toSorted().toReversed())
              expect(seen).toHaveLength(seconds.length)
            },
          ),
          { numRuns: 15 },
        )
      })

      it('narrows by state and holder', async () => {
        const open = await stores.requests.create(aNewRequest({ at: at(1) }))
        const claimed = await stores.requests.create(aNewRequest({ at: at(2) }))
        const done = await stores.requests.create(aNewRequest({ at: at(3) }))
        await stores.requests.change(claimed.id, 1, aClaim())
        await stores.requests.change(done.id, 1, aClosing())
        const ids = async (query: Partial<RequestQuery>): Promise<string[]> => {
          const { requests, total } = await other.requests.list({ ...everything, ...query })
          expect(total).toBe(requests.length)
          return requests.map((request) => request.id)
        }

        expect(await ids({})).toEqual([done.id, claimed.id, open.id])
        expect(await ids({ states: ['open', 'claimed'] })).toEqual([claimed.id, open.id])
        expect(await ids({ states: ['done', 'done'] })).toEqual([done.id])
        expect(await ids({ holderId: agent.id })).toEqual([done.id, claimed.id])
        expect(await ids({ holderId: agent.id, states: ['claimed'] })).toEqual([claimed.id])
        expect(await ids({ holderId: 'nobody' })).toEqual([open.id])
        expect(await ids({ holderId: aPersonId() })).toEqual([])
      })

      it.each([
        ['山田', true],
        ['山田花子', true],
        ['花子 yamada', true],
        ['ヤマダ', true],
        ['ﾔﾏﾀﾞ', true],
        ['YAMADA', true],
        ['ｙａｍａｄａ．ｈ', true],
        ['1', true],
        ['#1', true],
        ['＃１', true],
        ['２', false],
        ['%', false],
        ['_', false],
        ['yamada_hanako', false],
        ["' or 1=1 --", false],
        ['\\', false],
        ['山田 太郎', false],
      ])('finds 山田 花子 by %j: %j', async (text, found) => {
        await stores.requests.create(aNewRequest())
        expect((await stores.requests.list({ ...everything, text })).total).toBe(found ? 1 : 0)
      })

      it.each(['100%_sure\\', 'o’brien', '"quoted"', '𠮷野', 'a'.repeat(100)])(
        'finds the name %j literally',
        async (name) => {
          await stores.requests.create(aNewRequest({ personName: name }))
          await stores.requests.create(aNewRequest())
          expect((await stores.requests.list({ ...everything, text: name })).requests).toMatchObject([
            { personName: name },
          ])
        },
      )

      it.each(['x', 'bm90IGpzb24', Buffer.from('["2026",1]').toString('base64url'), "' or 1=1"])(
        'refuses the cursor %j, which is not from here',
        async (cursor) => {
          await expect(stores.requests.list({ ...everything, cursor })).rejects.toMatchObject({ code: 'invalid-input' })
        },
      )

      it('refuses a limit that is none', async () => {
        await expect(stores.requests.list({ ...everything, limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' })
      })
    })

    describe('MethodStore', () => {
      it('keeps a method with its sealed secret byte by byte', async () => {
        const method = aMethod({ firstInPerson: true, recentDrift: [-1, 0] })
        await stores.methods.add(method)

        expect(await other.methods.get(method.id)).toEqual(method)
        expect(await other.methods.ofPerson(method.personId)).toEqual([method])
        expect(await other.methods.ofPerson(aPersonId())).toEqual([])
        await expect(stores.methods.get(randomUUID())).rejects.toMatchObject({ code: 'method-not-found' })
      })

      it('ends a method once, whoever asks first', async () => {
        const [method, kept] = [aMethod({}), aMethod({})]
        await stores.methods.add(method)
        await stores.methods.add(kept)

        const removed = await Promise.all([stores.methods.remove(method.id), other.methods.remove(method.id)])

        expect(removed.toSorted()).toEqual([false, true])
        await expect(stores.methods.get(method.id)).rejects.toMatchObject({ code: 'method-not-found' })
        await expect(stores.methods.acceptStep(method.id, 1, 0, at(1))).rejects.toMatchObject({
          code: 'method-not-found',
        })
        expect(await stores.methods.get(kept.id)).toEqual(kept)
      })

      it('accepts a time step once, and none before it', async () => {
        const { id } = await addMethod()

        expect(await stores.methods.acceptStep(id, 100, 0, at(1))).toBe(true)
        expect(await other.methods.acceptStep(id, 100, 0, at(2))).toBe(false)
        expect(await other.methods.acceptStep(id, 99, -1, at(2))).toBe(false)
        expect(await other.methods.acceptStep(id, 101, 1, at(3))).toBe(true)

        expect(await stores.methods.get(id)).toMatchObject({ lastStep: 101, lastUsedAt: at(3), recentDrift: [0, 1] })
      })

      it('keeps the five newest drifts', async () => {
        const { id } = await addMethod()
        for (let step = 1; step <= 7; step++) await stores.methods.acceptStep(id, step, step, at(step))
        expect((await stores.methods.get(id)).recentDrift).toEqual([3, 4, 5, 6, 7])
      })

      it('has exactly one winner per step, and steps only ever grow', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 10 }), async (steps) => {
            const { id } = await addMethod()
            const answers = await Promise.all(
              steps.map((step, index) => (index % 2 === 0 ? stores : other).methods.acceptStep(id, step, 0, at(index))),
            )
            const accepted = steps.filter((_, index) => answers[index])
            expect(new Set(accepted).size).toBe(accepted.length)
            expect((await stores.methods.get(id)).lastStep).toBe(Math.max(...accepted))
            expect(Math.max(...accepted)).toBe(Math.max(...steps))
          }),
          { numRuns: 25 },
        )
      })

      async function addMethod() {
        const method = aMethod()
        await stores.methods.add(method)
        return method
      }
    })

    describe('ProofStore', () => {
      let requestId: string
      const decision = { approval: 'approved', approverId: aPersonId(), approverName: '高橋 由美' } as const

      beforeEach(async () => {
        requestId = (await stores.requests.create(aNewRequest())).id
      })

      async function add(changes: Parameters<typeof aProof>[1] = {}) {
        const proof = aProof(requestId, changes)
        await stores.proofs.add(proof)
        return proof
      }

      it('keeps proofs of a request in the order they were proven', async () => {
        const later = await add({ provenAt: at(2) })
        const earlier = await add({ provenAt: at(1), attestation: 'in-person', kind: 'attested', approval: 'waiting' })

        expect(await other.proofs.ofRequest(requestId)).toEqual([earlier, later])
      })

      it('spends all or none', async () => {
        const [one, two, expired] = [await add(), await add(), await add({ expiresAt: at(10) })]
        const operation = randomUUID()

        expect(await stores.proofs.spend([one.id, two.id, expired.id], operation, at(10))).toBe(false)
        expect((await stores.proofs.ofRequest(requestId)).map((proof) => proof.spentBy)).toEqual([null, null, null])

        expect(await stores.proofs.spend([one.id, two.id], operation, at(10))).toBe(true)
        expect(await stores.proofs.spend([one.id], randomUUID(), at(11))).toBe(false)
        expect((await other.proofs.ofRequest(requestId)).filter((proof) => proof.spentBy === operation)).toHaveLength(2)
      })

      it.each([
        ['expired at this very moment', { expiresAt: at(5) }],
        ['waiting for an approver', { approval: 'waiting' as const }],
        ['refused by an approver', { approval: 'refused' as const }],
        ['already spent', { spentBy: randomUUID(), spentAt: at(1) }],
      ])('never spends a proof that is %s', async (_, changes) => {
        const good = await add()
        const bad = await add(changes)

        expect(await stores.proofs.spend([bad.id], randomUUID(), at(5))).toBe(false)
        expect(await stores.proofs.spend([good.id, bad.id], randomUUID(), at(5))).toBe(false)
        expect(await stores.proofs.spend([good.id], randomUUID(), at(5))).toBe(true)
      })

      it('never spends nothing, one proof twice, an unknown one, or proofs of different agents or people', async () => {
        const mine = await add()
        const otherAgents = await add({ agentId: aPersonId() })
        const otherPersons = await add({ personId: aPersonId() })

        for (const ids of [
          [],
          [mine.id, mine.id],
          [mine.id, randomUUID()],
          [mine.id, otherAgents.id],
          [mine.id, otherPersons.id],
        ]) {
          expect(await stores.proofs.spend(ids, randomUUID(), at(1))).toBe(false)
        }
        expect((await stores.proofs.ofRequest(requestId)).every((proof) => proof.spentBy === null)).toBe(true)
      })

      it('has at most one winner per proof when operations race for overlapping sets', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }), {
              minLength: 2,
              maxLength: 6,
            }),
            async (sets) => {
              const proofs = [await add(), await add(), await add(), await add()]
              const ids = (set: number[]): string[] => set.flatMap((index) => proofs[index]?.id ?? [])
              const operations = sets.map(() => randomUUID())
              const answers = await Promise.all(
                sets.map((set, index) =>
                  (index % 2 === 0 ? stores : other).proofs.spend(ids(set), operations[index] ?? '', at(1)),
                ),
              )
              const stored = await stores.proofs.ofRequest(requestId)
              const spentBy = new Map(stored.map((proof) => [proof.id, proof.spentBy]))
              sets.forEach((set, index) => {
                const got = ids(set).filter((id) => spentBy.get(id) === operations[index])
                expect(got).toHaveLength(answers[index] ? set.length : 0)
              })
              expect(answers.some(Boolean)).toBe(true)
            },
          ),
          { numRuns: 20 },
        )
      })

      it('gives the proofs of an operation back with their old expiry, and only those', async () => {
        const [one, two] = [await add(), await add()]
        const [first, second] = [randomUUID(), randomUUID()]
        await stores.proofs.spend([one.id], first, at(1))
        await stores.proofs.spend([two.id], second, at(1))

        await other.proofs.unspend(first)

        const stored = await stores.proofs.ofRequest(requestId)
        expect(stored.find((proof) => proof.id === one.id)).toEqual(one)
        expect(stored.find((proof) => proof.id === two.id)?.spentBy).toBe(second)
        expect(await stores.proofs.spend([one.id], randomUUID(), one.expiresAt)).toBe(false)
        expect(await stores.proofs.spend([one.id], randomUUID(), at(2))).toBe(true)
      })

      it('revokes for good: neither spending, deciding nor giving back brings a proof to life', async () => {
        const [unspent, spent] = [await add(), await add()]
        const waiting = await add({ approval: 'waiting' })
        const operation = randomUUID()
        await stores.proofs.spend([spent.id], operation, at(1))

        await stores.proofs.revoke(requestId, at(2))
        await stores.proofs.unspend(operation)

        for (const proof of await stores.proofs.ofRequest(requestId)) expect(proof.expiresAt).toBe(at(2))
        for (const proof of [unspent, spent, waiting]) {
          expect(await stores.proofs.spend([proof.id], randomUUID(), at(1))).toBe(false)
        }
        expect(await stores.proofs.decide(waiting.id, { ...decision, now: at(1), expiresAt: at(900) })).toBe(false)
      })

      it('leaves proofs of other requests alone when one is revoked', async () => {
        const { id } = await stores.requests.create(aNewRequest())
        const elsewhere = aProof(id)
        await stores.proofs.add(elsewhere)
        await stores.proofs.revoke(requestId, at(1))
        expect(await stores.proofs.ofRequest(id)).toEqual([elsewhere])
      })

      it('decides once, and only what waits and is not over', async () => {
        const waiting = await add({ approval: 'waiting', kind: 'attested', attestation: 'in-person' })
        const plain = await add()
        const over = await add({ approval: 'waiting', expiresAt: at(1) })
        const decide = (id: string, approval: 'approved' | 'refused') =>
          other.proofs.decide(id, { ...decision, approval, now: at(1), expiresAt: at(700) })

        expect(await decide(waiting.id, 'approved')).toBe(true)
        expect(await decide(waiting.id, 'refused')).toBe(false)
        expect(await decide(plain.id, 'approved')).toBe(false)
        expect(await decide(over.id, 'approved')).toBe(false)
        expect(await decide(randomUUID(), 'approved')).toBe(false)

        const stored = (await stores.proofs.ofRequest(requestId)).find((proof) => proof.id === waiting.id)
        expect(stored).toEqual({ ...waiting, ...decision, expiresAt: at(700) })
        expect(await stores.proofs.spend([waiting.id], randomUUID(), at(699))).toBe(true)
      })

      it('has exactly one winner when approvers race with different words', async () => {
        for (let round = 0; round < 20; round++) {
          const waiting = await add({ approval: 'waiting' })
          const answers = await Promise.all(
            [stores, other, stores, other].map((desk, index) =>
              desk.proofs.decide(waiting.id, {
                approval: index % 2 === 0 ? 'approved' : 'refused',
                approverId: aPersonId(),
                approverName: `${index}`,
                now: at(1),
                expiresAt: at(700),
              }),
            ),
          )
          const winner = answers.indexOf(true)
          expect(answers.filter(Boolean)).toHaveLength(1)
          const stored = (await stores.proofs.ofRequest(requestId)).find((proof) => proof.id === waiting.id)
          expect(stored?.approverName).toBe(`${winner}`)
        }
      })
    })

    describe('FailureStore', () => {
      const day = 86_400
      const failureOf = (personId: string, second: number, requestId = randomUUID()) => ({
        personId,
        agentId: aPersonId(),
        requestId,
        at: at(second),
        windowStart: at(second - day),
        limit: 3,
        closedUntil: at(second + day),
      })

      it('counts over all agents and desks and closes at the limit', async () => {
        const personId = aPersonId()
        const [one, two] = [randomUUID(), randomUUID()]

        expect(await stores.failures.add(failureOf(personId, 1, one))).toEqual({
          count: 1,
          closedUntil: null,
          requestIds: [one],
        })
        expect((await other.failures.add(failureOf(personId, 2, one))).closedUntil).toBeNull()
        expect(await stores.failures.add(failureOf(personId, 3, two))).toEqual({
          count: 3,
          closedUntil: at(3 + day),
          requestIds: [one, two],
        })

        expect((await other.failures.state(personId, at(3 - day), at(4))).closedUntil).toBe(at(3 + day))
        expect(await other.failures.state(aPersonId(), at(0), at(4))).toEqual({
          count: 0,
          closedUntil: null,
          requestIds: [],
        })
      })

      it('forgets failures that leave the window, and opens when the closure is over', async () => {
        const personId = aPersonId()
        for (const second of [1, 2, 3]) await stores.failures.add(failureOf(personId, second))

        expect(await stores.failures.state(personId, at(1), at(1 + day))).toMatchObject({
          count: 2,
          closedUntil: at(3 + day),
        })
        expect(await stores.failures.state(personId, at(3), at(3 + day))).toEqual({
          count: 0,
          closedUntil: null,
          requestIds: [],
        })
      })

      it('starts again after an approver reopened', async () => {
        const personId = aPersonId()
        for (const second of [1, 2, 3]) await stores.failures.add(failureOf(personId, second))

        await other.failures.reopen(personId, at(4))

        expect(await stores.failures.state(personId, at(0), at(5))).toEqual({
          count: 0,
          closedUntil: null,
          requestIds: [],
        })
        expect(await stores.failures.add(failureOf(personId, 6))).toMatchObject({ count: 1, closedUntil: null })
        await other.failures.reopen(aPersonId(), at(4))
      })

      it('loses no failure when desks race, and closes for exactly those at or beyond the limit', async () => {
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (attempts) => {
            const personId = aPersonId()
            const answers = await Promise.all(
              Array.from({ length: attempts }, (_, index) =>
                (index % 2 === 0 ? stores : other).failures.add(failureOf(personId, 10)),
              ),
            )
            const counts = answers.map((answer) => answer.count).toSorted((one, two) => one - two)
            expect(counts).toEqual(Array.from({ length: attempts }, (_, index) => index + 1))
            for (const answer of answers) expect(answer.closedUntil !== null).toBe(answer.count >= 3)
          }),
          { numRuns: 20 },
        )
      })
    })

    describe('PreferenceStore', () => {
      it('has defaults, keeps what was set, and keeps one row', async () => {
        expect(await stores.preferences.get()).toEqual({ language: 'system', theme: 'system', notifications: true })
        await stores.preferences.set({ language: 'ja', theme: 'dark', notifications: true })
        await other.preferences.set({ language: 'en', theme: 'light', notifications: false })
        expect(await stores.preferences.get()).toEqual({ language: 'en', theme: 'light', notifications: false })
      })
    })

    it('keeps everything when it is closed and opened again', async () => {
      const created = await stores.requests.create(aNewRequest())
      const reopened = await factory.open()
      expect(await reopened.requests.get(created.id)).toEqual(created)
    })
  })
}
