import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredMethod, Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aMethod, aPersonId, at } from '../../support/stores'

const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })

describeStores('MethodStore with six types', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  async function add(changes: Partial<StoredMethod> = {}): Promise<StoredMethod> {
    const method = aMethod(changes)
    await stores.methods.add(method)
    return method
  }

  it.each([
    ['app', 'app'],
    ['mobile', 'phone'],
    ['alternative', 'phone'],
    ['office', 'phone'],
    ['key', 'key'],
    ['mail', 'mail'],
    ['questions', 'knowledge'],
  ] as const)('keeps a method of type %s', async (type, kind) => {
    const method = await add({ type, kind, confirmedAt: null, isDefault: true })
    expect(await other.methods.ofPerson(method.personId)).toEqual([method])
  })

  it('renames, and says when there is nothing to rename', async () => {
    const method = await add()
    expect(await other.methods.rename(method.id, '机の電話')).toBe(true)
    expect(await stores.methods.get(method.id)).toEqual({ ...method, label: '机の電話' })
    expect(await stores.methods.rename(randomUUID(), 'x')).toBe(false)
  })

  describe('setDefault', () => {
    it('takes the mark from the person’s other methods, and from nobody else’s', async () => {
      const personId = aPersonId()
      const [one, two] = [await add({ personId, isDefault: true }), await add({ personId })]
      const others = await add({ isDefault: true })

      expect(await other.methods.setDefault(personId, two.id)).toBe(true)
      expect(await stores.methods.setDefault(personId, two.id)).toBe(true)

      const marks = (await stores.methods.ofPerson(personId)).map(({ id, isDefault }) => [id, isDefault])
      expect(new Map(marks.map(([id, mark]) => [id, mark]))).toEqual(
        new Map([
          [one.id, false],
          [two.id, true],
        ]),
      )
      expect((await stores.methods.get(others.id)).isDefault).toBe(true)
    })

    it('does not mark a method of another person, nor one that is gone', async () => {
      const [mine, theirs] = [await add({ isDefault: true }), await add()]
      expect(await stores.methods.setDefault(mine.personId, theirs.id)).toBe(false)
      expect(await stores.methods.setDefault(mine.personId, randomUUID())).toBe(false)
      expect((await stores.methods.get(mine.id)).isDefault).toBe(true)
      expect((await stores.methods.get(theirs.id)).isDefault).toBe(false)
    })

    it('leaves at most one mark, however many desks set, add and remove at once', async () => {
      const action = fc.record({ kind: fc.constantFrom('set', 'add', 'remove'), which: fc.nat(3), desk: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 8 }), async (actions) => {
          const personId = aPersonId()
          const ids = [await add({ personId }), await add({ personId }), await add({ personId, isDefault: true })]
          await Promise.all(
            actions.map(async ({ kind, which, desk }) => {
              const { methods } = desk ? stores : other
              const id = ids[which]?.id ?? randomUUID()
              if (kind === 'set') await methods.setDefault(personId, id)
              else if (kind === 'remove') await methods.remove(id)
              else await methods.add(aMethod({ personId, isDefault: true }))
            }),
          )
          const marked = (await stores.methods.ofPerson(personId)).filter(({ isDefault }) => isDefault)
          expect(marked.length).toBeLessThanOrEqual(1)
        }),
        { numRuns: 15 },
      )
    })
  })

  it('counts a method as registered once it is confirmed, and keeps that time from then on', async () => {
    const { id } = await add({ confirmedAt: null, registeredAt: at(1) })

    expect(await other.methods.confirm(id, at(50))).toBe(true)
    expect(await stores.methods.get(id)).toMatchObject({ confirmedAt: at(50), registeredAt: at(50) })
    expect(await stores.methods.confirm(id, at(90))).toBe(true)
    expect(await stores.methods.get(id)).toMatchObject({ confirmedAt: at(90), registeredAt: at(50) })
    expect(await stores.methods.confirm(randomUUID(), at(90))).toBe(false)
  })

  it('makes an imported one the first in person where it is, and never one that counted before', async () => {
    const imported = aMethod({ confirmedAt: null })
    const counted = aMethod()
    await stores.methods.addMany([imported, counted])
    expect(await stores.methods.confirm(imported.id, at(50), true)).toBe(true)
    expect(await stores.methods.confirm(counted.id, at(50), true)).toBe(true)
    expect(await stores.methods.get(imported.id)).toMatchObject({ firstInPerson: true, registeredAt: at(50) })
    expect(await stores.methods.get(counted.id)).toMatchObject({ firstInPerson: false, confirmedAt: at(50) })
  })

  it('puts new answers in the place of the old ones once, and nothing of the old ones counts for them', async () => {
    const before = Uint8Array.of(1, 2, 3)
    const { id } = await add({ secret: before, firstInPerson: true, lastStep: 5, recentDrift: [1] })
    const [one, two] = [Uint8Array.of(4), Uint8Array.of(5, 0, 255)]

    const won = await Promise.all([
      stores.methods.replaceSecret(id, before, one, at(60)),
      other.methods.replaceSecret(id, before, two, at(60)),
    ])

    expect(won.toSorted()).toEqual([false, true])
    expect(await stores.methods.get(id)).toMatchObject({
      secret: won[0] ? one : two,
      registeredAt: at(60),
      confirmedAt: at(60),
      firstInPerson: false,
      lastStep: null,
      recentDrift: [],
    })
    expect(await stores.methods.replaceSecret(id, before, one, at(61))).toBe(false)
    expect(await stores.methods.replaceSecret(randomUUID(), before, one, at(61))).toBe(false)
  })

  describe('acceptCounter', () => {
    it('accepts only what is higher than before, also beyond 31 bits', async () => {
      const { id } = await add({ type: 'key', kind: 'key', lastStep: 7 })
      expect(await stores.methods.acceptCounter(id, 7, at(1))).toBe(false)
      expect(await stores.methods.acceptCounter(id, 0, at(1))).toBe(false)
      expect(await stores.methods.acceptCounter(id, 4_294_967_295, at(2))).toBe(true)
      expect(await other.methods.acceptCounter(id, 4_294_967_294, at(3))).toBe(false)
      expect(await other.methods.get(id)).toMatchObject({ lastStep: 4_294_967_295, lastUsedAt: at(2) })
      await expect(stores.methods.acceptCounter(randomUUID(), 1, at(1))).rejects.toMatchObject({
        code: 'method-not-found',
      })
    })

    it('takes a key that does not count as it is, until it counts', async () => {
      for (const lastStep of [null, 0]) {
        const { id } = await add({ type: 'key', kind: 'key', lastStep })
        expect(await stores.methods.acceptCounter(id, 0, at(1))).toBe(true)
        expect(await stores.methods.acceptCounter(id, 0, at(2))).toBe(true)
        expect(await stores.methods.acceptCounter(id, 1, at(3))).toBe(true)
        expect(await stores.methods.acceptCounter(id, 0, at(4))).toBe(false)
      }
    })

    it('has exactly one winner per counter, whatever desks race', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 }), async (counters) => {
          const { id } = await add({ type: 'key', kind: 'key', lastStep: 0 })
          const answers = await Promise.all(
            counters.map((counter, index) =>
              (index % 2 === 0 ? stores : other).methods.acceptCounter(id, counter, at(1)),
            ),
          )
          const accepted = counters.filter((_, index) => answers[index])
          expect(new Set(accepted).size).toBe(accepted.length)
          expect((await stores.methods.get(id)).lastStep).toBe(Math.max(...counters))
        }),
        { numRuns: 15 },
      )
    })
  })

  describe('addMany', () => {
    it('adds all in one go, with one mark per person', async () => {
      const personId = aPersonId()
      const marked = await add({ personId, isDefault: true })
      const many = Array.from({ length: 120 }, (_, index) => aMethod({ confirmedAt: null, isDefault: index % 2 === 0 }))
      const [first, second] = [aMethod({ personId, isDefault: true }), aMethod({ personId, isDefault: true })]

      await stores.methods.addMany([...many, first, second])

      for (const method of many) expect(await other.methods.get(method.id)).toEqual(method)
      const ofPerson = await other.methods.ofPerson(personId)
      expect(ofPerson.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([second.id])
      expect(ofPerson.map(({ id }) => id).toSorted()).toEqual([marked.id, first.id, second.id].toSorted())
      await stores.methods.addMany([])
    })

    it('adds none when one of them cannot be', async () => {
      const taken = await add()
      const marked = await add({ isDefault: true })
      const good = aMethod({ personId: marked.personId, isDefault: true })
      await expect(stores.methods.addMany([good, aMethod({ id: taken.id })])).rejects.toThrow()
      expect((await stores.methods.ofPerson(good.personId)).map(({ id }) => id)).toEqual([marked.id])
      expect((await stores.methods.get(marked.id)).isDefault).toBe(true)
    })
  })

  describe('A method that was written by hand', () => {
    it.each([
      "type = 'key'",
      "kind = 'app'",
      'confirmed_at = registered_at',
      "confirmed_at = '2026-11-23T00:00:00.001Z'",
      'is_default = 1',
      'first_in_person = 1',
      'last_step = 3',
      "registered_at = '2020-01-01T00:00:00.000Z'",
    ])('with %s is not believed', async (change) => {
      const { id, personId } = await add({ type: 'mobile', kind: 'phone', confirmedAt: null, lastStep: 9 })
      await desks().change(`update methods set ${change}`)

      await expect(stores.methods.get(id)).rejects.toEqual(tampered)
      await expect(stores.methods.ofPerson(personId)).rejects.toEqual(tampered)
      for (const attempt of [
        () => stores.methods.confirm(id, at(1)),
        () => stores.methods.rename(id, 'x'),
        () => stores.methods.setDefault(personId, id),
        () => stores.methods.acceptCounter(id, 10, at(1)),
        () => stores.methods.replaceSecret(id, Uint8Array.of(), Uint8Array.of(), at(1)),
      ]) {
        await expect(attempt()).rejects.toEqual(tampered)
      }
    })

    it('does not get its old answers back: each secret belongs to the row as it is now', async () => {
      const { id, personId } = await add({ type: 'questions', kind: 'knowledge', secret: Uint8Array.of(7, 7) })
      await desks().change('create table before_change as select id, secret from methods')
      try {
        await stores.methods.replaceSecret(id, Uint8Array.of(7, 7), Uint8Array.of(8, 8), at(60))
        await desks().change(
          'update methods set secret = (select b.secret from before_change b where b.id = methods.id)',
        )
        await expect(stores.methods.ofPerson(personId)).rejects.toEqual(tampered)
      } finally {
        await desks().change('drop table before_change')
      }
    })

    it('does not become another person’s: neither the row nor its secret can be moved', async () => {
      const [mine, theirs] = [await add({ secret: Uint8Array.of(1) }), await add({ secret: Uint8Array.of(2) })]
      await desks().change(`update methods set person_id = '${theirs.personId}' where id = '${mine.id}'`)
      await expect(stores.methods.ofPerson(theirs.personId)).rejects.toEqual(tampered)
      await desks().change(`delete from methods where id = '${mine.id}'`)
      await desks().change(
        `insert into methods select 'copy', '${mine.personId}', kind, label, registered_at, last_used_at, first_in_person,
          secret, last_step, recent_drift, mac, type, confirmed_at, is_default from methods`,
      )
      await expect(stores.methods.ofPerson(mine.personId)).rejects.toEqual(tampered)
      expect(await stores.methods.get(theirs.id)).toEqual(theirs)
    })
  })
})
