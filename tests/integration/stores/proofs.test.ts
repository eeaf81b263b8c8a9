import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aNewRequest, aPersonId, aProof, at } from '../../support/stores'

describeStores('ProofStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

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

  it('keeps what a proof is for, and gives one by its id', async () => {
    const proof = await add({
      action: 'access-code',
      kind: 'attested',
      attestation: 'second-person',
      approval: 'waiting',
    })
    expect(await other.proofs.get(proof.id)).toEqual(proof)
    expect(await other.proofs.get(randomUUID())).toBeNull()
  })

  describe('waiting', () => {
    it('gives what waits in all requests, oldest first, and no more than asked for', async () => {
      const waiting = { kind: 'attested', attestation: 'in-person', approval: 'waiting' } as const
      const elsewhere = (await stores.requests.create(aNewRequest())).id
      const later = await add({ ...waiting, provenAt: at(2) })
      const earlier = { ...aProof(elsewhere, { ...waiting, provenAt: at(1) }) }
      await stores.proofs.add(earlier)
      await add()

      expect(await other.proofs.waiting(at(5), 10)).toEqual([earlier, later])
      expect(await other.proofs.waiting(at(5), 1)).toEqual([earlier])
    })

    it('gives none that is over, decided or revoked', async () => {
      const waiting = { kind: 'attested', attestation: 'in-person', approval: 'waiting' } as const
      const [decided] = [await add(waiting), await add({ ...waiting, expiresAt: at(5) })]
      await stores.proofs.decide(decided.id, { ...decision, now: at(1), expiresAt: at(600) })
      const gone = (await stores.requests.create(aNewRequest())).id
      await stores.proofs.add(aProof(gone, waiting))
      await stores.proofs.revoke(gone, at(2))

      expect(await other.proofs.waiting(at(5), 10)).toEqual([])
      expect(await other.proofs.waiting(at(4), 10)).toHaveLength(1)
    })
  })

  it.each([
    "approval = 'approved'",
    'approval = null',
    "action = 'access-code'",
    "approver_id = 'x'",
    "person_id = 'x'",
    "agent_id = 'x'",
    "attestation = 'call-back'",
    "expires_at = '2099-01-01T00:00:00.000Z'",
    'spent_by = null',
    'revoked_at = null',
  ])('written by hand with %s is not believed', async (change) => {
    const proof = await add({ kind: 'attested', attestation: 'in-person', approval: 'waiting', spentBy: randomUUID() })
    await stores.proofs.revoke(requestId, at(1))
    await desks().change(`update proofs set ${change}`)

    for (const attempt of [
      () => stores.proofs.get(proof.id),
      () => stores.proofs.ofRequest(requestId),
      () => stores.proofs.decide(proof.id, { ...decision, now: at(1), expiresAt: at(600) }),
      () => stores.proofs.spend([proof.id], randomUUID(), at(1)),
      () => stores.proofs.revoke(requestId, at(2)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'store-tampered' })
    }
  })

  it('that was approved by hand is not in the list of those that wait, nor is it believed there', async () => {
    await add({ kind: 'attested', attestation: 'in-person', approval: 'refused' })
    await desks().change("update proofs set approval = 'waiting'")
    await expect(stores.proofs.waiting(at(1), 5)).rejects.toMatchObject({ code: 'store-tampered' })
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
