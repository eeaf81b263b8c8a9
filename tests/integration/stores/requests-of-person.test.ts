import { expect, it } from 'vitest'
import { describeStores } from '../../support/store-databases'
import { aClaim, aClosing, aNewRequest, aPersonId } from '../../support/stores'

describeStores('RequestStore.ofPerson', (desks) => {
  it('answers all requests of one person, oldest first, whatever became of them', async () => {
    const { stores, other } = desks()
    const personId = aPersonId()
    const first = await stores.requests.create(aNewRequest({ personId }))
    await stores.requests.create(aNewRequest())
    const claimed = await stores.requests.change(first.id, first.version, aClaim())
    const closed = await stores.requests.change(first.id, claimed.version, aClosing())
    const second = await stores.requests.create(aNewRequest({ personId }))

    expect(await other.requests.ofPerson(personId)).toEqual([closed, second])
    expect(await other.requests.ofPerson(aPersonId())).toEqual([])
  })
})
