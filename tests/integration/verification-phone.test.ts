import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  checkApp,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  wait,
} from '../support/desk'
import type { TestDesk } from '../support/desk'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import type { TestDirectory } from '../support/organisation'
import { startSamba } from '../support/samba'
import { startSlapd } from '../support/slapd'
import { checkCode, mobile, phoneOf, proofing, sendCode } from '../support/sms-desk'
import { TestClock } from '../support/test-clock'

describe.each([
  ['OpenLDAP', startSlapd],
  ['Active Directory (Samba)', startSamba],
])('codes by text message over Kannel, for people of %s', (_name, start) => {
  let server: TestDirectory
  let kannel: TestSms
  let folder: string
  let desk: TestDesk

  beforeAll(async () => {
    server = await start()
    kannel = await startKannel()
    folder = mkdtempSync(join(tmpdir(), 'desk-sms-'))
    for (const [name, value] of Object.entries(kannel.secrets)) {
      writeFileSync(join(folder, name), value, { mode: 0o600 })
    }
  })

  afterAll(async () => {
    await kannel.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  beforeEach(() => open({}))

  afterEach(() => desk.close())

  async function open(policy: Readonly<Record<string, number | boolean>>, ahead = 0): Promise<void> {
    const { ca: _ca, ...sms } = kannel.config
    const secretFiles = Object.fromEntries(Object.keys(kannel.secrets).map((name) => [name, join(folder, name)]))
    desk = await openDesk({
      server: server.config,
      clock: new TestClock(new Date(Date.now() + ahead).toISOString()),
      policy: { methodsRequired: 2, ...policy },
      more: { sms, secretFiles },
    })
    await signIn(desk)
  }

  /** What the person reads on their telephone. */
  async function codeAt(number: string, after: number): Promise<string> {
    const { text } = await kannel.waitForMessage(number, after)
    return /\d{6}/u.exec(text)?.[0] ?? text
  }

  it('takes app and number of one visit for a check, and the new password binds', async () => {
    const typedKey = await enrol(desk, 'yamada.hanako')
    const personId = await personIdOf(desk, 'yamada.hanako')
    let seen = kannel.messages().length
    const begin = { personId, ...proofing, label: '携帯', number: mobile.typed, language: 'ja' } as const
    const { enrolmentId } = await ok(desk.api.registration.startPhone(begin))
    const first = await codeAt(mobile.e164, seen)
    await ok(desk.api.registration.confirm({ enrolmentId, code: first }))
    await wait(desk, 120)

    const request = await openCase(desk, 'yamada.hanako', { channel: 'phone' })
    await checkApp(desk, request, typedKey)
    const phone = await phoneOf(desk, request.id)
    seen = kannel.messages().length
    await sendCode(desk, request.id, phone.id)
    const message = await kannel.waitForMessage(mobile.e164, seen)
    expect(message).toMatchObject({ alphabet: 'ucs-2', part: false })
    expect(message.text).toMatch(/^さくら商事 確認コード \d{6}（5分間有効）/u)
    const { status } = await checkCode(desk, request.id, phone.id, await codeAt(mobile.e164, seen))
    expect(status.satisfied).toBe(true)

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', mustChange: true })
    expect(await server.bindAs('yamada.hanako', seedPassword)).toBe('wrong')
    expect(await server.bindAs('yamada.hanako', outcome.shown?.password ?? '')).toBe('must-change')
  })

  it('tells apart a gateway that is down, and sends once it is back', async () => {
    await desk.close()
    await open({ methodsRequired: 1, directoryNumbers: true }, 8 * 86_400_000)
    const request = await openCase(desk, 'kobayashi.rin')
    const phone = await phoneOf(desk, request.id)
    const send = { requestId: request.id, methodId: phone.id, channel: 'sms', language: 'en' } as const
    await kannel.stopHttp()
    try {
      expect(await codeOf(desk.api.verification.sendCode(send))).toBe('sms-unreachable')
    } finally {
      await kannel.startHttp()
    }

    const seen = kannel.messages().length
    await ok(desk.api.verification.sendCode(send))
    const message = await kannel.waitForMessage('+819055501063', seen)
    expect(message).toMatchObject({ alphabet: 'gsm-7', part: false })
  })

  it('lets a number of the directory count once it is known to be old enough', async () => {
    const policy = { methodsRequired: 1, directoryNumbers: true }
    await desk.close()
    await open(policy)
    const young = await openCase(desk, 'ogawa.yuto')
    const methods = (await ok(desk.api.verification.status({ requestId: young.id }))).methods
    expect(methods.filter(({ kind }) => kind === 'phone')).toEqual([])

    await desk.close()
    await open(policy, 8 * 86_400_000)
    const request = await openCase(desk, 'ogawa.yuto')
    const phone = await phoneOf(desk, request.id)
    expect(phone).toMatchObject({ source: 'directory', label: 'mobile', masked: '••••1119', unusable: null })
    const seen = kannel.messages().length
    await sendCode(desk, request.id, phone.id)

    const { status } = await checkCode(desk, request.id, phone.id, await codeAt('+819055501119', seen))

    expect(status.satisfied).toBe(true)
  })
})
