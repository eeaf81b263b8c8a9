import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import {
  approver,
  auditRows,
  codeOf,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  verifiedCase,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
})

afterEach(() => desk.close())

const phase = async (): Promise<string> => (await ok(desk.api.session.status())).phase
const reasons = (): unknown[] =>
  desk.events.filter(({ name }) => name === 'session-changed').map(({ payload }) => payload)

describe('SessionService.signIn', () => {
  it('names the operator with roles, server and kind of directory', async () => {
    await signIn(desk)

    const status = await ok(desk.api.session.status())

    expect(status).toMatchObject({
      phase: 'active',
      directoryKind: 'sample',
      organisation: 'さくら商事',
      idleLockSeconds: 300,
      closed: false,
      operator: { name: '佐藤 美咲', userId: 'sato.misaki', roles: ['agent'] },
    })
    expect(JSON.stringify(status)).not.toContain(seedPassword)
  })

  it.each([
    ['sato.misaki', 'wrong', 'sign-in-wrong'],
    ['nobody.at.all', 'wrong', 'sign-in-wrong'],
    ['sato.misaki', '', 'password-empty'],
    ['nakamura.daiki', seedPassword, 'sign-in-disabled'],
    ['yamamoto.akira', seedPassword, 'sign-in-account-expired'],
    ['ito.kenta', seedPassword, 'no-role'],
  ])('refuses %s: %s → %s', async (userId, password, code) => {
    expect(await codeOf(desk.api.session.signIn({ userId, password }))).toBe(code)

    expect(await phase()).toBe('signed-out')
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
  })

  it('records success and failure with the user ID that was typed, never the password', async () => {
    await codeOf(desk.api.session.signIn({ userId: 'sato.misaki', password: 'Not-My-Password' }))
    await signIn(desk)

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'session.sign-in')

    expect(rows.map(({ outcome, actorName }) => [outcome, actorName])).toEqual([
      ['started', 'sato.misaki'],
      ['sign-in-wrong', 'sato.misaki'],
      ['started', 'sato.misaki'],
      ['succeeded', 'sato.misaki'],
      ['started', 'watanabe.aya'],
      ['succeeded', 'watanabe.aya'],
    ])
    expect(rows[3]?.details).toMatchObject({ operatorName: '佐藤 美咲', roles: 'agent' })
    expect(JSON.stringify(rows)).not.toContain('Not-My-Password')
  })

  it('sends one bind for two clicks', async () => {
    const codes = await Promise.all([
      codeOf(desk.api.session.signIn({ userId: 'sato.misaki', password: seedPassword })),
      codeOf(desk.api.session.signIn({ userId: 'sato.misaki', password: seedPassword })),
    ])

    expect(codes.toSorted()).toEqual(['not-available', 'ok'])
    expect(desk.directory.sessions).toHaveLength(1)
  })

  it('is refused while somebody is signed in', async () => {
    await signIn(desk)
    expect(await codeOf(desk.api.session.signIn(approver))).toBe('not-available')
    expect((await ok(desk.api.session.status())).operator?.userId).toBe('sato.misaki')
  })
})

describe('SessionService.lockWhenIdle', () => {
  it('locks after five minutes without anybody, at the next call at the latest', async () => {
    await signIn(desk)
    desk.clock.advance(299)
    expect(await phase()).toBe('active')
    desk.clock.advance(1)

    expect(await codeOf(desk.api.people.search({ query: '山田' }))).toBe('session-locked')

    expect(await ok(desk.api.session.status())).toMatchObject({
      phase: 'locked',
      server: null,
      operator: { userId: 'sato.misaki' },
    })
    expect(reasons()).toEqual([{ reason: 'idle' }])
    expect(desk.directory.sessions).toEqual([{ userId: 'sato.misaki', closed: true }])
  })

  it('is put off by the person at the keyboard, not by calls', async () => {
    await signIn(desk)
    desk.clock.advance(200)
    await ok(desk.api.session.touch())
    desk.clock.advance(200)
    await ok(desk.api.people.search({ query: '山田' }))
    expect(await phase()).toBe('active')
    desk.clock.advance(100)

    expect(await phase()).toBe('locked')
  })

  it('is not undone by a touch that comes too late', async () => {
    await signIn(desk)
    desk.clock.advance(301)
    await ok(desk.api.session.touch())

    expect(await phase()).toBe('locked')
  })
})

describe('SessionService.unlock', () => {
  it('binds again, and the case goes on where it was', async () => {
    await signIn(desk)
    const { request } = await verifiedCase(desk)
    await ok(desk.api.session.lock())
    expect(reasons()).toEqual([{ reason: 'locked' }])

    expect((await ok(desk.api.session.unlock({ password: seedPassword }))).phase).toBe('active')

    expect(desk.directory.sessions.filter(({ userId }) => userId === 'sato.misaki')).toHaveLength(2)
    expect((await ok(desk.api.verification.status({ requestId: request.id }))).satisfied).toBe(true)
  })

  it('refuses a wrong password and stays locked', async () => {
    await signIn(desk)
    await ok(desk.api.session.lock())

    expect(await codeOf(desk.api.session.unlock({ password: 'wrong' }))).toBe('sign-in-wrong')
    expect(await phase()).toBe('locked')
  })

  it('refuses another person, even under the same user ID, and closes their connection', async () => {
    await signIn(desk)
    await ok(desk.api.session.lock())
    desk.directory.faults.signIn = () => 'suzuki.ken'

    expect(await codeOf(desk.api.session.unlock({ password: seedPassword }))).toBe('sign-in-other-person')

    expect(await phase()).toBe('locked')
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
  })

  it('refuses a person who lost every role meanwhile', async () => {
    await signIn(desk)
    await ok(desk.api.session.lock())
    desk.directory.faults.roles = async () => []

    expect(await codeOf(desk.api.session.unlock({ password: seedPassword }))).toBe('no-role')
    expect(await phase()).toBe('locked')
  })

  it('does not bring a session back that was signed out meanwhile', async () => {
    await signIn(desk)
    await ok(desk.api.session.lock())
    const unlocking = codeOf(desk.api.session.unlock({ password: seedPassword }))
    await ok(desk.api.session.signOut())

    expect(await unlocking).toBe('not-signed-in')
    expect(await phase()).toBe('signed-out')
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
  })

  it('is refused to nobody', async () => {
    expect(await codeOf(desk.api.session.unlock({ password: seedPassword }))).toBe('not-signed-in')
  })
})

describe('SessionService and the end of a session', () => {
  it('locks with the computer and says why in the audit', async () => {
    await signIn(desk)
    desk.desk.computerLocked()
    expect(reasons()).toEqual([{ reason: 'computer-locked' }])

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'session.lock')
    expect(rows.map(({ outcome, details }) => [outcome, details['reason']])).toEqual([['succeeded', 'computer-locked']])
  })

  it('refuses every call after the sign-out', async () => {
    await signIn(desk)
    const request = await openCase(desk, 'ito.kenta')
    await ok(desk.api.session.signOut())

    expect(await phase()).toBe('signed-out')
    expect(await codeOf(desk.api.requests.get({ requestId: request.id }))).toBe('not-signed-in')
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('not-signed-in')
    expect(desk.directory.sessions.every(({ closed }) => closed)).toBe(true)
  })

  it("ends when the directory no longer takes the operator's password", async () => {
    await signIn(desk)
    const request = await openCase(desk, 'ito.kenta')
    desk.directory.faults.roles = async () => {
      throw new AppError('sign-in-wrong')
    }

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('sign-in-wrong')

    expect(await phase()).toBe('signed-out')
    expect(reasons()).toEqual([{ reason: 'rejected' }])
    desk.directory.faults = {}
    await signIn(desk)
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'session.sign-out')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['rejected', 'succeeded'])
  })

  it("is not ended by an approver's wrong password", async () => {
    await signIn(desk)
    const personId = await personIdOf(desk, 'yamada.hanako')
    const start = { personId, label: 'Phone', document: 'passport', photoMatches: true, nameMatches: true } as const

    const wrong = { ...approver, password: 'wrong' }
    expect(await codeOf(desk.api.registration.startApp({ ...start, approver: wrong }))).toBe('sign-in-wrong')

    expect(await phase()).toBe('active')
  })
})

describe('SessionService.settled', () => {
  it('lets a write that is under way be recorded before the stores close', async () => {
    await signIn(desk)
    const { request } = await verifiedCase(desk)
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let arrived = (): void => undefined
    const writing = new Promise<void>((resolve) => (arrived = resolve))
    desk.directory.faults.resetPassword = async (write) => {
      arrived()
      await held
      return write()
    }
    const outcome = ok(desk.api.reset.perform({ requestId: request.id }))
    await writing
    const closed = desk.close({ keepFolder: true })
    letGo()

    expect(await outcome).toMatchObject({ outcome: 'succeeded', auditFailed: false })

    await closed
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    await signIn(desk)
    const rows = (await auditRows(desk)).filter(({ action }) => action === 'reset.password')
    expect(rows.map(({ outcome: word }) => word)).toEqual(['started', 'succeeded'])
  })
})

describe('SessionService and roles', () => {
  it.each([
    ['watanabe.aya', ['audit.list', 'audit.verify', 'requests.list']],
    ['tanaka.hiroshi', ['audit.list', 'audit.verify', 'people.search', 'requests.list']],
    ['sato.misaki', ['people.search', 'requests.list']],
  ])('lets %s read: %s', async (userId, readable) => {
    await signIn(desk, userId)
    const calls = {
      'audit.list': codeOf(desk.api.audit.list({ filter: {} })),
      'audit.verify': codeOf(desk.api.audit.verify()),
      'people.search': codeOf(desk.api.people.search({ query: '山田' })),
      'requests.list': codeOf(desk.api.requests.list({ filter: {} })),
    }

    for (const [call, code] of Object.entries(calls)) {
      expect([call, await code]).toEqual([call, readable.includes(call) ? 'ok' : 'role-required'])
    }
  })

  it('refuses a change by somebody without the role, and records it', async () => {
    await signIn(desk, 'tanaka.hiroshi')
    const personId = await personIdOf(desk, 'ito.kenta')
    const entry = { personId, channel: 'phone', reason: 'forgot', note: '', claim: true } as const

    expect(await codeOf(desk.api.requests.create(entry))).toBe('role-required')

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'request.create')
    expect(rows.map(({ outcome, actorName }) => [outcome, actorName])).toEqual([
      ['started', '田中 宏'],
      ['role-required', '田中 宏'],
    ])
  })

  it('shows roles as last read from the directory', async () => {
    await signIn(desk)
    desk.directory.faults.roles = async () => ['auditor']
    await codeOf(desk.api.requests.addNote({ requestId: crypto.randomUUID(), text: 'x' }))
    const request = await codeOf(
      desk.api.requests.create({
        personId: await personIdOf(desk, 'ito.kenta'),
        channel: 'phone',
        reason: 'forgot',
        note: '',
        claim: true,
      }),
    )

    expect(request).toBe('role-required')
    expect((await ok(desk.api.session.status())).operator?.roles).toEqual(['auditor'])
    expect(await codeOf(desk.api.people.search({ query: '山田' }))).toBe('role-required')
  })
})

describe('LinkService.open', () => {
  it('opens listed https hosts and nothing else', async () => {
    await desk.close()
    desk = await openDesk({ links: ['help.example.jp'] })

    expect(await codeOf(desk.api.session.openExternal({ url: 'https://help.example.jp/sspr?a=1' }))).toBe('ok')
    for (const url of [
      'http://help.example.jp/',
      'https://help.example.jp.evil.example/',
      'https://evil.example/help.example.jp',
      'https://user:pass@help.example.jp/',
      'https://help.example.jp:8443/',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ]) {
      expect([url, await codeOf(desk.api.session.openExternal({ url }))]).toEqual([url, 'invalid-input'])
    }
    expect(desk.desktop.opened).toEqual(['https://help.example.jp/sspr?a=1'])
  })
})

describe('SettingsService.view', () => {
  it('shows the configuration in force and nothing secret', async () => {
    await signIn(desk)

    const view = await ok(desk.api.settings.view())

    expect(view).toMatchObject({
      organisation: 'さくら商事',
      configSource: 'command-line',
      vault: 'key-file',
      policy: { methodsRequired: 1, proofMinutes: 10, idleLockMinutes: 5, clipboardSeconds: 30 },
    })
    expect(view.roles.find(({ role }) => role === 'agent')?.groups.length).toBeGreaterThan(0)
    await switchTo(desk, 'watanabe.aya')
    expect(await codeOf(desk.api.settings.view())).toBe('ok')
  })
})
