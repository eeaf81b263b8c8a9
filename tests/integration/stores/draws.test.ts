import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import type { QuestionDraw, Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import { aNewRequest, at } from '../../support/stores'

const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })

describeStores('DrawStore', (desks) => {
  let stores: Stores
  let other: Stores
  let requestId: string
  let methodId: string
  beforeEach(async () => {
    ;({ stores, other } = desks())
    requestId = (await stores.requests.create(aNewRequest())).id
    methodId = randomUUID()
  })

  function aDraw(changes: Partial<QuestionDraw> = {}): QuestionDraw {
    return {
      id: randomUUID(),
      requestId,
      methodId,
      questionIds: ['city', 'pet', randomUUID()],
      drawnAt: at(1),
      expiresAt: at(600),
      ...changes,
    }
  }

  it('gives whoever asks again the questions that wait, in their order', async () => {
    const draw = aDraw()
    expect(await stores.draws.draw(draw)).toEqual(draw)

    expect(await other.draws.draw(aDraw({ drawnAt: at(2) }))).toEqual(draw)
    expect(await other.draws.current(requestId, methodId, at(599))).toEqual(draw)
    expect(await other.draws.current(requestId, randomUUID(), at(2))).toBeNull()
    expect(await other.draws.current(randomUUID(), methodId, at(2))).toBeNull()
  })

  it('draws once when two desks ask at the same time', async () => {
    const drawn = await Promise.all([stores, other, stores, other].map(({ draws }) => draws.draw(aDraw())))
    expect(new Set(drawn.map(({ id }) => id)).size).toBe(1)
  })

  it('is answered once, whoever comes first, and then another one is drawn', async () => {
    const draw = await stores.draws.draw(aDraw())

    const taken = await Promise.all([stores, other, stores].map(({ draws }) => draws.take(draw.id, at(5))))

    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(await stores.draws.current(requestId, methodId, at(6))).toBeNull()
    const next = aDraw({ drawnAt: at(6) })
    expect(await other.draws.draw(next)).toEqual(next)
    expect(await stores.draws.take(draw.id, at(7))).toBe(false)
    expect(await stores.draws.take(randomUUID(), at(7))).toBe(false)
  })

  it('is over when its time is', async () => {
    const draw = await stores.draws.draw(aDraw())
    expect(await stores.draws.current(requestId, methodId, at(600))).toBeNull()
    expect(await stores.draws.take(draw.id, at(600))).toBe(false)
    const next = aDraw({ drawnAt: at(600), expiresAt: at(1200) })
    expect(await stores.draws.draw(next)).toEqual(next)
  })

  it('tells what was drawn last for a method and never answered, at whatever request', async () => {
    const first = await stores.draws.draw(aDraw())
    const otherRequest = await stores.requests.create(aNewRequest({ personId: 'another@directory' }))
    const elsewhere = aDraw({ requestId: otherRequest.id, drawnAt: at(700), expiresAt: at(1300) })
    expect(await other.draws.unanswered(methodId)).toEqual(first)
    await stores.draws.draw(elsewhere)
    expect(await other.draws.unanswered(methodId)).toEqual(elsewhere)
    expect(await stores.draws.unanswered(randomUUID())).toBeNull()

    // The first one was never answered; what was drawn last has been.
    await stores.draws.take(elsewhere.id, at(701))
    expect(await other.draws.unanswered(methodId)).toBeNull()
    await desks().change(`update draws set question_ids = '["easy"]'`)
    await expect(stores.draws.unanswered(methodId)).rejects.toEqual(tampered)
  })

  it.each([
    'question_ids = \'["easy"]\'',
    "method_id = 'x'",
    "expires_at = '2099-01-01T00:00:00.000Z'",
    "drawn_at = '2020-01-01T00:00:00.000Z'",
  ])('written by hand with %s is not believed', async (change) => {
    const draw = await stores.draws.draw(aDraw())
    await desks().change(`update draws set ${change}`)
    const of = change.startsWith('method_id') ? 'x' : methodId
    await expect(stores.draws.current(requestId, of, at(2))).rejects.toEqual(tampered)
    await expect(stores.draws.take(draw.id, at(2))).rejects.toEqual(tampered)
  })

  it('does not move to another request', async () => {
    await stores.draws.draw(aDraw())
    const elsewhere = (await stores.requests.create(aNewRequest({ personId: 'another@directory' }))).id
    await desks().change(`update draws set request_id = '${elsewhere}'`)
    await expect(stores.draws.current(elsewhere, methodId, at(2))).rejects.toEqual(tampered)
    await expect(stores.draws.unanswered(methodId)).rejects.toEqual(tampered)
  })

  it('cannot be answered again by taking the mark away', async () => {
    const draw = await stores.draws.draw(aDraw())
    await stores.draws.take(draw.id, at(2))
    await desks().change('update draws set taken_at = null')
    await expect(stores.draws.take(draw.id, at(3))).rejects.toEqual(tampered)
    await expect(stores.draws.draw(aDraw())).rejects.toEqual(tampered)
  })
})
