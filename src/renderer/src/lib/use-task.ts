import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { AppError } from '../../../shared/errors'
import { toAppError } from './api'

/** How a run ended: with a value, or not (refused, or left out because another run was under way). */
type TaskEnd<T> = { readonly ok: true; readonly value: T } | { readonly ok: false }

export interface Task<A extends readonly unknown[], T> {
  /** Runs the work. Never rejects: a refusal is in `error`, and the answer is `{ ok: false }`. */
  readonly run: (...args: A) => Promise<TaskEnd<T>>
  readonly busy: Readonly<Ref<boolean>>
  readonly error: Readonly<ShallowRef<AppError | null>>
  /** Forgets the last error. */
  readonly clear: () => void
}

/**
 * Runs asynchronous work with `busy` and `error` for the screen. `again` says what a second run does while one is under
 * way: `ignore` it (a double click writes once), or let the `latest` win and drop the answers of the earlier ones (search).
 */
export function useTask<A extends readonly unknown[], T>(
  work: (...args: A) => Promise<T>,
  again: 'ignore' | 'latest' = 'ignore',
): Task<A, T> {
  const busy = ref(false)
  const error = shallowRef<AppError | null>(null)
  let turn = 0

  async function run(...args: A): Promise<TaskEnd<T>> {
    if (busy.value && again === 'ignore') return { ok: false }
    turn += 1
    const mine = turn
    busy.value = true
    error.value = null
    try {
      const value = await work(...args)
      return mine === turn ? { ok: true, value } : { ok: false }
    } catch (caught) {
      if (mine === turn) error.value = toAppError(caught)
      return { ok: false }
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  function clear(): void {
    error.value = null
  }

  return { run, busy, error, clear }
}
