import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { DeskEvents } from '../../../shared/events'
import type { SessionStatus } from '../../../shared/model/operator'
import { unwrap } from '../lib/api'
import { forgetEverything } from '../lib/forget'
import { setDeskTime } from '../lib/use-now'

type EndReason = DeskEvents['session-changed']['reason']

/** After these nobody is signed in any more; after the others the screen is locked. */
const ends: ReadonlySet<EndReason> = new Set<EndReason>(['signed-out', 'rejected', 'settings-changed'])

/** Where the app stands and who is at the desk. Passwords pass through as arguments and are never kept here. */
export const useSessionStore = defineStore('session', () => {
  const status = shallowRef<SessionStatus | null>(null)
  /** Why the last session was locked or ended, for the screen that follows. */
  const endReason = ref<EndReason | null>(null)
  /** A recovery key is on screen: nothing may take it away before it is written down. */
  const showingRecoveryKey = ref(false)

  const phase = computed(() => status.value?.phase ?? null)
  const operator = computed(() => status.value?.operator ?? null)

  function take(next: SessionStatus): void {
    const before = status.value?.operator?.id ?? null
    setDeskTime(next.now)
    status.value = next
    if (next.phase === 'active') endReason.value = null
    if (next.phase === 'signed-out' || (before !== null && next.operator?.id !== before)) forgetEverything()
  }

  async function refresh(): Promise<void> {
    take(await unwrap(window.api.session.status()))
  }

  async function signIn(userId: string, password: string): Promise<void> {
    take(await unwrap(window.api.session.signIn({ userId, password })))
  }

  async function unlock(password: string): Promise<void> {
    take(await unwrap(window.api.session.unlock({ password })))
  }

  async function lock(): Promise<void> {
    take(await unwrap(window.api.session.lock()))
  }

  async function signOut(): Promise<void> {
    take(await unwrap(window.api.session.signOut()))
    endReason.value = 'signed-out'
  }

  async function useSample(): Promise<void> {
    take(await unwrap(window.api.session.useSample()))
  }

  /** Answers the recovery key, for the screen alone. */
  async function createVault(passphrase: string | null): Promise<string> {
    const { recoveryKey, status: next } = await unwrap(window.api.vault.create({ passphrase }))
    showingRecoveryKey.value = true
    take(next)
    return recoveryKey
  }

  async function unlockVault(passphrase: string): Promise<void> {
    take(await unwrap(window.api.vault.unlock({ passphrase })))
  }

  async function recoverVault(recoveryKey: string, passphrase: string | null): Promise<void> {
    take(await unwrap(window.api.vault.recover({ recoveryKey, passphrase })))
  }

  function recoveryKeyWritten(): void {
    showingRecoveryKey.value = false
  }

  /** Follows main's pushes; the answer stops following. The cover comes at once, the details follow. */
  function listen(): () => void {
    const stops = [
      window.api.on('session-changed', ({ reason }) => {
        endReason.value = reason
        const now = status.value
        if (now?.phase === 'active' && !ends.has(reason)) {
          status.value = { ...now, phase: 'locked' }
        }
        void refresh()
      }),
      window.api.on('desk-closed', () => {
        if (status.value !== null) status.value = { ...status.value, closed: true }
        void refresh()
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  return {
    status,
    endReason,
    showingRecoveryKey,
    phase,
    operator,
    refresh,
    signIn,
    unlock,
    lock,
    signOut,
    useSample,
    createVault,
    unlockVault,
    recoverVault,
    recoveryKeyWritten,
    listen,
  }
})
