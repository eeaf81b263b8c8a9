import { shallowRef, watch, type ShallowRef } from 'vue'
import type { ResetRequest } from '../../../../shared/model/request'

/** What is marked in a list for an action on many. */
export interface Marks {
  readonly marked: Readonly<ShallowRef<ReadonlySet<string>>>
  readonly toggle: (id: string) => void
  /** Marks from the last one that was marked alone (else `from`) to here; a shorter range gives the rest free again. */
  readonly range: (from: string | null, to: string) => void
  /** All that are loaded. */
  readonly all: () => void
  readonly clear: () => void
}

/** A request that nobody can act on any more is not marked. */
export function markable({ state }: Pick<ResetRequest, 'state'>): boolean {
  return state === 'open' || state === 'claimed'
}

/** Keeps marks in step with the rows: what leaves the list, or closes, is no longer marked. */
export function useMarks(rows: () => readonly ResetRequest[]): Marks {
  const marked = shallowRef<ReadonlySet<string>>(new Set())
  let anchor: string | null = null
  /** What was marked before the range began. */
  let base: ReadonlySet<string> = new Set()

  function start(id: string | null): void {
    anchor = id
    base = marked.value
  }

  function toggle(id: string): void {
    const next = new Set(marked.value)
    const row = rows().find((one) => one.id === id)
    if (!next.delete(id) && row !== undefined && markable(row)) next.add(id)
    marked.value = next
    start(id)
  }

  function range(from: string | null, to: string): void {
    if (anchor === null) start(from ?? to)
    const list = rows()
    const end = list.findIndex((row) => row.id === to)
    const first = list.findIndex((row) => row.id === anchor)
    if (end < 0) return
    const begin = first < 0 ? end : first
    const between = list.slice(Math.min(begin, end), Math.max(begin, end) + 1)
    marked.value = new Set([...base, ...between.filter(markable).map(({ id }) => id)])
  }

  function all(): void {
    marked.value = new Set(
      rows()
        .filter(markable)
        .map(({ id }) => id),
    )
    start(null)
  }

  function clear(): void {
    marked.value = new Set()
    start(null)
  }

  watch(rows, (now) => {
    if (marked.value.size === 0) return
    const left = now.filter((row) => markable(row) && marked.value.has(row.id)).map(({ id }) => id)
    if (left.length < marked.value.size) {
      marked.value = new Set(left)
      start(null)
    }
  })

  return { marked, toggle, range, all, clear }
}
