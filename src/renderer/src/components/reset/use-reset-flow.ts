import { computed, onUnmounted, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ResetOutcome, ResetPreview, ShownPassword } from '../../../../shared/model/reset'
import { useNow } from '../../lib/use-now'
import { useTask, type Task } from '../../lib/use-task'
import { useResetStore, type KeptOutcome } from '../../stores/reset'
import { useSessionStore } from '../../stores/session'
import { useVerificationStore } from '../../stores/verification'
import type { ResetAction } from './reset-gate'

export interface ResetFlow {
  /** What will happen; `null` while it is read. */
  readonly preview: ShallowRef<ResetPreview | null>
  readonly outcome: ShallowRef<KeptOutcome | null>
  /** The temporary password is here and nowhere else in the page (DESIGN.md §5.6). */
  readonly shown: ShallowRef<ShownPassword | null>
  /** A password was taken from the screen, because the session was locked or nothing had been written. */
  readonly dropped: Ref<boolean>
  readonly stillUnknown: Ref<boolean>
  readonly blocked: ComputedRef<boolean>
  readonly unknown: ComputedRef<boolean>
  /** When the caller's checks end. */
  readonly until: ComputedRef<string | null>
  readonly proofOver: ComputedRef<boolean>
  readonly ready: ComputedRef<boolean>
  readonly read: Task<[], ResetPreview>
  readonly write: Task<[], ResetOutcome>
  readonly again: Task<[], ResetOutcome>
  readonly dismiss: Task<[string], void>
  /** Reads what will happen, or asks again about a write without an answer. */
  readonly start: () => Promise<void>
  readonly confirm: () => Promise<void>
  readonly recheck: () => Promise<void>
  /** The password was read out: main forgets it too. */
  readonly putAway: () => Promise<void>
}

/**
 * One reset or unlock from its preview to its outcome, for the component that shows it: mounted for one action, and what it
 * holds goes with it. `taken` hears of every outcome.
 */
export function useResetFlow(requestId: string, action: ResetAction, taken: () => void): ResetFlow {
  const store = useResetStore()
  const verification = useVerificationStore()
  const session = useSessionStore()
  const now = useNow()

  const preview = shallowRef<ResetPreview | null>(null)
  const outcome = shallowRef<KeptOutcome | null>(null)
  const shown = shallowRef<ShownPassword | null>(null)
  const dropped = ref(false)
  const stillUnknown = ref(false)
  let gone = false

  const read = useTask(() => store.preview(requestId))
  const write = useTask(() => (action === 'unlock' ? store.unlock(requestId) : store.perform(requestId)))
  const again = useTask(() => store.recheck(requestId))
  const dismiss = useTask((resetId: string) => store.dismiss(resetId))

  const until = computed(() => verification.status?.satisfiedUntil ?? null)
  const proofOver = computed(() => until.value !== null && Date.parse(until.value) <= now.value)
  const blocked = computed(() => (preview.value?.blockers.length ?? 0) > 0)
  const unknown = computed(
    () => outcome.value?.outcome === 'unknown' || write.error.value?.code === 'outcome-unknown-open',
  )
  const ready = computed(() => preview.value !== null && !blocked.value && !proofOver.value && !unknown.value)

  function take(result: ResetOutcome): void {
    const { shown: password, ...rest } = result
    outcome.value = rest
    if (result.outcome === 'not-written') drop()
    else if (password !== null) show(password)
    taken()
  }

  /** Nothing is shown to whoever sits before a locked screen. */
  function show(password: ShownPassword): void {
    if (gone) void dismiss.run(password.resetId)
    else if (session.phase === 'active') shown.value = password
    else dropped.value = true
  }

  function drop(): void {
    if (shown.value !== null) dropped.value = true
    shown.value = null
  }

  async function start(): Promise<void> {
    if (action === 'recheck') {
      await recheck()
      return
    }
    const end = await read.run()
    if (end.ok) preview.value = end.value
  }

  async function confirm(): Promise<void> {
    if (!ready.value) return
    const end = await write.run()
    if (end.ok) take(end.value)
  }

  async function recheck(): Promise<void> {
    const end = await again.run()
    if (!end.ok) return
    write.clear()
    stillUnknown.value = end.value.outcome === 'unknown'
    take(end.value)
  }

  async function putAway(): Promise<void> {
    const resetId = shown.value?.resetId
    if (resetId !== undefined) await dismiss.run(resetId)
    shown.value = null
  }

  const stop = window.api.on('session-changed', drop)
  watch(
    () => session.phase,
    (phase) => {
      if (phase !== 'active') drop()
    },
  )
  onUnmounted(() => {
    gone = true
    stop()
    const resetId = shown.value?.resetId
    shown.value = null
    // The screen went away without the question: main forgets the password all the same.
    if (resetId !== undefined) void dismiss.run(resetId)
  })

  return {
    preview,
    outcome,
    shown,
    dropped,
    stillUnknown,
    blocked,
    unknown,
    until,
    proofOver,
    ready,
    read,
    write,
    again,
    dismiss,
    start,
    confirm,
    recheck,
    putAway,
  }
}
