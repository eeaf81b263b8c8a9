import { afterEach, describe, expect, it } from 'vitest'
import type { Result } from '../../src/shared/errors'
import type { CheckResult } from '../../src/shared/model/verification'
import type { ResetRequest } from '../../src/shared/model/request'
import type { SecurityKeys } from '../../src/main/gateways/security-key'
import { approver, codeOf, enrol, ok, openCase, openDesk, personIdOf, signIn } from '../support/desk'
import type { TestDesk } from '../support/desk'
import { securityKeysWith } from '../support/security-keys'
import { SoftwareAuthenticator } from '../support/software-authenticator'
import { proofing } from '../support/sms-desk'
import { wrongCode } from '../support/totp'

/** A key is touched late: what was so when it was asked is so no more, and its answer must not count. */

const rpId = 'desk.sakura.example'
const pin = '1234'

let desk: TestDesk
const key = new SoftwareAuthenticator({ autoTouch: true })
/** Happens while the key waits to be touched. */
let meanwhile: () => Promise<void> = () => Promise.resolve()

afterEach(async () => {
  meanwhile = () => Promise.resolve()
  await desk.close()
})

async function open(of: { readonly folder?: string; readonly rpId?: string } = {}): Promise<void> {
  const keys = securityKeysWith(key)
  const assert: SecurityKeys['assert'] = async (request, talk) => {
    const signed = await keys.assert(request, talk)
    await meanwhile()
    return signed
  }
  desk = await openDesk({
    ...(of.folder === undefined ? {} : { folder: of.folder, clock: desk.clock }),
    policy: { methodsRequired: 2 },
    more: { securityKey: { rpId: of.rpId ?? rpId } },
    securityKeys: () => ({ ...keys, assert }),
  })
  await signIn(desk)
}

async function withPin<T>(talk: Promise<Result<T>>): Promise<Result<T>> {
  let over = false
  const ended = talk.finally(() => {
    over = true
  })
  await expect.poll(async () => over || (await ok(desk.api.securityKey.state()))?.prompt.step === 'pin').toBe(true)
  if (!over) await ok(desk.api.securityKey.pin({ pin }))
  return ended
}

async function keyCase(): Promise<{ request: ResetRequest; typedKey: string; appId: string; keyId: string }> {
  const typedKey = await enrol(desk, 'yamada.hanako')
  const personId = await personIdOf(desk, 'yamada.hanako')
  const { enrolmentId } = await ok(desk.api.registration.startKey({ personId, ...proofing, label: 'YubiKey' }))
  await ok(withPin(desk.api.registration.createKey({ enrolmentId })))
  const request = await openCase(desk, 'yamada.hanako')
  const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
  const idOf = (wanted: string): string => methods.find(({ kind }) => kind === wanted)?.id ?? ''
  return { request, typedKey, appId: idOf('app'), keyId: idOf('key') }
}

const check = (requestId: string, methodId: string): Promise<Result<CheckResult>> =>
  withPin(desk.api.verification.checkKey({ requestId, methodId }))

describe('an answer of a key that comes late', () => {
  it('is none after checks were closed by wrong codes', async () => {
    await open()
    const { request, typedKey, appId, keyId } = await keyCase()
    meanwhile = async () => {
      for (let failure = 1; failure <= 5; failure += 1) {
        const code = wrongCode(typedKey, desk.clock.now())
        await ok(desk.api.verification.checkCode({ requestId: request.id, methodId: appId, code }))
      }
    }
    expect(await codeOf(check(request.id, keyId))).toBe('checks-closed')
    meanwhile = () => Promise.resolve()
    await ok(desk.api.verification.reopenChecks({ requestId: request.id, reason: 'a slip', approver }))
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toEqual([])
  })

  it('is none after the request was given back', async () => {
    await open()
    const { request, keyId } = await keyCase()
    meanwhile = async () => {
      await ok(desk.api.requests.release({ requestId: request.id, version: request.version }))
    }
    expect(await codeOf(check(request.id, keyId))).toBe('request-not-claimed')
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toEqual([])
  })

  it('is none after its method was removed', async () => {
    await open()
    const { request, keyId } = await keyCase()
    const { personId } = request
    meanwhile = async () => {
      await ok(desk.api.registration.remove({ personId, methodId: keyId, ...proofing }))
    }
    expect(await codeOf(check(request.id, keyId))).toBe('method-not-found')
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toEqual([])
  })
})

describe('a key that was registered for another name', () => {
  it('is not asked at all', async () => {
    await open()
    const { request, keyId } = await keyCase()
    const { folder } = desk
    await desk.close({ keepFolder: true })
    await open({ folder, rpId: 'other.example' })
    const commands = key.seen.commands.length
    expect(await codeOf(check(request.id, keyId))).toBe('key-unknown')
    expect(key.seen.commands).toHaveLength(commands)
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).failures).toBe(0)
  })
})
