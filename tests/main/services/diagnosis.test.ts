import { afterEach, describe, expect, it } from 'vitest'
import { sampleConfig } from '../../../src/main/config'
import { AppError } from '../../../src/shared/errors'
import type { ResetRequest } from '../../../src/shared/model/request'
import { codeOf, enrol, ok, openCase, openDesk, personIdOf, signIn, switchTo, wait } from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

/** As the sample organisation has it: members of `sspr-users`, and partners whose passwords are kept elsewhere. */
const selected = sampleConfig().sspr

async function open(sspr: object, policy: Record<string, number> = {}): Promise<void> {
  desk = await openDesk({ more: { sspr }, policy })
  await signIn(desk)
}

afterEach(async () => {
  await desk.close()
})

const ofPerson = async (userId: string) => ok(desk.api.diagnosis.ofPerson({ personId: await personIdOf(desk, userId) }))
const ofRequest = ({ id: requestId }: ResetRequest) => ok(desk.api.diagnosis.ofRequest({ requestId }))
const causeOf = async ({ id: requestId }: ResetRequest) =>
  (await ok(desk.api.requests.get({ requestId }))).request.cause
/** What a sign-in diagnoses by itself is done: it ends with the request that waited then. */
async function settled(): Promise<void> {
  const waiting = await openCase(desk, 'okada.kaito', { claim: false })
  await switchTo(desk, 'sato.misaki')
  await expect.poll(() => causeOf(waiting)).not.toBeNull()
}

const pushed = () => desk.events.filter(({ name }) => name === 'queue-changed')

describe('DiagnosisService.ofPerson', () => {
  it('finds each of the article’s three errors by what the directory says', async () => {
    await open(selected)
    expect(await ofPerson('haken.taro')).toMatchObject({
      cause: 'managed-elsewhere',
      reason: 'password-elsewhere',
      decidedBy: 'partner-accounts',
      microsoftCode: null,
    })
    expect(await ofPerson('kato.sho')).toMatchObject({ cause: 'managed-elsewhere', reason: 'smart-card' })
    expect(await ofPerson('yamada.hanako')).toMatchObject({ cause: 'not-enabled', reason: 'not-in-scope' })
    // In the group through another one.
    expect(await ofPerson('ogawa.yuto')).toMatchObject({
      cause: 'not-registered',
      reason: 'no-method',
      decidedBy: 'sspr-users',
      registered: 0,
      required: 1,
    })
  })

  it('sees self-service as ready once the person has registered, and as off for everybody where it is off', async () => {
    await open(selected)
    await enrol(desk, 'ogawa.yuto')
    expect(await ofPerson('ogawa.yuto')).toMatchObject({ cause: 'none', reason: 'ready', registered: 1 })
    await desk.close()
    await open({ scope: 'none' })
    expect(await ofPerson('ogawa.yuto')).toMatchObject({ cause: 'not-enabled', reason: 'organisation-off' })
  })

  it('names what stands in the way besides', async () => {
    await open(selected)
    expect((await ofPerson('nakamura.daiki')).obstacles).toEqual(['disabled'])
    expect((await ofPerson('mori.kana')).obstacles).toEqual(['must-change'])
    expect((await ofPerson('yoshida.jun')).obstacles).toEqual(['privileged'])
  })

  it('does not guess when the directory cannot be asked', async () => {
    await open(selected)
    const personId = await personIdOf(desk, 'yamada.hanako')
    desk.directory.faults.belongsTo = async () => {
      throw new AppError('directory-unreachable', { server: 'sample:0' })
    }
    expect(await codeOf(desk.api.diagnosis.ofPerson({ personId }))).toBe('directory-unreachable')
  })

  it('is for those who work on requests', async () => {
    await open(selected)
    const personId = await personIdOf(desk, 'yamada.hanako')
    await switchTo(desk, 'watanabe.aya')
    expect(await codeOf(desk.api.diagnosis.ofPerson({ personId }))).toBe('role-required')
  })
})

describe('DiagnosisService.ofRequest', () => {
  it('keeps the cause with the request and tells the queue when it is news, not otherwise', async () => {
    await open(selected)
    await settled()
    const request = await openCase(desk, 'yamada.hanako')
    expect(request.cause).toBeNull()
    desk.events.length = 0

    await Promise.all([ofRequest(request), ofRequest(request)])
    await ofRequest(request)

    expect(await causeOf(request)).toBe('not-enabled')
    expect(pushed()).toEqual([{ name: 'queue-changed', payload: { requestId: request.id } }])
  })

  it('leaves version and time of the request alone: nobody’s work is out of date by it', async () => {
    await open(selected)
    const request = await openCase(desk, 'yamada.hanako')
    await ofRequest(request)
    const { request: after } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(after).toEqual({ ...request, cause: 'not-enabled' })
  })

  it('leaves the cause of a closed request as it was worked on', async () => {
    await open(selected)
    const request = await openCase(desk, 'ogawa.yuto')
    await ofRequest(request)
    await ok(desk.api.requests.complete({ requestId: request.id, version: request.version, reason: 'registered' }))
    await enrol(desk, 'ogawa.yuto')

    expect(await ofRequest(request)).toMatchObject({ cause: 'none' })
    expect(await causeOf(request)).toBe('not-registered')
  })

  it('offers what the caller asked for first', async () => {
    await open(selected)
    const personId = await personIdOf(desk, 'yamada.hanako')
    for (let attempt = 0; attempt < 3; attempt += 1)
      await desk.directory.signIn('yamada.hanako', 'wrong').catch(() => undefined)
    const entry = { personId, channel: 'phone', reason: 'locked-out', note: '', claim: true } as const
    const request = await ok(desk.api.requests.create(entry))
    expect(await ofRequest(request)).toMatchObject({
      obstacles: ['locked'],
      fixes: ['unlock-here', 'reset-here', 'add-to-scope'],
    })
  })

  it('refuses a request that is not there', async () => {
    await open(selected)
    const requestId = '00000000-0000-4000-8000-000000000000'
    expect(await codeOf(desk.api.diagnosis.ofRequest({ requestId }))).toBe('request-not-found')
  })
})

describe('DiagnosisService.diagnoseMany', () => {
  const undiagnosed = async (): Promise<number> =>
    (await ok(desk.api.requests.list({ filter: { causes: ['unknown'] } }))).total

  it('diagnoses what waits at the next sign-in, one broken request aside', async () => {
    await open(selected)
    const broken = await openCase(desk, 'ito.kenta', { claim: false })
    const request = await openCase(desk, 'yamada.hanako', { claim: false })
    await openCase(desk, 'ogawa.yuto', { claim: false })
    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder: desk.folder, clock: desk.clock, more: { sspr: selected } })
    // A person who left the company meanwhile.
    desk.directory.faults.card = async (read) => {
      const person = await read()
      if (person.card.id === broken.personId) throw new AppError('person-not-found')
      return person
    }
    await signIn(desk)

    await expect.poll(() => causeOf(request)).toBe('not-enabled')
  })

  it('leaves the rest for later when the directory is gone, and tries again at the next sign-in', async () => {
    await open(selected)
    await settled()
    for (const userId of ['ito.kenta', 'yamada.hanako', 'ogawa.yuto']) await openCase(desk, userId, { claim: false })
    let asked = 0
    desk.directory.faults.belongsTo = async () => {
      asked += 1
      throw new AppError('directory-unreachable', { server: 'sample:0' })
    }
    await switchTo(desk, 'suzuki.ken')
    await expect.poll(() => asked).toBeGreaterThan(0)
    // Both rules of the first person were asked about, of the others none.
    await wait(desk, 60)
    expect(asked).toBe(2)
    expect(await undiagnosed()).toBe(3)

    desk.directory.faults = {}
    desk.events.length = 0
    await switchTo(desk, 'sato.misaki')
    await expect.poll(undiagnosed).toBe(0)
    expect(pushed()).toContainEqual({ name: 'queue-changed', payload: { requestId: null } })
  })
})
