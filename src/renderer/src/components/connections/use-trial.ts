import { shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'
import type { ConnectionTrial } from '../../../../shared/model/desk-settings'
import { useTask, type Task } from '../../lib/use-task'

interface Trial {
  readonly result: Readonly<ShallowRef<ConnectionTrial | null>>
  readonly run: Task<[], void>
}

/** A try-out of a form. A result speaks of what was tried: whatever is typed since takes it away. */
export function useTrial(attempt: () => Promise<ConnectionTrial>, typed: readonly WatchSource<unknown>[]): Trial {
  const result = shallowRef<ConnectionTrial | null>(null)
  const run = useTask(async () => {
    result.value = null
    result.value = await attempt()
  })
  watch([...typed], () => {
    result.value = null
    run.clear()
  })
  return { result, run }
}
