import { computed, ref, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { AppError } from '../../../../shared/errors'
import type { CheckResult, RegisteredMethod } from '../../../../shared/model/verification'
import { joinSentences } from '../../lib/format'
import { useLanguage } from '../../lib/i18n'
import { useTask } from '../../lib/use-task'

/**
 * Runs one check of a method, and does what follows from it. With a match the component that asked may be gone before the
 * answer is: what follows is the judge's.
 */
export type Judge = (method: RegisteredMethod, answer: () => Promise<CheckResult>) => Promise<CheckResult>

interface Judged {
  /** Answers how the check went; `null`: it did not take place (`error` says why). */
  readonly run: (answer: () => Promise<CheckResult>) => Promise<CheckResult | null>
  readonly busy: Readonly<Ref<boolean>>
  readonly error: Readonly<ShallowRef<AppError | null>>
  /** What the last check gave, in words: never what was said. Empty after a match. */
  readonly problem: ComputedRef<string>
  readonly clear: () => void
}

/** A failed try says how many are left; `words` says what did not match, and what a check without a try means. */
export function useJudged(
  method: () => RegisteredMethod,
  judge: () => Judge,
  words: (hint: CheckResult['hint']) => string,
): Judged {
  const { t } = useI18n()
  const language = useLanguage()
  const task = useTask((answer: () => Promise<CheckResult>) => judge()(method(), answer))
  const last = ref<Pick<CheckResult, 'hint' | 'remaining'> | null>(null)

  const problem = computed(() => {
    if (last.value === null) return ''
    const { hint, remaining } = last.value
    const counted = hint === null || hint === 'malformed' || hint === 'replayed'
    return counted
      ? joinSentences([words(hint), t('verification.code.remaining', remaining)], language.value)
      : words(hint)
  })

  async function run(answer: () => Promise<CheckResult>): Promise<CheckResult | null> {
    last.value = null
    const end = await task.run(answer)
    if (!end.ok) return null
    if (!end.value.matched) last.value = { hint: end.value.hint, remaining: end.value.remaining }
    return end.value
  }

  function clear(): void {
    last.value = null
    task.clear()
  }

  return { run, busy: task.busy, error: task.error, problem, clear }
}
