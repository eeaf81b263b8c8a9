import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepProof } from '../../src/main/services/case'
import { openStores } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import { silentLog } from '../support/silent-log'
import { aClaim, aClosing, aNewRequest, agent, aProof, at } from '../support/stores'
import { TestClock } from '../support/test-clock'
import { testVault } from '../support/vault'

/** A check passes in the very moment in which its request changes hands: the proof must not wait there for the next holder. */

let stores: Stores
const clock = new TestClock()

beforeEach(async () => {
  stores = await openStores({ file: ':memory:', vault: testVault(), log: silentLog })
})
afterEach(() => stores.close())

describe('keepProof', () => {
  it.each([
    ['released', { ...aClaim(2), state: 'open' as const, holder: null, expiresAt: at(86_400) }],
    ['closed', aClosing('refused')],
  ])('keeps none that counts when the request was %s meanwhile', async (_what, change) => {
    const { id } = await stores.requests.create(aNewRequest())
    const claimed = await stores.requests.change(id, 1, aClaim())
    const proof = aProof(id, { personId: claimed.personId, agentId: agent.id })
    const add: Stores['proofs']['add'] = async (late) => {
      await stores.requests.change(id, claimed.version, change)
      await stores.proofs.revoke(id, at(2))
      await stores.proofs.add(late)
    }
    const proofs = new Proxy(stores.proofs, {
      get: (target, name) => {
        if (name === 'add') return add
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })

    await expect(
      keepProof({ stores: { requests: stores.requests, proofs }, clock }, claimed, proof),
    ).rejects.toMatchObject({
      code: 'request-changed',
    })

    expect(await stores.proofs.spend([proof.id], 'operation', at(3))).toBe(false)
  })

  it('keeps one that counts while nobody took the request', async () => {
    const { id } = await stores.requests.create(aNewRequest())
    const claimed = await stores.requests.change(id, 1, aClaim())
    const proof = aProof(id, { personId: claimed.personId, agentId: agent.id })
    await keepProof({ stores, clock }, claimed, proof)
    expect(await stores.proofs.spend([proof.id], 'operation', at(3))).toBe(true)
  })
})
