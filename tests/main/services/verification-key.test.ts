import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SecurityKeys, SignedAssertion } from '../../../src/main/gateways/security-key'
import { MethodRows } from '../../../src/main/stores/methods'
import type { CheckResult } from '../../../src/shared/model/verification'
import type { ResetRequest } from '../../../src/shared/model/request'
import type { Result } from '../../../src/shared/errors'
import {
  approver,
  auditRows,
  checkApp,
  codeOf,
  enrol,
  inPerson,
  ok,
  openCase,
  openDesk,
  personIdOf,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import type { TestDesk, TestDeskOptions } from '../../support/desk'
import { securityKeysWith } from '../../support/security-keys'
import { SoftwareAuthenticator } from '../../support/software-authenticator'
import type { AuthenticatorOptions } from '../../support/software-authenticator'
import { proofing } from '../../support/sms-desk'

let desk: TestDesk

afterEach(() => desk.close())

const rpId = 'desk.sakura.example'
const pin = '1234'

async function open(
  options: AuthenticatorOptions & { readonly key?: SoftwareAuthenticator } = {},
  earlier: Pick<TestDeskOptions, 'folder' | 'clock'> = {},
  keys: SecurityKeys | null = null,
): Promise<SoftwareAuthenticator> {
  const { key = new SoftwareAuthenticator({ autoTouch: true, ...options }) } = options
  desk = await openDesk({
    ...earlier,
    policy: { methodsRequired: 2 },
    more: { securityKey: { rpId } },
    securityKeys: () => keys ?? securityKeysWith(key),
  })
  await signIn(desk)
  return key
}

/** Types the PIN when the key asks for it, as its owner at the machine does. */
async function withPin<T>(talk: Promise<Result<T>>, ...pins: readonly string[]): Promise<Result<T>> {
  let over = false
  const ended = talk.finally(() => {
    over = true
  })
  for (const typed of pins) {
    await expect.poll(async () => over || (await ok(desk.api.securityKey.state()))?.prompt.step === 'pin').toBe(true)
    if (!over) await ok(desk.api.securityKey.pin({ pin: typed }))
  }
  return ended
}

async function enrolKey(userId: string): Promise<void> {
  const personId = await personIdOf(desk, userId)
  const { enrolmentId } = await ok(desk.api.registration.startKey({ personId, ...proofing, label: 'YubiKey' }))
  await ok(withPin(desk.api.registration.createKey({ enrolmentId }), pin))
}

/** App first, then the key, in one visit; then a claimed request. */
async function keyCase(
  channel: 'phone' | 'walk-in' = 'walk-in',
  userId = 'yamada.hanako',
): Promise<{
  request: ResetRequest
  typedKey: string
  methodId: string
}> {
  const typedKey = await enrol(desk, userId)
  await enrolKey(userId)
  const request = await openCase(desk, userId, { channel })
  const { methods } = await ok(desk.api.verification.status({ requestId: request.id }))
  return { request, typedKey, methodId: methods.find(({ kind }) => kind === 'key')?.id ?? '' }
}

const check = (requestId: string, methodId: string, ...pins: readonly string[]): Promise<Result<CheckResult>> =>
  withPin(desk.api.verification.checkKey({ requestId, methodId }), ...pins)

describe('VerificationService.keys', () => {
  it('takes the key of the person who stands here, with its PIN', async () => {
    await open()
    const { request, typedKey, methodId } = await keyCase()
    desk.events.length = 0
    const { matched, status } = await ok(check(request.id, methodId, pin))

    expect(matched).toBe(true)
    expect(status.proofs).toMatchObject([{ kind: 'key', label: 'YubiKey', state: 'valid' }])
    expect(await ok(desk.api.securityKey.state())).toBeNull()
    expect(desk.events.map(({ name }) => name)).toContain('security-key-changed')
    expect((await checkApp(desk, request, typedKey)).satisfied).toBe(true)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
  })

  it('asks for nothing by phone, and for nothing at a machine that cannot read it', async () => {
    const key = await open()
    const { request, methodId } = await keyCase('phone')
    expect(await codeOf(desk.api.verification.checkKey({ requestId: request.id, methodId }))).toBe('method-not-usable')
    const commands = key.seen.commands.length
    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder, clock, policy: { methodsRequired: 2 }, more: { securityKey: { rpId } } })
    await signIn(desk)
    expect(await ok(desk.api.securityKey.availability())).toMatchObject({ available: false })
    await ok(desk.api.requests.refuse({ requestId: request.id, version: request.version, reason: 'comes here' }))
    const here = await openCase(desk, 'yamada.hanako')
    const { methods } = await ok(desk.api.verification.status({ requestId: here.id }))
    expect(methods.find(({ kind }) => kind === 'key')?.unusable).toBe('no-key-reader')
    expect(key.seen.commands).toHaveLength(commands)
  })

  it('counts a copy of the key as a failed check, and says so in the audit', async () => {
    await open()
    const { request, methodId } = await keyCase()
    const copy = vi.spyOn(MethodRows.prototype, 'acceptCounter').mockResolvedValueOnce(false)
    expect(await codeOf(check(request.id, methodId, pin))).toBe('key-refused')
    copy.mockRestore()

    expect(await ok(desk.api.verification.status({ requestId: request.id }))).toMatchObject({ failures: 1, proofs: [] })
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'verification.check')
    expect(rows.at(-1)).toMatchObject({ outcome: 'key-refused', details: { reason: 'counter', failures: 1 } })
  })

  it('takes no answer that was given to another question, and none that was changed', async () => {
    const seen: SignedAssertion[] = []
    let answer = (signed: SignedAssertion): SignedAssertion => signed
    const key = new SoftwareAuthenticator({ autoTouch: true })
    const keys = securityKeysWith(key)
    const assert: SecurityKeys['assert'] = async (request, talk) => {
      const signed = await keys.assert(request, talk)
      seen.push(signed)
      return answer(signed)
    }
    await open({ key }, {}, { ...keys, assert })
    const { request, methodId } = await keyCase()
    await ok(check(request.id, methodId, pin))
    await wait(desk, 600)

    answer = () => seen[0] ?? { credentialId: '', clientDataJson: '', authenticatorData: '', signature: '' }
    expect(await codeOf(check(request.id, methodId, pin))).toBe('key-refused')
    answer = (signed) => ({ ...signed, signature: seen[0]?.signature ?? '' })
    expect(await codeOf(check(request.id, methodId, pin))).toBe('key-refused')
    const { failures, proofs } = await ok(desk.api.verification.status({ requestId: request.id }))
    expect([failures, proofs.filter(({ state }) => state === 'valid')]).toEqual([2, []])

    answer = (signed) => signed
    expect((await ok(check(request.id, methodId, pin))).matched).toBe(true)
  })

  it('does not know another key, and counts nothing for it', async () => {
    await open()
    const { request, methodId } = await keyCase()
    const { folder, clock } = desk
    await desk.close({ keepFolder: true })
    await open({}, { folder, clock })
    expect(await codeOf(check(request.id, methodId, pin))).toBe('key-unknown')
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).failures).toBe(0)
  })

  it('asks again after a wrong PIN, and ends with what the person at the machine cancels', async () => {
    const key = await open()
    const { request, methodId } = await keyCase()
    expect((await ok(check(request.id, methodId, '9999', pin))).matched).toBe(true)
    expect(key.retries).toBe(8)

    await desk.close()
    await open({ autoTouch: false })
    const typedKey = await enrol(desk, 'yamada.hanako')
    expect(typedKey).not.toBe('')
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { enrolmentId } = await ok(desk.api.registration.startKey({ personId, ...proofing, label: 'YubiKey' }))
    const talk = desk.api.registration.createKey({ enrolmentId })
    await expect.poll(async () => (await ok(desk.api.securityKey.state()))?.prompt.step).toBe('pin')
    expect(await codeOf(desk.api.securityKey.cancel())).toBe('ok')
    expect(await codeOf(talk)).toBe('key-cancelled')
    expect(await ok(desk.api.securityKey.state())).toBeNull()
    expect(await codeOf(desk.api.securityKey.pin({ pin }))).toBe('not-available')
  })

  it('ends with the session, and keeps no PIN anywhere', async () => {
    await open()
    const { request, methodId } = await keyCase()
    const talk = desk.api.verification.checkKey({ requestId: request.id, methodId })
    await expect.poll(async () => (await ok(desk.api.securityKey.state()))?.prompt.step).toBe('pin')
    await ok(desk.api.session.lock())
    expect(['key-cancelled', 'session-locked']).toContain(await codeOf(talk))

    await ok(desk.api.session.unlock({ password: approver.password }))
    expect(await ok(desk.api.securityKey.state())).toBeNull()
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).proofs).toEqual([])
    await ok(check(request.id, methodId, pin))
    expect(JSON.stringify([await auditRows(desk), desk.events])).not.toMatch(/"(?:pin|1234)"/u)
  })

  it('has one conversation at a time', async () => {
    await open()
    const { request, methodId } = await keyCase()
    const first = desk.api.verification.checkKey({ requestId: request.id, methodId })
    await expect.poll(async () => (await ok(desk.api.securityKey.state()))?.prompt.step).toBe('pin')
    expect(await codeOf(desk.api.verification.checkKey({ requestId: request.id, methodId }))).toBe('not-available')
    await ok(desk.api.securityKey.pin({ pin }))
    expect((await ok(first)).matched).toBe(true)
  })
})

describe('two strong methods and a second person', () => {
  /** Attests, and an approver at this desk agrees. */
  async function agree(requestId: string, attestation: typeof inPerson | { readonly kind: 'second-person' }) {
    const { proofs } = await ok(desk.api.verification.attest({ requestId, attestation, note: '' }))
    const proofId = proofs.find(({ state }) => state === 'waiting')?.id ?? ''
    return ok(desk.api.verification.decide({ requestId, proofId, approve: true, reason: '', approver }))
  }

  it('serve a privileged person who stands here, and none of them can be missing', async () => {
    await open()
    const { request, typedKey, methodId } = await keyCase('walk-in', 'yoshida.jun')
    const perform = (): Promise<string> => codeOf(desk.api.reset.perform({ requestId: request.id }))
    expect((await agree(request.id, inPerson)).satisfied).toBe(false)
    expect(await perform()).toBe('caller-not-verified')
    expect((await checkApp(desk, request, typedKey)).satisfied).toBe(false)
    expect(await perform()).toBe('caller-not-verified')
    expect((await ok(check(request.id, methodId, pin))).status.satisfied).toBe(true)
    expect(desk.directory.writes).toEqual([])
    // Past the gate: in the sample organisation agents have no rights over protected accounts.
    expect(await perform()).toBe('directory-refused-rights')
    expect(desk.directory.writes).toHaveLength(1)
  })

  it('serve anybody under heightened threat, without a document', async () => {
    await open()
    const { request, typedKey, methodId } = await keyCase()
    await switchTo(desk, 'tanaka.hiroshi')
    await ok(desk.api.threat.set({ heightened: true, reason: 'strangers call' }))
    await switchTo(desk, 'sato.misaki')
    const perform = (): Promise<string> => codeOf(desk.api.reset.perform({ requestId: request.id }))
    await checkApp(desk, request, typedKey)
    const { status } = await ok(check(request.id, methodId, pin))
    expect(status).toMatchObject({ satisfied: false, required: 2, requiredStrong: 2, approvalRequired: true })
    expect(await perform()).toBe('caller-not-verified')
    expect((await agree(request.id, { kind: 'second-person' })).satisfied).toBe(true)
    expect(await perform()).toBe('ok')
  })
})
