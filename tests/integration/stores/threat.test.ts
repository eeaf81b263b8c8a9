import { beforeEach, describe, expect, it } from 'vitest'
import { randomUUID } from 'node:crypto'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { at } from '../../support/stores'

const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })
const calm = { heightened: false, reason: '', changedAt: null, changedBy: '' }
const heightened = { heightened: true, reason: 'なりすましの電話が続いている', changedAt: at(1), changedBy: '田中 博' }

describeStores('ThreatStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  it('begins calm, and every desk knows at once when it is not', async () => {
    expect(await stores.threat.get()).toEqual(calm)
    expect(await stores.threat.set(calm, heightened)).toBe(true)
    expect(await other.threat.get()).toEqual(heightened)
    const over = { heightened: false, reason: '解決', changedAt: at(2), changedBy: '田中 博' }
    expect(await other.threat.set(heightened, over)).toBe(true)
    expect(await stores.threat.get()).toEqual(over)
  })

  it('is changed by whoever is first', async () => {
    const set = [stores, other, stores, other].map(({ threat }, index) =>
      threat.set(calm, { ...heightened, changedAt: at(index), reason: `${index}` }),
    )
    const answers = await Promise.all(set)
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect((await stores.threat.get()).reason).toBe(`${answers.indexOf(true)}`)
    expect(await other.threat.set(calm, heightened)).toBe(false)
  })

  it.each([
    'update threat set heightened = 0',
    "update threat set reason = 'x'",
    'update threat set changed_at = null',
    "update threat set changed_by = 'x'",
    'delete from threat',
  ])('does not end by another hand: %s', async (statement) => {
    await stores.threat.set(calm, heightened)
    await desks().change(statement)
    await expect(other.threat.get()).rejects.toEqual(tampered)
    await expect(other.threat.set(calm, calm)).rejects.toEqual(tampered)
  })
})

describeStores('QuestionStore', (desks) => {
  const question = { id: randomUUID(), ja: '初めて飼った猫の名前は?', en: 'Name of your first cat?', retired: false }

  it('keeps what an admin saved, and knows whether anybody ever did', async () => {
    const { stores, other } = desks()
    expect(await stores.questions.all()).toBeNull()
    await stores.questions.save([question])
    expect(await other.questions.all()).toEqual([question])
    await other.questions.save([])
    expect(await stores.questions.all()).toEqual([])
  })

  describe('written by hand', () => {
    it('is not believed', async () => {
      await desks().stores.questions.save([question])
      await desks().change(`update questions set list = replace(list, '猫', '犬')`)
      await expect(desks().stores.questions.all()).rejects.toEqual(tampered)
    })
  })
})
