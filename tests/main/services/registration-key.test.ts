import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyCredentialOf } from '../../../src/main/domain/registration-secrets'
import { auditRows, codeOf, ok, openDesk, personIdOf, seedPassword, signIn, wait } from '../../support/desk'
import { aKey, keyRpId, openKeyDesk, startKey } from '../../support/key-desk'
import type { KeyDesk } from '../../support/key-desk'
import { otherHand } from '../../support/person-data'
import { proofing } from '../../support/sms-desk'

let desk: KeyDesk
let personId: string

beforeEach(async () => {
  desk = await openKeyDesk()
  await signIn(desk)
  personId = await personIdOf(desk, 'yamada.hanako')
})

afterEach(() => desk.close())

const start = (label = 'Black key', whose = personId) => startKey(desk, whose, label, proofing)
const create = (enrolmentId: string) => desk.api.registration.createKey({ enrolmentId })
const methodsOf = async () => (await ok(desk.api.registration.list({ personId }))).methods

describe('RegistrationService.createKey', () => {
  it('makes a credential for the organisation’s own name, and counts it at once as the first method', async () => {
    desk.plug(aKey())

    const summary = await ok(create(await start()))

    expect(summary).toMatchObject({ counting: 1, ready: true })
    expect(summary.methods).toMatchObject([
      { type: 'key', kind: 'key', label: 'Black key', masked: '', isDefault: true },
    ])
    const { stores, people } = await otherHand(desk)
    const [method] = await stores.methods.ofPerson(personId)
    if (method === undefined) throw new Error('nothing is kept')
    const credential = keyCredentialOf(await people.openSecret(method))
    await stores.close()
    expect(credential.rpId).toBe(keyRpId)
    expect(Buffer.from(credential.userHandle, 'base64url')).toHaveLength(32)
    expect(method.lastStep).not.toBeNull()
  })

  it('refuses the key that the person has already, and takes another one', async () => {
    const key = aKey()
    desk.plug(key)
    await ok(create(await start()))
    const enrolmentId = await start('Second key')

    expect(await codeOf(create(enrolmentId))).toBe('key-already-registered')
    desk.plug(aKey())
    expect(await codeOf(create(enrolmentId))).toBe('ok')
    expect((await methodsOf()).map(({ label }) => label).toSorted()).toEqual(['Black key', 'Second key'])
    expect(await codeOf(create(enrolmentId))).toBe('enrolment-not-found')
  })

  it('can be tried again after no key was there, and registers nothing by that', async () => {
    const enrolmentId = await start()
    expect(await codeOf(create(enrolmentId))).toBe('key-timeout')
    expect(await methodsOf()).toEqual([])
    desk.plug(aKey())
    expect(await codeOf(create(enrolmentId))).toBe('ok')
  })

  it('ends with its time, with the lock, and when it is cancelled', async () => {
    desk.plug(aKey())
    const late = await start()
    await wait(desk, 600)
    expect(await codeOf(create(late))).toBe('enrolment-not-found')
    const locked = await start()
    await ok(desk.api.session.lock())
    await ok(desk.api.session.unlock({ password: seedPassword }))
    expect(await codeOf(create(locked))).toBe('enrolment-not-found')
    const left = await start()
    await ok(desk.api.registration.cancel({ enrolmentId: left }))
    expect(await codeOf(create(left))).toBe('enrolment-not-found')
  })

  it('keeps what the key said out of the audit', async () => {
    desk.plug(aKey())
    await ok(create(await start()))
    const { stores, people } = await otherHand(desk)
    const [method] = await stores.methods.ofPerson(personId)
    const credential = method === undefined ? null : keyCredentialOf(await people.openSecret(method))
    await stores.close()

    const rows = JSON.stringify(await auditRows(desk))

    expect(rows).toContain('Black key')
    for (const secret of [credential?.credentialId, credential?.publicKey, credential?.userHandle]) {
      expect(secret).toMatch(/^.{20,}$/u)
      expect(rows).not.toContain(secret)
    }
  })
})

describe('RegistrationService.startKey', () => {
  it('needs a name that keys are registered for', async () => {
    const without = await openDesk()
    try {
      await signIn(without)
      const person = await personIdOf(without, 'yamada.hanako')
      const input = { personId: person, label: 'Key', ...proofing }
      expect(await codeOf(without.api.registration.startKey(input))).toBe('key-not-available')
      const { types } = await ok(without.api.registration.list({ personId: person }))
      expect(types).toContainEqual({ type: 'key', refusal: 'no-key-reader', channels: [] })
    } finally {
      await without.close()
    }
  })

  it('refuses a proof of another kind for the enrolment', async () => {
    const enrolmentId = await start()
    expect(await codeOf(desk.api.registration.confirm({ enrolmentId, code: '123456' }))).toBe('enrolment-not-found')
    expect(await codeOf(desk.api.registration.saveAnswers({ enrolmentId, answers: [] }))).toBe('enrolment-not-found')
    expect(await codeOf(desk.api.registration.resend({ enrolmentId, channel: 'sms' }))).toBe('enrolment-not-found')
  })
})
