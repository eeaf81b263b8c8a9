import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { PersonVault } from '../../../src/main/services/person-vault'
import { describeStores } from '../../support/store-databases'
import { aPersonId, at } from '../../support/stores'
import { testVault } from '../../support/vault'

const plain = Buffer.from('+819012345678')

describeStores('PersonVault', (desks) => {
  it('opens at any desk what one of them sealed, and at none from the moment the person is erased', async () => {
    const { stores, other } = desks()
    const vault = testVault()
    const [here, there] = [new PersonVault(vault, stores), new PersonVault(vault, other)]
    const [personId, kenta] = [aPersonId(), aPersonId()]
    const method = { id: randomUUID(), personId }
    const secret = await here.sealSecret(method, plain)
    const theirs = await here.seal(kenta, 'mobile', plain)
    expect(await there.lendSecret({ ...method, secret }, (opened) => Buffer.from(opened).toString())).toBe(
      '+819012345678',
    )

    await stores.erasures.erase(personId, at())
    for (const people of [here, there]) {
      await expect(people.openSecret({ ...method, secret })).rejects.toMatchObject({ code: 'store-tampered' })
      await expect(people.sealSecret(method, plain)).rejects.toMatchObject({ code: 'person-erased' })
      await expect(people.open(kenta, 'mobile', theirs)).resolves.toHaveLength(plain.length)
    }
  })

  it('makes one key for a person whom two desks seal for at the same time', async () => {
    const { stores, other } = desks()
    const vault = testVault()
    const [here, there] = [new PersonVault(vault, stores), new PersonVault(vault, other)]
    for (let round = 0; round < 10; round += 1) {
      const personId = aPersonId()
      const [one, two] = await Promise.all([here.seal(personId, 'a', plain), there.seal(personId, 'b', plain)])
      expect(await there.open(personId, 'a', one)).toHaveLength(plain.length)
      expect(await here.open(personId, 'b', two)).toHaveLength(plain.length)
    }
  })

  it('seals an import in one go, for people with a key and without, or nothing of it', async () => {
    const { stores, other } = desks()
    const vault = testVault()
    const people = new PersonVault(vault, stores)
    const ids = Array.from({ length: 450 }, () => aPersonId())
    const [known = '', erased = ''] = ids
    const before = await people.seal(known, 'mail', plain)
    const values = ids.map((personId) => ({ id: randomUUID(), personId, plain }))
    const sealed = await people.sealSecrets(values)
    for (const [index, { id, personId }] of values.entries()) {
      if (index % 50 > 1) continue
      const secret = sealed[index] ?? new Uint8Array()
      expect(await new PersonVault(vault, other).openSecret({ id, personId, secret })).toHaveLength(plain.length)
    }
    expect(await people.open(known, 'mail', before)).toHaveLength(plain.length)

    await stores.erasures.erase(erased, at())
    const fresh = aPersonId()
    const again = [fresh, erased].map((personId) => ({ id: randomUUID(), personId, plain }))
    await expect(people.sealSecrets(again)).rejects.toMatchObject({ code: 'person-erased' })
    expect(await stores.personKeys.get(fresh)).toBeNull()
  })
})
