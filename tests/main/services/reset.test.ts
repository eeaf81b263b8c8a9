import Database from 'better-sqlite3'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import type { ResetRequest } from '../../../src/shared/model/request'
import { accountState } from '../../../src/shared/model/person'
import type { AccountState } from '../../../src/shared/model/person'
import { passwordWrite } from '../../../src/main/services/reset-outcome'
import {
  auditRows,
  checkApp,
  codeOf,
  enrol,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  verifiedCase,
  wait,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk)
})

afterEach(() => desk.close())

const noAnswer = (written: boolean) =>
  (desk.directory.faults.resetPassword = async (write) => {
    const server = written ? (await write()).server : 'directory.test:636'
    return { kind: 'unknown', server, cause: new Error('timed out') }
  })

/** Whether this password signs in now; `must-change` is how a fresh temporary password answers. */
async function bindOf(userId: string, password: string): Promise<string> {
  await ok(desk.api.session.signOut())
  return codeOf(desk.api.session.signIn({ userId, password }))
}

async function outcomesOf(action: string): Promise<string[]> {
  return (await auditRows(desk)).filter((row) => row.action === action).map(({ outcome }) => outcome)
}

describe('ResetService.perform', () => {
  it('sets a temporary password that must be changed, ends the old one, and tells what is true now', async () => {
    const { request } = await verifiedCase(desk)

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({
      outcome: 'succeeded',
      action: 'reset',
      canSignIn: true,
      mustChange: true,
      missed: [],
    })
    expect(outcome.state?.locked).toBe(false)
    const shown = outcome.shown?.password ?? ''
    expect(shown.length).toBeGreaterThanOrEqual(14)
    expect(outcome.shown?.spelling.map(({ text }) => text).join('')).toBe(shown)
    expect(await bindOf('yamada.hanako', seedPassword)).toBe('sign-in-wrong')
    expect(await codeOf(desk.api.session.signIn({ userId: 'yamada.hanako', password: shown }))).toBe(
      'sign-in-must-change',
    )
    await signIn(desk)
    expect(await outcomesOf('reset.password')).toEqual(['started', 'succeeded'])
  })

  it('closes the request with a line in its history', async () => {
    const { request } = await verifiedCase(desk)
    await ok(desk.api.requests.addNote({ requestId: request.id, text: 'has the card with her' }))

    await ok(desk.api.reset.perform({ requestId: request.id }))

    const { request: closed, events } = await ok(desk.api.requests.get({ requestId: request.id }))
    expect(closed).toMatchObject({ state: 'done', holder: { name: '佐藤 美咲' }, expiresAt: null })
    expect(events.at(-1)).toMatchObject({ kind: 'reset', by: { name: '佐藤 美咲' } })
  })

  it('gives the proof back after a definite refusal, for as long as it was good', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async () => {
      throw new AppError('directory-refused-policy')
    }
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('directory-refused-policy')
    desk.directory.faults = {}

    const before = await ok(desk.api.verification.status({ requestId: request.id }))
    expect(before.satisfied).toBe(true)
    await wait(desk, 9 * 60 + 59)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('ok')
    expect(desk.directory.writes).toHaveLength(1)
    expect(await outcomesOf('reset.password')).toEqual(['started', 'directory-refused-policy', 'started', 'succeeded'])
  })

  it('does not stretch the life of a proof that it gave back', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async () => {
      throw new AppError('directory-refused-rights')
    }
    await wait(desk, 5 * 60)
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('directory-refused-rights')
    desk.directory.faults = {}
    await wait(desk, 5 * 60)

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('proof-expired')
    expect(desk.directory.writes).toEqual([])
  })

  it('keeps the proof spent when an error says nothing about the outcome', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async () => {
      throw new AppError('directory-timeout')
    }
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('directory-timeout')
    desk.directory.faults = {}

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('proof-spent')
    expect(await outcomesOf('reset.password')).toEqual(['started', 'indeterminate', 'started', 'proof-spent'])
  })

  it('tells what is missing when only the first of two writes took effect', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async (write) => {
      const { server } = await write()
      return { kind: 'done', server, missed: ['must-change'] }
    }

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'partly', missed: ['must-change'] })
    expect(outcome.shown?.password).toBe(desk.directory.writes[0]?.password)
    expect(outcome.request.state).toBe('done')
    expect(await outcomesOf('reset.password')).toEqual(['started', 'partly'])
  })

  it('keeps the request with its agent when the account stayed locked', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async (write) => {
      const { server } = await write()
      return { kind: 'done', server, missed: ['unlock'] }
    }

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'partly', missed: ['unlock'], request: { state: 'claimed' } })
    expect(outcome.shown).not.toBeNull()
  })

  it('shows the password even when the account cannot be read afterwards', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.stateOn = async () => {
      throw new AppError('directory-unreachable')
    }

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', state: null, canSignIn: null, mustChange: null })
    expect(outcome.shown?.password).toBe(desk.directory.writes[0]?.password)
  })

  it('shows the password when the audit fails after the write, then closes the desk until it is mended', async () => {
    const { request } = await verifiedCase(desk)
    const audit = new Database(join(desk.folder, 'audit.db'))
    desk.directory.faults.resetPassword = async (write) => {
      const answer = await write()
      audit.exec(breakAudit)
      return answer
    }

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', auditFailed: true })
    expect(outcome.shown?.password).toBe(desk.directory.writes[0]?.password)
    expect((await ok(desk.api.session.status())).closed).toBe(true)
    expect(desk.events.map(({ name }) => name)).toContain('desk-closed')
    const personId = await personIdOf(desk, 'ito.kenta')
    const entry = { personId, channel: 'phone', reason: 'forgot', note: '', claim: false } as const
    expect(await codeOf(desk.api.requests.create(entry))).toBe('desk-closed')

    // People come in to read and to look what is wrong, and the desk opens again once it is put right.
    await switchTo(desk, 'watanabe.aya')
    expect((await ok(desk.api.session.status())).closed).toBe(true)
    expect((await ok(desk.api.audit.list({ filter: {} }))).rows.length).toBeGreaterThan(0)
    audit.exec(mendAudit)
    audit.close()
    await switchTo(desk, 'sato.misaki')
    expect((await ok(desk.api.session.status())).closed).toBe(false)
    expect(await codeOf(desk.api.requests.create(entry))).toBe('ok')
    expect(await outcomesOf('reset.password')).toEqual(['started', 'succeeded'])
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
  })

  it('does nothing when the intent cannot be recorded', async () => {
    const { request } = await verifiedCase(desk)
    const audit = new Database(join(desk.folder, 'audit.db'))
    audit.exec(breakAudit)
    audit.close()

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('audit-unavailable')

    expect(desk.directory.writes).toEqual([])
  })

  it('shows nothing to a session that ended while the write was on its way', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async (write) => {
      desk.desk.computerLocked()
      return write()
    }

    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))

    expect(outcome).toMatchObject({ shown: null, outcome: 'succeeded', request: { state: 'claimed' } })
  })
})

const breakAudit = `CREATE TRIGGER broken BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'no space'); END`
const mendAudit = 'DROP TRIGGER broken'

describe('ResetService.recheck', () => {
  async function unknownReset(written: boolean): Promise<ResetRequest> {
    const { request } = await verifiedCase(desk)
    noAnswer(written)
    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))
    expect(outcome).toMatchObject({ outcome: 'unknown', shown: null, state: null, canSignIn: null })
    desk.directory.faults = {}
    return request
  }

  it('shows the password when the directory says that it was set', async () => {
    const request = await unknownReset(true)

    const outcome = await ok(desk.api.reset.recheck({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', canSignIn: true, request: { state: 'done' } })
    expect(outcome.shown?.password).toBe(desk.directory.writes[0]?.password)
    expect(desk.directory.writes).toHaveLength(1)
    expect(await outcomesOf('reset.password')).toEqual(['started', 'indeterminate'])
    expect(await outcomesOf('reset.recheck')).toEqual(['started', 'succeeded'])
  })

  it('tells that nothing was written, shows nothing, and keeps the proof spent', async () => {
    const request = await unknownReset(false)

    const outcome = await ok(desk.api.reset.recheck({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'not-written', shown: null, request: { state: 'claimed' } })
    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('proof-spent')
    expect(await codeOf(desk.api.reset.recheck({ requestId: request.id }))).toBe('not-available')
    expect(desk.directory.writes).toEqual([])
  })

  it('allows no second write before it, whatever is proven', async () => {
    const { request, typedKey } = await verifiedCase(desk)
    noAnswer(true)
    await ok(desk.api.reset.perform({ requestId: request.id }))
    desk.directory.faults = {}
    await checkApp(desk, request, typedKey)

    expect(await codeOf(desk.api.reset.perform({ requestId: request.id }))).toBe('outcome-unknown-open')
    expect(await codeOf(desk.api.reset.unlock({ requestId: request.id }))).toBe('outcome-unknown-open')
    expect(desk.directory.writes).toHaveLength(1)

    await ok(desk.api.reset.recheck({ requestId: request.id }))
    expect(desk.directory.writes).toHaveLength(1)
  })

  it('asks the server that got the write', async () => {
    const { request } = await verifiedCase(desk)
    desk.directory.faults.resetPassword = async () => ({ kind: 'unknown', server: 'dc2.test:636', cause: null })
    const { server } = await ok(desk.api.reset.perform({ requestId: request.id }))
    expect(server).toBe('dc2.test:636')
  })

  it('stays unknown while that server cannot be read', async () => {
    const request = await unknownReset(true)
    desk.directory.faults.stateOn = async () => {
      throw new AppError('directory-unreachable')
    }
    expect(await codeOf(desk.api.reset.recheck({ requestId: request.id }))).toBe('directory-unreachable')
    desk.directory.faults = {}

    expect((await ok(desk.api.reset.recheck({ requestId: request.id }))).outcome).toBe('succeeded')
  })

  it('shows no password after the session ended, and leaves the case open for a further check', async () => {
    const request = await unknownReset(true)
    await ok(desk.api.session.lock())
    await ok(desk.api.session.unlock({ password: seedPassword }))

    const outcome = await ok(desk.api.reset.recheck({ requestId: request.id }))

    expect(outcome).toMatchObject({ outcome: 'succeeded', shown: null, request: { state: 'claimed' } })
  })

  it('shows no password to a colleague who took the request over', async () => {
    const request = await unknownReset(true)
    const { version } = (await ok(desk.api.requests.get({ requestId: request.id }))).request
    const operatorId = await personIdOf(desk, 'suzuki.ken')
    await ok(desk.api.requests.handOver({ requestId: request.id, version, operatorId, note: '' }))
    expect(await codeOf(desk.api.reset.recheck({ requestId: request.id }))).toBe('request-held-by-other')
    await switchTo(desk, 'suzuki.ken')

    expect((await ok(desk.api.reset.recheck({ requestId: request.id }))).shown).toBeNull()
  })
})

describe('ResetService.unlock', () => {
  async function lockedCase(): Promise<ResetRequest> {
    const typedKey = await enrol(desk, 'yamada.hanako')
    await ok(desk.api.session.signOut())
    for (let tries = 0; tries < 20; tries += 1) {
      const code = await codeOf(desk.api.session.signIn({ userId: 'yamada.hanako', password: `wrong-${tries}` }))
      if (code === 'sign-in-locked') break
    }
    await signIn(desk)
    const request = await openCase(desk, 'yamada.hanako')
    await checkApp(desk, request, typedKey)
    return request
  }

  it('ends a real lock and leaves the password alone', async () => {
    const request = await lockedCase()
    expect((await ok(desk.api.people.card({ personId: request.personId }))).state.locked).toBe(true)

    const outcome = await ok(desk.api.reset.unlock({ requestId: request.id }))

    expect(outcome).toMatchObject({ action: 'unlock', outcome: 'succeeded', canSignIn: true, shown: null })
    expect(outcome.request.state).toBe('done')
    // No part in the desk, but the password is right: the old one still works.
    expect(await bindOf('yamada.hanako', seedPassword)).toBe('no-role')
  })

  it('tells after an unknown outcome whether the lock is over', async () => {
    const request = await lockedCase()
    desk.directory.faults.unlock = async () => ({ kind: 'unknown', server: 'directory.test:636', cause: null })
    await ok(desk.api.reset.unlock({ requestId: request.id }))
    desk.directory.faults = {}

    expect((await ok(desk.api.reset.recheck({ requestId: request.id }))).outcome).toBe('not-written')
  })
})

describe('ResetService.preview', () => {
  it('shows the policy in force and how long the password will be', async () => {
    const request = await openCase(desk, 'yamada.hanako')

    const preview = await ok(desk.api.reset.preview({ requestId: request.id }))

    expect(preview.blockers).toEqual([])
    expect(preview.passwordLength).toBeGreaterThanOrEqual(Math.max(14, preview.policy.minLength))
    expect(desk.directory.writes).toEqual([])
  })

  it.each([
    ['nakamura.daiki', 'disabled'],
    ['kato.sho', 'smart-card-required'],
    ['yamamoto.akira', 'account-expired'],
  ])('says of %s that a reset would not help: %s', async (userId, blocker) => {
    const request = await openCase(desk, userId)

    const { blockers } = await ok(desk.api.reset.preview({ requestId: request.id }))

    expect(blockers).toEqual([blocker])
  })
})

describe('ResetService.copyPassword', () => {
  it('copies for the seconds of the policy, once it is shown and until it is dismissed', async () => {
    const { request } = await verifiedCase(desk)
    const { shown } = await ok(desk.api.reset.perform({ requestId: request.id }))
    const resetId = shown?.resetId ?? ''

    expect(await ok(desk.api.reset.copyPassword({ resetId }))).toEqual({ seconds: 30 })
    expect(desk.desktop).toMatchObject({ clipboard: shown?.password, clearAfter: 30 })

    await ok(desk.api.reset.dismiss({ resetId }))
    expect(await codeOf(desk.api.reset.copyPassword({ resetId }))).toBe('not-available')
  })

  it('is over with the session, and the clipboard with it', async () => {
    const { request } = await verifiedCase(desk)
    const { shown } = await ok(desk.api.reset.perform({ requestId: request.id }))
    const resetId = shown?.resetId ?? ''
    await ok(desk.api.reset.copyPassword({ resetId }))

    desk.desk.computerLocked()

    expect(desk.desktop.clipboard).toBeNull()
    expect(await codeOf(desk.api.reset.copyPassword({ resetId }))).toBe('session-locked')
    await ok(desk.api.session.unlock({ password: seedPassword }))
    expect(await codeOf(desk.api.reset.copyPassword({ resetId }))).toBe('not-available')
  })
})

describe('passwordWrite', () => {
  const state = (changes: Partial<AccountState>): AccountState =>
    accountState.parse({
      locked: false,
      lockedAt: null,
      unlocksAt: null,
      disabled: false,
      accountExpiresAt: null,
      accountExpired: false,
      passwordChangedAt: '2026-01-01T00:00:00.000Z',
      passwordExpiresAt: null,
      passwordNeverExpires: false,
      passwordExpired: false,
      mustChange: false,
      smartCardRequired: false,
      badPasswordCount: 0,
      lastSignInAt: null,
      readAt: '2026-04-01T00:00:00.000Z',
      ...changes,
    })
  const hidden = { passwordChangedAt: null, mustChange: true }

  it.each([
    ['later time', {}, { passwordChangedAt: '2026-01-01T00:00:01.000Z' }, 'written'],
    ['same time', {}, {}, 'not-written'],
    ['same time, must change now', {}, { mustChange: true }, 'written'],
    ['hidden by a required change', {}, hidden, 'written'],
    ['hidden before and after', hidden, hidden, 'unclear'],
    ['hidden before, a time after', hidden, { passwordChangedAt: '2026-04-01T00:00:00.000Z' }, 'written'],
    ['never set before or after', { passwordChangedAt: null }, { passwordChangedAt: null }, 'not-written'],
  ])('%s', (_name, before, after, expected) => {
    expect(passwordWrite(state(before), state(after))).toBe(expected)
  })
})
