import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  approver,
  auditRows,
  codeOf,
  ok,
  openDesk,
  personIdOf,
  signIn,
  switchTo,
  type TestDesk,
} from '../../support/desk'
import { canaries, livePerson, otherHand, registerAll, type OtherHand } from '../../support/person-data'

let desk: TestDesk
let hand: OtherHand
let out: string

beforeEach(async () => {
  desk = await openDesk()
  hand = await otherHand(desk)
  out = mkdtempSync(join(tmpdir(), 'sspr-export-'))
  await signIn(desk)
})

afterEach(async () => {
  await hand.stores.close()
  await desk.close()
  rmSync(out, { recursive: true })
})

const asAdmin = (): Promise<void> => switchTo(desk, 'tanaka.hiroshi')
const reason = '本人からの照会'

describe('PrivacyService.reveal', () => {
  it.each([
    ['mobile', { value: canaries.number, extension: '' }],
    ['office', { value: canaries.office, extension: canaries.extension }],
    ['mail', { value: canaries.address, extension: '' }],
  ] as const)(
    'shows an admin where a method of type %s leads, after the reason is in the audit',
    async (type, shown) => {
      const personId = await personIdOf(desk, 'yamada.hanako')
      const methods = await registerAll(hand, personId, [type])
      await asAdmin()
      const methodId = methods.get(type)?.id ?? ''
      expect(await ok(desk.api.privacy.reveal({ methodId, reason }))).toEqual(shown)

      const rows = (await auditRows(desk)).filter(({ action }) => action === 'privacy.reveal')
      expect(rows).toMatchObject([
        { phase: 'intent', targetId: personId, details: { methodId, type, reason } },
        { phase: 'result', outcome: 'succeeded', details: { methodId, type, reason } },
      ])
      expect(JSON.stringify(rows)).not.toContain(shown.value)
    },
  )

  it.each(['app', 'key', 'questions'] as const)('shows nobody the secret of a method of type %s', async (type) => {
    const methods = await registerAll(hand, await personIdOf(desk, 'yamada.hanako'), [type])
    await asAdmin()
    expect(await codeOf(desk.api.privacy.reveal({ methodId: methods.get(type)?.id ?? '', reason }))).toBe(
      'reveal-not-possible',
    )
  })

  it('wants a reason, an admin, and somebody else', async () => {
    const [hanako, hiroshi] = [await personIdOf(desk, 'yamada.hanako'), await personIdOf(desk, 'tanaka.hiroshi')]
    const methodId = (await registerAll(hand, hanako, ['mobile'])).get('mobile')?.id ?? ''
    const own = (await registerAll(hand, hiroshi, ['mobile'])).get('mobile')?.id ?? ''
    for (const userId of ['sato.misaki', 'takahashi.yumi', 'watanabe.aya']) {
      await switchTo(desk, userId)
      expect(await codeOf(desk.api.privacy.reveal({ methodId, reason }))).toBe('role-required')
    }
    await asAdmin()
    expect(await codeOf(desk.api.privacy.reveal({ methodId, reason: ' ' }))).not.toBe('ok')
    expect(await codeOf(desk.api.privacy.reveal({ methodId: own, reason }))).toBe('self-action')
    expect(await codeOf(desk.api.privacy.reveal({ methodId: crypto.randomUUID(), reason }))).toBe('method-not-found')
  })

  it('shows nothing of a row that was moved to another person', async () => {
    const methods = await registerAll(hand, await personIdOf(desk, 'yamada.hanako'), ['mobile'])
    const kenta = await personIdOf(desk, 'ito.kenta')
    await registerAll(hand, kenta, ['app'])
    const moved = { ...methods.get('mobile'), personId: kenta, id: crypto.randomUUID() }
    const stored = methods.get('mobile')
    if (stored === undefined) throw new Error('nothing is registered')
    await hand.stores.methods.add({ ...stored, ...moved })
    await asAdmin()
    expect(await codeOf(desk.api.privacy.reveal({ methodId: moved.id, reason }))).toBe('store-tampered')
  })
})

describe('PrivacyService.export', () => {
  it('saves everything that the desk keeps of one person, for this user only, and no secret', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    await asAdmin()
    desktop().saveTo = join(out, 'person.json')
    expect(await ok(desk.api.privacy.export({ personId }))).toEqual({ file: join(out, 'person.json') })

    expect(readdirSync(out)).toEqual(['person.json'])
    expect(statSync(join(out, 'person.json')).mode & 0o777).toBe(0o600)
    const text = readFileSync(join(out, 'person.json'), 'utf8')
    const { number, office, extension, address, subject, note } = canaries
    for (const kept of [
      number,
      office,
      extension,
      address,
      subject,
      canaries.text,
      note,
      '山田 花子',
      'yamada.hanako',
    ]) {
      expect(text).toContain(kept)
    }
    for (const secret of [
      canaries.seed,
      Buffer.from(canaries.seed).toString('base64'),
      'aGFzaC1vZi1hbnN3ZXI',
      'c0de',
    ]) {
      expect(text).not.toContain(secret)
    }
    const data: unknown = JSON.parse(text)
    expect(data).toMatchObject({
      format: 'sspr-desk-person',
      person: { id: personId, name: '山田 花子' },
      methods: { length: 6 },
      requests: [
        { state: 'done', history: { length: 3 }, codesSent: [{ channel: 'sms' }], mails: [] },
        { state: 'refused', mails: [{ subject, text: canaries.text }] },
      ],
      failedChecks: { count: 1 },
    })
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'privacy.export')
    expect(rows).toMatchObject([
      { phase: 'intent', targetId: personId },
      { phase: 'result', outcome: 'succeeded', details: { methods: 6, requests: 2 } },
    ])
  })

  it('does nothing when the dialog is cancelled, and says why a file could not be written', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    await asAdmin()
    expect(await ok(desk.api.privacy.export({ personId }))).toBeNull()
    desktop().saveTo = join(out, 'absent', 'person.json')
    expect(await desk.api.privacy.export({ personId })).toMatchObject({
      ok: false,
      code: 'file-not-written',
      params: { reason: 'ENOENT' },
    })
    expect((await auditRows(desk)).filter(({ action }) => action === 'privacy.export')).toHaveLength(2)
  })

  it('is for admins, and not about oneself', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    desktop().saveTo = join(out, 'person.json')
    expect(await codeOf(desk.api.privacy.export({ personId }))).toBe('role-required')
    await asAdmin()
    const own = await personIdOf(desk, 'tanaka.hiroshi')
    expect(await codeOf(desk.api.privacy.export({ personId: own }))).toBe('self-action')
    expect(readdirSync(out)).toEqual([])
  })
})

describe('PrivacyService.erase', () => {
  it('erases the person once an approver agrees, and the audit says who erased whom and how much', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    await asAdmin()
    expect(await ok(desk.api.privacy.erase({ personId, reason, approver }))).toEqual({
      methods: 6,
      requests: 2,
      mails: 1,
    })
    expect(await hand.stores.methods.ofPerson(personId)).toEqual([])
    expect(await hand.stores.personKeys.get(personId)).toBeNull()
    expect(await hand.stores.requests.ofPerson(personId)).toEqual([])

    const rows = await auditRows(desk)
    const [intent, result] = rows.filter(({ action }) => action === 'privacy.erase')
    expect(intent).toMatchObject({ phase: 'intent', actorName: '田中 宏', targetId: personId, erased: true })
    expect(result).toMatchObject({
      phase: 'result',
      outcome: 'succeeded',
      targetId: personId,
      targetName: '',
      erased: true,
      details: { methods: 6, requests: 2, mails: 1, approverUserId: approver.userId },
    })
    expect(result?.details['auditRows']).toBeGreaterThan(5)
    expect(rows.filter((row) => row.targetId === personId && !row.erased)).toEqual([])
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
  })

  it('refuses without approver, without reason, for oneself, and while a case is open; nothing is gone then', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    await registerAll(hand, personId, ['mobile'])
    await ok(desk.api.requests.create({ personId, channel: 'phone', reason: 'forgot', note: '', claim: false }))
    expect(await codeOf(desk.api.privacy.erase({ personId, reason, approver }))).toBe('role-required')
    await asAdmin()
    const erase = (change: object): Promise<string> =>
      codeOf(desk.api.privacy.erase({ personId, reason, approver, ...change }))
    expect(await erase({})).toBe('request-exists')
    expect(await erase({ approver: { ...approver, password: 'wrong' } })).toBe('sign-in-wrong')
    expect(await erase({ approver: { ...approver, userId: 'suzuki.ken' } })).toBe('approver-without-role')
    expect(await erase({ approver: { ...approver, userId: 'tanaka.hiroshi' } })).toBe('approver-is-agent')
    expect(await erase({ reason: '' })).toBe('reason-required')
    expect(await erase({ personId: await personIdOf(desk, 'tanaka.hiroshi') })).toBe('self-action')
    expect(await erase({ personId: await personIdOf(desk, approver.userId) })).toBe('approver-is-target')

    expect(await hand.stores.methods.ofPerson(personId)).toHaveLength(1)
    const rows = (await auditRows(desk)).filter((row) => row.targetId === personId)
    expect(rows.every((row) => row.targetName === '山田 花子' && !row.erased)).toBe(true)
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
  })

  it('lets the person register no more under this id', async () => {
    const personId = await personIdOf(desk, 'yamada.hanako')
    await asAdmin()
    await ok(desk.api.privacy.erase({ personId, reason, approver }))
    await expect(registerAll(hand, personId, ['mobile'])).rejects.toMatchObject({ code: 'person-erased' })
    const summary = await ok(desk.api.registration.list({ personId }))
    expect(summary).toMatchObject({ erased: true, methods: [], types: [], offers: [] })
  })
})

describe('PrivacyService.sweep', () => {
  const nameless = async (personId: string): Promise<boolean> =>
    (await auditRows(desk)).filter((row) => row.targetId === personId).every((row) => row.erased)

  it('follows an erasure at another desk within the minute, once, as an act of the desk', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    await hand.stores.erasures.erase(personId, desk.clock.iso())
    expect(await nameless(personId)).toBe(false)
    await reopened()
    expect(await nameless(personId)).toBe(true)
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'privacy.erase')
    expect(rows).toMatchObject([
      { phase: 'intent', actorId: '', targetId: personId },
      { phase: 'result', actorId: '', outcome: 'succeeded' },
    ])
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })

    await reopened()
    expect((await auditRows(desk)).filter(({ action }) => action === 'privacy.erase')).toHaveLength(2)
  })

  /** The app ends and starts again on the same data. */
  async function reopened(): Promise<TestDesk> {
    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    await signIn(desk)
    return desk
  }
})

function desktop(): TestDesk['desktop'] {
  return desk.desktop
}
