import { computed, watch, type ComputedRef, type Ref } from 'vue'
import type { AppError } from '../../../../shared/errors'
import type { PersonCard } from '../../../../shared/model/person'
import { useTask } from '../../lib/use-task'
import { usePeopleStore } from '../../stores/people'

/** The card of one person: read when the person changes, again on `read`. The last one stays visible meanwhile. */
export function usePersonCard(personId: () => string | null): {
  readonly card: ComputedRef<PersonCard | null>
  readonly busy: Readonly<Ref<boolean>>
  readonly error: Readonly<Ref<AppError | null>>
  readonly read: () => void
} {
  const people = usePeopleStore()
  const task = useTask((id: string) => people.readCard(id), 'latest')
  const card = computed(() => {
    const id = personId()
    return id === null ? null : (people.cards[id] ?? null)
  })

  function read(): void {
    const id = personId()
    if (id !== null) void task.run(id)
  }

  watch(personId, read, { immediate: true })
  return { card, busy: task.busy, error: task.error, read }
}
