import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNumberReader } from '../../../src/main/gateways/sms/number'
import { Destinations } from '../../../src/main/services/codes-destinations'
import type { PersonRow } from '../../../src/main/services/imports-check'
import { ImportWriter } from '../../../src/main/services/imports-write'
import type { WrittenBatch } from '../../../src/main/services/imports-write'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { openDesk } from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { otherHand } from '../../support/person-data'
import type { OtherHand } from '../../support/person-data'
import { aPersonId } from '../../support/stores'

let desk: TestDesk
let hand: OtherHand
let writer: ImportWriter

beforeEach(async () => {
  desk = await openDesk()
  hand = await otherHand(desk)
  const { stores, vault, people: personVault } = hand
  const { clock } = desk
  const parts = { personVault, vault, readNumber: createNumberReader('JP'), clock, policy: defaultPolicy }
  writer = new ImportWriter({ stores, personVault, clock, destinations: new Destinations(parts) })
})

afterEach(async () => {
  await hand.stores.close()
  await desk.close()
})

function rowsFor(people: readonly string[], numbersEach = 1): PersonRow[] {
  return people.flatMap((personId, person) =>
    Array.from({ length: numbersEach }, (_row, number) => ({
      line: person * numbersEach + number + 2,
      userId: `person.${person}`,
      personId,
      type: 'mobile' as const,
      to: `+8190${String(person).padStart(6, '0')}${String(number).padStart(2, '0')}`,
      extension: '',
      label: 'mobile',
    })),
  )
}

async function written(rows: readonly PersonRow[], signal = new AbortController().signal, stopAfter = Infinity) {
  const batches: WrittenBatch[] = []
  for await (const batch of writer.write(rows, signal)) {
    batches.push(batch)
    if (batches.length >= stopAfter) break
  }
  const sum = (of: 'added' | 'skipped') => batches.reduce((all, batch) => all + batch[of], 0)
  return { batches: batches.length, added: sum('added'), skipped: sum('skipped') }
}

describe('ImportWriter.write', () => {
  it('leaves whole batches when it dies, and brings the rest when it runs again', async () => {
    const people = Array.from({ length: 700 }, aPersonId)
    const rows = rowsFor(people)

    expect(await written(rows, undefined, 1)).toEqual({ batches: 1, added: 300, skipped: 0 })

    expect(await written(rows)).toEqual({ batches: 3, added: 400, skipped: 300 })
    const counts = await Promise.all(people.map(async (id) => (await hand.stores.methods.ofPerson(id)).length))
    expect(new Set(counts)).toEqual(new Set([1]))
  })

  it('stops between two batches when it is told to', async () => {
    const people = Array.from({ length: 400 }, aPersonId)
    const stop = new AbortController()
    const run = async () => {
      for await (const batch of writer.write(rowsFor(people), stop.signal)) {
        expect(batch.added).toBe(300)
        stop.abort(new Error('locked'))
      }
    }
    await expect(run()).rejects.toThrow('locked')
    const left = await Promise.all(people.map(async (id) => (await hand.stores.methods.ofPerson(id)).length))
    expect(left.filter((count) => count === 1)).toHaveLength(300)
  })

  it('keeps the rows of one person together, under names of their own', async () => {
    const people = Array.from({ length: 101 }, aPersonId)
    expect(await written(rowsFor(people, 3))).toEqual({ batches: 2, added: 303, skipped: 0 })
    const methods = await hand.stores.methods.ofPerson(people[99] ?? '')
    expect(methods.map(({ label }) => label).toSorted()).toEqual(['mobile', 'mobile 2', 'mobile 3'])
    expect(
      methods.every(({ confirmedAt, isDefault, firstInPerson }) => !confirmedAt && !isDefault && !firstInPerson),
    ).toBe(true)
  })

  it('writes nothing of somebody who was erased meanwhile', async () => {
    const people = Array.from({ length: 3 }, aPersonId)
    await hand.stores.erasures.erase(people[1] ?? '', desk.clock.iso())
    expect(await written(rowsFor(people))).toEqual({ batches: 1, added: 2, skipped: 1 })
    expect(await hand.stores.methods.ofPerson(people[1] ?? '')).toEqual([])
  })
})
