import { computed, onUnmounted, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { AppError } from '../../../../shared/errors'
import type { QuestionAnswer } from '../../../../shared/model/questions'
import type {
  AppEnrolment,
  CodeEnrolment,
  KeyEnrolment,
  QuestionsEnrolment,
  RegistrationSummary,
} from '../../../../shared/model/registration'
import type { CodeChannel } from '../../../../shared/model/verification'
import { useTask } from '../../lib/use-task'
import { useRegistrationStore } from '../../stores/registration'
import { useSecurityKeyStore } from '../../stores/security-key'
import { useSessionStore } from '../../stores/session'

/** What waits for its proof. A seed is in here and nowhere else in the page. */
export type Enrolment =
  | { readonly step: 'scan'; readonly enrolment: AppEnrolment }
  | { readonly step: 'code'; readonly enrolment: CodeEnrolment }
  | { readonly step: 'answers'; readonly enrolment: QuestionsEnrolment }
  | { readonly step: 'key'; readonly enrolment: KeyEnrolment }

/** What was shown or sent and is void now. */
export type Cancelled = 'app' | 'code' | 'other'

interface EnrolmentFlow {
  /** `null` before it was begun and after it ended. */
  readonly open: Readonly<ShallowRef<Enrolment | null>>
  /** What is registered once the proof was given. */
  readonly summary: Readonly<ShallowRef<RegistrationSummary | null>>
  /** The last code was wrong: how many tries are left, where main says so. */
  readonly wrong: Readonly<Ref<{ readonly remaining: number | null } | null>>
  readonly starting: Readonly<Ref<boolean>>
  readonly startError: Readonly<ShallowRef<AppError | null>>
  /** A code, answers or a key are being judged. */
  readonly proving: Readonly<Ref<boolean>>
  readonly proofError: ComputedRef<AppError | null>
  readonly sending: Readonly<Ref<boolean>>
  readonly begin: (start: () => Promise<Enrolment>) => Promise<void>
  readonly submitCode: (code: string) => Promise<void>
  readonly submitAnswers: (answers: readonly QuestionAnswer[]) => Promise<void>
  readonly useKey: () => Promise<void>
  readonly resend: (channel: CodeChannel) => Promise<void>
  /** Takes what was not proven back in main too; says what is void. */
  readonly abandon: () => Cancelled | null
  /** Ready for another method. */
  readonly again: () => void
}

/**
 * One registration, or confirmation, after the other for one person. Nothing of it is in a store; closing the dialog, leaving the
 * screen or locking the desk takes back what was not proven. `locked` is called when the desk is locked meanwhile.
 */
export function useEnrolment(personId: () => string, locked: () => void): EnrolmentFlow {
  const store = useRegistrationStore()
  const keys = useSecurityKeyStore()
  const session = useSessionStore()
  const open = shallowRef<Enrolment | null>(null)
  const summary = shallowRef<RegistrationSummary | null>(null)
  const wrong = ref<{ readonly remaining: number | null } | null>(null)
  let gone = false
  /** Counts every answer about the code, so that one that was asked for earlier is dropped. */
  let turn = 0

  const starting = useTask(async (start: () => Promise<Enrolment>) => {
    const begun = await start()
    // Closed or locked meanwhile: nobody may see the key, or enter the code, any more.
    if (gone || session.phase !== 'active') await store.cancel(begun.enrolment.enrolmentId)
    else open.value = begun
  })
  const proving = useTask((prove: (enrolmentId: string) => Promise<RegistrationSummary>, enrolmentId: string) =>
    prove(enrolmentId),
  )
  const sending = useTask((enrolmentId: string, channel: CodeChannel) => store.resend(enrolmentId, channel))
  const cancelling = useTask((enrolmentId: string) => store.cancel(enrolmentId))
  const cancellingKey = useTask(() => keys.cancel())

  async function prove(work: (enrolmentId: string) => Promise<RegistrationSummary>): Promise<void> {
    const now = open.value
    if (now === null) return
    wrong.value = null
    sending.clear()
    const end = await proving.run(work, now.enrolment.enrolmentId)
    if (open.value?.enrolment.enrolmentId !== now.enrolment.enrolmentId) return
    if (end.ok) {
      open.value = null
      summary.value = end.value
      return
    }
    const error = proving.error.value
    if (error?.code !== 'enrolment-code-wrong') return
    const remaining = error.params['remaining']
    wrong.value = { remaining: typeof remaining === 'number' ? remaining : null }
  }

  async function resend(channel: CodeChannel): Promise<void> {
    const now = open.value
    if (now?.step !== 'code') return
    wrong.value = null
    proving.clear()
    const end = await sending.run(now.enrolment.enrolmentId, channel)
    turn += 1
    if (end.ok) renew(end.value)
  }

  function renew(enrolment: CodeEnrolment): void {
    if (open.value?.enrolment.enrolmentId === enrolment.enrolmentId) open.value = { step: 'code', enrolment }
  }

  /** The phone rings, somebody answered, nobody did. What was said before stays when it cannot be read. */
  async function readDelivery(): Promise<void> {
    const now = open.value
    if (now?.step !== 'code' || now.enrolment.channel === null) return
    turn += 1
    const mine = turn
    const next = await store.enrolment(now.enrolment.enrolmentId).catch(() => null)
    if (next !== null && mine === turn) renew(next)
  }

  function abandon(): Cancelled | null {
    const now = open.value
    open.value = null
    if (now === null) return null
    // A conversation with the key ends first: main would go on waiting for a touch.
    if (now.step === 'key' && proving.busy.value) void cancellingKey.run()
    void cancelling.run(now.enrolment.enrolmentId)
    if (now.step === 'scan') return 'app'
    return now.step === 'code' && now.enrolment.channel !== null ? 'code' : 'other'
  }

  function again(): void {
    summary.value = null
    wrong.value = null
    starting.clear()
    proving.clear()
  }

  watch(
    () => session.phase,
    (phase) => {
      if (phase === 'active' || open.value === null) return
      abandon()
      locked()
    },
  )
  const stop = window.api.on('enrolment-changed', () => void readDelivery())
  onUnmounted(() => {
    gone = true
    stop()
    abandon()
  })

  return {
    open,
    summary,
    wrong,
    starting: starting.busy,
    startError: starting.error,
    proving: proving.busy,
    proofError: computed(() => (wrong.value === null ? (proving.error.value ?? sending.error.value) : null)),
    sending: sending.busy,
    begin: async (start) => {
      await starting.run(start)
    },
    submitCode: (code) => prove((enrolmentId) => store.confirm(personId(), enrolmentId, code)),
    submitAnswers: (answers) => prove((enrolmentId) => store.saveAnswers(personId(), enrolmentId, answers)),
    useKey: () => prove((enrolmentId) => store.createKey(personId(), enrolmentId)),
    resend,
    abandon,
    again,
  }
}
