import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aMethod, aPersonId, at } from '../../support/stores'

describeStores('MethodStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

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

  it('keeps when a method without time steps was last used, and minds no method that is gone', async () => {
    const { id } = await addMethod()

    await stores.methods.used(id, at(1))
    await other.methods.used(id, at(2))

    expect(await stores.methods.get(id)).toMatchObject({ lastStep: null, lastUsedAt: at(2), recentDrift: [] })
    await stores.methods.remove(id)
    await stores.methods.used(id, at(3))
    await expect(stores.methods.get(id)).rejects.toMatchObject({ code: 'method-not-found' })
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
