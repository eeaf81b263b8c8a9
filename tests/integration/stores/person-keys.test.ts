import { beforeEach, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aPersonId, at } from '../../support/stores'

const erased: unknown = expect.objectContaining({ code: 'person-erased' })

describeStores('PersonKeyStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  it('keeps the first key of a person, whoever comes with another one', async () => {
    const personId = aPersonId()
    const [one, two] = [Uint8Array.of(1, 0, 255), Uint8Array.of(2)]
    expect(await stores.personKeys.get(personId)).toBeNull()

    const kept = await Promise.all([stores.personKeys.keep(personId, one), other.personKeys.keep(personId, two)])

    expect(kept[0]).toEqual(kept[1])
    expect([one, two]).toContainEqual(kept[0])
    expect(await stores.personKeys.get(personId)).toEqual(kept[0])
    expect(await stores.personKeys.keep(personId, Uint8Array.of(3))).toEqual(kept[0])
    expect(await stores.personKeys.get(aPersonId())).toBeNull()
  })

  it('keeps many in their order, those that are there as they are, and the first of two for one person', async () => {
    const known = { personId: aPersonId(), wrapped: Uint8Array.of(9) }
    await stores.personKeys.keep(known.personId, known.wrapped)
    const many = Array.from({ length: 450 }, (_, index) => ({
      personId: aPersonId(),
      wrapped: Uint8Array.of(index % 256),
    }))
    const [first] = many
    const again = { personId: first?.personId ?? '', wrapped: Uint8Array.of(77) }

    const kept = await other.personKeys.keepMany([...many, { ...known, wrapped: Uint8Array.of(8) }, again])

    expect(kept).toEqual([...many.map(({ wrapped }) => wrapped), known.wrapped, first?.wrapped])
    expect(await stores.personKeys.keepMany([])).toEqual([])
  })

  it('makes no key for a person who was erased, and none of a list with such a person', async () => {
    const [gone, here] = [aPersonId(), aPersonId()]
    await stores.personKeys.keep(gone, Uint8Array.of(1))
    await stores.erasures.erase(gone, at(1))

    expect(await other.personKeys.get(gone)).toBeNull()
    await expect(other.personKeys.keep(gone, Uint8Array.of(2))).rejects.toEqual(erased)
    await expect(
      other.personKeys.keepMany([
        { personId: here, wrapped: Uint8Array.of(3) },
        { personId: gone, wrapped: Uint8Array.of(2) },
      ]),
    ).rejects.toEqual(erased)
    expect(await stores.personKeys.get(here)).toBeNull()
  })
})
