import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import ResetDialog from '../../src/renderer/src/components/reset/ResetDialog.vue'
import { useResetStore } from '../../src/renderer/src/stores/reset'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { useVerificationStore } from '../../src/renderer/src/stores/verification'
import type { Api } from '../../src/shared/contract'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import {
  anOutcome,
  aPreview,
  aRequest,
  aSatisfied,
  button,
  requestId,
  temporaryPassword,
  withProps,
  atWork,
} from './support/work'

let unmount: () => void = () => undefined

async function open(
  reset: Partial<Api['reset']>,
  action: 'reset' | 'unlock' | 'recheck' = 'reset',
): Promise<{ api: FakeApi; state: () => string; closed: () => number }> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    verification: { status: () => ok(aSatisfied()) },
    reset: { preview: () => ok(aPreview()), dismiss: () => ok(undefined), ...reset },
  })
  let closed = 0
  const { wrapper, pinia } = await show(
    withProps(ResetDialog, { request: aRequest(), action, onClose: () => (closed += 1) }),
  )
  await useSessionStore().refresh()
  await useVerificationStore().load(requestId)
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value), closed: () => closed }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

const shownPassword = () => document.querySelector('output')?.textContent ?? null

afterEach(async () => {
  unmount()
  await flushPromises()
  document.body.innerHTML = ''
})

describe('ResetDialog', () => {
  it('writes nothing before the second step', async () => {
    const { api } = await open({ perform: () => ok(anOutcome()) })

    expect(pageText()).toContain('A new temporary password of 21 characters is set.')
    expect(pageText()).toContain('at least 12 characters')
    expect(api.called).not.toContain('reset.perform')

    await press('Reset password')
    expect(api.called).toContain('reset.perform')
    expect(shownPassword()).toBe(temporaryPassword)
    expect(pageText()).toContain('Can sign in now')
  })

  it('sends one call for a double click', async () => {
    const { api } = await open({ perform: () => ok(anOutcome()) })
    const confirm = button('Reset password')
    confirm.click()
    confirm.click()
    await flushPromises()

    expect(api.called.filter((call) => call === 'reset.perform')).toHaveLength(1)
  })

  it('keeps the password out of every store', async () => {
    const { state } = await open({ perform: () => ok(anOutcome()) })
    await press('Reset password')

    expect(state()).toContain('succeeded')
    expect(state()).not.toContain(temporaryPassword)
    expect(state()).not.toContain('say Ka')
    expect(useResetStore().outcomes[requestId]).not.toHaveProperty('shown')
  })

  it('asks once whether it was read out, then forgets it here and in main', async () => {
    const { api, closed } = await open({ perform: () => ok(anOutcome()) })
    await press('Reset password')

    await press('Close')
    expect(pageText()).toContain('Have you read it out?')
    expect(shownPassword()).toBe(temporaryPassword)
    expect(closed()).toBe(0)
    expect(api.called).not.toContain('reset.dismiss')

    await press('Yes, close')
    expect(api.called.filter((call) => call === 'reset.dismiss')).toHaveLength(1)
    expect(closed()).toBe(1)
    expect(pageText()).not.toContain(temporaryPassword)
  })

  it.each(['idle', 'locked', 'computer-locked', 'signed-out', 'rejected'] as const)(
    'drops the password when the session ends: %s',
    async (reason) => {
      const { api } = await open({ perform: () => ok(anOutcome()) })
      await press('Reset password')
      api.emit('session-changed', { reason })
      await flushPromises()

      expect(shownPassword()).toBeNull()
      expect(document.body.innerHTML).not.toContain('Kametani')
      expect(pageText()).toContain('The password is no longer shown')
    },
  )

  it('does not show a password that arrives after the lock', async () => {
    let answer: () => void = () => undefined
    await open({
      perform: () =>
        new Promise((resolve) => {
          answer = () => {
            resolve({ ok: true, value: anOutcome() })
          }
        }),
    })
    button('Reset password').click()
    await flushPromises()
    const session = useSessionStore()
    session.status = atWork({ phase: 'locked' })
    answer()
    await flushPromises()

    expect(document.body.innerHTML).not.toContain('Kametani')
    expect(pageText()).toContain('The password is no longer shown')
  })

  it('lets main forget the password when the screen goes away', async () => {
    const { api } = await open({ perform: () => ok(anOutcome()) })
    await press('Reset password')
    unmount()
    unmount = () => undefined
    await flushPromises()

    expect(api.called).toContain('reset.dismiss')
    expect(api.listeners()).toBe(0)
  })

  it('says that an unknown outcome is unknown, and finds out by checking again', async () => {
    const { api } = await open({
      perform: () => ok(anOutcome({ outcome: 'unknown', state: null, canSignIn: null, mustChange: null })),
      recheck: () => ok(anOutcome({ shown: null })),
    })
    await press('Reset password')
    expect(pageText()).toContain('The outcome is unknown')
    expect(pageText()).toContain('Check again before you read it out.')
    expect(pageText()).not.toContain('Can sign in now')

    await press('Check again')
    expect(api.called).toContain('reset.recheck')
    expect(api.called.filter((call) => call === 'reset.perform')).toHaveLength(1)
    expect(pageText()).toContain('Can sign in now')
    expect(shownPassword()).toBe(temporaryPassword)
  })

  it('takes the password away when checking again shows that nothing was written', async () => {
    await open({
      perform: () => ok(anOutcome({ outcome: 'unknown', state: null, canSignIn: null, mustChange: null })),
      recheck: () => ok(anOutcome({ outcome: 'not-written', shown: null })),
    })
    await press('Reset password')
    await press('Check again')

    expect(pageText()).toContain('Nothing was written')
    expect(document.body.innerHTML).not.toContain('Kametani')
  })

  it('offers to check again when an earlier write is still without an answer', async () => {
    const { api } = await open({
      perform: () => refused('outcome-unknown-open'),
      recheck: () => ok(anOutcome({ shown: null })),
    })
    await press('Reset password')
    await press('Check again')

    expect(api.called).toContain('reset.recheck')
    expect(pageText()).toContain('The password was reset')
  })

  it('says what did not take effect, and that the desk could not record it', async () => {
    await open({
      perform: () =>
        ok(anOutcome({ outcome: 'partly', missed: ['must-change'], mustChange: false, auditFailed: true })),
    })
    await press('Reset password')

    expect(pageText()).toContain('Done in part')
    expect(pageText()).toContain('“must change at next sign-in” could not be written')
    expect(pageText()).toContain('could not be recorded')
    expect(shownPassword()).toBe(temporaryPassword)
  })

  it('says why the person still cannot sign in', async () => {
    const state = { ...aPreview().state, locked: false, smartCardRequired: true }
    await open({ perform: () => ok(anOutcome({ state, canSignIn: false })) })
    await press('Reset password')

    expect(pageText()).toContain('Cannot sign in yet: a smart card is required')
    expect(pageText()).not.toContain('Can sign in now')
  })

  it('offers no write where it would not help', async () => {
    const { api } = await open({ preview: () => ok(aPreview({ blockers: ['smart-card-required'] })) })

    expect(button('Reset password').disabled).toBe(true)
    button('Reset password').click()
    await flushPromises()
    expect(api.called).not.toContain('reset.perform')
  })

  it('unlocks without touching the password', async () => {
    const { api } = await open({ unlock: () => ok(anOutcome({ action: 'unlock', shown: null })) }, 'unlock')
    expect(pageText()).toContain('The password stays as it is.')
    await press('Unlock')

    expect(api.called).toContain('reset.unlock')
    expect(api.called).not.toContain('reset.perform')
    expect(pageText()).toContain('The account was unlocked')
  })
})
